"""`tracetui config path|show|init`: the configuration file's path, the values in effect, a commented file."""

from collections.abc import Iterable
from pathlib import Path

from tracetui.cli.arguments import Arguments
from tracetui.cli.output import narrate
from tracetui.config.paths import UserPaths
from tracetui.config.template import effective, template
from tracetui.files.write_file import write_atomically
from tracetui.model import CannotRunError


def config_lines(arguments: Arguments, paths: UserPaths) -> Iterable[str]:
    """Return the lines to print. Raises ConfigError where a key has no command, CannotRunError."""
    path = arguments.options.config or paths.config_file
    match arguments.words[0]:
        case "path":
            return [str(_named(path))]
        case "init":
            _write_template(_named(path), paths, force=arguments.options.force)
            narrate(f"wrote {path}")
            return []
        case _:
            from tracetui.tui.keymap import effective_commands

            effective_commands(arguments.config.keys)
            return effective(arguments.config)


def _named(path: Path | None) -> Path:
    if path is None:
        raise CannotRunError(
            "there is no home directory to keep a configuration in: name a file with --config"
        )
    return path


def _write_template(path: Path, paths: UserPaths, *, force: bool) -> None:
    from tracetui.tui.commands.table import COMMANDS

    if path.exists() and not force:
        raise CannotRunError(f"{path} exists: add --force to overwrite it")
    text = template({command.id: command.keys for command in COMMANDS})
    try:
        write_atomically(path, text, paths.owner)
    except OSError as error:
        raise CannotRunError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None

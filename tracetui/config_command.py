"""`tracetui config path|show|init`: where the configuration file is, what holds, and one to begin with."""

from collections.abc import Iterator
from pathlib import Path

from tracetui.config import Config
from tracetui.config.paths import UserPaths, write_atomically
from tracetui.config.template import effective, template
from tracetui.model import CannotRunError


def shown(config: Config) -> Iterator[str]:
    """Yield the lines of `show`. Raises ConfigError where a key is no command's."""
    from tracetui.tui.keymap import effective_commands

    effective_commands(config.keys)
    return effective(config)


def init(file: Path | None, paths: UserPaths, *, force: bool) -> Path:
    """Write a file with every setting commented out; return its path. Raises CannotRunError."""
    from tracetui.tui.commands.table import COMMANDS

    path = file or paths.config_file
    if path.exists() and not force:
        raise CannotRunError(f"{path} exists: add --force to overwrite it")
    text = template({command.id: command.keys for command in COMMANDS})
    try:
        write_atomically(path, text, paths.owner)
    except OSError as error:
        raise CannotRunError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    return path

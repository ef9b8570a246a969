"""`tracetui completions`: a script for the shell, made from the options as they are declared."""

import argparse
from collections.abc import Callable, Mapping

from tracetui.arguments import COMMANDS, CONFIG_WORDS, SHELLS
from tracetui.options import add_options

_Complete = Mapping[str, object]
"""What shtab wants beside an option that takes a file: a shell's way to complete one, by shell."""


def script(shell: str) -> str:
    """Return the script for `shell`, one of `SHELLS`."""
    import shtab

    text: str = shtab.complete(_parser(shtab.FILE), shell)
    return text


def _parser(file: _Complete) -> argparse.ArgumentParser:
    """Return a parser of the same words and options in the shape that shtab reads: a subparser a command."""
    top = argparse.ArgumentParser(prog="tracetui", add_help=False)
    _add_options(top, file)
    commands = top.add_subparsers()
    for name in COMMANDS:
        _fill(name, commands.add_parser(name, add_help=False, help=name), file)
    return top


def _fill(name: str, made: argparse.ArgumentParser, file: _Complete) -> None:
    if name == "asn":
        from tracetui.asn_command import add_options as add_asn_options

        add_asn_options(made)
        made.add_argument("word", nargs="*", choices=("update",))
        _complete_files(made, file)
        return
    _add_options(made, file)
    words: dict[str, Callable[[], tuple[str, ...]]] = {
        "config": lambda: CONFIG_WORDS,
        "completions": lambda: SHELLS,
        "demo": _scenarios,
    }
    if name in words:
        made.add_argument("word", nargs="?", choices=words[name]())


def _add_options(made: argparse.ArgumentParser, file: _Complete) -> None:
    add_options(made)
    _complete_files(made, file)


def _complete_files(made: argparse.ArgumentParser, file: _Complete) -> None:
    for action in made._actions:  # noqa: SLF001  (argparse has no public list of them)
        if action.metavar == "FILE":
            action.complete = file  # type: ignore[attr-defined]


def _scenarios() -> tuple[str, ...]:
    from tracetui.simulation.catalogue import available

    return tuple(scenario.name for scenario in available())

"""`tracetui man`: the manual page in roff, made from the declarations of commands and options."""

import argparse
import re
from collections.abc import Iterable, Iterator
from typing import Final

from tracetui import __version__
from tracetui.cli.parser import COMMANDS, DESCRIPTION, SCREEN, TOPICS, USAGE, build_parser

_FILES: Final = {
    "~/.config/tracetui/config.toml": "Settings; 'tracetui config init' writes a commented one.",
    "~/.config/tracetui/as.toml": "Your own names and colours of ASes.",
    "~/.local/state/tracetui/memory.json": "Targets typed, the theme chosen and the last session.",
    "~/.cache/tracetui/": "Answers of the network, and the table that 'tracetui asn update' fetched.",
}


def man_page() -> str:
    """Return the page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    parser = build_parser()
    yield f'.TH TRACETUI 1 "" "tracetui {__version__}" "User Commands"'
    yield from (".SH NAME", "tracetui \\- find where the path to a host dies")
    yield from (".SH SYNOPSIS", *_verbatim("\n".join(line.strip() for line in USAGE.splitlines())))
    yield from (".SH DESCRIPTION", _escaped(DESCRIPTION), _escaped(SCREEN.summary))
    yield ".SH COMMANDS"
    for command in COMMANDS:
        yield from (
            ".TP",
            f"{_bold(command.name)} {_escaped(command.arguments)}".rstrip(),
            _escaped(command.summary),
        )
        for paragraph in filter(None, command.details.split("\n\n")):
            yield ".IP"
            yield from _verbatim(paragraph) if paragraph.startswith(" ") else [_escaped(paragraph)]
    yield ".SH OPTIONS"
    for title, actions in parser.sections.items():
        yield from _options(title, actions)
    for command in COMMANDS:
        for title, actions in parser.commands[command.name].sections.items():
            if title not in parser.sections:
                yield from _options(f"{title} of {command.name}", actions)
    for title, text in TOPICS.items():
        yield from (f".SH {title.upper()}", *_verbatim(text))
    yield ".SH FILES"
    for path, purpose in _FILES.items():
        yield from (".TP", f"\\fI{_escaped(path)}\\fR", _escaped(purpose))
    yield "XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_CACHE_HOME are respected."
    yield from (".SH SEE ALSO", ".BR traceroute (8),", ".BR mtr (8),", ".BR ping (8)")


def _options(title: str, actions: Iterable[argparse.Action]) -> Iterator[str]:
    yield f".SS {_escaped(title[0].upper() + title[1:])}"
    for action in actions:
        if action.help and action.help != argparse.SUPPRESS:
            value = action.metavar or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else "")
            yield ".TP"
            flags = ", ".join(map(_bold, action.option_strings))
            yield f"{flags} \\fI{_escaped(str(value))}\\fR" if value else flags
            yield _escaped(action.help)


def _verbatim(text: str) -> Iterator[str]:
    yield from (".nf", *map(_escaped, text.splitlines()), ".fi")


def _bold(text: str) -> str:
    return f"\\fB{_escaped(text)}\\fR"


def _escaped(text: str) -> str:
    """Return text as roff prints it: minus signs that can be copied, no control line by accident."""
    return re.sub(r"^(?=[.'])", r"\\&", text.replace("\\", "\\e").replace("-", "\\-"))

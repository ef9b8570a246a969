"""Reads lists with an address, a prefix, a range, a name or a URL on each line."""

from typing import Final

from tracetui.evidence.registers.comment_stamp import comment
from tracetui.evidence.registers.register_format import (
    LineParser,
    RegisterFormat,
    RegisterRow,
    without_comment,
)

_MARKS: Final = "#;!"


def _parser(_: str | None) -> LineParser:
    return _row


def _row(line: str) -> RegisterRow | None:
    word = without_comment(line, _MARKS).strip("\"',")
    if not word or word.startswith("//"):
        return comment(line)
    if len(word.split()) > 1:
        return None
    return RegisterRow(urls=(word,)) if "://" in word else RegisterRow((word,))


FORMAT: Final = RegisterFormat("list", "an address, a prefix or a name on each line", _parser)

"""Reads hosts files: an address, mostly 0.0.0.0, and the names that it stands in for."""

from typing import Final

from tracetui.evidence.registers.comment_stamp import comment
from tracetui.evidence.registers.host_index import is_address
from tracetui.evidence.registers.register_format import (
    LineParser,
    RegisterFormat,
    RegisterRow,
    without_comment,
)

_LOCAL: Final = ("localhost", "local", "broadcasthost", "ip6-", "localdomain", "0.0.0.0")  # noqa: S104
"""What hosts files have for this machine: the name, or how it begins."""


def _parser(_: str | None) -> LineParser:
    return _row


def _row(line: str) -> RegisterRow | None:
    words = without_comment(line).split()
    if not words:
        return comment(line)
    if len(words) == 1 or not is_address(words[0]):
        return None
    return RegisterRow([name for name in words[1:] if not name.startswith(_LOCAL)])


FORMAT: Final = RegisterFormat("hosts file", 'lines such as "0.0.0.0 example.org"', _parser)

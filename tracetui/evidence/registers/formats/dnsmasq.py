"""Reads dnsmasq configuration: lines such as `address=/example.org/`, which also cover the names below."""

import re
from typing import Final

from tracetui.evidence.registers.comment_stamp import comment
from tracetui.evidence.registers.register_format import (
    NOTHING,
    LineParser,
    RegisterFormat,
    RegisterRow,
    without_comment,
)

_OPTIONS: Final = frozenset({"address", "server", "local", "ipset", "nftset"})
_OTHER: Final = re.compile(r"[a-z0-9-]{2,40}\s?=")
"""Options of dnsmasq that list nothing."""


def _parser(_: str | None) -> LineParser:
    return _row


def _row(line: str) -> RegisterRow | None:
    bare = without_comment(line)
    if not bare:
        return comment(line)
    option, _, value = bare.partition("=")
    value = value.strip()
    if option.strip() in _OPTIONS and value.startswith("/"):
        names = value.split("/")[1:-1]
        return RegisterRow(
            [f".{name.strip().lstrip('.*')}" for name in names if name.strip() not in {"", "#"}]
        )
    return NOTHING if _OTHER.match(bare) else None


FORMAT: Final = RegisterFormat("dnsmasq configuration", 'lines such as "address=/example.org/"', _parser)

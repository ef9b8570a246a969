"""Reads response policy zones (RPZ): DNS zone files whose owner names are what is blocked.

The encodings of addresses are those of draft-vixie-dnsop-dns-rpz, section 4.3.
"""

from typing import Final

from tracetui.evidence.registers.comment_stamp import comment
from tracetui.evidence.registers.register_format import (
    NOTHING,
    LineParser,
    RegisterFormat,
    RegisterRow,
    without_comment,
)

_TYPES: Final = frozenset({"CNAME", "A", "AAAA", "TXT", "DNAME", "MX"})
_ZONE_TYPES: Final = frozenset({"SOA", "NS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"})
_CLASSES: Final = frozenset({"IN", "CH", "HS"})
_EXCEPTION: Final = "rpz-passthru"
_ADDRESS: Final = ".rpz-ip"
_OTHER_TRIGGERS: Final = (".rpz-client-ip", ".rpz-nsip", ".rpz-nsdname")
_MAX_WORDS: Final = 12
"""Words of a line that are looked at: owner, TTL, class, type and the beginning of the data."""


class _Parser:
    """Keeps the zone's name and the owner of the line before."""

    def __init__(self) -> None:
        self._zone = ""
        self._owner = ""
        self._in_soa = False

    def __call__(self, line: str) -> RegisterRow | None:
        bare = without_comment(line.partition(";")[0], "")
        if not bare:
            return comment(line)
        if self._in_soa:
            return self._soa(bare)
        words = bare.split(maxsplit=_MAX_WORDS)
        if words[0].startswith("$"):
            if words[0].upper() == "$ORIGIN" and len(words) > 1:
                self._zone = words[1].lower().rstrip(".")
            return NOTHING
        if line[0] not in " \t":
            self._owner = words.pop(0).lower()
        while words and (words[0][0].isdigit() or words[0].upper() in _CLASSES):
            words.pop(0)
        kind = words[0].upper() if words else ""
        if kind in _ZONE_TYPES:
            return self._zone_record(kind, bare)
        if kind not in _TYPES or len(words) < 2:
            return None
        host = self._host()
        passes = words[1].lower().startswith(_EXCEPTION)
        return NOTHING if passes or not host else RegisterRow((host,))

    def _zone_record(self, kind: str, bare: str) -> RegisterRow:
        if kind != "SOA":
            return NOTHING
        if self._owner.endswith("."):
            self._zone = self._owner.rstrip(".")
        before, opened, inside = bare.partition("(")
        self._in_soa = bool(opened)
        return self._soa(inside) if opened else _serial(before.split()[-5:])

    def _soa(self, text: str) -> RegisterRow:
        inside, closed, _ = text.partition(")")
        if closed:
            self._in_soa = False
        return _serial(inside.split(maxsplit=2))

    def _host(self) -> str:
        """Return what the owner's name stands for; "" for what is no address and no name to ask for."""
        name = self._owner
        if name.endswith("."):
            name = name[:-1].removesuffix(self._zone).rstrip(".") if self._zone else name[:-1]
        if name == "@" or name.endswith(_OTHER_TRIGGERS):
            return ""
        return _prefix(name.removesuffix(_ADDRESS)) if name.endswith(_ADDRESS) else name


def _serial(words: list[str]) -> RegisterRow:
    """Only the first line of numbers holds the serial; further ones are times of the zone."""
    serial = words[0] if words and words[0].isdecimal() and len(words[0]) >= 8 else ""
    return RegisterRow(stamp=f"serial {serial[:20]}") if serial else NOTHING


def _prefix(name: str) -> str:
    """Return the prefix that a name encodes: `24.0.2.0.192` is 192.0.2.0/24."""
    length, *parts = name.split(".", 20)
    if len(parts) == 4 and all(part.isdigit() for part in parts):
        return f"{'.'.join(reversed(parts))}/{length}"
    words = ["" if part == "zz" else part for part in reversed(parts)]
    address = ":".join(words)
    if words and words[0] == "":
        address = f":{address}"
    if words and words[-1] == "":
        address = f"{address}:"
    return f"{address}/{length}"


def _parser(_: str | None) -> LineParser:
    return _Parser()


FORMAT: Final = RegisterFormat("response policy zone", 'records such as "example.org CNAME ."', _parser)

"""The meaning of the marks after a time (`!H`, `!X`, `!<13>`), which differs from tool to tool."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Code = int | None


@dataclass(frozen=True, slots=True)
class Marks:
    """The letters of one tool, each with its code of ICMP destination unreachable.

    None as a code: the tool writes one letter for several codes.
    """

    ipv4: Mapping[str, Code]
    """Codes of ICMP type 3."""

    ipv6: Mapping[str, Code]
    """Codes of ICMPv6 type 1."""

    def meaning(self, mark: str, family: int) -> tuple[int, Code] | None:
        """Return ICMP type and code of a mark without its `!`; None where it is unknown."""
        unreachable = 3 if family == 4 else 1
        if mark[:1] == "F" and (mark == "F" or mark[1:].lstrip("-").isdigit()):
            return (3, 4) if family == 4 else (2, 0)
        if mark == "Q" and "Q" not in self.ipv4:
            return (4, 0)
        if mark.isdigit():
            return (unreachable, int(mark)) if int(mark) <= 255 else None
        codes = self.ipv4 if family == 4 else self.ipv6
        return (unreachable, codes[mark]) if mark in codes else None


_RFC: Final = {"": 3, "N": 0, "H": 1, "P": 2, "S": 5}
"""What all agree on; `!` alone is a port unreachable that came back with a TTL of 1 or less."""

LINUX: Final = Marks(
    {**_RFC, "U": 6, "W": 7, "I": 8, "A": 9, "Z": 10, "Q": 11, "T": 12, "X": 13, "V": 14, "C": 15},
    {"": 4, "N": 0, "X": 1, "S": 2, "H": 3, "P": None},
)
"""traceroute(8) of Linux; inetutils writes a part of these."""

BSD: Final = Marks(
    {**_RFC, "U": 6, "W": 7, "I": 8, "A": 9, "Z": 10, "Q": 11, "T": 12, "X": 13, "V": 14, "C": 15},
    {"": 4, "N": 0, "P": 1, "S": 2, "A": 3, "H": 3, "X": 1},
)
"""traceroute(8) and traceroute6(8) of the BSDs and macOS; routers that run the same code."""

BUSYBOX: Final = Marks(
    {**_RFC, "I": None, "A": None, "C": None, "T": None, "U": None, "V": None, "X": 13, "Z": 10},
    {"": 4, "N": 0, "P": 1, "S": 2, "A": 3, "H": 3},
)
"""BusyBox folds several codes into one letter."""

CISCO: Final = Marks(
    {**_RFC, "A": 13, "U": 3, "X": 13},
    {"": 4, "N": 0, "A": 1, "P": None, "S": 2, "H": 3, "U": 4, "X": 1},
)
"""Cisco's table of traceroute characters. `!A` is what an access list answers; `!Q` is a source
quench there."""

TRACEPATH: Final = Marks({**_RFC, "A": 13}, {"N": 0, "A": 1, "S": 2, "H": 3, "P": 4})
"""tracepath(8)."""

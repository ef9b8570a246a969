"""Which AS an address belongs to, according to which source; letters and colours of ASes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Grade(StrEnum):
    """How reliable a hop's AS is, given its position on the path."""

    STRONG = "strong"
    """The next hop with an AS is in the same one."""

    NORMAL = "normal"
    BORDER = "border"
    """The next responding hop is in another AS: the address may be the far side's interface."""

    RECORDED = "recorded"
    """Recorded by the trace; no source knows the address."""

    BGP = "bgp"
    """Known from a BGP path alone: no hop of the AS answers."""

    NONE = "none"
    """No AS is known."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """An answer of one AS source about one address."""

    asns: tuple[int, ...]
    """Origin ASes; several for MOAS, none when the address is special or unannounced."""

    name: str
    """Holder's name, safe text; of a special range, its name; "" when unknown."""

    prefix: str | None
    source: str
    """`special-purpose`, `scenario`, a table's file name, `plevin`, ...; "" when none knows the address."""

    date: str | None = None
    """ISO date of the data."""

    special: str | None = None
    """Name of the special-purpose range (IANA), such as `private-use`; None for an ordinary public address.

    Stands beside an AS where the range is globally reachable (`AS112-v4`) or wraps an IPv4 address (`NAT64`).
    """

    exchange: bool = False
    """True for an internet exchange's peering LAN: `name` is the exchange's, and there is no AS."""

    member: int | None = None
    """On a peering LAN, the AS whose port this address is, where the source says so."""

    others: tuple["Attribution", ...] = ()
    """Answers of further sources that disagree, in the order they were asked."""

    asked: bool = True
    """False where so many addresses answer that this one was not looked up."""

    recorded: bool = False
    """True where no source knows the address and the recorded AS is used: `RecordedAs.stand_in`."""

    @property
    def known(self) -> bool:
        """False when no source knows the address, or none was asked."""
        return bool(self.source)

    @property
    def unannounced(self) -> bool:
        """True when a source knows that no AS announces the address: an answer, not a gap in the data."""
        return self.known and not self.asns and self.special is None and not self.exchange

    @property
    def asn(self) -> int | None:
        """The first origin AS."""
        return self.asns[0] if self.asns else None


@dataclass(frozen=True, slots=True)
class RecordedAs:
    """The AS of an address that a trace recorded, separate from what is looked up now."""

    asns: tuple[int, ...]
    """At least one."""

    name: str
    """Holder's name, safe text; "" when the trace has none."""

    when: str
    """ISO date of the recording, as far as it is known: `2019`, `2019-03` or `2019-03-12`."""

    source: str
    """The recorder, such as `scenario`. An attribution of the same source repeats it and is no look-up."""

    def stand_in(self) -> Attribution:
        """Return the attribution of an address that no source knows."""
        return Attribution(self.asns, self.name, None, self.source, self.when, recorded=True)


@dataclass(frozen=True, slots=True)
class AutonomousSystem:
    """An AS that appears in the investigation."""

    asn: int
    tag: str
    """A, B, C ... by first appearance."""

    name: str
    colour: int
    """An xterm-256 palette entry."""

    short: str = ""
    """A short form of the name, or what the user calls it; "" for none."""

    @property
    def label(self) -> str:
        """The short name, for narrow columns."""
        return self.short or self.name


AS_COLOURS: Final = (208, 75, 193, 220, 78, 179, 205, 44, 112, 213, 141, 39)
"""Twelve xterm-256 entries, ordered so that the first ones differ as much as possible, on dark and light
backgrounds and for colour-blind eyes (`benchmarks/palette.py` chooses them); red is reserved for loss."""


def as_colour(index: int) -> int:
    """Return the palette entry of AS number `index` by appearance (0-based); it repeats after twelve."""
    return AS_COLOURS[index % len(AS_COLOURS)]


def as_tag(index: int) -> str:
    """Return A ... Z, AA, AB ... for AS number `index` by appearance (0-based)."""
    tag = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        tag = chr(ord("A") + letter) + tag
    return tag

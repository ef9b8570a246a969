"""BGP routes to an endpoint's prefix as others see them, and what is known about its announcement."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Final

from tracetui.model.reference import Address, Asn, ForeignText, Prefix

HIDDEN_ASN: Final = Asn(0)
"""Stands in a path where a privacy mask hides an AS; no AS has this number (RFC 7607)."""


class SegmentKind(StrEnum):
    """The kind of a segment of an AS path (RFC 4271 section 4.3, RFC 5065 section 3)."""

    SEQUENCE = "sequence"
    SET = "set"
    """ASes in no order, of an aggregate."""

    CONFED_SEQUENCE = "confed_sequence"
    """Member ASes of the viewer's own confederation."""

    CONFED_SET = "confed_set"


_BRACKETS: Final = {
    SegmentKind.SEQUENCE: ("", ""),
    SegmentKind.SET: ("{", "}"),
    SegmentKind.CONFED_SEQUENCE: ("(", ")"),
    SegmentKind.CONFED_SET: ("[", "]"),
}


@dataclass(frozen=True, slots=True)
class AsSegment:
    """A segment of an AS path."""

    kind: SegmentKind
    asns: tuple[Asn, ...]
    """In order for sequences; an AS that prepends stands as often as it did so."""


@dataclass(frozen=True, slots=True)
class AsPath:
    """The AS path of a route: the nearest AS first, the origin last. Empty for the viewer's own route."""

    segments: tuple[AsSegment, ...] = ()

    def __str__(self) -> str:
        """Return the path as routers print it: `(65001) 22822 22822 {19905 64500}`."""
        return " ".join(
            f"{opening}{' '.join(_asn_text(asn) for asn in segment.asns)}{closing}"
            for segment in self.segments
            for opening, closing in [_BRACKETS[segment.kind]]
        )

    @property
    def origins(self) -> tuple[Asn, ...]:
        """The AS that announces the prefix; several where the path ends in a set."""
        outer = self._outer()
        if not outer:
            return ()
        last = outer[-1]
        return last.asns[-1:] if last.kind is SegmentKind.SEQUENCE else last.asns

    def beyond(self, viewer: Asn | None) -> tuple[Asn, ...]:
        """Return the ASes after `viewer`, repeats folded, up to a set, whose order is unknown.

        A path that begins with the viewer (as a collector has it) is the same as one that begins behind it.
        """
        ordered: list[Asn] = []
        for segment in self._outer():
            if segment.kind is SegmentKind.SET:
                break
            ordered += segment.asns
        folded = [asn for asn, _ in groupby(ordered)]
        return tuple(folded[1:] if folded and folded[0] == viewer else folded)

    def _outer(self) -> tuple[AsSegment, ...]:
        """Return the segments outside the viewer's confederation."""
        outside = {SegmentKind.SEQUENCE, SegmentKind.SET}
        return tuple(segment for segment in self.segments if segment.kind in outside and segment.asns)


def _asn_text(asn: Asn) -> str:
    return "hidden" if asn == HIDDEN_ASN else str(int(asn))


class OriginCode(StrEnum):
    """How the origin AS learned the route (RFC 4271 section 4.3)."""

    IGP = "igp"
    EGP = "egp"
    INCOMPLETE = "incomplete"


class RpkiState(StrEnum):
    """What RPKI says of prefix and origin (RFC 6811)."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_FOUND = "not_found"
    """No ROA covers the prefix."""


@dataclass(frozen=True, slots=True)
class RouteSource:
    """Where a route was read."""

    tool: str
    """What printed it, as people call it: `Cisco IOS`, `BIRD`, `RIPEstat`."""

    name: ForeignText = ForeignText("")  # noqa: RUF009  (frozen)
    """File or service; "" for a paste."""

    collector: str = ""
    """A route collector, such as `RRC00 Amsterdam`; safe text."""

    peer: Address | None = None
    """The neighbour that the route was learned from."""

    taken_at: datetime | None = None
    """When the route stood there (aware); None where nothing says so."""

    is_stamped: bool = False
    """The time is the source's own; False: the file's, or that of the paste."""


@dataclass(frozen=True, slots=True)
class BgpRoute:
    """A route to a prefix as one AS, router or collector has it; or that it has none."""

    prefix: Prefix
    """Canonical; the address asked for, as a prefix, where there is no route to it."""

    path: AsPath | None
    """None: no route, or withdrawn."""

    source: RouteSource
    viewer: Asn | None = None
    """The AS whose route it is; None where nothing says so."""

    origin: OriginCode | None = None
    next_hop: Address | None = None
    best: bool | None = None
    """Whether the viewer uses it; None where the source has only one route of a viewer, or does not say."""

    communities: tuple[str, ...] = ()
    rpki: RpkiState | None = None
    first_seen: datetime | None = None
    """Aware, as is `last_updated`."""

    last_updated: datetime | None = None
    """When it was learned, changed or withdrawn last."""

    is_update: bool = False
    """True for a change as it was told, false for what stands in a table."""

    @property
    def beyond(self) -> tuple[Asn, ...]:
        """The ASes after the viewer, the nearest first."""
        return () if self.path is None else self.path.beyond(self.viewer)

    def covers(self, address: str) -> bool:
        """Tell whether the prefix holds an address."""
        return prefix_covers(self.prefix, address)

    @property
    def length(self) -> int:
        """Of the prefix, in bits."""
        return int(self.prefix.rpartition("/")[2])


def prefix_covers(prefix: str, address: str) -> bool:
    """Tell whether a prefix holds an address; False for what a mask has replaced."""
    try:
        network = ipaddress.ip_network(prefix)
        return ipaddress.ip_address(address.partition("%")[0]) in network
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class AnnouncedBy:
    """An AS that announces a prefix."""

    asn: Asn
    since: datetime | None = None
    """Since when it does so without a break, as far as the source looked back (aware)."""

    rpki: RpkiState | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """Whether anybody announces an address, by one source at one time."""

    prefix: Prefix | None
    """The most specific one announced; None where nobody announces the address."""

    origins: tuple[AnnouncedBy, ...]
    taken_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class BgpQuestion:
    """An address that a service was asked about; without answer and problem, it is being asked."""

    address: Address
    answer: Announcement | None = None
    problem: str = ""
    """One line."""

    remarks: tuple[str, ...] = ()
    """What is missing in the answer, one line each."""


@dataclass(frozen=True, slots=True)
class BgpEvidence:
    """All BGP data from elsewhere."""

    routes: tuple[BgpRoute, ...] = ()
    """One of each viewer, source and prefix, or all that a source shows of them; in the order they came."""

    updates: tuple[BgpRoute, ...] = ()
    """Announcements and withdrawals as they happened, each with `last_updated`; by time."""

    questions: tuple[BgpQuestion, ...] = ()
    problems: tuple[ForeignText, ...] = ()
    """Files that could not be read, and what was left out of them, one line each."""

    _to: dict[str, tuple[BgpRoute, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `routes_to` has returned: every view asks for the same addresses, five times a second."""

    def routes_to(self, address: str) -> tuple[BgpRoute, ...]:
        """Return the routes that packets to an address take: of each viewer and source the most specific."""
        known = self._to.get(address)
        if known is None:
            known = self._to[address] = tuple(self._most_specific(address))
        return known

    def _most_specific(self, address: str) -> Iterator[BgpRoute]:
        longest: dict[object, int] = {}
        covering = [route for route in self.routes if route.covers(address)]
        for route in covering:
            place = _place(route)
            longest[place] = max(route.length, longest.get(place, 0))
        yield from (route for route in covering if route.length == longest[_place(route)])

    def question(self, address: str) -> BgpQuestion | None:
        """Return what a service was asked about an address."""
        return next((one for one in self.questions if one.address == address), None)


def _place(route: BgpRoute) -> object:
    source = route.source
    return route.viewer or source.peer, source.tool, source.name, source.collector


NO_BGP: Final = BgpEvidence()

"""Evidence from BGP: routes to a silent lane's prefix as others see them."""

from dataclasses import dataclass
from datetime import datetime

from tracetui.model.bgp_route import RpkiState
from tracetui.model.evidence_base import Evidence
from tracetui.model.reference import Address, Asn, ForeignText, LaneId, Prefix


@dataclass(frozen=True, slots=True)
class BgpPath(Evidence):
    """The route of one AS to the suspect's prefix; without a rule, whoever the AS is."""

    viewer: Asn | None
    """The AS whose route it is; None where nothing says so."""

    prefix: Prefix
    path: tuple[Asn, ...]
    """The ASes after the viewer, the nearest first, repeats folded; empty for its own, or none."""

    announced: bool
    """False: it has no route."""

    source: ForeignText
    """What printed it, or who said so."""

    at: datetime | None
    """When it stood there; None where nothing says so."""

    last_updated: datetime | None
    rpki: RpkiState | None


@dataclass(frozen=True, slots=True)
class SameNextAs(Evidence):
    """The AS of L has routes to the suspect's prefix and to a control's with the same next AS, which is not
    the endpoint's own: the way is shown by ASes, not by routers.
    """

    viewer: Asn
    """The AS of L."""

    next_as: Asn
    prefix: Prefix
    control: LaneId
    control_prefix: Prefix
    last_is_inside: bool
    """The control's L+1 is firmly of the AS of L."""

    delivers_elsewhere: bool
    """Another vantage reaches the address through the next AS."""

    same_next_hop: bool
    """One router has the same next hop for both."""

    @property
    def next_is_strained(self) -> bool:
        """True where the next AS drops only if it treats the two prefixes, or where they enter, apart."""
        return self.last_is_inside and (self.delivers_elsewhere or self.same_next_hop)


@dataclass(frozen=True, slots=True)
class RoutesDiffer(Evidence):
    """The AS of L has a route to the suspect's prefix by another next AS than to the control's, or none."""

    viewer: Asn
    prefix: Prefix
    next_as: Asn | None
    """None: it has no route."""

    control: LaneId
    control_next: Asn


@dataclass(frozen=True, slots=True)
class BgpNotFollowed(Evidence):
    """A control shows, behind the AS of L, an address of another AS than the BGP path of that AS says: it
    describes another router's routes, or another time.
    """

    viewer: Asn
    control: LaneId
    told: Asn
    """The next AS by BGP."""

    seen: Asn
    """The AS of the address that the control shows."""


@dataclass(frozen=True, slots=True)
class PrefixUpdated(Evidence):
    """BGP updates of the suspect's prefix came within a minute of the moment it fell silent."""

    prefix: Prefix
    at: datetime
    """Of the one closest to it."""

    updates: int
    withdrawals: int
    """Among them."""


@dataclass(frozen=True, slots=True)
class Announced(Evidence):
    """Whether anybody announces the suspect's address, as a service says."""

    address: Address
    prefix: Prefix | None
    """None: nobody announces it."""

    origins: tuple[Asn, ...]
    since: datetime | None
    """Since when the first origin does without a break."""

    rpki: RpkiState | None
    """Of the first origin."""

    source: ForeignText
    at: datetime

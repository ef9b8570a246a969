"""Evidence from traces that other tools made, elsewhere or at other times."""

from dataclasses import dataclass
from datetime import datetime

from tracetui.model.evidence_base import Candidate, Evidence
from tracetui.model.reference import Asn, ForeignText, LaneId


@dataclass(frozen=True, slots=True)
class ImportedReach(Evidence):
    """An imported trace reaches the endpoint."""

    lane: LaneId
    vantage: ForeignText
    """Where it was made; "" where the output does not tell."""

    at: datetime | None
    """When; None where the output does not tell."""

    path: tuple[Asn, ...]
    ttl: int | None
    """The endpoint's distance."""

    answered: int
    probes: int
    """Sent to that TTL, as far as the output shows."""


@dataclass(frozen=True, slots=True)
class ImportedStop(Evidence):
    """An imported trace does not reach the endpoint."""

    lane: LaneId
    vantage: ForeignText
    at: datetime | None
    path: tuple[Asn, ...]
    last: Candidate | None
    """The last router that answers; None where nothing does."""

    silent_ttls: int
    """TTLs beyond it that were probed in vain."""

    probes: int
    """Probes to these TTLs."""

    open_end: bool
    """The trace may have gone on: what its output shows of silence shows nothing."""

    icmp_type: int | None = None
    icmp_code: int | None = None
    """Of the message in which that router refuses."""


@dataclass(frozen=True, slots=True)
class ImportedGoesOn(Evidence):
    """Of two imported traces from one place to different addresses, one goes on where the other stops."""

    stopping: LaneId
    lane: LaneId
    at: datetime | None
    router: Candidate | None
    """Where one stops and the other goes on; None where the outputs show no addresses, and the AS path of
    the one begins as that of the other."""

    path: tuple[Asn, ...]
    """Of the trace that goes on."""

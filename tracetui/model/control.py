"""The result of checking whether one lane can serve as the control of another."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from tracetui.model.evidence_base import Candidate
from tracetui.model.reference import LaneId


class Relation(IntEnum):
    """How close a control's endpoint is to the suspect's: the closer, the better the control."""

    OTHER = 0
    SAME_ORIGIN = 1
    """The same origin AS."""

    SAME_PREFIX = 2
    """The same announced prefix."""

    NEIGHBOUR = 3
    """The same /24 (IPv6: /48), the longest prefixes that are announced."""

    SAME_ADDRESS = 4
    """Another protocol or port of the same host."""


class ControlFit(StrEnum):
    """Whether a lane can serve as the control of a silent lane, and if not, why not."""

    VALID = "valid"
    """Shares the address of hop L, is answered by routers beyond it and by its endpoint, over the same
    service.
    """

    OTHER_ORIGIN = "other_origin"
    """As `VALID`, but announced by another AS: shows that routers beyond L answer, not which path is
    taken."""

    OTHER_SERVICE = "other_service"
    """As `VALID`, but over another protocol or port: shows the same as `OTHER_ORIGIN`."""

    OTHER_VANTAGE = "other_vantage"
    OTHER_FAMILY = "other_family"
    """One is IPv4, the other IPv6."""

    NO_ROUNDS = "no_rounds"
    """No complete round in common yet."""

    NO_LAST_HOP = "no_last_hop"
    """No hop answers the silent lane, so the two can share none."""

    UNIDENTIFIED_LAST_HOP = "unidentified_last_hop"
    """Hop L has a private or shared address, which identifies no router."""

    PARTS_BEFORE = "parts_before"
    """Its path leaves the suspect's before L."""

    NOT_THROUGH_LAST_HOP = "not_through_last_hop"
    """Hop L is not on its path."""

    STOPS_TOO = "stops_too"
    """It goes silent at the same router."""

    FAILS_ITSELF = "fails_itself"
    """Its endpoint does not answer, or not reliably."""

    NO_ROUTER_BEYOND = "no_router_beyond"
    """Only its endpoint answers from beyond L, no router."""

    NOT_CLEAR = "not_clear"
    """It is answered from beyond L, but not clearly more often than the suspect (p >= 0.01)."""

    @property
    def serves(self) -> bool:
        """True when it can be compared with, at least to show that routers beyond L answer."""
        # Not by a set: an enumeration is slow to hash, and this is asked often.
        return self is ControlFit.VALID or self is ControlFit.OTHER_ORIGIN or self is ControlFit.OTHER_SERVICE


@dataclass(frozen=True, slots=True)
class ControlCheck:
    """Whether a lane can serve as the control of a silent lane; the one answer that every view shows."""

    suspect: LaneId
    control: LaneId
    fit: ControlFit
    relation: Relation
    marked: bool
    """The user marked it as a control; False for another lane that can serve as one."""

    ttl: int | None = None
    """Of hop L on the control's path, where it is on it; where the path parts, for `PARTS_BEFORE`."""

    last: Candidate | None = None
    """Hop L of the silent lane."""

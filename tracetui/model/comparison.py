"""A comparison: what differs between an earlier moment and the one shown, as facts; `words/` says them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracetui.model.path_state import PathVerdict
from tracetui.model.reference import Address, Asn, LaneId


class HopAnswer(StrEnum):
    """What became of the answers of a hop."""

    SAME = "same"
    """Nothing that chance does not explain."""

    STOPPED = "stopped"
    """It no longer answers."""

    BEGUN = "begun"
    """It answers, and did not before."""

    REPLACED = "replaced"
    """Another router answers, and the one before does not."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers at a hop most often."""

    address: Address
    asn: Asn | None


@dataclass(frozen=True, slots=True)
class RttStep:
    """RTTs that differ by more than they spread: medians of the last rounds, nanoseconds."""

    before_ns: int
    now_ns: int

    @property
    def by_ns(self) -> int:
        """How much longer the RTT is now."""
        return self.now_ns - self.before_ns


@dataclass(frozen=True, slots=True)
class LossStep:
    """Loss that differs by more than chance explains, in the rounds looked at."""

    before_lost: int
    before_asked: int
    now_lost: int
    now_asked: int

    @property
    def before_percent(self) -> float:
        """Probes without an answer, of all probes of this TTL."""
        return 100.0 * self.before_lost / self.before_asked

    @property
    def now_percent(self) -> float:
        """The same for now."""
        return 100.0 * self.now_lost / self.now_asked


@dataclass(frozen=True, slots=True)
class HopChange:
    """What differs at one TTL of a lane."""

    ttl: int
    answer: HopAnswer = HopAnswer.SAME
    before: Answerer | None = None
    now: Answerer | None = None
    """Who answers, then and now; None where nobody does."""

    rtt: RttStep | None = None
    loss: LossStep | None = None


@dataclass(frozen=True, slots=True)
class AsPaths:
    """ASes in order, of the rounds compared."""

    before: tuple[Asn, ...]
    now: tuple[Asn, ...]


@dataclass(frozen=True, slots=True)
class LaneChange:
    """What differs on one lane; nothing where nothing does that chance would not explain."""

    lane: LaneId
    before_rounds: int
    now_rounds: int
    """Complete rounds compared; where either is 0, nothing was measured then, or nothing since."""

    states: tuple[PathVerdict, PathVerdict] | None = None
    """The verdicts of then and now, where state or end of the path differ; without addresses."""

    hops: tuple[HopChange, ...] = ()
    """By TTL; only those that differ."""

    paths: AsPaths | None = None
    """The AS paths, where hops that differ make them differ."""

    lengths: tuple[int, int] | None = None
    """TTL of the endpoint, then and now."""

    @property
    def differs(self) -> bool:
        """True when anything does."""
        return bool(self.states or self.hops or self.lengths)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between an earlier moment and the one of the snapshot that holds this."""

    since: datetime
    """The earlier moment."""

    sampled_s: float | None
    """Seconds from one sample to the next, where only samples of rounds are kept of that moment."""

    lanes: tuple[LaneChange, ...]
    """Of the lanes that this program probes, in the order of the snapshot."""

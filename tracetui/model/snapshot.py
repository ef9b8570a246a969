"""A snapshot: one moment of an investigation as an immutable value, drawn by the screen and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tracetui.model.attribution import Attribution, AutonomousSystem, RecordedAs
from tracetui.model.comparison import Comparison
from tracetui.model.control import ControlCheck
from tracetui.model.event import Event, Note
from tracetui.model.finding import Finding
from tracetui.model.hop import Hop
from tracetui.model.lane import Lane
from tracetui.model.outside_evidence import NOTHING_FROM_OUTSIDE, OutsideEvidence
from tracetui.model.path_state import PathVerdict
from tracetui.model.probe_arrivals import ProbeArrivals
from tracetui.model.registration import Registration
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.model.trace import NOTHING_RECEIVED, LaneTrace, ReceiveCounters


@dataclass(frozen=True, slots=True)
class Tool:
    """The program that measured."""

    version: str
    command: str
    """The command line, to be typed again."""

    name: str = "tracetui"


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where the probes start and how they are sent."""

    hostname: str
    prober: str
    """`raw`, `rootless` or `simulated`."""

    kernel: str
    """`Linux 6.18.44`, or the scenario's name for a simulated internet."""

    source: str | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class AsSource:
    """A source of AS data in use."""

    name: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A target that has no lane yet: still being resolved, or failed."""

    target: str
    problem: str | None
    """One line; None while the resolver is at work."""

    lanes: int = 0
    """Lanes that it has and that wait for the user's word, as they are many; 0 for none."""


@dataclass(frozen=True, slots=True)
class LaneSnapshot:
    """A lane: its measurements and their verdict."""

    trace: LaneTrace
    verdict: PathVerdict
    as_path: tuple[int, ...]
    """The ASes of the responding hops in order, repeats folded."""

    hops: Sequence[Hop] = ()
    """Hops counted since the lane's last lasting change, from which rows, shares and loss are shown; those of
    the trace where nothing changed."""

    since_ns: int | None = None
    """Unix time of the first round after that change; None where nothing changed."""

    def __post_init__(self) -> None:
        """Without hops of its own, a lane shows those of its trace."""
        if not self.hops:
            object.__setattr__(self, "hops", self.trace.hops)

    @property
    def lane(self) -> Lane:
        """The lane itself."""
        return self.trace.lane

    @property
    def id(self) -> str:
        """Its id."""
        return self.trace.lane.id


@dataclass(frozen=True, slots=True)
class KeptRounds:
    """What a past moment is derived from, where rounds from before it were dropped."""

    rounds: int
    """Kept rounds up to the moment, of the lane that has fewest."""

    sampled_s: float | None = None
    """Seconds from one sample to the next, where only samples of rounds are kept: states and paths are those
    of the moment, figures are those of the sample, and findings are not kept. None: findings rest on as many
    rounds as `rounds` says.
    """


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Snapshot:
    """One moment of an investigation."""

    created_at: datetime
    started_at: datetime
    tool: Tool
    vantage: Vantage
    interval_s: float
    timeout_s: float
    max_hops: int
    lanes: tuple[LaneSnapshot, ...]
    """In the order the user asked for them; lanes of one panel stand together."""

    owners: Mapping[str, Attribution]
    """Address to attribution, where the lookup is done; a missing one is still being looked up."""

    names: Mapping[str, str]
    """Address to PTR name (safe text), where there is one."""

    ases: tuple[AutonomousSystem, ...]
    as_sources: tuple[AsSource, ...]
    stretched_s: float | None = None
    """The interval that `max_rate` allows; None where it allows `interval_s`."""

    max_rate: int | None = None
    """Packets a second that all lanes together may send; None where nothing is probed."""

    unresolved: tuple[Unresolved, ...] = ()
    events: tuple[Event, ...] = ()
    notes: tuple[Note, ...] = ()
    counters: ReceiveCounters = NOTHING_RECEIVED
    confirmations: Mapping[str, bool] = field(default_factory=dict)
    """For addresses with a PTR name, whether the name has that address too; absent when not known."""

    not_looked_up: int = 0
    """Addresses that answered and are not looked up, as there are too many."""

    registrations: Mapping[str, Registration | str | None] = field(default_factory=dict)
    """By address the registration, why there is none, or None while it is looked up."""

    recorded: Mapping[str, RecordedAs] = field(default_factory=dict)
    """Address to the AS that the trace recorded, in recorded investigations; never used where `owners` has an
    answer."""

    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Host to all addresses that its name has, traced or not."""

    title: str = ""
    """The scenario's title in a demo; "" otherwise."""

    findings: tuple[Finding, ...] = ()
    """Findings over all lanes, the most telling first."""

    controls: tuple[ControlCheck, ...] = ()
    """Which lanes can serve as controls of each silent lane, the best first, and why others cannot."""

    outside: OutsideEvidence = NOTHING_FROM_OUTSIDE
    """Evidence from elsewhere."""

    vantages: tuple[RemoteVantage, ...] = ()
    """The places elsewhere that trace for us."""

    public_addresses: tuple[str, ...] = ()
    """The addresses by which this machine is known outside: where traces back go to."""

    arrivals: tuple[ProbeArrivals, ...] = ()
    """Which probes were seen to arrive at the other end, where somebody sees that."""

    kept: KeptRounds | None = None
    """For a past moment, what it is derived from; None where nothing from before it was dropped."""

    comparison: Comparison | None = None
    """What differs from an earlier moment; None where nobody asked for that."""

    masked_hops: int | None = None
    """Number of first hops that a privacy mask hides, besides own addresses; None: nothing is hidden."""

    @property
    def round_s(self) -> float:
        """Seconds between rounds in effect: the interval, or the stretched one."""
        return self.interval_s if self.stretched_s is None else self.stretched_s

    @property
    def probed(self) -> tuple[LaneSnapshot, ...]:
        """The lanes that this program probes: not those that other tools trace."""
        return tuple(lane for lane in self.lanes if lane.trace.provenance is None)

    @property
    def rounds(self) -> int:
        """Complete rounds of the lane that has most, of those that this program probes."""
        return max((lane.trace.rounds for lane in self.probed), default=0)

    def system(self, address: str) -> AutonomousSystem | None:
        """Return the AS of `address`, with its tag and colour; None when it has none or none is known yet."""
        owner = self.owners.get(address)
        if owner is None or owner.asn is None:
            return None
        return next((system for system in self.ases if system.asn == owner.asn), None)

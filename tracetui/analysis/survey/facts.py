"""The values of a survey: how each vantage fared with each endpoint, counted by AS, country and upstream."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tracetui.model import AsSource, ProbeProtocol


class Fate(StrEnum):
    """How one vantage fared with one endpoint, over all its traces: one draw."""

    REACHED = "reached"
    """The endpoint answered every trace that can be judged."""

    SOMETIMES = "sometimes"
    """It answered some of them."""

    STOPPED = "stopped"
    """It answered none: each ends in silence, in a loop, or at a router that says unreachable."""

    RESET = "reset"
    """A RST came; one trace does not tell whether the endpoint sent it."""

    UNCLEAR = "unclear"
    """The traces were cut off, or nothing answered at all."""

    CONTROL_FAILS = "control_fails"
    """It stopped, but the vantage does not reach the control either."""


class Left(StrEnum):
    """What else could be behind stops in an AS; a survey of one round rules out little."""

    INSIDE = "inside"
    """The AS drops the packets."""

    NEXT_NETWORK = "next_network"
    """The network behind it drops them where they enter."""

    OTHER_WAY = "other_way"
    """They leave the AS another way than the paths that work, and are lost there."""

    SOURCES = "sources"
    """The endpoint or its network answers nothing that comes from these sources."""

    WAY_BACK = "way_back"
    """The answers are lost on the way back."""

    SILENT_ROUTERS = "silent_routers"
    """The routers behind the AS answer nobody, so that the cause may be anywhere behind it."""

    NETWORK_BEFORE = "network_before"
    """The last router may be of the network before: it is the only one there with an address of the AS."""


class FindingKind(StrEnum):
    """What the survey comes to for one endpoint."""

    ALL_REACHED = "all_reached"
    NONE_REACHED = "none_reached"
    """No path works, so there is nothing to compare with."""

    STOPS_IN = "stops_in"
    """Paths into some ASes stop there, more than chance explains; on the way to the control, routers behind
    them answer the same vantages."""

    LAST_SEEN_IN = "last_seen_in"
    """Paths into some ASes get their last answer there, more than chance explains; no control shows whether
    routers behind them answer anybody."""

    NO_ONE_PLACE = "no_one_place"
    """Some stop, and no AS explains it: each is on paths that work too, or chance explains the numbers."""

    TOO_FEW = "too_few"
    """Fewer vantages than can show anything."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What was traced."""

    address: str
    protocol: ProbeProtocol | None
    port: int | None
    """None where it has none, or the sources do not tell."""


@dataclass(frozen=True, slots=True)
class ControlCount:
    """What the vantages that stop in an AS see on the way to the control."""

    asked: int
    """Of those that stop, how many traced the control through the AS."""

    passed: int
    """Of these, how many see a router behind the AS."""


@dataclass(frozen=True, slots=True)
class AsRow:
    """One AS on the way to one endpoint."""

    asn: int
    name: str
    """Safe text; "" where no source tells it."""

    entered: int
    """Vantages whose path enters it."""

    stopped: int
    """Of these, how many get their last answer from it and none from the endpoint."""

    refused: int
    """Of the stopped, where its router says unreachable."""

    looped: int
    working: int
    """Of the entered, how many reach the endpoint."""

    routers: int
    """Different addresses that answered last."""

    lone: int
    """Of the stopped, where nothing shows that the last router is of this AS but its address."""

    endpoint: bool = False
    """The endpoint's own AS."""

    p_value: float | None = None
    """That as few of its paths work by chance, times the ASes it was picked from; None: not tested."""

    significant: bool = False
    control: ControlCount | None = None
    left: tuple[Left, ...] = ()
    """For a significant one: all that could be behind it."""

    country: str = ""
    """A country all of whose vantages fail and which all those that stop here are in: as good a reason."""


@dataclass(frozen=True, slots=True)
class Suspects:
    """ASes on failing paths and on no working one, which these paths cannot tell apart."""

    asns: tuple[int, ...]
    failing: int
    """Failing paths that they all lie on."""


@dataclass(frozen=True, slots=True)
class Share:
    """Vantages of one country or behind one upstream."""

    key: str | int
    """The country's two letters, or the upstream's AS."""

    fates: dict[Fate, int]
    stops: tuple[tuple[int | None, int], ...]
    """The AS that answered last, and how often; most first. None: its AS is not known."""

    @property
    def judged(self) -> int:
        """Vantages that either reach the endpoint or do not."""
        return judged(self.fates)

    @property
    def stopped(self) -> int:
        """Of these, those that do not."""
        return self.fates.get(Fate.STOPPED, 0)


@dataclass(frozen=True, slots=True)
class PathBranch:
    """Paths that are alike from some AS on to where they end: a branch of the tree of all paths."""

    asns: tuple[int | None, ...]
    """ASes that all of them cross, the one nearest to the end first. None: an end in an unknown AS."""

    stops: bool
    """False where they reach the endpoint."""

    vantages: int
    countries: tuple[tuple[str, int], ...]
    """Of these vantages, where the sources tell them; most first."""

    first: int
    """Number of one of the vantages."""

    begin: int = 0
    """Vantages in the last of these ASes: no AS is before it on their way."""

    branches: "tuple[PathBranch, ...]" = ()
    """By the AS before these on the way; most vantages first."""

    more: int = 0
    """Branches that are left out."""

    more_vantages: int = 0


@dataclass(frozen=True, slots=True)
class PathTree:
    """All paths to one endpoint that stop or reach it."""

    ends: tuple[PathBranch, ...]
    """By the AS in which they end; those that stop first, most vantages first."""

    more: int
    """Ends that are left out."""

    more_vantages: int


def judged(fates: dict[Fate, int]) -> int:
    """Return how many vantages either reach the endpoint or do not."""
    return sum(fates.get(fate, 0) for fate in (Fate.REACHED, Fate.SOMETIMES, Fate.STOPPED))


@dataclass(frozen=True, slots=True)
class EndpointSurvey:
    """All that the survey knows of one endpoint."""

    endpoint: Endpoint
    target: str
    """As it was asked for, where that is no address; safe text."""

    traces: int
    first: datetime | None
    last: datetime | None
    fates: dict[Fate, int]
    rows: tuple[AsRow, ...]
    """ASes where something stops, most first."""

    unknown_stops: int
    """Stops at routers whose AS is not known."""

    suspects: tuple[Suspects, ...]
    """Most failing paths first; those on at least two."""

    unexplained: int
    """Failing paths all of whose ASes are on working ones too."""

    countries: tuple[Share, ...]
    upstreams: tuple[Share, ...]
    without_country: int
    paths: PathTree

    has_control: bool
    """A control in the endpoint's own AS was traced; one elsewhere only shows that a vantage works."""

    kind: FindingKind

    @property
    def judged(self) -> int:
        """Vantages that either reach the endpoint or do not."""
        return judged(self.fates)

    @property
    def named(self) -> tuple[AsRow, ...]:
        """The rows that the finding is about."""
        return tuple(row for row in self.rows if row.significant)


@dataclass(frozen=True, slots=True)
class Survey:
    """The whole survey."""

    endpoints: tuple[EndpointSurvey, ...]
    """Suspects, most vantages first."""

    controls: tuple[EndpointSurvey, ...]
    traces: int
    vantages: int
    without_target: int
    """Traces that do not tell the address they were made to; left out."""

    left_out: int
    """Traces beyond what a survey takes."""

    names: dict[int, str] = field(default_factory=dict)
    """Holders of the ASes that the rest mentions; safe text."""

    sources: tuple[AsSource, ...] = ()

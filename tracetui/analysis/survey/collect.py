"""Takes traces one by one and keeps of each what a survey needs: memory grows with paths, not with files."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tracetui.analysis.survey.facts import Endpoint, Fate
from tracetui.analysis.survey.trace_end import (
    Ending,
    Hops,
    Router,
    TraceEnd,
    is_address,
    router_key,
    trace_end,
)
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.vantage_place import VantagePlace

MAX_DRAWS: Final = 200_000
"""Pairs of a vantage and an endpoint; what comes after is left out and counted."""

MAX_ENDPOINTS: Final = 10_000
MAX_ADDRESSES: Final = 100_000
"""Of routers and vantages: each costs a look-up, and memory."""

MAX_PLACES: Final = 100_000
"""Probes whose country is kept."""

_MAX_SHARED: Final = 200_000
"""Paths, and routers with an AS, that are remembered."""

_GLOBALPING: Final = "Globalping"


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where traces were made."""

    name: str
    source: str | None
    asn: int | None
    country: str


@dataclass(frozen=True, slots=True)
class SurveyTrace:
    """What a survey takes of one trace."""

    endpoint: Endpoint | None
    """None where the trace does not tell the address that was traced."""

    target: str
    """As it was asked for."""

    tool: str
    vantage: Vantage
    started_at: datetime | None
    end: TraceEnd
    recorded: tuple[tuple[Router, tuple[int, ...]], ...] = ()
    """Routers whose ASes the trace itself names."""


def of_import(trace: ImportedTrace) -> SurveyTrace:
    """Return what a survey takes of a trace by another tool."""
    return SurveyTrace(
        None if trace.address is None else Endpoint(trace.address, trace.protocol, trace.port),
        trace.target,
        trace.tool,
        Vantage(trace.vantage, trace.source, trace.source_asn, trace.source_country),
        trace.started_at,
        trace_end(trace),
        tuple(
            (router_key(responder), responder.asns)
            for hop in trace.hops
            for responder in hop.responders
            if responder.asns
        ),
    )


@dataclass(slots=True)
class Draw:
    """All traces of one vantage to one endpoint."""

    vantage: int
    """Place in `Collected.vantages`."""

    reached: TraceEnd | None = None
    """The last one that reached it."""

    stopped: TraceEnd | None = None
    """The last one that did not."""

    reset: bool = False

    @property
    def fate(self) -> Fate:
        """How it fared, without a look at the control."""
        if self.reached is not None:
            return Fate.SOMETIMES if self.stopped is not None or self.reset else Fate.REACHED
        if self.reset:
            return Fate.RESET
        return Fate.STOPPED if self.stopped is not None else Fate.UNCLEAR


@dataclass(slots=True)
class EndpointDraws:
    """All that was traced to one endpoint."""

    endpoint: Endpoint
    target: str = ""
    traces: int = 0
    first: datetime | None = None
    last: datetime | None = None
    draws: dict[int, Draw] = field(default_factory=dict)
    """By vantage."""


class Collected:
    """What was read up to now."""

    def __init__(self) -> None:
        self.endpoints: Final[dict[Endpoint, EndpointDraws]] = {}
        self.vantages: Final[list[Vantage]] = []
        self.recorded: Final[dict[Router, tuple[int, ...]]] = {}
        """ASes that the traces themselves name."""

        self.traces = self.without_target = self.left_out = 0
        self._numbers: dict[tuple[object, ...], int] = {}
        self._places: dict[str, VantagePlace] = {}
        self._hops: dict[Hops, Hops] = {}
        self._known: dict[Router, Router] = {}
        """All addresses; of equal ones the first is kept."""

        self._draws = self._documents = 0

    @property
    def addresses(self) -> set[str]:
        """All addresses whose AS matters."""
        found = {endpoint.address for endpoint in self.endpoints}
        found |= {vantage.source for vantage in self.vantages if vantage.source is not None}
        for about in self.endpoints.values():
            for draw in about.draws.values():
                for end in filter(None, (draw.reached, draw.stopped)):
                    found.update(router for routers in end.hops for router in routers)
        return {address for address in found if is_address(address)}

    def place(self, vantage: Vantage) -> VantagePlace | None:
        """Return what a list of probes tells of a vantage."""
        return self._places.get(vantage.name)

    def add_places(self, places: Iterable[VantagePlace]) -> None:
        """Keep the countries of probes; they may come before the traces or after them."""
        for place in places:
            if len(self._places) < MAX_PLACES:
                self._places[place.vantage] = place

    def add(self, traces: Iterable[SurveyTrace]) -> list[int | None]:
        """Add the traces of one document; return the number of each one's vantage, None for one left out."""
        self._documents += 1
        seen: Counter[tuple[object, ...]] = Counter()
        return [self._add(trace, seen) for trace in traces]

    def _vantage_key(
        self, trace: SurveyTrace, endpoint: Endpoint, seen: Counter[tuple[object, ...]]
    ) -> tuple[object, ...]:
        """Return what two traces of one vantage have in common.

        Globalping does not number its probes: those of one description are told apart by their order within a
        measurement. Over several measurements two may pass for one, never one for two.
        """
        name, source = trace.vantage.name, trace.vantage.source
        if trace.tool == _GLOBALPING:
            seen[endpoint, name] += 1
            return _GLOBALPING, name, seen[endpoint, name]
        if name.startswith("probe "):
            return (name,)  # its address may change
        if name or source:
            return name, source
        seen[endpoint, ""] += 1
        return self._documents, seen[endpoint, ""]

    def _add(self, trace: SurveyTrace, seen: Counter[tuple[object, ...]]) -> int | None:
        self.traces += 1
        endpoint = trace.endpoint
        if endpoint is None:
            self.without_target += 1
            return None
        key = self._vantage_key(trace, endpoint, seen)
        about = self.endpoints.get(endpoint)
        number = self._numbers.get(key)
        known = about is not None and number is not None and number in about.draws
        is_too_much = not known and (
            self._draws >= MAX_DRAWS or (about is None and len(self.endpoints) >= MAX_ENDPOINTS)
        )
        if is_too_much or not self._has_room_for(trace):
            self.left_out += 1
            return None
        if number is None:
            number = self._numbers[key] = len(self.vantages)
            self.vantages.append(trace.vantage)
        if about is None:
            about = self.endpoints[endpoint] = EndpointDraws(endpoint)
        if not known:
            self._draws += 1
        self._count(about, about.draws.setdefault(number, Draw(number)), trace, endpoint)
        return number

    def _count(self, about: EndpointDraws, draw: Draw, trace: SurveyTrace, endpoint: Endpoint) -> None:
        about.traces += 1
        if not about.target and trace.target != endpoint.address:
            about.target = trace.target
        if trace.started_at is not None:
            about.first = min(about.first or trace.started_at, trace.started_at)
            about.last = max(about.last or trace.started_at, trace.started_at)
        end = TraceEnd(trace.end.ending, self._shared(trace.end.hops))
        if end.ending is Ending.REACHED:
            draw.reached = end
        elif end.ending.stops:
            draw.stopped = end
        elif end.ending is Ending.RESET:
            draw.reset = True
        for router, asns in trace.recorded:
            if len(self.recorded) < _MAX_SHARED:
                self.recorded.setdefault(router, asns)

    def _has_room_for(self, trace: SurveyTrace) -> bool:
        """Tell whether the addresses of a trace can be kept, and keep them."""
        shown = [router for routers in trace.end.hops for router in routers]
        if trace.vantage.source is not None:
            shown.append(trace.vantage.source)
        new = {address for address in shown if address not in self._known}
        if len(self._known) + len(new) > MAX_ADDRESSES:
            return False
        self._known.update((address, address) for address in new)
        return True

    def _shared(self, hops: Hops) -> Hops:
        """Return the same object for the same hops, while there are not too many, and for one address."""
        if hops not in self._hops:
            hops = tuple(tuple(self._known[router] for router in routers) for routers in hops)
        if len(self._hops) < _MAX_SHARED:
            return self._hops.setdefault(hops, hops)
        return self._hops.get(hops, hops)


def matching(endpoints: Mapping[Endpoint, EndpointDraws], words: Sequence[str]) -> set[Endpoint]:
    """Return the endpoints whose address or target is one of `words`."""
    wanted = {word.lower() for word in words}
    return {one for one, about in endpoints.items() if wanted & {one.address.lower(), about.target.lower()}}

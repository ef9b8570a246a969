"""Turns the paths of a survey's vantages into ASes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracetui.analysis.as_path import choose_systems
from tracetui.analysis.survey.collect import Collected, Draw, EndpointDraws
from tracetui.analysis.survey.facts import Fate
from tracetui.analysis.survey.trace_end import Ending, Hops, Router
from tracetui.model import Attribution


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a path stops."""

    asn: int | None
    """AS of the last router that answered; None where it is not known."""

    router: Router
    ending: Ending
    lone: bool
    """Nothing but its address shows that the router is of that AS."""


@dataclass(frozen=True, slots=True)
class AsDraw:
    """One vantage and one endpoint, in ASes."""

    vantage: int
    fate: Fate
    source: int | None
    """AS of the vantage, where it is known."""

    country: str
    path: tuple[int, ...]
    """From the source on; each AS once for a row of hops. Of the trace that failed, where none works."""

    crossed: frozenset[int]
    """All ASes that any of its routers may be of."""

    stop: Stop | None
    """For a path that does not work."""

    routers: tuple[int, ...]
    """The path without the source and the endpoint: only ASes whose routers answer."""

    @property
    def upstream(self) -> int | None:
        """The AS behind that of the vantage."""
        if self.source is None:
            return None
        return next((asn for asn in self.path if asn != self.source), None)

    @property
    def works(self) -> bool:
        """Whether the endpoint answered at least once."""
        return self.fate in {Fate.REACHED, Fate.SOMETIMES}


class AsPaths:
    """The ASes of a survey's paths: what AS sources say; where they do not know, what the traces told."""

    def __init__(self, collected: Collected, owners: Mapping[str, Attribution]) -> None:
        self._collected, self._owners = collected, owners
        self._firm: set[tuple[Router, int]] | None = None

    def origins(self, router: Router | None) -> tuple[int, ...]:
        """Return the ASes that a router may be of by its address alone."""
        if router is None:
            return ()
        owner = self._owners.get(router)
        if owner is not None and owner.exchange:
            return (owner.member,) if owner.member is not None else ()
        if owner is not None and (owner.special is not None or owner.asns):
            return owner.asns
        return self._collected.recorded.get(router, ())

    def draws(self, about: EndpointDraws) -> list[AsDraw]:
        """Return how each vantage fared with an endpoint."""
        target = self.origins(about.endpoint.address)
        return [self._draw(draw, target) for draw in about.draws.values()]

    def _draw(self, draw: Draw, target: tuple[int, ...]) -> AsDraw:
        source, country = self._source(draw)
        end = draw.reached or draw.stopped
        hops = end.hops if end is not None else ()
        systems = self._systems(hops)
        path = _each_once((source, *systems, *(target[:1] if draw.reached is not None else ())))
        crossed = {asn for routers in hops for router in routers for asn in self.origins(router)}
        fate, stop = draw.fate, None
        if fate is Fate.STOPPED and draw.stopped is not None:
            stop = self._stop(draw.stopped.hops, systems, draw.stopped.ending)
        every = frozenset(crossed) | frozenset(path)
        return AsDraw(draw.vantage, fate, source, country, path, every, stop, _each_once(systems))

    def _source(self, draw: Draw) -> tuple[int | None, str]:
        vantage = self._collected.vantages[draw.vantage]
        place = self._collected.place(vantage)
        country = vantage.country or (place.country if place is not None else "")
        by_address = self.origins(vantage.source)
        asn = vantage.asn or (by_address[0] if by_address else None)
        if asn is None and place is not None and len(set(place.asns)) == 1:
            asn = place.asns[0]
        return asn, country

    def _systems(self, hops: Hops) -> tuple[int | None, ...]:
        return choose_systems([self.origins(routers[0]) if routers else () for routers in hops])

    def _stop(self, hops: Hops, systems: Sequence[int | None], ending: Ending) -> Stop:
        router, asn = hops[-1][0], systems[-1]
        before = systems[-2] if len(systems) > 1 else None
        lone = asn is not None and before != asn and (router, asn) not in self._firm_routers()
        return Stop(asn, router, ending, lone)

    def _firm_routers(self) -> set[tuple[Router, int]]:
        """Return the routers behind which some path shows another one of the same AS."""
        if self._firm is None:
            self._firm = set()
            ends = (
                end
                for about in self._collected.endpoints.values()
                for draw in about.draws.values()
                for end in (draw.reached, draw.stopped)
                if end is not None
            )
            shown: dict[Router, set[Router]] = defaultdict(set)
            for end in ends:
                for one, other in pairwise(end.hops):
                    for router in one:
                        shown[router].update(other)
            for router, behind in shown.items():
                following = {asn for one in behind if one != router for asn in self.origins(one)}
                self._firm |= {(router, asn) for asn in self.origins(router) if asn in following}
        return self._firm

    def names(self, asns: Iterable[int]) -> dict[int, str]:
        """Return the holders of ASes, where a source names them."""
        wanted, found = set(asns), {}
        for owner in self._owners.values():
            if owner.asns and owner.asns[0] in wanted and owner.name and owner.asns[0] not in found:
                found[owner.asns[0]] = owner.name
        return found


def _each_once(systems: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(_changes(asn for asn in systems if asn is not None))


def _changes(asns: Iterable[int]) -> Iterator[int]:
    last = None
    for asn in asns:
        if asn != last:
            yield asn
        last = asn

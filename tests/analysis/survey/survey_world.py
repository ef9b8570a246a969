"""A small internet of ASes, traced from many places, with results as RIPE Atlas and Globalping shape them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracetui.analysis.survey.collect import Collected, of_import
from tracetui.analysis.survey.facts import Survey
from tracetui.analysis.survey.make_survey import make_survey
from tracetui.evidence.traces.atlas_probes import atlas_probes
from tracetui.evidence.traces.document_traces import take_document
from tracetui.model import Attribution
from tracetui.model.imported_trace import ImportedTrace

ENDPOINT_AS = 19905
ENDPOINT, CONTROL, ELSEWHERE = "156.154.65.20", "156.154.64.10", "68.142.9.9"
UPSTREAMS = (22822, 1299)
TRANSITS = (8359, 12389, 20485, 3216, 3320, 6939)
COUNTRIES = ("RU", "RU", "RU", "RU", "DE", "US")


@dataclass(frozen=True)
class Place:
    """A vantage: its number, its own AS, the transit behind it."""

    number: int
    asn: int
    transit: int
    country: str


@dataclass(frozen=True)
class Step:
    """A router on a path."""

    asn: int
    address: str


Drop = Callable[[Place, Sequence[Step], str], int | None]
"""Returns the place on a path from which on nothing answers, to a destination; None: all of it answers."""


@dataclass
class World:
    """The internet of one seed."""

    seed: int
    vantages: int = 60
    dark: frozenset[int] = frozenset()
    """ASes whose routers never answer."""

    shared_by: int = 3
    """Vantages in one AS."""

    owners: dict[str, Attribution] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.places = []
        for number in range(self.vantages):
            which = (number // self.shared_by) % len(TRANSITS)
            asn = 64500 + number // self.shared_by
            self.places.append(Place(number, asn, TRANSITS[which], COUNTRIES[which]))
        self.routers: dict[int, list[Step]] = {}
        for place, asn in enumerate(
            [*TRANSITS, *UPSTREAMS, ENDPOINT_AS, *dict.fromkeys(each.asn for each in self.places)]
        ):
            self.routers[asn] = [self._router(asn, f"5.{place}.0.{last}") for last in range(1, 7)]
        for address in (ENDPOINT, CONTROL):
            self._router(ENDPOINT_AS, address)
        self._router(22822, ELSEWHERE)
        for each in self.places:
            self._router(each.asn, self.source(each))

    def _router(self, asn: int, address: str) -> Step:
        self.owners[address] = Attribution((asn,), f"Network {asn}", None, "table")
        return Step(asn, address)

    @staticmethod
    def source(place: Place) -> str:
        return f"9.{place.asn % 256}.{place.asn // 256}.{place.number}"

    def path(self, place: Place, destination: str) -> list[Step]:
        """Return the routers from a vantage to a destination, the same every time."""
        rng = random.Random(f"{self.seed} {place.number}")
        upstream = UPSTREAMS[TRANSITS.index(place.transit) % 2]
        systems = [(place.asn, 1), (place.transit, rng.randint(2, 4)), (upstream, rng.randint(1, 3))]
        if destination != ELSEWHERE:
            systems.append((ENDPOINT_AS, 1))
        return [
            step
            for asn, count in systems
            for step in sorted(rng.sample(self.routers[asn], count), key=lambda step: step.address)
        ]

    def answers(self, place: Place, destination: str, drop: Drop) -> list[str | None]:
        """Return who answers at each TTL, the destination last if it does."""
        path = self.path(place, destination)
        end = drop(place, path, destination)
        shown = path if end is None else path[:end]
        rows: list[str | None] = [None if step.asn in self.dark else step.address for step in shown]
        return [*rows, destination] if end is None else [*rows, *[None] * (6 + len(path) - len(shown))]

    def atlas(self, drop: Drop, destination: str = ENDPOINT) -> list[dict[str, Any]]:
        """Return results as RIPE Atlas gives them."""
        return [
            {
                "fw": 5080, "type": "traceroute", "msm_id": 1, "prb_id": place.number, "proto": "ICMP",
                "dst_addr": destination, "dst_name": destination,
                "from": self.source(place),
                "timestamp": 1552300000 + place.number,
                "result": [
                    {"hop": ttl, "result": [{"from": who, "rtt": 5.5} if who else {"x": "*"}] * 3}
                    for ttl, who in enumerate(self.answers(place, destination, drop), 1)
                ],
            }
            for place in self.places
        ]  # fmt: skip

    def globalping(self, drop: Drop, destination: str = ENDPOINT) -> dict[str, Any]:
        """Return a measurement as Globalping gives it: mtr, whose hops name their AS."""
        results = []
        for place in self.places:
            hops = [
                {
                    "resolvedAddress": who,
                    "asn": list(self.owners[who].asns) if who else [],
                    "timings": [],
                    "stats": {"min": 1, "max": 2, "avg": 1, "total": 3, "rcv": 3 if who else 0},
                }
                for who in self.answers(place, destination, drop)
            ]
            probe = {"city": "City", "country": place.country, "asn": place.asn, "network": "Net"}
            result = {"status": "finished", "resolvedAddress": destination, "hops": hops}
            results.append({"probe": probe, "result": result})
        return {
            "id": "x", "type": "mtr", "target": destination, "status": "finished",
            "probesCount": len(results), "createdAt": "2026-11-30T10:00:00Z", "results": results,
            "measurementOptions": {"protocol": "ICMP"},
        }  # fmt: skip

    def probes(self) -> dict[str, Any]:
        """Return the list of probes as RIPE Atlas gives it."""
        listed = [
            {"id": place.number, "country_code": place.country, "asn_v4": place.asn, "asn_v6": None}
            for place in self.places
        ]
        return {"count": len(listed), "next": None, "results": listed}

    def survey(self, *documents: Any, controls: Sequence[str] = ()) -> Survey:
        """Return the survey of documents."""
        collected = Collected()
        collected.add_places(atlas_probes(self.probes()))
        for document in documents:
            for one in document if isinstance(document, list) else [document]:
                found: list[ImportedTrace] = []
                assert take_document(one, found.append)  # type: ignore[arg-type]
                collected.add(map(of_import, found))
        return make_survey(collected, self.owners, controls)


def no_drop(_place: Place, _path: Sequence[Step], _destination: str) -> None:
    """All is well."""


def dropped_in(*asns: int, but: Sequence[str] = (CONTROL, ELSEWHERE)) -> Drop:
    """Return a drop behind the first router of an AS: as most filters do, after the TTL check."""

    def drop(_place: Place, path: Sequence[Step], destination: str) -> int | None:
        if destination in but:
            return None
        return next((place + 1 for place, step in enumerate(path) if step.asn in asns), None)

    return drop


def at_the_endpoint(refused: Callable[[Place], bool]) -> Drop:
    """Return a drop by the endpoint itself, of those that it refuses."""

    def drop(place: Place, path: Sequence[Step], destination: str) -> int | None:
        return len(path) if destination == ENDPOINT and refused(place) else None

    return drop

"""BGP in reports and in the evidence view: what is announced, by which paths, and what changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.bgp_paths import bgp_beyond
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.model.bgp_route import BgpRoute
from tracetui.words import (
    expected_words,
    question_words,
    route_words,
    source_words,
    update_words,
    utc_words,
)

MAX_ROUTES: Final = 12
"""Routes listed per endpoint; the rest is counted."""

MAX_UPDATES: Final = 12
"""Changes told, the last ones."""


@dataclass(frozen=True, slots=True)
class BgpSection:
    """What is known of one endpoint, or of the rest."""

    title: str
    address: str | None
    lines: tuple[str, ...]
    """Plain text."""


def bgp_sections(snapshot: Snapshot) -> Iterator[BgpSection]:
    """Yield a section for each endpoint that BGP speaks of, in board order; problems with files last."""
    bgp = snapshot.outside.bgp
    lanes: dict[str, list[LaneSnapshot]] = {}
    for lane in snapshot.lanes:
        lanes.setdefault(lane.lane.address, []).append(lane)
    for address, own in lanes.items():
        lines = tuple(_lines(address, own, snapshot))
        if lines:
            host = own[0].lane.host
            yield BgpSection(host if host == address else f"{host} ({address})", address, lines)
    if bgp.problems:
        yield BgpSection("Not read", None, tuple(bgp.problems))


def _lines(address: str, lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> Iterator[str]:
    bgp = snapshot.outside.bgp
    question = bgp.question(address)
    if question is not None:
        yield from question_words(question, snapshot)
    seen: set[str] = set()
    for lane in lanes:
        found = bgp_beyond(lane, snapshot)
        words = expected_words(found, lane.as_path[-1], snapshot) if found is not None else ""
        if words and words not in seen:
            seen.add(words)
            yield words
    routes = _ordered(bgp.routes_to(address), lanes)
    for route in routes[:MAX_ROUTES]:
        yield f"{route_words(route, snapshot)}; source: {source_words(route.source)}"
    if len(routes) > MAX_ROUTES:
        rest = routes[MAX_ROUTES:]
        nexts = {route.beyond[:1] for route in rest}
        yield f"{len(rest)} more routes, by {len(nexts)} next ASes: the JSON report has them"
    updates = [update for update in bgp.updates if update.covers(address)]
    for update in updates[-MAX_UPDATES:]:
        at = utc_words(update.last_updated) if update.last_updated is not None else "time unknown"
        yield f"{at}: {update_words(update, snapshot)}; source: {source_words(update.source)}"
    if len(updates) > MAX_UPDATES:
        yield f"{len(updates) - MAX_UPDATES} earlier changes: the JSON report has them"


def _ordered(routes: Sequence[BgpRoute], lanes: Sequence[LaneSnapshot]) -> list[BgpRoute]:
    """Return first the routes of ASes that the endpoint's lanes cross, the last of them first."""
    crossed = [asn for lane in lanes for asn in reversed(lane.as_path)]

    def rank(route: BgpRoute) -> tuple[int, bool, bool]:
        place = crossed.index(route.viewer) if route.viewer in crossed else len(crossed)
        return place, route.best is False, set(crossed).isdisjoint(route.beyond)

    return sorted(routes, key=rank)

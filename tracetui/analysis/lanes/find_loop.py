"""Finds routing loops: the same routers at TTLs one period apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PERIODS: Final = range(2, 9)
"""Routers in one turn. One router that answers at neighbouring TTLs is no loop: it forwards packets whose TTL
has run out, or a middlebox writes its own address into what comes from behind it."""

Exceeded = Mapping[int, Mapping[str, Sequence[int]]]
"""TTL to router to the rounds in which it answered there."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop on a path."""

    start_ttl: int
    """TTL of the first router that comes again."""

    turn: tuple[str, ...]
    """The routers of one turn from there on, as far as they answer."""

    period: int
    """TTLs of one turn."""


def find_loop(exceeded: Exceeded) -> Loop | None:
    """Return the loop that the merged rounds show, or None.

    Routers limit how often they answer, so a turn may have many gaps and a single round may show no repeat at
    all. It takes one router at three TTLs a multiple of the period apart, or two routers at two such TTLs.
    From the first of them on, every place in the turn has one router and every router one place: whatever
    contradicts that is a change of route, not a loop. The shortest period that fits is taken.
    """
    if not _anything_repeats(exceeded):
        return None
    for period in PERIODS:
        places = _periodic_tail(exceeded, period)
        repeating = {address: ttls for address, ttls in places.items() if len(ttls) > 1}
        if _solid(exceeded, repeating):
            start = min(min(ttls) for ttls in repeating.values())
            order = {
                (min(ttls) - start) % period: address
                for address, ttls in places.items()
                if max(ttls) >= start
            }
            return Loop(start, tuple(order[place] for place in sorted(order)), period)
    return None


def _anything_repeats(exceeded: Exceeded) -> bool:
    seen: set[str] = set()
    for routers in exceeded.values():
        if not seen.isdisjoint(routers):
            return True
        seen.update(routers)
    return False


def _periodic_tail(exceeded: Exceeded, period: int) -> dict[str, list[int]]:
    """Return the routers and their TTLs from the highest TTL down to where the period breaks."""
    at_place: dict[int, str] = {}
    places: dict[str, list[int]] = {}
    for ttl in sorted(exceeded, reverse=True):
        routers = exceeded[ttl]
        if len(routers) > 1:
            break
        address = next(iter(routers))
        place = ttl % period
        if at_place.setdefault(place, address) != address:
            break
        if address in places and places[address][0] % period != place:
            break
        places.setdefault(address, []).append(ttl)
    return places


def _solid(exceeded: Exceeded, repeating: Mapping[str, Sequence[int]]) -> bool:
    if any(len(ttls) > 2 for ttls in repeating.values()):
        return True
    if len(repeating) < 2:
        return False
    # A route that grew by the period also moves every router, but it moves each of them once.
    return any(not _moved_once(exceeded, address, ttls) for address, ttls in repeating.items())


def _moved_once(exceeded: Exceeded, address: str, ttls: Sequence[int]) -> bool:
    first, second = (exceeded[ttl][address] for ttl in ttls)
    return max(first) < min(second) or max(second) < min(first)

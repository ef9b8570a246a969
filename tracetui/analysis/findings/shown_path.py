"""The path of one lane as its routers show it: which TTL a router answers at, and what follows it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final

Routers = Mapping[int, Mapping[str, int]]
"""TTL to router to how many Time Exceeded it sent lately; the one that sent most first."""

MIN_REPLIES: Final = 2
"""Replies of a router that count: one alone may be a stray."""


@dataclass(frozen=True, slots=True)
class Step:
    """A place on a path that shows itself."""

    ttl: int
    address: str


@dataclass(frozen=True, slots=True)
class PathBeyond:
    """How a lane passes a router."""

    ttl: int
    following: Step | None
    """The next place that shows itself."""


class ShownPath:
    """The responders by TTL. It never changes; costly values are computed on demand."""

    def __init__(self, routers: Routers, end: int | None = None, endpoint: Step | None = None) -> None:
        """`end`: the first TTL that is no longer part of the path; `endpoint`: where it is reached."""
        self.routers = routers
        self.endpoint = endpoint
        self._end = endpoint.ttl if endpoint is not None else end
        self._beyonds: dict[tuple[str, ...], PathBeyond | None] = {}

    def ends_as(self, other: "ShownPath") -> bool:
        """Tell whether another path has the same end."""
        return self.endpoint == other.endpoint and self._end == other._end  # noqa: SLF001  (of its own kind)

    def routers_as(self, other: "ShownPath") -> bool:
        """Tell whether another path has the same routers, and counts of as much weight."""
        return self._shape == other._shape  # noqa: SLF001

    @cached_property
    def _shape(self) -> Sequence[tuple[object, ...]]:
        """`routers` without the counts that decide nothing: those of a router alone at one TTL."""
        several = len(self._ttls) < sum(map(len, self.routers.values()))
        return [
            (ttl, *at_ttl.items())
            if several or len(at_ttl) > 1
            else (ttl, *at_ttl, *(count >= MIN_REPLIES for count in at_ttl.values()))
            for ttl, at_ttl in self.routers.items()
        ]

    @cached_property
    def farthest_router(self) -> int | None:
        """The farthest TTL at which routers answered more than once."""
        found = [ttl for ttl, at_ttl in self.routers.items() if sum(at_ttl.values()) >= MIN_REPLIES]
        return max(found, default=None)

    def router_at(self, ttl: int) -> str:
        """Return who mostly answers at a TTL of `routers`."""
        return next(iter(self.routers[ttl]))

    @cached_property
    def steps(self) -> Sequence[Step]:
        """A router a TTL, then the endpoint where it is reached."""
        end = self._end
        found = [Step(ttl, self.router_at(ttl)) for ttl in self.routers if end is None or ttl < end]
        return [*found, self.endpoint] if self.endpoint is not None else found

    def ttl_of(self, address: str) -> int | None:
        """Return the TTL at which a router mostly replies; None where it is not on the path."""
        return self._ttls.get(address)

    @property
    def router_addresses(self) -> AbstractSet[str]:
        """Every router that answers, also beyond the end."""
        return self._ttls.keys()

    @cached_property
    def _ttls(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for ttl, at_ttl in self.routers.items():
            for address, count in at_ttl.items():
                if address not in found or count > self.routers[found[address]][address]:
                    found[address] = ttl
        return found

    def beyond(self, addresses: tuple[str, ...]) -> PathBeyond | None:
        """Return how the lane passes a place where any of `addresses` replies; None where it does not.

        The addresses must send at least half of what comes from that TTL.
        """
        if addresses not in self._beyonds:
            self._beyonds[addresses] = self._beyond(addresses)
        return self._beyonds[addresses]

    def _beyond(self, addresses: tuple[str, ...]) -> PathBeyond | None:
        for address in addresses:
            ttl = self.ttl_of(address)
            if ttl is None:
                continue
            at_ttl = self.routers[ttl]
            shared = sum(count for other, count in at_ttl.items() if other in addresses)
            if 2 * shared >= sum(at_ttl.values()):
                # A router may answer at two TTLs in a row, or two routers have one address.
                while not set(addresses).isdisjoint(self.routers.get(ttl + 1, {})):
                    ttl += 1
                return PathBeyond(ttl, next((step for step in self.steps if step.ttl > ttl), None))
        return None

"""Which way a packet goes: the routes of a scenario, the shortest way elsewhere, one branch a flow."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple
from zlib import crc32

from tracetui.simulation.scenario import Address, Host, Link, Path, Route, Router, Scenario

_CACHED_MOST: Final = 50_000


class Way(NamedTuple):
    """The nodes a packet passes after its source."""

    nodes: tuple[str, ...]
    arrives: bool
    """True when the last node has the destination; else that one knows no way on."""


class Routing:
    """Answers for each flow and moment; remembers the answer until a route begins or ends."""

    def __init__(self, scenario: Scenario) -> None:
        self._routes = scenario.routes
        self._paths = scenario.paths
        self._ends = frozenset(host.name for host in scenario.hosts) | frozenset(
            source.name for source in scenario.sources
        )
        nodes: tuple[Router | Host, ...] = (*scenario.routers, *scenario.hosts)
        self._node_of = {address: node.name for node in nodes for address in node.addresses}
        self._neighbours = _neighbours(scenario.links)
        self._changes = sorted(
            {moment for route in scenario.routes for moment in (route.from_ns, route.until_ns)}
        )
        self._known: dict[tuple[str, Address, int, int], Way] = {}

    def way(self, source: str, destination: Address, flow: bytes, now_ns: int) -> Way:
        """Return the way of a packet. `flow`: what a load balancer hashes; `now_ns` since the start."""
        epoch = sum(1 for moment in self._changes if moment <= now_ns)
        key = (source, destination, crc32(flow), epoch)
        way = self._known.get(key)
        if way is None:
            if len(self._known) >= _CACHED_MOST:
                self._known.clear()
            way = self._known[key] = self._find(source, destination, flow, now_ns)
        return way

    def _find(self, source: str, destination: Address, flow: bytes, now_ns: int) -> Way:
        end = self._node_of.get(destination)
        path = self._path(source, destination, end, now_ns)
        nodes = [] if path is None else list(_walk(path, flow))
        if end is not None and end in nodes:
            return Way(tuple(nodes[: nodes.index(end) + 1]), arrives=True)
        rest = None if end is None else self._shortest(nodes[-1] if nodes else source, end)
        if rest is None:
            return Way(tuple(nodes or self._neighbours.get(source, ())[:1]), arrives=False)
        return Way((*nodes, *rest), arrives=True)

    def _path(self, source: str, destination: Address, end: str | None, now_ns: int) -> Path | None:
        """Return the path to follow: of a route, or of `paths` where one leads from here to the end."""
        route = self._route(source, destination, now_ns)
        if route is not None:
            return route.path
        return next(
            (path for path in self._paths if path[0][0][0] == source and path[-1][0][-1] == end), None
        )

    def _route(self, source: str, destination: Address, now_ns: int) -> Route | None:
        """Return the route with the longest matching prefix; of several, the one written last."""
        best, longest = None, -1
        for route in self._routes:
            if route.path[0][0][0] != source or not route.from_ns <= now_ns < route.until_ns:
                continue
            length = 0 if not route.destinations else -1
            for prefix in route.destinations:
                if prefix.version == destination.version and destination in prefix:
                    length = max(length, prefix.prefixlen)
            if length >= max(longest, 0):
                best, longest = route, length
        return best

    def _shortest(self, start: str, end: str) -> list[str] | None:
        """Return the nodes after `start` up to `end`, fewest first (breadth first); None without a way."""
        before: dict[str, str] = {start: start}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            if node == end:
                found = []
                while node != start:
                    found.append(node)
                    node = before[node]
                return found[::-1]
            for neighbour in self._neighbours.get(node, ()):
                if neighbour not in before and (neighbour == end or neighbour not in self._ends):
                    before[neighbour] = node
                    queue.append(neighbour)
        return None


def _neighbours(links: Mapping[tuple[str, str], Link]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one, other in links:
        found.setdefault(one, []).append(other)
    return {node: tuple(others) for node, others in found.items()}


def _walk(path: Path, flow: bytes) -> Iterator[str]:
    """Yield the nodes after the first, one branch of each step."""
    steps: Iterable[tuple[int, tuple[tuple[str, ...], ...]]] = enumerate(path[1:])
    for number, step in steps:
        index = crc32(bytes((number % 256,)) + flow) % len(step) if len(step) > 1 else 0
        yield from step[index]

"""Finds the path of a packet: the routes of a scenario, else the shortest path; one branch per flow."""

import heapq
import itertools
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from zlib import crc32

from tracetui.simulation.scenario import ALWAYS, Address, Path, Prefix, Route, Scenario, Step

_HOP: Final = 1000
"""Cost of a hop; of one inside a branch, one more, so that branches are taken whole, as a choice."""

_GOLDEN: Final = 0x9E3779B1


class RoutedPath(NamedTuple):
    """The nodes that a packet passes after its source."""

    nodes: tuple[str, ...]
    arrives: bool
    """True when the last node has the destination; else that node has no route to it."""

    known: bool
    """When it does not arrive: whether some AS holds the destination, so that only the host is missing."""

    until_ns: int
    """When a route begins or ends next."""


class _Segment(NamedTuple):
    """From one node to the next plain one on a path."""

    end: str
    cost: int
    steps: tuple[Step, ...]
    """After the first node, `end` included."""


class Routing:
    """Finds paths; a packet's path depends on its flow and on the time."""

    def __init__(self, scenario: Scenario) -> None:
        self._routes = scenario.routes
        self._ends = {host.name for host in scenario.hosts} | {source.name for source in scenario.sources}
        self._routers = [router.name for router in scenario.routers]
        self._asns = {router.name: router.asn for router in scenario.routers}
        self._systems = [(prefix, system.asn) for system in scenario.systems for prefix in system.prefixes]
        self._node_of = {address: node.name for node in scenario.nodes for address in node.addresses}
        self._segments: dict[str, list[_Segment]] = {}
        for path in scenario.paths:
            self._add_segments(path)
        self._changes = sorted(
            {moment for route in scenario.routes for moment in (route.from_ns, route.until_ns)}
        )

    def path(self, source: str, destination: Address, flow: bytes, now_ns: int) -> RoutedPath:
        """Return the path of a packet. `flow`: what a load balancer hashes; `now_ns` since the start."""
        until_ns = next((moment for moment in self._changes if moment > now_ns), ALWAYS)
        end = self._node_of.get(destination)
        if end == source:
            return RoutedPath((source,), arrives=True, known=True, until_ns=until_ns)
        asn = None if end is not None else _holder(self._systems, destination)
        route = self._route(source, destination, now_ns)
        nodes = [] if route is None else list(_walk(route.path[1:], flow))
        if end is not None and end in nodes:
            return RoutedPath(
                tuple(nodes[: nodes.index(end) + 1]), arrives=True, known=True, until_ns=until_ns
            )
        start = nodes[-1] if nodes else source
        wanted = [end] if end is not None else [r for r in self._routers if asn and self._asns[r] == asn]
        rest = self._shortest(start, wanted)
        if rest is not None:
            nodes += _walk(rest, flow)
            return RoutedPath(tuple(nodes), arrives=end is not None, known=True, until_ns=until_ns)
        nodes = nodes or [segment.end for segment in self._segments.get(source, ())[:1]]
        return RoutedPath(tuple(nodes), arrives=False, known=False, until_ns=until_ns)

    def _route(self, source: str, destination: Address, now_ns: int) -> Route | None:
        """Return the route with the longest matching prefix; of several, the one written last."""
        best, longest = None, -1
        for route in self._routes:
            if route.path[0][0][0] != source or not route.from_ns <= now_ns < route.until_ns:
                continue
            lengths = [
                prefix.prefixlen
                for prefix in route.destinations
                if prefix.version == destination.version and destination in prefix
            ]
            length = max(lengths, default=-1) if route.destinations else 0
            if length >= max(longest, 0):
                best, longest = route, length
        return best

    def _add_segments(self, path: Path) -> None:
        plain = [index for index, step in enumerate(path) if len(step) == 1 and len(step[0]) == 1]
        for near, far in itertools.pairwise(plain):
            steps = path[near + 1 : far + 1]
            cost = sum(min(len(branch) for branch in step) for step in steps) * _HOP
            self._add(path[near][0][0], _Segment(path[far][0][0], cost, steps))
            back = tuple(tuple(branch[::-1] for branch in step) for step in reversed(path[near:far]))
            self._add(path[far][0][0], _Segment(path[near][0][0], cost, back))
            if far - near > 1:
                self._add_inner(path[near : far + 1])

    def _add_inner(self, steps: Sequence[Step]) -> None:
        """Make the routers of branches reachable for what hangs on one of them."""
        for index, step in enumerate(steps):
            pairs = [pair for branch in step for pair in itertools.pairwise(branch)]
            if index + 1 < len(steps):
                pairs += [(near[-1], far[0]) for near in step for far in steps[index + 1]]
            for near_name, far_name in pairs:
                self._add(near_name, _Segment(far_name, _HOP + 1, (((far_name,),),)))
                self._add(far_name, _Segment(near_name, _HOP + 1, (((near_name,),),)))

    def _add(self, start: str, segment: _Segment) -> None:
        self._segments.setdefault(start, []).append(segment)

    def _shortest(self, start: str, wanted: Sequence[str]) -> tuple[Step, ...] | None:
        """Return the steps after `start` to the nearest of `wanted` (Dijkstra); None without a path."""
        if start in wanted:
            return ()
        order = itertools.count()
        queue: list[tuple[int, int, str, tuple[Step, ...]]] = [(0, 0, start, ())]
        done: set[str] = set()
        while queue:
            cost, _, node, steps = heapq.heappop(queue)
            if node in done:
                continue
            if node in wanted:
                return steps
            done.add(node)
            if node in self._ends and node != start:
                continue
            for segment in self._segments.get(node, ()):
                if segment.end not in done:
                    item = (cost + segment.cost, next(order), segment.end, steps + segment.steps)
                    heapq.heappush(queue, item)
        return None


def _holder(systems: Sequence[tuple[Prefix, int]], address: Address) -> int | None:
    held = [(prefix.prefixlen, asn) for prefix, asn in systems if address in prefix]
    return max(held)[1] if held else None


def _walk(steps: Sequence[Step], flow: bytes) -> Iterator[str]:
    """Yield the nodes of one branch of each step.

    A CRC alone would make all load balancers choose alike or opposite: it is linear. So each multiplies it
    with its own number.
    """
    crc = crc32(flow)
    for number, step in enumerate(steps):
        index = (crc * (_GOLDEN + 2 * number) >> 16 & 0xFFFF) % len(step) if len(step) > 1 else 0
        yield from step[index]

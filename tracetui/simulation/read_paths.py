"""Reads and checks the paths, links and routes of a scenario file."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tracetui.simulation.read_policies import MS, read_window
from tracetui.simulation.scenario import Link, Path, Route, Router, Step
from tracetui.simulation.scenario_names import HOST, ROUTER, SOURCE, Names
from tracetui.simulation.scenario_schema import (
    ArrivalKeys,
    FileTable,
    InvalidKeyError,
    LinkTable,
    RouteTable,
    convert,
    quoted,
    shown,
)

_ANY: Final = (SOURCE, ROUTER, HOST)


def read_paths(file: FileTable, names: Names) -> tuple[Path, ...]:
    """Return the paths. Raises InvalidKeyError."""
    return tuple(read_path(raw, names, f"paths[{index}]") for index, raw in enumerate(file.paths))


def read_path(raw: Sequence[object], names: Names, place: str) -> Path:
    """Return one path: names, and lists of equal-cost branches. Raises InvalidKeyError."""
    steps = tuple(_step(item, names, f"{place}[{index}]") for index, item in enumerate(raw))
    if len(steps) < 2:
        raise InvalidKeyError(place, "a path has two nodes at least")
    for index in (0, len(steps) - 1):
        if len(steps[index]) > 1:
            raise InvalidKeyError(
                f"{place}[{index}]", "a path begins and ends with one node, not with branches"
            )
    for index, step in enumerate(steps[1:-1], 1):
        for name in itertools.chain.from_iterable(step):
            names.node(name, (ROUTER,), f"{place}[{index}]")
    for index, (one, other) in enumerate(itertools.pairwise(steps)):
        if any(near == far for near, far in _pairs(one, other)):
            raise InvalidKeyError(f"{place}[{index + 1}]", f"{other[0][0]!r} stands twice in a row")
    return steps


def _step(item: object, names: Names, place: str) -> Step:
    if isinstance(item, str):
        return ((names.node(item, _ANY, place),),)
    if not isinstance(item, list) or not item:
        raise InvalidKeyError(place, f"a name or a list of branches is expected, not {shown(item)}")
    return tuple(_branch(branch, names, f"{place}[{index}]") for index, branch in enumerate(item))


def _branch(item: object, names: Names, place: str) -> tuple[str, ...]:
    words = [item] if isinstance(item, str) else item
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise InvalidKeyError(place, f"a name or a list of names is expected, not {shown(item)}")
    return tuple(names.node(word, (ROUTER,), place) for word in words)


def _pairs(one: Step, other: Step) -> Iterable[tuple[str, str]]:
    """Return the neighbours where one step meets the next."""
    return ((near[-1], far[0]) for near in one for far in other)


def neighbours(path: Path) -> Iterable[tuple[str, str]]:
    """Return every pair of neighbours on a path, nearer one first."""
    for index, step in enumerate(path):
        for branch in step:
            yield from itertools.pairwise(branch)
        if index + 1 < len(path):
            yield from _pairs(step, path[index + 1])


def read_routes(file: FileTable, names: Names) -> tuple[Route, ...]:
    """Return the routes. Raises InvalidKeyError."""
    routes = []
    for index, item in enumerate(file.route):
        place = f"route[{index}]"
        table = convert(item, RouteTable, place)
        path = read_path(table.path, names, f"{place}.path")
        names.node(path[0][0][0], (SOURCE,), f"{place}.path[0]")
        from_ns, until_ns = read_window(table.from_s, table.until_s, place)
        destinations = names.prefixes(table.destination, f"{place}.destination")
        if not destinations and names.kinds[path[-1][0][0]] == HOST:
            destinations = names.prefixes(path[-1][0][0], f"{place}.path")
        routes.append(Route(path, destinations, from_ns, until_ns))
    return tuple(routes)


def check_on_paths(names: Names, paths: Iterable[Path], routers: Iterable[Router]) -> None:
    """See that packets can come to every node. Raises InvalidKeyError."""
    seen = {name for path in paths for pair in neighbours(path) for name in pair}
    seen.update(name for router in routers for policy in router.policies for name in policy.neighbours)
    for name, kind in names.kinds.items():
        if name not in seen:
            hint = "" if seen else ': write paths = [["home", ...]]'
            raise InvalidKeyError(f"{kind}.{quoted(name)}", f"on no path{hint}")


def read_links(
    file: FileTable, paths: Iterable[Path], arrivals: Mapping[str, ArrivalKeys], names: Names
) -> dict[tuple[str, str], Link]:
    """Return the links of neighbours on paths and routes: as `[[link]]` says, or else the node arrived at,
    or else the file. Raises InvalidKeyError."""
    links: dict[tuple[str, str], Link] = {}
    file_wide = LinkTable(
        between=("", ""), delay_ms=file.delay_ms, jitter_ms=file.jitter_ms, loss_percent=file.loss_percent
    )
    for path in paths:
        for near, far in neighbours(path):
            if (near, far) not in links:
                links[near, far] = links[far, near] = _link(arrivals.get(far), file_wide)
    for index, item in enumerate(file.link):
        place = f"link[{index}]"
        table = convert(item, LinkTable, place)
        one, other = (
            names.node(name, _ANY, f"{place}.between[{end}]") for end, name in enumerate(table.between)
        )
        if (one, other) not in links:
            raise InvalidKeyError(f"{place}.between", f"{one!r} and {other!r} are neighbours on no path")
        links[one, other] = links[other, one] = _link(table, arrivals.get(other), file_wide)
    return links


def _link(*tables: ArrivalKeys | None) -> Link:
    def first(key: str) -> float:
        values = (getattr(table, key) for table in tables if table is not None)
        return float(next(value for value in values if value is not None))

    return Link(round(first("delay_ms") * MS), round(first("jitter_ms") * MS), first("loss_percent") / 100)

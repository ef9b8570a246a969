"""Draws the paths of a survey together as a tree of ASes: from where they end back to the vantages."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Final

from tracetui.analysis.survey.as_draws import AsDraw
from tracetui.analysis.survey.facts import PathBranch, PathTree

MAX_BRANCHES: Final = 12
"""Branches drawn at one fork; the smallest are left out and counted."""

MAX_LINES: Final = 80
"""Branches drawn in all, those with most vantages."""

_MAX_DEPTH: Final = 12
"""ASes of a path that are drawn, from its end."""


@dataclass(slots=True)
class _Node:
    """All paths that are alike from here on to their end."""

    draws: list[AsDraw] = field(default_factory=list)
    before: "dict[int, _Node]" = field(default_factory=dict)
    """By the AS before this one on the way."""

    shown: "list[tuple[int, _Node]]" = field(default_factory=list)
    """Of these, the ones that are drawn."""

    def add(self, draw: AsDraw, way: Sequence[int]) -> None:
        node = self
        node.draws.append(draw)
        for asn in way:
            node = node.before.setdefault(asn, _Node())
            node.draws.append(draw)

    @property
    def order(self) -> tuple[int, int]:
        return -len(self.draws), self.draws[0].vantage


def path_tree(draws: Sequence[AsDraw]) -> PathTree:
    """Return a branch for each AS in which paths end: those that stop first, most vantages first."""
    roots: dict[tuple[bool, int | None], _Node] = {}
    for draw in draws:
        if not draw.works and draw.stop is None:
            continue
        way = [*reversed(draw.path)][:_MAX_DEPTH]
        end = draw.stop.asn if draw.stop is not None else way[0] if way else None
        rest = way[1:] if way and way[0] == end else way
        roots.setdefault((draw.stop is not None, end), _Node()).add(draw, rest)
    ends = sorted(roots.items(), key=lambda item: (not item[0][0], *item[1].order))
    left_out = ends[MAX_BRANCHES:]
    _choose([node for _, node in ends[:MAX_BRANCHES]])
    return PathTree(
        tuple(_branch(end, node, stops=stops) for (stops, end), node in ends[:MAX_BRANCHES]),
        len(left_out),
        sum(len(node.draws) for _, node in left_out),
    )


def _choose(ends: Sequence[_Node]) -> None:
    """Choose which branches are drawn: where there are too many, those behind which most vantages are."""
    left = MAX_LINES - len(ends)
    open_ends = [(node.order, place, node) for place, node in enumerate(ends)]
    heapify(open_ends)
    number = len(ends)
    while open_ends and left > 0:
        _, _, node = heappop(open_ends)
        found = sorted(node.before.items(), key=lambda item: item[1].order)
        node.shown = found[: min(MAX_BRANCHES, left)]
        left -= 0 if _is_alone(node) else len(node.shown)
        for _, before in node.shown:
            number += 1
            heappush(open_ends, (before.order, number, before))


def _is_alone(node: _Node) -> bool:
    """Tell whether all paths of a node come from one AS: then both stand in one line."""
    return len(node.shown) == 1 and len(node.shown[0][1].draws) == len(node.draws)


def _branch(asn: int | None, node: _Node, *, stops: bool) -> PathBranch:
    """Return what is drawn of a node; ASes that all of its paths cross stand in one line."""
    asns = [asn]
    while _is_alone(node):
        ((before, node),) = node.shown
        asns.append(before)
    countries = Counter(draw.country for draw in node.draws if draw.country)
    shown = sum(len(one.draws) for _, one in node.shown)
    below = sum(len(one.draws) for one in node.before.values())
    return PathBranch(
        tuple(asns),
        stops,
        len(node.draws),
        tuple(countries.most_common()),
        node.draws[0].vantage,
        len(node.draws) - below,
        tuple(_branch(before, one, stops=stops) for before, one in node.shown),
        len(node.before) - len(node.shown),
        below - shown,
    )

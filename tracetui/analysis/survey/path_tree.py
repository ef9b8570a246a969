"""Draws the paths of a survey together as a tree of ASes: from where they end back to the vantages."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tracetui.analysis.survey.as_draws import AsDraw
from tracetui.analysis.survey.facts import PathBranch

MAX_BRANCHES: Final = 12
"""Branches drawn at one fork; the smallest are left out and counted."""

_MAX_DEPTH: Final = 12
"""ASes of a path that are drawn, from its end."""


@dataclass(slots=True)
class _Node:
    """All paths that are alike from here on to their end."""

    draws: list[AsDraw] = field(default_factory=list)
    before: "dict[int, _Node]" = field(default_factory=dict)
    """By the AS before this one on the way."""

    def add(self, draw: AsDraw, rest: Sequence[int]) -> None:
        self.draws.append(draw)
        if rest:
            self.before.setdefault(rest[0], _Node()).add(draw, rest[1:])


def path_tree(draws: Sequence[AsDraw]) -> tuple[PathBranch, ...]:
    """Return a tree for each AS in which paths end: those that stop first, most vantages first."""
    roots: dict[tuple[bool, int | None], _Node] = {}
    for draw in draws:
        if not draw.works and draw.stop is None:
            continue
        way = [*reversed(draw.path)][:_MAX_DEPTH]
        end = draw.stop.asn if draw.stop is not None else way[0] if way else None
        rest = way[1:] if way and way[0] == end else way
        roots.setdefault((draw.stop is not None, end), _Node()).add(draw, rest)
    return tuple(
        _branch(end, node, stops=stops)
        for (stops, end), node in sorted(roots.items(), key=lambda item: (not item[0][0], *_order(item[1])))
    )


def _order(node: _Node) -> tuple[int, int]:
    return -len(node.draws), min(draw.vantage for draw in node.draws)


def _branch(asn: int | None, node: _Node, *, stops: bool) -> PathBranch:
    """Return what is drawn of a node; ASes that all of its paths cross stand in one line."""
    asns = [asn]
    while len(node.before) == 1 and len(next(iter(node.before.values())).draws) == len(node.draws):
        ((before, node),) = node.before.items()
        asns.append(before)
    shown = sorted(node.before.items(), key=lambda item: _order(item[1]))
    left_out = shown[MAX_BRANCHES:]
    countries = Counter(draw.country for draw in node.draws if draw.country)
    return PathBranch(
        tuple(asns),
        stops,
        len(node.draws),
        tuple(countries.most_common()),
        node.draws[0].vantage,
        len(node.draws) - sum(len(one.draws) for one in node.before.values()),
        tuple(_branch(before, one, stops=stops) for before, one in shown[:MAX_BRANCHES]),
        len(left_out),
        sum(len(one.draws) for _, one in left_out),
    )

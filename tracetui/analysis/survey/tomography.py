"""Boolean tomography: the ASes on failing paths, without those on working ones to the same endpoint."""

from collections.abc import Sequence

from tracetui.analysis.survey.as_draws import AsDraw
from tracetui.analysis.survey.facts import Suspects

MIN_PATHS = 2
"""Failing paths that suspects share; an AS on one path alone, such as a vantage's own, tells nothing."""


def suspects(draws: Sequence[AsDraw]) -> tuple[tuple[Suspects, ...], int]:
    """Return the suspects, most failing paths first, and how many failing paths have none.

    ASes on exactly the same failing paths are one entry: nothing here tells them apart. What a path does not
    show, because it ends before, is on none.
    """
    working = frozenset[int]().union(*(draw.crossed for draw in draws if draw.works))
    paths: dict[int, set[int]] = {}
    unexplained = 0
    for place, draw in enumerate(draws):
        if draw.stop is None:
            continue
        left = draw.crossed - working
        unexplained += not left
        for asn in left:
            paths.setdefault(asn, set()).add(place)
    alike: dict[frozenset[int], list[int]] = {}
    for asn, places in paths.items():
        if len(places) >= MIN_PATHS:
            alike.setdefault(frozenset(places), []).append(asn)
    found = [Suspects(tuple(sorted(asns)), len(places)) for places, asns in alike.items()]
    found.sort(key=lambda one: (-one.failing, one.asns))
    return tuple(found), unexplained

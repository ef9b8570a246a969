"""Decides which endpoints come first on the board because they fail."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tracetui.analysis.survey.lane_end import lane_end
from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, PathState

_FAILS_FOR: Final = 5
"""Rounds that an endpoint which worked must fail until it comes first."""

_WORKS_FOR: Final = 20
"""Rounds that an endpoint which failed must work until it goes back to its place."""


MAX_BESIDE: Final = 8
"""Imported traces that stand beside their endpoint; more come behind all that is probed."""


def failing_rank(lane: LaneSnapshot, first: frozenset[Panel], *, apart: bool) -> int:
    """Return the rank of an endpoint by one of its lanes, lowest first: those of `first`, then others.

    `apart`: imported traces, of which there are many, come last, those that stop before others. They do not
    change, so that they need not be followed.
    """
    if apart and lane.lane.imported is not None:
        return 2 if lane_end(lane).ending.stops else 3
    return 0 if lane.lane.panel in first else 1


@dataclass(slots=True)
class _Endpoint:
    """What counts of an endpoint, and since which of its rounds it is otherwise."""

    fails: bool
    otherwise_since: int | None = None


class FailingFirst:
    """Follows which endpoints fail, so slowly that panels do not jump about.

    The first state that is known counts at once. After that a change counts when it has lasted; a state that
    is not known changes nothing.
    """

    def __init__(self) -> None:
        self._endpoints: dict[Panel, _Endpoint] = {}

    def update(self, lanes: Iterable[LaneSnapshot]) -> None:
        """Take the newest state of all lanes; imported ones do not count."""
        probed = (lane for lane in lanes if lane.trace.provenance is None)
        before, self._endpoints = self._endpoints, {}
        for panel, group in groupby(probed, lambda lane: lane.lane.panel):
            endpoint = _updated(before.get(panel), list(group))
            if endpoint is not None:
                self._endpoints[panel] = endpoint

    @property
    def panels(self) -> frozenset[Panel]:
        """The endpoints that fail."""
        return frozenset(panel for panel, endpoint in self._endpoints.items() if endpoint.fails)


def _updated(endpoint: _Endpoint | None, lanes: list[LaneSnapshot]) -> _Endpoint | None:
    fails = any(lane.verdict.state.fails for lane in lanes)
    if not fails and any(lane.verdict.state is PathState.INSUFFICIENT for lane in lanes):
        return endpoint
    rounds = max(lane.trace.rounds for lane in lanes)
    if endpoint is None or endpoint.fails is fails:
        return _Endpoint(fails)
    since = endpoint.otherwise_since
    if since is None or since > rounds:  # more than there are: statistics were restarted
        since = rounds
    lasted = rounds - since >= (_FAILS_FOR if fails else _WORKS_FOR)
    return _Endpoint(fails) if lasted else _Endpoint(endpoint.fails, since)

"""Makes a survey of what was collected, when the ASes of all addresses are known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.analysis.survey.as_draws import AsDraw, AsPaths
from tracetui.analysis.survey.collect import Collected, EndpointDraws, matching
from tracetui.analysis.survey.count_ases import MIN_STOPS, ControlView, count_ases, shares
from tracetui.analysis.survey.facts import (
    AsRow,
    EndpointSurvey,
    Fate,
    FindingKind,
    Left,
    Survey,
    judged,
)
from tracetui.analysis.survey.path_tree import path_tree
from tracetui.analysis.survey.tomography import suspects
from tracetui.model import AsSource, Attribution

MIN_VANTAGES: Final = 5
"""Vantages that can be judged, below which a survey says nothing."""


def make_survey(
    collected: Collected,
    owners: Mapping[str, Attribution],
    controls: Sequence[str] = (),
    sources: Sequence[AsSource] = (),
) -> Survey:
    """Return the survey; `controls` are addresses or names of endpoints that are to work."""
    paths = AsPaths(collected, owners)
    is_control = matching(collected.endpoints, controls)
    drawn = [(about, paths.draws(about)) for about in collected.endpoints.values()]
    names = paths.names({asn for _, draws in drawn for draw in draws for asn in draw.crossed})
    to_compare = [
        _control(paths.origins(about.endpoint.address), draws)
        for about, draws in drawn
        if about.endpoint in is_control
    ]
    found = sorted(
        (
            _endpoint(about, draws, () if about.endpoint in is_control else to_compare, paths, names)
            for about, draws in drawn
        ),
        key=lambda one: (-sum(one.fates.values()), one.endpoint.address, str(one.endpoint)),
    )
    return Survey(
        tuple(one for one in found if one.endpoint not in is_control),
        tuple(one for one in found if one.endpoint in is_control),
        collected.traces,
        len(collected.vantages),
        collected.without_target,
        collected.left_out,
        names,
        tuple(sources),
    )


@dataclass(frozen=True, slots=True)
class _Control:
    """What was traced to one control."""

    asns: frozenset[int]
    draws: Mapping[int, AsDraw]
    """By vantage; only those that can be judged."""


def _control(asns: Sequence[int], draws: Sequence[AsDraw]) -> _Control:
    judged_draws = {draw.vantage: draw for draw in draws if draw.works or draw.stop is not None}
    return _Control(frozenset(asns), judged_draws)


def _view(vantage: int, controls: Sequence[_Control], endpoint_asns: frozenset[int]) -> ControlView | None:
    """Return what a vantage sees of the controls; None where it traced none.

    Only one in the endpoint's own AS shows the way there: to another AS, the way may be another from the
    start.
    """
    seen = [(control, control.draws[vantage]) for control in controls if vantage in control.draws]
    if not seen:
        return None
    same = [draw for control, draw in seen if control.asns & endpoint_asns]
    return ControlView(
        reached=any(draw.works for _, draw in seen),
        crossed=frozenset().union(*(draw.crossed for draw in same)),
        passed=frozenset(asn for draw in same for asn in draw.routers[:-1]),
    )


def _endpoint(
    about: EndpointDraws,
    draws: Sequence[AsDraw],
    controls: Sequence[_Control],
    paths: AsPaths,
    names: Mapping[int, str],
) -> EndpointSurvey:
    asns = frozenset(paths.origins(about.endpoint.address))
    seen = {draw.vantage: _view(draw.vantage, controls, asns) for draw in draws}
    views = {vantage: view for vantage, view in seen.items() if view is not None}
    draws = [_beside_control(draw, views) for draw in draws]
    fates = dict(Counter(draw.fate for draw in draws))
    rows = count_ases(draws, views, asns, names)
    found, unexplained = suspects(draws)
    countries, without_country = shares(draws, lambda draw: draw.country)
    upstreams, _ = shares(draws, lambda draw: draw.upstream)
    return EndpointSurvey(
        about.endpoint,
        about.target,
        about.traces,
        about.first,
        about.last,
        fates,
        rows,
        sum(draw.stop is not None and draw.stop.asn is None for draw in draws),
        found,
        unexplained,
        countries,
        upstreams,
        without_country,
        path_tree(draws),
        any(control.asns & asns for control in controls),
        _kind(fates, rows),
    )


def _beside_control(draw: AsDraw, controls: Mapping[int, ControlView]) -> AsDraw:
    """Return the draw; one that stops counts for nothing where the vantage does not reach the control."""
    view = controls.get(draw.vantage)
    if draw.stop is None or view is None or view.reached:
        return draw
    return replace(draw, fate=Fate.CONTROL_FAILS, stop=None)


def _kind(fates: dict[Fate, int], rows: Sequence[AsRow]) -> FindingKind:
    stopped = fates.get(Fate.STOPPED, 0)
    if judged(fates) < MIN_VANTAGES:
        return FindingKind.TOO_FEW
    if not stopped and not fates.get(Fate.SOMETIMES, 0):
        return FindingKind.ALL_REACHED
    if stopped == judged(fates):
        return FindingKind.NONE_REACHED
    named = [row for row in rows if row.significant]
    if any(Left.SILENT_ROUTERS not in row.left for row in named):
        return FindingKind.STOPS_IN
    if named:
        return FindingKind.LAST_SEEN_IN
    return FindingKind.TOO_FEW if 0 < stopped < MIN_STOPS else FindingKind.NO_ONE_PLACE

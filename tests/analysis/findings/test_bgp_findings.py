"""What BGP does to findings: the case of 2019 with routes of AS8359, and what makes them not count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analysis.findings.simulated import run
from tracetui.analysis.findings import find
from tracetui.evidence.bgp.route_tokens import path_of
from tracetui.model import Asn, Confidence, ExplanationKind, ExplanationState, FindingKind, Snapshot, StepKind
from tracetui.model import evidence as ev
from tracetui.model.bgp_route import (
    AnnouncedBy,
    Announcement,
    BgpEvidence,
    BgpQuestion,
    BgpRoute,
    RouteSource,
    RpkiState,
)
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.reference import Address, ForeignText, Prefix
from tracetui.simulation import scenario
from tracetui.simulation.catalogue import load
from tracetui.simulation.read_scenario import read_text
from words.rules import check

E, S = ExplanationKind, ExplanationState
SCENARIOS = Path(scenario.__file__).parent / "scenarios"
MX, CONTROL = "185.70.40.0/24", "156.154.64.0/24"
MTS, LLNW, NEUSTAR = 8359, 22822, 19905
STRAINED_BY_BGP = {E.OTHER_WAY, E.ENDPOINT_SILENT, E.LOST_ON_RETURN, E.DEAD_BRANCH, E.TOO_FAR}


@cache
def measured(*, one_vantage: bool = False) -> Snapshot:
    case = load("protonmail-2019")
    if one_vantage:
        first = case.demo[0].source
        case = replace(case, demo=tuple(one for one in case.demo if one.source == first))
    return run(case, rounds=70, seed=3)


def route(prefix: str, path: str | None, viewer: int | None = MTS, **fields: Any) -> BgpRoute:
    known: dict[str, Any] = {"source": RouteSource("Junos", ForeignText("glass.txt")), "best": True, **fields}
    as_path = None if path is None else path_of(path)
    return BgpRoute(Prefix(prefix), as_path, viewer=None if viewer is None else Asn(viewer), **known)


def collected(at: datetime) -> RouteSource:
    return RouteSource("MRT", ForeignText("rib"), peer=Address("192.0.2.9"), taken_at=at, is_stamped=True)


def findings(*routes: BgpRoute, one_vantage: bool = False, **more: Any):
    """Return the findings about the first exchanger and the second, with routes."""
    base = measured(one_vantage=one_vantage)
    snapshot = replace(base, outside=OutsideEvidence(BgpEvidence(routes, **more)))
    found = [one for one in find(snapshot) if one.fact.__class__.__name__ == "SilentAfter"]
    for one in found:
        check(one, snapshot)
    return found


def evidence_of(finding, kind):
    return [one for one in finding.evidence if isinstance(one, kind)]


def states(finding):
    return {one.kind: one.state for one in finding.explanations}


SAME = (route(MX, "22822 19905"), route(CONTROL, "22822 19905"))


def test_without_routes_nobody_is_named():
    assert {(one.confidence, one.ases) for one in findings()} == {(Confidence.LOW, ())}


def test_the_same_next_as_and_a_vantage_that_reaches_through_it_name_the_as_of_l():
    first = findings(*SAME)[0]
    assert (first.kind, first.confidence, first.ases) == (
        FindingKind.BLACKHOLE_IN_AS,
        Confidence.MEDIUM,
        (MTS,),
    )
    state = states(first)
    assert {kind for kind in STRAINED_BY_BGP if state[kind] is S.STRAINED} == STRAINED_BY_BGP
    assert state[E.DROPPED_IN_NEXT_AS] is S.STRAINED
    assert {one.kind for one in first.left} == {E.DROPPED_AT_LAST, E.DROPPED_BEYOND}
    (way, *_) = evidence_of(first, ev.SameNextAs)
    assert (way.viewer, way.next_as, way.delivers_elsewhere, way.last_is_inside) == (MTS, LLNW, True, True)


def test_without_another_vantage_the_next_as_is_a_place_too():
    for one in findings(*SAME, one_vantage=True):
        assert (one.kind, one.confidence, one.ases) == (
            FindingKind.BLACKHOLE_AT_BORDER,
            Confidence.MEDIUM,
            (MTS, LLNW),
        )
        assert states(one)[E.DROPPED_IN_NEXT_AS] is S.LEFT


def test_the_same_next_hop_strains_the_next_as():
    hop = Address("195.34.53.2")
    same = [replace(one, next_hop=hop) for one in SAME]
    for one in findings(*same, one_vantage=True):
        assert (one.confidence, one.ases) == (Confidence.MEDIUM, (MTS,))
        assert evidence_of(one, ev.SameNextAs)[0].same_next_hop
    other = [SAME[0], replace(SAME[1], next_hop=hop)]
    assert not evidence_of(findings(*other, one_vantage=True)[0], ev.SameNextAs)[0].same_next_hop


def test_any_other_ass_route_is_told_and_does_nothing():
    others = (
        route(MX, "57681 8359 22822 19905", 57681),
        route(CONTROL, "57681 8359 22822 19905", 57681),
        route(MX, "22822 19905", None),
        route(CONTROL, "22822 19905", None),
    )
    for plain, one in zip(findings(), findings(*others), strict=True):
        assert (one.confidence, one.ases) == (Confidence.LOW, ())
        assert states(one) == states(plain)
        told = evidence_of(one, ev.BgpPath)
        assert [(each.viewer, each.path) for each in told] == [
            (57681, (MTS, LLNW, NEUSTAR)),
            (None, (LLNW, NEUSTAR)),
        ]


def test_another_next_as_for_the_suspect_contradicts_and_is_told_first():
    for one in findings(route(MX, "3356 19905"), SAME[1]):
        assert (one.confidence, one.ases) == (Confidence.LOW, ())
        assert states(one)[E.OTHER_WAY] is S.LEFT
        differ = one.evidence[0]
        assert isinstance(differ, ev.RoutesDiffer)
        assert (differ.next_as, differ.control_next) == (3356, LLNW)


def test_no_route_to_the_suspect_contradicts():
    for one in findings(route(MX, None), SAME[1]):
        differ = one.evidence[0]
        assert isinstance(differ, ev.RoutesDiffer)
        assert differ.next_as is None
        assert states(one)[E.OTHER_WAY] is S.LEFT
        assert not evidence_of(one, ev.BgpPath)[0].announced


def test_routes_that_the_control_does_not_follow_do_nothing():
    for plain, one in zip(
        findings(), findings(route(MX, "3356 19905"), route(CONTROL, "3356 19905")), strict=True
    ):
        assert isinstance(one.evidence[0], ev.BgpNotFollowed)
        assert (one.evidence[0].told, one.evidence[0].seen) == (3356, LLNW)
        assert states(one) == states(plain)


@pytest.mark.parametrize(
    "routes",
    [
        (SAME[0],),
        (SAME[1],),
        (route(MX, "19905"), route(CONTROL, "19905")),
        (route(MX, "{22822 3356} 19905"), route(CONTROL, "22822 19905")),
        (*SAME, route(MX, "3356 19905", source=RouteSource("BIRD", ForeignText("other.txt")))),
    ],
    ids=["suspect only", "control only", "the endpoint's own AS", "a set", "routers disagree"],
)
def test_routes_that_show_no_way(routes):
    for one in findings(*routes):
        assert not evidence_of(one, ev.SameNextAs)
        assert one.confidence is Confidence.LOW


def test_only_the_best_of_a_routers_routes_counts():
    worse = replace(route(MX, "3356 19905"), best=False)
    assert findings(*SAME, worse)[0].ases == (MTS,)


def test_a_more_specific_route_is_the_one_that_counts():
    specific = route("185.70.40.0/25", "3356 19905")
    assert isinstance(findings(*SAME, specific)[0].evidence[0], ev.RoutesDiffer)


def test_a_collectors_table_of_another_time_does_not_count():
    now = measured().created_at
    for at, counts in ((now, True), (now - timedelta(hours=20), True), (now - timedelta(days=3), False)):
        routes = [replace(one, source=collected(at), best=None) for one in SAME]
        assert bool(evidence_of(findings(*routes)[0], ev.SameNextAs)) is counts


def test_the_announcement_is_told():
    at = datetime(2019, 3, 12, tzinfo=UTC)
    said = Announcement(Prefix(MX), (AnnouncedBy(Asn(NEUSTAR), at, RpkiState.VALID),), at, "RIPEstat")
    first, second = findings(questions=(BgpQuestion(Address("185.70.40.101"), said),))
    (told, *_) = evidence_of(first, ev.Announced)
    assert (told.prefix, told.origins, told.since, told.rpki) == (MX, (NEUSTAR,), at, RpkiState.VALID)
    assert not evidence_of(second, ev.Announced)


def test_the_step_is_offered_until_both_routes_are_known():
    def offered(*routes):
        return [step.kind for step in findings(*routes)[0].next_steps if step.kind is StepKind.BGP_PATH]

    assert offered() == offered(SAME[0]) == [StepKind.BGP_PATH]
    assert offered(*SAME) == []


def silenced(updates: tuple[BgpRoute, ...] = (), routes: tuple[BgpRoute, ...] = ()):
    """Return the finding about an exchanger that was seen until it fell silent."""
    snapshot = begun()
    snapshot = replace(snapshot, outside=OutsideEvidence(BgpEvidence(routes, updates)))
    (found, *_) = [one for one in find(snapshot) if evidence_of(one, ev.SeenBefore)]
    return found


@cache
def begun() -> Snapshot:
    text = (SCENARIOS / "protonmail-2019.toml").read_text(encoding="utf-8")
    late = text.replace("[[policy]]\n", "[[policy]]\nfrom = 60\n")
    return run(read_text(late, "late", "late.toml"), rounds=150, seed=3)


def changed(seconds: float, path: str | None = "8359 22822 19905", prefix: str = MX) -> BgpRoute:
    until = evidence_of(silenced(), ev.SeenBefore)[0].until
    at = until + timedelta(seconds=seconds)
    return replace(route(prefix, path, source=collected(at)), last_updated=at, is_update=True)


def test_an_update_in_the_minute_of_the_silence_leaves_another_way():
    assert states(silenced())[E.OTHER_WAY] is S.STRAINED
    near = silenced((changed(-20, None), changed(30)))
    assert states(near)[E.OTHER_WAY] is S.LEFT
    (update,) = evidence_of(near, ev.PrefixUpdated)
    assert (update.updates, update.withdrawals) == (2, 1)
    assert near.confidence is Confidence.LOW


def test_other_updates_do_nothing():
    for update in (changed(-300), changed(200), changed(0, prefix=CONTROL)):
        assert silenced((update,)) == silenced()

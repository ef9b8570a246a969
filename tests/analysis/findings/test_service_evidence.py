"""What checks of services do to findings: nothing alone, and never more confidence."""

from dataclasses import replace
from functools import cache

import pytest

from analysis.findings.checked import (
    NO_BANNER,
    PROHIBITED,
    REFUSED,
    SECOND,
    TIMES_OUT,
    answers,
    checked,
    fails,
    opens,
    verified,
)
from analysis.findings.simulated import shipped
from tracetui.analysis.findings import find
from tracetui.investigation.past_snapshot import at_moment
from tracetui.model import Confidence, ExplanationKind, ExplanationState, FindingKind, ProbeProtocol
from tracetui.model.evidence import ServiceAnswers, ServiceFails, Silence
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.service_check import ServiceKind
from tracetui.simulation.catalogue import available
from words.rules import check

E, S, K = ExplanationKind, ExplanationState, FindingKind
STRAINED = {E.DROPPED_AT_LAST, E.DROPPED_BEYOND, E.ENDPOINT_SILENT, E.LOST_ON_RETURN}
INTERNETS = [
    pytest.param(scenario.name, marks=[pytest.mark.slow] if scenario.name == "fifteen-servers" else [])
    for scenario in available()
]


@cache
def found_in(name: str):
    return find(shipped(name))


def about_tcp(snapshot):
    """The findings in which TCP lanes are told about, each with the state of its explanations."""
    tcp = {lane.id for lane in snapshot.lanes if lane.lane.protocol is ProbeProtocol.TCP}
    return [
        (one, {each.kind: each.state for each in one.explanations})
        for one in find(snapshot)
        if tcp & set(one.lanes)
    ]


@pytest.mark.parametrize("name", INTERNETS)
def test_checks_that_fail_as_the_lane_does_change_no_conclusion(name):
    before = shipped(name)
    after = checked(before, fails(TIMES_OUT))
    for was, now in zip(found_in(name), find(after), strict=True):
        assert (now.kind, now.confidence, now.ases, now.lanes) == (
            was.kind,
            was.confidence,
            was.ases,
            was.lanes,
        )
        assert [(one.kind, one.state, one.places) for one in now.explanations] == [
            (one.kind, one.state, one.places) for one in was.explanations
        ]
        check(now, after)


@pytest.mark.parametrize("name", INTERNETS)
@pytest.mark.parametrize(
    "how", [answers, opens, verified, fails(REFUSED), fails(PROHIBITED), fails(NO_BANNER)]
)
def test_checks_never_make_a_finding_surer_nor_name_a_network(name, how):
    after = checked(shipped(name), how)
    sure = {lane: one for one in found_in(name) for lane in one.lanes}
    for one in find(after):
        check(one, after)
        for lane in one.lanes:
            assert set(one.ases) <= set(sure[lane].ases)
            assert one.confidence.level <= sure[lane].confidence.level


@pytest.mark.parametrize("name", INTERNETS)
def test_checks_of_other_services_say_nothing(name):
    before = shipped(name)
    after = checked(before, answers)
    over_udp = tuple(
        replace(one, service=replace(one.service, kind=ServiceKind.DNS_UDP)) for one in after.outside.services
    )
    elsewhere = tuple(replace(one, lane=None) for one in after.outside.services)
    for services in (over_udp, elsewhere):
        assert find(replace(after, outside=OutsideEvidence(services=services))) == found_in(name)


def test_a_silent_lane_whose_connections_are_answered_names_nobody():
    before, after = shipped("protonmail-2019"), checked(shipped("protonmail-2019"), answers)
    told = [pair for pair in about_tcp(after) if pair[0].kind is not K.REACHABLE]
    assert told
    for one, states in told:
        assert isinstance(one.evidence[0], ServiceAnswers)
        assert (one.confidence, one.ases) == (Confidence.LOW, ())
        assert states[E.ONLY_PROBES] is S.LEFT
        assert {kind for kind in STRAINED if states[kind] is S.STRAINED} == STRAINED
        assert states[E.DEAD_BRANCH] is S.LEFT
    ping = [one for one in find(after) if all(lane.endswith(":icmp") for lane in one.lanes)]
    assert ping
    assert not any(isinstance(each, ServiceAnswers) for one in ping for each in one.evidence)
    assert not any(E.ONLY_PROBES in states for _, states in about_tcp(before))


def test_a_bare_connection_strains_nothing_and_contradicts():
    before = shipped("silent-endpoint")
    ((_, was),) = [pair for pair in about_tcp(before) if pair[0].kind is not K.REACHABLE]
    for how in (opens, fails(REFUSED), fails(NO_BANNER)):
        ((_, now),) = [pair for pair in about_tcp(checked(before, how)) if pair[0].kind is not K.REACHABLE]
        assert now == {**was, E.ONLY_PROBES: S.LEFT}
        assert E.ONLY_PROBES not in was


def test_what_ends_with_an_icmp_message_or_in_silence_is_no_answer():
    for how in (fails(PROHIBITED), fails(TIMES_OUT)):
        for one, states in about_tcp(checked(shipped("protonmail-2019"), how)):
            assert E.ONLY_PROBES not in states
            assert any(isinstance(each, ServiceFails) for each in one.evidence)


def test_a_check_before_the_silence_or_of_long_ago_says_nothing():
    before = shipped("protonmail-2019")
    for ago in (69.9, 301):
        after = checked(before, answers, ago=ago, times=1)
        silent = [one for one, _ in about_tcp(after) if isinstance(one.evidence[0], Silence)]
        assert bool(silent) is (ago > 70), ago
    fresh = checked(before, answers, ago=301, times=1)
    assert find(fresh) == find(before)


def test_an_earlier_moment_knows_the_checks_until_then():
    after = checked(shipped("protonmail-2019"), answers, ago=1, times=60)
    then = at_moment(after, after.created_at - 30 * SECOND)
    (row,) = {one.row for found in then.findings for one in found.evidence if isinstance(one, ServiceAnswers)}
    assert (row.alike, row.total) == (31, 31)
    none = at_moment(after, after.created_at - 65 * SECOND)
    assert none.outside == OutsideEvidence()


def test_a_refused_port_whose_connections_are_answered_is_low():
    before = shipped("closed-port")
    (closed,) = [one for one in find(before) if one.kind is K.CLOSED_PORT]
    assert closed.confidence is Confidence.HIGH
    found = [one for one in find(checked(before, answers)) if one.kind is K.CLOSED_PORT]
    assert [one.confidence for one in found] == [Confidence.LOW]
    refused = [one for one in find(checked(before, fails(REFUSED))) if one.kind is K.CLOSED_PORT]
    assert [one.confidence for one in refused] == [Confidence.HIGH]


def test_a_box_that_answers_is_left_whatever_certificate_it_shows():
    for _, states in about_tcp(checked(shipped("protonmail-2019"), verified)):
        if E.BOX_ANSWERS in states:
            assert states[E.BOX_ANSWERS] is S.STRAINED
            assert E.ONLY_PROBES not in states


def test_a_loop_or_a_prohibition_beside_answered_connections_is_low():
    for name, kind in (("admin-reject", K.EXPLICIT_FILTER), ("routing-loop", K.ROUTING_LOOP)):
        found = [one for one, _ in about_tcp(checked(shipped(name), answers)) if one.kind is kind]
        assert found
        assert {one.confidence for one in found} == {Confidence.LOW}


def test_nothing_is_sure_about_home_while_connections_are_answered():
    before = shipped("home-outage")
    (was,) = [one for one in find(before) if one.kind is K.LOCAL_PROBLEM]
    assert was.confidence is not Confidence.LOW
    (now,) = [one for one in find(checked(before, answers)) if one.kind is K.LOCAL_PROBLEM]
    assert now.confidence is Confidence.LOW

"""Silent lanes on hand-built traces: what it takes to name somebody, and what must keep it low."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import tracetui.analysis.findings
from analysis.findings.board import AWAY, board, findings, lane, left, of, only, strained, trouble
from analysis.trace_text import address
from tracetui.analysis.findings import Findings
from tracetui.model import (
    ControlFit,
    Direction,
    FlowKind,
    Relation,
    ReplyKind,
    StepKind,
)
from tracetui.model.evidence import (
    AnsweredNearer,
    ControlStops,
    ControlUnfit,
    CrossesPass,
    DirectProbes,
    EarlierOutages,
    FirstOutage,
    FlowsSplit,
    LateReplies,
    NeighbourPasses,
    ReachedElsewhere,
    RouterOwner,
    RoutersAnswerControl,
    SeenBefore,
    Silence,
    StopsElsewhere,
)
from tracetui.words import headline_of, statement

ROUNDS = 70
SYSTEMS = "a:100 b-e:200 f:300 mx1,mx2,mx3,near,web:300 other:400 third:500"
"""a | b c d e | f and the endpoints."""

PATH = "1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7 {}"
AFTER_C = "1 a, 2 b, 3 c, 4-30 *"
AFTER_D = "1 a, 2 b, 3 c, 4 d, 5-30 *"
AFTER_E = "1 a, 2 b, 3 c, 4 d, 5 e, 6-30 *"
AFTER_F = "1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7-30 *"


def reaches(host, service, rounds=ROUNDS, **options):
    word = "ECHO" if service == "icmp" else "SA"
    return lane(host, service, rounds * [PATH.format(word)], **options)


def stops(host, service, text=AFTER_C, rounds=ROUNDS, **options):
    return lane(host, service, rounds * [text], **options)


def both(make, host, *arguments, **options):
    return make(host, "tcp/25", *arguments, **options), make(host, "icmp", *arguments, **options)


SUSPECT, CONTROL = both(stops, "mx1"), both(reaches, "web", control=True)


# A control that shares L, and no more


def test_a_control_that_shares_l_alone_names_nobody():
    found = only(findings(*SUSPECT, *CONTROL, systems=SYSTEMS), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases, found.direction) == ("low", (), Direction.UNKNOWN)
    assert left(found) == {
        "dropped_at_last",
        "dropped_beyond",
        "other_way",
        "endpoint_silent",
        "lost_on_return",
        "dead_branch",
        "too_far",
    }
    assert strained(found) == set()
    assert [(one.ttl, one.address, one.asn) for one in found.candidates] == [
        (3, address("c"), 200),
        (4, address("d"), 200),
    ]
    assert found.lanes == tuple(row.lane.id for row in SUSPECT)
    assert found.controls == tuple(row.lane.id for row in CONTROL)
    assert found.p_value is not None
    assert found.p_value < 1e-9
    assert found.fact.passing == found.controls
    assert {one.relation for one in of(found, RoutersAnswerControl)} == {Relation.SAME_ORIGIN}
    assert found.next_steps[0].kind is StepKind.ADD_CONTROL


def test_what_rules_an_explanation_out_is_pointed_at():
    found = only(findings(*SUSPECT, *CONTROL, systems=SYSTEMS), "blackhole_unlocalised")
    (filtered,) = [one for one in found.explanations if one.kind.value == "own_filter"]
    assert filtered.state.value == "ruled_out"
    assert filtered.by
    assert {type(found.evidence[place]) for place in filtered.by} == {RoutersAnswerControl}


def test_a_control_of_the_users_own_comes_before_a_target_that_is_as_good():
    systems = SYSTEMS.replace("web:300 other:400 third:500", "web,third:300 other:400")
    rows = [*both(stops, "mx1"), *both(reaches, "third"), *CONTROL]
    found = only(findings(*rows, systems=systems), "blackhole_unlocalised")
    compared = [one.control for one in of(found, RoutersAnswerControl)]
    assert compared[0] == CONTROL[0].lane.id
    assert rows[2].lane.id in compared


def test_without_a_control():
    found = only(findings(*SUSPECT, systems=SYSTEMS), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases, found.controls, found.p_value) == ("low", (), (), None)
    assert left(found) >= {"rare_or_late", "own_filter"}
    assert found.candidates[1].address is None
    step = next(step for step in found.next_steps if step.kind is StepKind.ADD_CONTROL)
    assert step.relation is Relation.NEIGHBOUR


def test_an_exchanger_that_is_reached_is_a_control():
    rows = [*both(stops, "mx1"), *both(reaches, "mx2")]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert found.controls == tuple(row.lane.id for row in rows[2:])


def test_several_exchangers_are_one_finding():
    rows = [row for host in ("mx1", "mx2", "mx3") for row in both(stops, host, target="mx:mail.example")]
    second = both(reaches, "near", control=True)
    made = board(*rows, *CONTROL, *second, systems=SYSTEMS)
    found = only(findings(*rows, *CONTROL, *second, systems=SYSTEMS), "blackhole_unlocalised")
    assert headline_of(found, made).startswith(
        "3 of 3 mail exchangers of mail.example (TCP/25 and ICMP) go silent"
    )
    assert len(found.lanes) == 6


# The way is shown: seen together with the endpoint

SEEN = 40 * [PATH.format("SA")] + 80 * [AFTER_C]


def seen_before(rounds=SEEN, *others):
    rows = [lane("mx1", "tcp/25", rounds), reaches("web", "tcp/25", len(rounds), control=True), *others]
    return findings(*rows, systems=SYSTEMS)


def test_what_was_seen_with_the_endpoint_until_both_fell_silent_is_the_way():
    found = only(seen_before(), "blackhole_in_as")
    assert (found.confidence.value, found.ases, found.direction) == ("medium", (200,), Direction.FORWARD)
    assert left(found) == {"dropped_at_last", "dropped_beyond", "dead_branch"}
    assert strained(found) == {"other_way"}
    (seen,) = of(found, SeenBefore)
    assert (seen.following.ttl, seen.following.address) == (4, address("d"))
    assert seen.until < found.since
    assert (of(found, AnsweredNearer)[0].ttl, len(of(found, FirstOutage))) == (7, 1)


def test_seen_before_takes_a_control_that_l_plus_1_still_answers():
    found = only(findings(lane("mx1", "tcp/25", SEEN), systems=SYSTEMS), "blackhole_unlocalised")
    assert of(found, SeenBefore) == []
    assert "other_way" in left(found)


def test_time_alone_makes_nothing_high():
    rounds = 40 * [PATH.format("SA")] + 620 * [AFTER_C]
    assert only(seen_before(rounds), "blackhole_in_as").confidence.value == "medium"


NOT_SEEN = {
    "the endpoint was silent before": 40 * [AFTER_F] + 80 * [AFTER_C],
    "the endpoint fell silent first": 40 * [PATH.format("SA")] + 10 * [AFTER_F] + 80 * [AFTER_C],
    "L+1 never answered": 40 * [PATH.replace("4 d", "4 *").format("SA")] + 80 * [AFTER_C],
    "L+1 was another router": 40 * [PATH.replace("4 d", "4 x").format("SA")] + 80 * [AFTER_C],
    "a hop before L is another one since": 40 * [PATH.format("SA")] + 80 * [AFTER_C.replace("2 b", "2 x")],
}


@pytest.mark.parametrize("case", NOT_SEEN)
def test_what_was_not_seen_with_the_endpoint_shows_no_way(case):
    found = only(seen_before(NOT_SEEN[case]), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert of(found, SeenBefore) == []
    assert "other_way" in left(found)


def test_earlier_outages_keep_it_low():
    up = PATH.format("SA")
    rounds = 20 * [up] + 20 * [AFTER_C] + 40 * [up] + 80 * [AFTER_C]
    found = only(seen_before(rounds), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert strained(found) == {"other_way"}, "the way is shown, but outages are the draws"
    (earlier,) = of(found, EarlierOutages)
    assert [outage.rounds for outage in earlier.outages] == [20]


def test_earlier_outages_of_the_control_keep_it_low_too():
    up = PATH.format("SA")
    rows = [
        lane("mx1", "tcp/25", 80 * [up] + 80 * [AFTER_C]),
        lane("web", "tcp/25", 20 * [up] + 10 * [AFTER_C] + 130 * [up], control=True),
    ]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert found.confidence.value == "low"
    assert [one.lane for one in of(found, EarlierOutages)] == [rows[1].lane.id]


@pytest.mark.parametrize("silent", [9, 40, 59])
def test_no_place_before_its_time(silent):
    found = only(seen_before(40 * [PATH.format("SA")] + silent * [AFTER_C]), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases) == ("low", ())
    (longer,) = [step for step in found.next_steps if step.kind is StepKind.KEEP_RUNNING]
    assert longer.seconds == 60 - silent


def test_ten_rounds_are_needed_however_long_they_take():
    rounds = 40 * [PATH.format("SA")] + 9 * [AFTER_C]
    rows = [lane("mx1", "tcp/25", rounds), reaches("web", "tcp/25", 49, control=True)]
    only(findings(*rows, systems=SYSTEMS, interval_s=10.0), "blackhole_unlocalised")


# The way is shown: a control in the same /24

SERVICES = ("tcp/25", "tcp/80", "tcp/443", "icmp")


def beside(services=SERVICES, rounds=ROUNDS, control="near"):
    return [
        *(stops("mx1", service, AFTER_C, rounds) for service in services),
        *(reaches(control, service, rounds, control=True) for service in services),
    ]


def test_a_control_in_the_same_24_and_enough_flows():
    found = only(findings(*beside(), systems=SYSTEMS), "blackhole_in_as")
    assert (found.confidence.value, found.ases, found.direction) == ("medium", (200,), Direction.FORWARD)
    assert left(found) == {"dropped_at_last", "dropped_beyond"}
    assert strained(found) == {"other_way"}
    shown = of(found, NeighbourPasses)[0]
    assert (shown.following.address, shown.beyond.asn) == (address("d"), 300)
    assert of(found, FlowsSplit)[0].chance <= 0.05
    assert found.next_steps[0].kind is StepKind.KEEP_RUNNING


def test_few_flows_leave_a_dead_branch():
    found = only(findings(*beside(SERVICES[:3]), systems=SYSTEMS), "blackhole_unlocalised")
    assert (found.confidence.value, found.direction) == ("low", Direction.FORWARD)
    assert left(found) == {"dropped_at_last", "dropped_beyond", "dead_branch"}
    (flows,) = of(found, FlowsSplit)
    assert (flows.stopped, flows.passing) == (3, 3)
    assert flows.chance > 0.05


def test_enough_flows_to_another_24_show_no_way():
    found = only(findings(*beside(control="web"), systems=SYSTEMS), "blackhole_unlocalised")
    assert "dead_branch" not in left(found)
    assert {"other_way", "endpoint_silent", "lost_on_return"} <= left(found)


def test_a_neighbour_shows_the_way_only_behind_the_as_of_l():
    systems = "a:100 b-f:200 mx1,near:200"
    found = findings(*beside(), systems=systems)
    assert not any(of(one, NeighbourPasses) for one in found)
    assert all(one.ases == () for one in found)


# The way is shown: both crosses


def port_closed(text=AFTER_C, rounds=ROUNDS, hosts=("mx1", "mx2", "mx3", "near")):
    return [
        *(stops(host, "tcp/25", text, rounds) for host in hosts),
        *(reaches(host, "icmp", rounds) for host in hosts),
    ]


def test_both_crosses_show_the_way():
    rows = [*port_closed(), reaches("web", "tcp/25")]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases, found.direction) == ("medium", (200,), Direction.FORWARD)
    assert strained(found) == {"other_way"}
    crosses = of(found, CrossesPass)
    assert (crosses[0].service, crosses[0].address) == (rows[4].lane.id, rows[-1].lane.id)
    assert len(found.lanes) == 4
    assert found.fact.services_answered == tuple(row.lane.id for row in rows[4:8])


def test_one_cross_is_not_enough():
    found = only(findings(*port_closed(), systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert of(found, CrossesPass) == []
    assert "dead_branch" not in left(found)
    assert {"other_way", "endpoint_silent"} <= left(found)


def test_crosses_of_one_flow_leave_a_dead_branch():
    rows = [stops("mx1", "tcp/25"), reaches("mx1", "icmp"), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases, found.direction) == ("low", (), Direction.FORWARD)
    assert len(of(found, CrossesPass)) == 1
    assert "dead_branch" in left(found)


def test_crosses_by_different_routers_show_no_way():
    other = lane("web", "tcp/25", ROUNDS * [PATH.replace("4 d", "4 x").format("SA")], control=True)
    found = only(findings(*port_closed(), other, systems=SYSTEMS + " x:200"), "port_or_protocol_filter")
    assert of(found, CrossesPass) == []
    assert found.ases == ()


def test_a_port_closed_for_the_control_too():
    rows = [
        stops("mx1", "tcp/25"),
        reaches("mx1", "icmp"),
        stops("web", "tcp/25", control=True),
        reaches("web", "icmp", control=True),
    ]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert set(found.lanes) == {rows[0].lane.id, rows[2].lane.id}


def test_the_endpoints_own_firewall_names_no_network():
    rows = [stops("mx1", "tcp/25", AFTER_F), reaches("mx1", "icmp"), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert "endpoint_silent" in left(found)


def test_a_service_whose_way_parts_before_shows_nothing():
    rows = [stops("mx1", "tcp/25"), lane("mx1", "icmp", ROUNDS * ["1 a, 2 x, 3 y, 4 ECHO"])]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases, found.direction) == ("low", (), Direction.UNKNOWN)
    assert of(found, RoutersAnswerControl) == []


def test_a_flow_that_varies_counts_for_several():
    rows = [
        stops("mx1", "tcp/25"),
        stops("mx1", "icmp"),
        reaches("web", "tcp/25", control=True, flow=FlowKind.PER_HOP),
    ]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert of(found, FlowsSplit)[0].passing == 3, "d, e and f: each TTL is a flow"


# Controls that do not serve, and why


def fits(*rows, systems=SYSTEMS):
    found = Findings()
    found.update(board(*rows, systems=systems))
    return [(check.control, check.fit) for check in found.controls]


V6 = "2001:db8::25"
FITS = {
    ControlFit.VALID: reaches("web", "tcp/25", control=True),
    ControlFit.OTHER_ORIGIN: reaches("other", "tcp/25", control=True),
    ControlFit.OTHER_SERVICE: reaches("web", "tcp/443", control=True),
    ControlFit.OTHER_VANTAGE: reaches("web", "tcp/25", control=True, source=AWAY),
    ControlFit.OTHER_FAMILY: lane(V6, "tcp/25", ROUNDS * [PATH.format("SA")], control=True),
    ControlFit.NO_ROUNDS: lane("web", "tcp/25", [], control=True),
    ControlFit.PARTS_BEFORE: lane("web", "tcp/25", ROUNDS * ["1 a, 2 x, 3 y, 4 SA"], control=True),
    ControlFit.NOT_THROUGH_LAST_HOP: lane("web", "tcp/25", ROUNDS * ["1 a, 2 b, 3 *, 4 SA"], control=True),
    ControlFit.STOPS_TOO: stops("web", "tcp/25", control=True),
    ControlFit.FAILS_ITSELF: stops("web", "tcp/25", AFTER_E, control=True),
    ControlFit.NO_ROUTER_BEYOND: lane("web", "tcp/25", ROUNDS * ["1 a, 2 b, 3 c, 4 SA"], control=True),
    ControlFit.NOT_CLEAR: lane(
        "web", "tcp/25", 66 * ["1 a, 2 b, 3 c, 4-6 *, 7 SA"] + 4 * [PATH.format("SA")], control=True
    ),
}


@pytest.mark.parametrize("fit", FITS)
def test_a_control_and_whether_it_fits(fit):
    control = FITS[fit]
    rows = [stops("mx1", "tcp/25"), control]
    assert fits(*rows) == [(control.lane.id, fit)]
    found = next(one for one in findings(*rows, systems=SYSTEMS) if rows[0].lane.id in one.lanes)
    assert (found.confidence.value, found.ases) == ("low", ())
    told = {one.fit for one in of(found, ControlUnfit)}
    untold = {ControlFit.STOPS_TOO, ControlFit.OTHER_VANTAGE}
    assert told == (set() if fit.serves or fit in untold else {fit})
    assert bool(of(found, ControlStops)) == (fit is ControlFit.STOPS_TOO)
    assert (control.lane.id in found.controls) == fit.serves


def test_a_private_l_is_shared_with_nobody():
    systems = SYSTEMS.replace("b-e:200", "b:200 d-e:200 c:private")
    assert fits(stops("mx1", "tcp/25"), CONTROL[0], systems=systems) == [
        (CONTROL[0].lane.id, ControlFit.UNIDENTIFIED_LAST_HOP)
    ]


def test_where_nothing_answers_nothing_is_shared():
    rows = [stops("mx1", "tcp/25", "1-30 *"), CONTROL[0]]
    assert fits(*rows) == [(CONTROL[0].lane.id, ControlFit.NO_LAST_HOP)]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert found.fact.last is None
    assert "own_filter" in left(found)


def test_the_best_control_is_the_first_and_one_that_is_not_marked_stands_in():
    near = reaches("near", "tcp/25")
    rows = [stops("mx1", "tcp/25"), FITS[ControlFit.OTHER_ORIGIN], CONTROL[0], near]
    assert fits(*rows)[0] == (near.lane.id, ControlFit.VALID)
    assert fits(rows[0], near) == [(near.lane.id, ControlFit.VALID)]


def test_where_a_control_parts_is_told():
    found = only(
        findings(stops("mx1", "tcp/25"), FITS[ControlFit.PARTS_BEFORE], systems=SYSTEMS),
        "blackhole_unlocalised",
    )
    assert [(one.fit, one.ttl) for one in of(found, ControlUnfit)] == [(ControlFit.PARTS_BEFORE, 2)]
    assert found.controls == ()


def test_a_router_at_the_same_ttl_is_not_the_same_router():
    control = lane("web", "tcp/25", ROUNDS * ["1 a, 2 b, 3 x, 4 y, 5 SA"], control=True)
    assert fits(stops("mx1", "tcp/25"), control) == [(control.lane.id, ControlFit.PARTS_BEFORE)]


def test_the_same_router_at_another_ttl_is_the_same():
    longer = "1 y, 2 a, 3 b, 4 c, 5 d, 6 e, 7 f, 8 SA"
    rows = [stops("mx1", "tcp/25"), lane("web", "tcp/25", ROUNDS * [longer], control=True)]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c")), (4, address("d"))]
    assert of(found, RoutersAnswerControl)[0].ttl == 4


# Replies that come late


def late(row, ttl, sender):
    """The lane, with a reply in each round that came too late."""
    reply = (ttl, sender, ReplyKind.TIME_EXCEEDED)
    return replace(
        row,
        trace=replace(
            row.trace,
            outcomes=tuple(
                replace(one, replies=one.replies._replace(late=(reply,))) for one in row.trace.outcomes
            ),
        ),
    )


def test_late_replies_leave_that_routers_answer_late():
    rows = [late(stops("mx1", "tcp/25"), 5, address("e")), CONTROL[0]]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    (seen,) = of(found, LateReplies)
    assert (seen.ttl, seen.from_endpoint) == (5, False)
    assert seen.count > 1
    assert found.fact.late
    assert "rare_or_late" in left(found)
    (rare,) = [one for one in found.left if one.kind.value == "rare_or_late"]
    assert StepKind.RAISE_TIMEOUT in rare.would_tell


def test_late_replies_of_the_endpoint_keep_a_way_that_is_shown_from_naming():
    row = lane("mx1", "tcp/25", SEEN)
    mx1 = row.lane.address
    rows = [late(row, 7, mx1), reaches("web", "tcp/25", len(SEEN), control=True)]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert of(found, LateReplies)[0].from_endpoint
    assert found.ases == ()


def test_late_replies_up_to_l_are_nothing():
    rows = [late(stops("mx1", "tcp/25"), 3, address("c")), CONTROL[0]]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert of(found, LateReplies) == []
    assert not found.fact.late


# Vantages

AWAY_PATH = "1 k, 2 l, 3 f, 4 {}"
AWAY_SYSTEMS = SYSTEMS + " k-l:700 m:701 n:702"
LONG = 620


def away(host, service, text=AWAY_PATH, rounds=ROUNDS, source=AWAY, **options):
    word = "ECHO" if service == "icmp" else "SA"
    return lane(host, service, rounds * [text.format(word)], source=source, **options)


def inside(rounds=LONG):
    return [
        away("mx1", "tcp/25", "1 b, 2 c, 3-30 *", rounds, "192.0.2.30"),
        away("near", "tcp/25", "1 b, 2 c, 3 d, 4 e, 5 f, 6 {}", rounds, "192.0.2.30", control=True),
    ]


def from_here(*rows):
    """The finding about mx1 from the first vantage."""
    found = findings(*rows, systems=AWAY_SYSTEMS)
    return next(one for one in found if rows[0].lane.id in one.lanes)


def test_another_vantage_that_reaches_strains_the_endpoints_silence_alone():
    rows = [*SUSPECT, *CONTROL, *both(away, "mx1")]
    found = from_here(*rows)
    assert (found.kind.value, found.confidence.value, found.ases) == ("blackhole_unlocalised", "low", ())
    assert strained(found) == {"endpoint_silent"}
    reached = of(found, ReachedElsewhere)[0]
    assert (reached.source, reached.path) == (AWAY, (700, 300))
    assert not reached.through_last
    assert not any(step.kind is StepKind.ADD_VANTAGE for step in found.next_steps)
    assert "from 192.0.2.10" in headline_of(found, board(*rows, systems=AWAY_SYSTEMS))


def test_a_vantage_that_reaches_through_l_strains_the_drops():
    found = from_here(*beside(), away("mx1", "tcp/25", "1 k, 2 c, 3 d, 4 e, 5 f, 6 {}"))
    assert (found.confidence.value, found.ases) == ("low", ())
    assert strained(found) == {"dropped_at_last", "dropped_beyond", "other_way"}
    assert left(found) == set()
    assert found.left, "where all are strained, they count as left"


def test_a_far_vantage_that_stops_at_l_too_rules_out_our_own_filter():
    found = from_here(*SUSPECT, away("mx1", "tcp/25", "1 k, 2 c, 3-30 *"))
    assert of(found, StopsElsewhere)[0].same_last_hop
    assert "own_filter" not in left(found)
    assert {"other_way", "endpoint_silent"} <= left(found), "of these it says nothing"


def test_an_endpoint_that_fails_elsewhere_too_points_at_nobody():
    found = from_here(*SUSPECT, *CONTROL, *both(away, "mx1", "1 k, 2 l, 3-30 *"))
    assert (found.confidence.value, found.ases) == ("low", ())
    stopped = of(found, StopsElsewhere)[0]
    assert (stopped.last.asn, stopped.same_last_hop, stopped.control_passes) == (700, False, False)


def test_a_vantage_inside_is_a_witness():
    rows = [*beside(rounds=LONG), *inside()]
    found = from_here(*rows)
    assert (found.kind.value, found.confidence.value, found.ases) == ("blackhole_in_as", "high", (200,))
    assert found.direction is Direction.FORWARD
    (stopped,) = of(found, StopsElsewhere)
    assert (stopped.inside, stopped.control_passes) == (200, True)
    words = " ".join(statement(found, board(*rows, systems=AWAY_SYSTEMS)))
    assert "consistent with deliberate filtering" in words
    assert not any(step.kind is StepKind.VANTAGE_INSIDE for step in found.next_steps)


NO_WITNESS = {
    "no other vantage": [],
    "its control was not asked": inside()[:1],
    "it is not inside": [
        away("mx1", "tcp/25", "1 k, 2 c, 3-30 *", LONG, "192.0.2.30"),
        away("near", "tcp/25", "1 k, 2 c, 3 d, 4 e, 5 f, 6 {}", LONG, "192.0.2.30", control=True),
    ],
    "another reaches through the AS": [
        *inside(),
        away("mx1", "tcp/25", "1 k, 2 d, 3 e, 4 f, 5 {}", LONG, "192.0.2.44"),
    ],
    "a control stops": [*inside(), stops("other", "tcp/25", AFTER_C, LONG, control=True)],
}


@pytest.mark.parametrize("case", NO_WITNESS)
def test_without_an_uncontradicted_witness_it_stays_medium(case):
    found = from_here(*beside(rounds=LONG), *NO_WITNESS[case])
    assert (found.confidence.value, found.ases) == ("medium", (200,))


def test_high_takes_ten_minutes():
    found = from_here(*beside(rounds=599), *inside(599))
    assert (found.confidence.value, found.next_steps[0].kind) == ("medium", StepKind.KEEP_RUNNING)
    assert found.next_steps[0].seconds == 1


def three(*behind):
    stopping = [
        away("mx1", "tcp/25", f"1 {word}, 2 {router}, 3-30 *", LONG, f"192.0.2.{30 + number}")
        for number, (word, router) in enumerate(behind)
    ]
    reaching = [away("mx1", "tcp/25", AWAY_PATH, LONG, f"192.0.2.{number}") for number in (41, 42, 43)]
    return from_here(*beside(rounds=LONG), *stopping, *reaching)


def test_three_that_stop_at_different_routers_and_three_elsewhere_are_a_witness():
    assert three("mb", "ne").confidence.value == "high"


def test_three_that_stop_at_one_router_are_one():
    assert three("mc", "nc").confidence.value == "medium"


# Whose the routers are

BORDER = "1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7 g, 8 {}"
BORDER_SYSTEMS = "a-c:200 d-f:250 g:300 mx1,web:300"


def border(systems=BORDER_SYSTEMS, path=BORDER, stop=AFTER_C):
    rows = [
        lane("mx1", "tcp/25", 40 * [path.format("SA")] + 80 * [stop]),
        lane("web", "tcp/25", 120 * [path.format("SA")], control=True),
    ]
    return findings(*rows, systems=systems)


def test_a_border_names_both_the_nearer_first():
    found = only(border(), "blackhole_at_border")
    assert (found.confidence.value, found.ases) == ("medium", (200, 250))
    assert [one.standing.value for one in of(found, RouterOwner)] == ["loose", "firm"]


@pytest.mark.parametrize(
    "systems",
    [
        "a-c:200 d:777 e-f:250 g:300 mx1,web:300",
        "a-b:200 c:777 d-f:250 g:300 mx1,web:300",
        "a-b:200 c-d:777 e-f:250 g:300 mx1,web:300",
        "a:100 b:200 c:777 d:250 e-g:300 mx1,web:300",
        "a-c:200 e-f:250 g:300 mx1,web:300",
        "a-c:200 d:private e-f:250 g:300 mx1,web:300",
    ],
    ids=[
        "L+1 answers from a third network's address",
        "L does",
        "both do",
        "each AS has one hop",
        "L+1 is nobody's",
        "L+1 is private",
    ],
)
def test_addresses_that_name_no_router_keep_it_low(systems):
    found = only(border(systems), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert strained(found) == {"other_way"}


def test_silent_routers_between_the_networks_leave_their_owner_unknown():
    path = "1 a, 2 b, 3 c, 4 *, 5 e, 6 f, 7 g, 8 {}"
    assert only(border(path=path), "blackhole_unlocalised").ases == ()


def test_silent_routers_inside_one_network_are_its_own():
    found = only(
        border("a:100 b-e:200 f-g:300 mx1,web:300", "1 a, 2 b, 3 *, 4 d, 5 e, 6 f, 7 {}", "1 a, 2 b, 3-30 *"),
        "blackhole_in_as",
    )
    assert (found.ases, [one.ttl for one in found.candidates]) == ((200,), [2, 4])
    assert of(found, RoutersAnswerControl)[0].gap == 1


def test_an_address_of_several_ases_may_be_of_each():
    found = only(border("a:100 b-d:200+201 e:200+201 f-g:300 mx1,web:300"), "blackhole_at_border")
    assert found.ases == (200, 201)


def test_too_few_silent_ttls_past_l_keep_it_low():
    found = only(border(stop="1 a, 2 b, 3 c, 4-6 *"), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases) == ("low", ())


# At the endpoint's door


def test_silence_that_begins_in_the_endpoints_network():
    found = only(findings(*both(stops, "mx1", AFTER_F), *CONTROL, systems=SYSTEMS), "silent_edge")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert "endpoint_silent" in left(found)
    assert {one.fit for one in of(found, ControlUnfit)} == {ControlFit.NO_ROUTER_BEYOND}


def test_silent_edge_needs_no_control():
    assert trouble(*both(stops, "mx1", AFTER_F), systems=SYSTEMS) == [("silent_edge", "low")]


def test_before_the_endpoints_network_nobody_is_named():
    found = only(findings(*both(stops, "mx1", AFTER_E), *CONTROL, systems=SYSTEMS), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases) == ("low", ())


def test_destination_in_the_as_of_l():
    systems = "a:100 b-f:200 mx1,web:200"
    assert trouble(*SUSPECT, *CONTROL, systems=systems) == [("silent_edge", "low")]


# Since when


def test_a_change_of_l_starts_again():
    rounds = 60 * [AFTER_D] + 9 * [AFTER_C]
    found = only(
        findings(lane("mx1", "tcp/25", rounds), CONTROL[0], systems=SYSTEMS), "blackhole_unlocalised"
    )
    assert of(found, Silence)[0].rounds == 9


# General failure, return path


def test_general_failure():
    rows = [*SUSPECT, *both(stops, "web", control=True)]
    found = only(findings(*rows, systems=SYSTEMS), "general_failure")
    assert (found.confidence.value, found.ases) == ("low", ())
    stopping = [row.lane.id for row in rows[2:]]
    assert [one.control for one in of(found, ControlStops)] == stopping
    assert found.fact.stopping == tuple(stopping)
    assert not any(one.answered_before for one in of(found, ControlStops)), "they prove nothing"


def test_controls_that_fail_alone_are_told_of_too():
    rows = [*both(reaches, "mx1"), *both(stops, "web", control=True)]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert found.lanes == tuple(row.lane.id for row in rows[2:])


def test_return_path_suspect_by_direct_probes():
    rows = [*SUSPECT, *CONTROL, stops("d", "icmp")]
    found = only(findings(*rows, systems=SYSTEMS), "return_path_suspect")
    assert (found.confidence.value, found.ases, found.direction) == ("low", (), Direction.UNKNOWN)
    assert rows[-1].lane.id in found.lanes
    assert of(found, DirectProbes)[0].silent == (rows[-1].lane.id,)
    assert any(step.kind is StepKind.REVERSE_TRACE for step in found.next_steps)
    answered = [*rows[:-1], lane("d", "icmp", ROUNDS * ["1 a, 2 b, 3 c, 4 ECHO"])]
    found = only(findings(*answered, systems=SYSTEMS), "blackhole_unlocalised")
    assert of(found, DirectProbes)[0].answered == (rows[-1].lane.id,)


# Facts come before words


def test_no_decision_reads_words():
    """What is found cannot depend on how it is said."""
    folder = Path(tracetui.analysis.findings.__file__).parent
    modules = sorted(folder.rglob("*.py"))
    assert len(modules) > 20
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{module.name}: a relative import hides what it reads"
                names = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
            for name in names:
                words = name == "tracetui.words" or name.startswith("tracetui.words.")
                assert not words, f"{module.name} imports {name}"

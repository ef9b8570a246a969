"""What routers and endpoints say, what stops at home, and what says too little."""

import pytest

from analysis.findings.board import board, findings, lane, left, of, only, strained, trouble
from analysis.findings.test_kinds import AFTER_C, LONG, PATH, SYSTEMS, both, reaches, stops
from analysis.trace_text import address
from tracetui.model import Direction, Standing, StepKind
from tracetui.model.evidence import (
    AnsweredTwice,
    Answers,
    EndsAt,
    GoesFarther,
    LoopSeen,
    NothingBehind,
    PassesRouter,
    RouterOwner,
    SameDistance,
    StopsBetween,
)
from tracetui.model.moment import moment_of
from tracetui.words import headline_of

CONTROL = both(reaches, "web", control=True)


def said(message, host="mx1", at=4, before="1 a, 2 b, 3 c", rounds=70):
    return both(stops, host, f"{before}, {at} {message}", rounds)


def long_control():
    return both(reaches, "web", LONG, control=True)


# Explicit filters


@pytest.mark.parametrize("code", ["3/9", "3/10", "3/13"])
def test_explicit_filter(code):
    found = only(findings(*said(f"{code}:c"), *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases, found.direction) == ("medium", (200,), Direction.FORWARD)
    assert (left(found), strained(found)) == ({"router_refuses"}, {"forged_message"})
    assert (found.fact.icmp_type, found.fact.icmp_code, found.fact.from_endpoint) == (3, int(code[2:]), False)
    assert of(found, RouterOwner)[0].standing is Standing.FIRM
    assert [one.lane for one in of(found, PassesRouter)] == [row.lane.id for row in CONTROL]
    assert found.next_steps[0].kind is StepKind.KEEP_RUNNING


def test_a_firm_routers_own_word_is_a_witness():
    rows = [*said("3/13:c", rounds=LONG), *long_control()]
    assert only(findings(*rows, systems=SYSTEMS), "explicit_filter").confidence.value == "high"


@pytest.mark.parametrize(("code", "kind"), [("PU", "explicit_filter"), ("3/0", "no_route")])
def test_what_does_not_say_that_it_prohibits_is_none(code, kind):
    rows = [*said(f"{code}:c", rounds=LONG), *long_control()]
    assert only(findings(*rows, systems=SYSTEMS), kind).confidence.value == "medium"


def test_a_router_that_refuses_stands_where_its_time_exceeded_comes_from():
    found = only(findings(*said("3/13:c"), *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c"))]
    silent = said("3/13:c", before="1 a, 2 b, 3 *")
    found = only(findings(*silent, systems=SYSTEMS), "explicit_filter")
    assert [(one.ttl, one.address) for one in found.candidates] == [(4, address("c"))]


def test_explicit_filter_without_a_control_names_nobody():
    found = only(findings(*said("3/13:c"), systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert of(found, RouterOwner)[0].standing is Standing.ALONE, "no path goes on behind it"
    assert any(step.kind is StepKind.ADD_CONTROL for step in found.next_steps)


def test_explicit_filter_of_a_control_too_is_no_witness():
    refused = stops("web", "tcp/25", "1 a, 2 b, 3 c, 4 3/13:c", rounds=LONG, control=True)
    rows = [*said("3/13:c", rounds=LONG), refused, *both(reaches, "near", LONG)]
    found = only(findings(*rows, systems=SYSTEMS), "explicit_filter")
    assert found.confidence.value == "medium"
    assert refused.lane.id in found.lanes


def test_one_message_is_not_enough():
    once = [AFTER_C] * 69 + ["1 a, 2 b, 3 c, 4 3/13:c"]
    assert only(findings(lane("mx1", "tcp/25", once), systems=SYSTEMS), "blackhole_unlocalised").ases == ()


def test_messages_that_stopped_are_no_more():
    rounds = ["1 a, 2 b, 3 c, 4 3/13:c"] * 40 + [AFTER_C] * 8
    only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "blackhole_unlocalised")


def test_a_rate_limited_message_is_still_there():
    rounds = [AFTER_C, AFTER_C, AFTER_C, "1 a, 2 b, 3 c, 4 3/13:c", AFTER_C, AFTER_C] * 10
    only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "explicit_filter")


def test_a_loose_router_at_a_border_may_be_the_neighbours():
    rows = said("3/13:e", at=6, before="1 a, 2 b, 3 c, 4 d, 5 e")
    found = only(findings(*rows, *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases) == ("medium", (200, 300))
    assert of(found, RouterOwner)[0].standing is Standing.LOOSE


def test_a_private_router_names_no_as():
    systems = SYSTEMS.replace("b-e:200", "b:200 d-e:200 c:private")
    found = only(findings(*said("3/13:c"), *CONTROL, systems=systems), "explicit_filter")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert of(found, RouterOwner)[0].standing is Standing.UNKNOWN


def test_the_endpoints_own_refusal():
    rows = said("3/10:END", at=7, before="1 a, 2 b, 3 c, 4 d, 5 e, 6 f")
    found = only(findings(*rows, *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases) == ("medium", ())
    assert found.fact.from_endpoint


def test_a_routers_port_unreachable_is_a_refusal():
    rows = [stops("mx1", "tcp/25", "1 a, 2 b, 3 c, 4 PU:c"), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases) == ("medium", (200,))


def test_one_router_refuses_several_endpoints():
    rows = [*said("3/13:c"), *said("3/13:c", "mx2"), *CONTROL]
    assert len(only(findings(*rows, systems=SYSTEMS), "explicit_filter").lanes) == 4


# No route, loops


@pytest.mark.parametrize(("code", "control"), [("3/0", "web"), ("3/0", "near"), ("3/1", "near")])
def test_no_route(code, control):
    rows = [*said(f"{code}:c"), *both(reaches, control, control=True)]
    found = only(findings(*rows, systems=SYSTEMS), "no_route")
    assert (found.confidence.value, found.ases) == ("medium", (200,))
    assert "host_off" not in left(found), "routers show behind it"
    assert all(one.router_behind for one in of(found, PassesRouter))
    assert any(step.kind is StepKind.BGP_PATH and step.asn == 200 for step in found.next_steps)


def test_a_host_may_be_off_though_routers_behind_forward_to_others():
    found = only(findings(*said("3/1:c"), *CONTROL, systems=SYSTEMS), "no_route")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert "host_off" in left(found)


def test_no_such_host_at_the_last_router():
    rows = said("3/1:f", at=7, before="1 a, 2 b, 3 c, 4 d, 5 e, 6 f")
    found = only(findings(*rows, *CONTROL, systems=SYSTEMS), "no_route")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert left(found) == {"router_refuses", "host_off"}
    assert len(of(found, NothingBehind)) == 1


LOOP = "1 a, 2 b, 3 c, 4 d, 5 c, 6 d, 7 c"


def test_routing_loop():
    found = only(findings(*both(stops, "mx1", LOOP), *CONTROL, systems=SYSTEMS), "routing_loop")
    assert (found.confidence.value, found.ases) == ("medium", (200,))
    assert left(found) == {"routers_loop"}
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c")), (4, address("d"))]
    assert found.fact.turn == found.candidates


def test_a_loop_never_has_a_witness():
    found = only(findings(*both(stops, "mx1", LOOP, LONG), *long_control(), systems=SYSTEMS), "routing_loop")
    assert found.confidence.value == "medium"


@pytest.mark.parametrize("before", [28 * [AFTER_C], 60 * [PATH.format("SA")]], ids=["silent", "reached"])
@pytest.mark.parametrize("rounds", [6, 20, 58])
def test_a_loop_under_a_minute_may_pass(before, rounds):
    found = only(
        findings(lane("mx1", "tcp/25", before + rounds * [LOOP]), *CONTROL, systems=SYSTEMS), "routing_loop"
    )
    assert (found.confidence.value, found.ases) == ("low", ())
    assert left(found) == {"routers_loop", "passing_loop"}
    assert of(found, LoopSeen)[0].seconds < 60


def test_a_route_that_grew_is_no_loop():
    rounds = [AFTER_C] * 12 + ["1 a, 2 x, 3 y, 4 b, 5 c, 6-30 *"] * 12
    assert trouble(lane("mx1", "tcp/25", rounds), systems=SYSTEMS) == [("blackhole_unlocalised", "low")]


# Answers in the endpoint's name

FAR_ICMP = "1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7 ECHO/57"
FAR_TCP = "1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7 SA/57"
RESET = "1 a, 2 b, 3 c, 4 RST/61"


def early(text, *others):
    rows = [stops("mx1", "tcp/25", text)]
    rows += [stops("mx1", service, path) for service, path in others]
    return findings(*rows, systems=SYSTEMS)


@pytest.mark.parametrize("text", ["1 a, 2 b, 3 c, 4 RST", RESET, RESET + "+d"])
def test_an_injected_reset(text):
    found = only(early(text, ("icmp", FAR_ICMP)), "reset_injected")
    assert (found.confidence.value, found.ases) == ("medium", (200,))
    assert left(found) == {"box_answers"}
    assert (found.fact.ttl, of(found, GoesFarther)[0].hops) == (4, 4 - 1)
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c")), (4, address("d"))]


@pytest.mark.parametrize("pair", ["7 RST/57+SA", "7 RST/57+f"])
def test_a_probe_answered_twice_has_two_senders(pair):
    found = only(early(FAR_TCP.replace("7 SA/57", pair), ("icmp", FAR_ICMP)), "reset_injected")
    assert found.confidence.value == "medium"
    assert left(found) == {"box_answers"}
    assert of(found, AnsweredTwice)[0].times > 1


@pytest.mark.parametrize("reply_ttl", [52, 56, 248])
def test_a_reply_ttl_alone_is_nothing(reply_ttl):
    found = early(FAR_TCP.replace("SA/57", f"RST/{reply_ttl}"), ("tcp/443", FAR_TCP))
    closed = only(found, "closed_port")
    assert strained(closed) == {"box_answers"}
    assert (
        trouble(
            stops("mx1", "tcp/25", FAR_TCP.replace("SA/57", f"RST/{reply_ttl}")),
            stops("mx1", "tcp/443", FAR_TCP),
            systems=SYSTEMS,
        )
        == []
    )


def test_a_reset_one_hop_before_the_endpoint_may_be_its_own():
    found = only(early("1 a, 2 b, 3 c, 4 d, 5 e, 6 RST", ("icmp", FAR_ICMP)), "reset_injected")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert left(found) == {"box_answers", "endpoint_answers"}


def test_closed_port():
    found = only(early(FAR_TCP.replace("SA", "RST"), ("icmp", FAR_ICMP)), "closed_port")
    assert found.confidence.value == "high"
    assert found.fact.ttl == 7
    assert of(found, SameDistance)[0].ttl == 7
    alone = only(early(FAR_TCP.replace("SA", "RST")), "closed_port")
    assert alone.confidence.value == "medium", "nothing shows the distance"


def test_a_box_that_answers_names_no_network():
    found = only(early("1 a, 2 b, 3 SA", ("icmp", FAR_ICMP)), "middlebox_answers")
    assert (found.confidence.value, found.ases) == ("medium", ()), "it may be the endpoint's wish"
    assert [one.ttl for one in found.candidates] == [2, 3]


# At home


def home(text="1 a, 2-30 *", systems="a:private mx1,web:300", control=True):
    rows = [*both(stops, "mx1", text)]
    if control:
        rows += both(stops, "web", text, control=True)
    return findings(*rows, systems=systems)


@pytest.mark.parametrize(
    ("text", "systems"),
    [
        ("1 a, 2-30 *", "a:private mx1,web:300"),
        ("1-30 *", "mx1,web:300"),
        ("1 a, 2 3/1:a", "a:private mx1,web:300"),
        ("1 a, 2 3/13:a", "a:private mx1,web:300"),
        ("1 3/13:a", "a:200 mx1,web:300"),
    ],
    ids=["private hop", "nothing", "no route", "prohibited", "prohibited at once"],
)
def test_local_problem(text, systems):
    (found,) = home(text, systems)
    assert (found.kind.value, found.confidence.value, found.ases) == ("local_problem", "medium", ())
    assert left(found) == {"own_filter"}
    assert len(of(found, EndsAt)) == 4
    assert found.next_steps[0].kind is StepKind.CHECK_HOME


def test_local_problem_of_suspects_alone_is_low():
    (found,) = home(control=False)
    assert (found.kind.value, found.confidence.value) == ("local_problem", "low")


@pytest.mark.parametrize("text", ["1 a, 2 b, 3-30 *", "1 a, 2 b, 3 c, 4-30 *"])
def test_beyond_the_first_hop_it_is_not_local(text):
    found = home(text, "a:private b-c:200 mx1,web:300")
    assert [(one.kind.value, one.confidence.value) for one in found] == [("general_failure", "low")]
    assert "own_filter" in left(found[0])


def test_one_endpoint_alone_that_gets_to_a_public_hop_is_not_local():
    found = home("1 a, 2 b, 3-30 *", "a:private b:200 mx1,web:300", control=False)
    assert [one.kind.value for one in found] == ["blackhole_unlocalised"]


def test_one_lane_that_is_reached_excludes_it():
    rows = [*both(stops, "mx1", "1 a, 2-30 *"), *CONTROL]
    kinds = {one.kind.value for one in findings(*rows, systems=SYSTEMS)}
    assert "local_problem" not in kinds


def test_this_machine_cannot_send():
    failing = lane("mx1", "tcp/25", 5 * [""], failure="Operation not permitted")
    found = only(findings(failing, *CONTROL, systems=SYSTEMS), "local_problem")
    assert (found.confidence.value, found.since) == (
        "medium",
        moment_of(failing.trace.outcomes[0].started_ns),
    )
    assert found.fact.reason == "Operation not permitted"


# Reached, at times, too early to say


def test_reachable():
    found = only(findings(*CONTROL, systems=SYSTEMS), "reachable")
    assert (found.confidence.value, found.direction) == ("high", None)
    assert [one.answered for one in of(found, Answers)] == [60, 60]
    assert found.next_steps == ()


def test_silent_hops_before_a_reached_endpoint_are_nothing():
    path = "1 a, 2 *, 3 *, 4 *, 5 e, 6 *, 7 SA"
    assert trouble(stops("mx1", "tcp/25", path), systems=SYSTEMS) == []


def test_an_outage_that_is_over_is_told_and_is_not_intermittent():
    rows = [
        lane("mx1", service, 25 * [PATH.format(word)] + 20 * [AFTER_C] + 15 * [PATH.format(word)])
        for service, word in (("tcp/25", "SA"), ("icmp", "ECHO"))
    ]
    found = only(findings(*rows, systems=SYSTEMS), "outage_ended")
    assert (found.confidence.value, found.ases, found.direction) == ("high", (), None)
    assert found.lanes == tuple(row.lane.id for row in rows)
    (outage,) = found.fact.outages
    assert (outage.rounds, (outage.until - outage.since).total_seconds()) == (20, 20)
    assert (found.fact.last.ttl, found.fact.last.address) == (3, address("c"))
    assert "answered again" in headline_of(found, board(*rows, systems=SYSTEMS))


def test_intermittent():
    rounds = 30 * [PATH.format("SA"), AFTER_C]
    found = only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "intermittent")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert [(one.answered, one.rounds) for one in of(found, Answers)] == [(30, 60)]
    assert [(one.nearest, one.farthest, one.one_flow) for one in of(found, StopsBetween)] == [(3, 3, True)]
    assert not found.fact.moves


def test_l_that_wanders_is_intermittent():
    rounds = 3 * (10 * [AFTER_C] + 10 * ["1 a, 2 b, 3 c, 4 d, 5 e, 6-30 *"])
    found = only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "intermittent")
    assert found.fact.moves
    assert [(one.nearest, one.farthest) for one in of(found, StopsBetween)] == [(3, 5)]


def test_insufficient():
    rows = [*both(stops, "mx1", AFTER_C, 4), *both(reaches, "web", 4, control=True)]
    (found,) = findings(*rows, systems=SYSTEMS)
    assert (found.kind.value, found.confidence.value) == ("insufficient", "low")
    assert len(found.lanes) == 4
    assert found.fact.rounds == 4
    assert [(step.kind, step.seconds) for step in found.next_steps] == [(StepKind.KEEP_RUNNING, 1)]
    done = [lane("mx1", "tcp/25", 3 * [AFTER_C], finished=True)]
    assert findings(*done)[0].next_steps[0].kind is StepKind.RUN_AGAIN


def test_nothing_is_said_of_nothing():
    assert findings() == ()


def test_no_end_within_the_ttls_probed():
    found = only(findings(stops("mx1", "tcp/25", "1 a, 2 b, 3 c"), systems=SYSTEMS), "insufficient")
    assert found.fact.ttl == 3
    assert [step.kind for step in found.next_steps] == [StepKind.RAISE_MAX_HOPS]


def test_five_rounds_say_something():
    rows = [*both(stops, "mx1", AFTER_C, 5), *both(reaches, "web", 5, control=True)]
    kinds = [one.kind.value for one in findings(*rows, systems=SYSTEMS)]
    assert kinds == ["blackhole_unlocalised", "reachable"]

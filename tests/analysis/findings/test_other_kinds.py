"""What routers and endpoints say, what stops at home, and what says too little."""

import pytest

from analysis.findings.board import findings, lane, only, trouble
from analysis.findings.test_kinds import AFTER_C, PATH, SYSTEMS, both, reaches, stops
from analysis.trace_text import address
from tracetui.model import Direction, StepKind

CONTROL = both(reaches, "web", control=True)


def said(message, host="mx1", at=4, before="1 a, 2 b, 3 c"):
    return both(stops, host, f"{before}, {at} {message}")


# Explicit filters


@pytest.mark.parametrize("code", ["3/9", "3/10", "3/13"])
def test_explicit_filter(code):
    found = only(findings(*said(f"{code}:c"), *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases, found.direction) == ("high", (200,), Direction.FORWARD)
    assert found.headline.startswith(
        "Router 198.51.100.3 (hop 3), AS200 Net200, answers TCP/25 and ICMP to mx1"
    )
    assert f"({code})" in found.text
    assert "grade strong" in found.text
    assert "consistent with deliberate filtering" in found.text


def test_a_router_that_refuses_stands_where_its_time_exceeded_comes_from():
    found = only(findings(*said("3/13:c"), *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c"))]
    silent = said("3/13:c", before="1 a, 2 b, 3 *")
    found = only(findings(*silent, systems=SYSTEMS), "explicit_filter")
    assert [(one.ttl, one.address) for one in found.candidates] == [(4, address("c"))]


def test_explicit_filter_without_a_control_is_less_sure():
    found = only(findings(*said("3/13:c"), systems=SYSTEMS), "explicit_filter")
    assert found.confidence.value == "medium"
    assert any(step.kind is StepKind.ADD_CONTROL for step in found.missing)


def test_explicit_filter_of_a_control_too_is_less_sure():
    rows = [*said("3/13:c"), stops("web", "tcp/25", "1 a, 2 b, 3 c, 4 3/13:c", control=True)]
    found = only(findings(*rows, *both(reaches, "near"), systems=SYSTEMS), "explicit_filter")
    assert found.confidence.value == "medium"
    assert "A control gets the same message" in " ".join(found.counter_evidence)


def test_one_message_is_not_enough():
    once = [AFTER_C] * 69 + ["1 a, 2 b, 3 c, 4 3/13:c"]
    assert only(findings(lane("mx1", "tcp/25", once), systems=SYSTEMS), "blackhole_unlocalised").ases == ()


def test_messages_that_stopped_are_no_more():
    rounds = ["1 a, 2 b, 3 c, 4 3/13:c"] * 40 + [AFTER_C] * 8
    only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "blackhole_unlocalised")


def test_a_rate_limited_message_is_still_there():
    rounds = [AFTER_C, AFTER_C, AFTER_C, "1 a, 2 b, 3 c, 4 3/13:c", AFTER_C, AFTER_C] * 10
    only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "explicit_filter")


def test_grade_at_a_border_is_said():
    rows = said("3/13:e", at=6, before="1 a, 2 b, 3 c, 4 d, 5 e")
    found = only(findings(*rows, *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert "grade border" in found.text
    assert "may be the neighbour's" in found.text


def test_a_private_router_names_no_as():
    systems = SYSTEMS.replace("b-e:200", "b:200 d-e:200 c:private")
    found = only(findings(*said("3/13:c"), *CONTROL, systems=systems), "explicit_filter")
    assert found.ases == ()
    assert "not known from its address" in found.text


def test_the_endpoints_own_refusal():
    rows = said("3/10:END", at=7, before="1 a, 2 b, 3 c, 4 d, 5 e, 6 f")
    found = only(findings(*rows, *CONTROL, systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases) == ("medium", (300,))
    assert found.headline.startswith("The endpoint itself answers")


def test_a_routers_port_unreachable_is_a_refusal():
    rows = [stops("mx1", "tcp/25", "1 a, 2 b, 3 c, 4 PU:c"), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "explicit_filter")
    assert (found.confidence.value, found.ases) == ("medium", (200,))


def test_one_router_refuses_several_endpoints():
    rows = [*said("3/13:c"), *said("3/13:c", "mx2"), *CONTROL]
    assert len(only(findings(*rows, systems=SYSTEMS), "explicit_filter").lanes) == 4


# No route, loops


@pytest.mark.parametrize("code", ["3/0", "3/1"])
def test_no_route(code):
    found = only(findings(*said(f"{code}:c"), *CONTROL, systems=SYSTEMS), "no_route")
    assert (found.confidence.value, found.ases) == ("high", (200,))
    assert "cause is not" in found.text
    assert "deliberate" not in found.text
    assert any("BGP" in step.text for step in found.missing)


def test_no_such_host_in_the_endpoints_network():
    rows = said("3/1:f", at=7, before="1 a, 2 b, 3 c, 4 d, 5 e, 6 f")
    found = only(findings(*rows, *CONTROL, systems=SYSTEMS), "no_route")
    assert (found.confidence.value, found.ases) == ("medium", (300,))
    assert "host may be off" in found.text


LOOP = "1 a, 2 b, 3 c, 4 d, 5 c, 6 d, 7 c"


def test_routing_loop():
    found = only(findings(*both(stops, "mx1", LOOP), *CONTROL, systems=SYSTEMS), "routing_loop")
    assert (found.confidence.value, found.ases) == ("high", (200,))
    assert "a routing error, not blocking" in found.text
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c")), (4, address("d"))]


def test_a_loop_takes_three_rounds():
    rounds = [AFTER_C] * 28 + [LOOP] * 2
    found = only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "routing_loop")
    assert found.confidence.value == "low"


def test_a_loop_that_began_lately_is_one():
    rounds = [PATH.format("SA")] * 60 + [
        LOOP.replace("3 c", "3 x").replace("5 c", "5 x").replace("7 c", "7 x")
    ] * 6
    found = only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "routing_loop")
    assert found.confidence.value == "high"


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


def test_one_sign_of_an_injected_reset():
    found = only(early("1 a, 2 b, 3 c, 4 RST", ("icmp", FAR_ICMP)), "reset_injected")
    assert (found.confidence.value, found.ases) == ("medium", (200,))
    assert "from TTL 4 on" in found.text
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c")), (4, address("d"))]


def test_two_signs_of_an_injected_reset():
    found = only(early(RESET, ("icmp", FAR_ICMP), ("tcp/443", FAR_TCP)), "reset_injected")
    assert found.confidence.value == "high"
    assert "arrives with TTL 61" in found.text
    assert "TTL 57" in found.text
    found = only(early("1 a, 2 b, 3 c, 4 RST+d", ("icmp", FAR_ICMP)), "reset_injected")
    assert found.confidence.value == "high"


@pytest.mark.parametrize("pair", ["7 RST/57+SA", "7 RST/57+f"])
def test_a_probe_answered_twice_is_a_sign(pair):
    found = only(early(FAR_TCP.replace("7 SA/57", pair), ("icmp", FAR_ICMP)), "reset_injected")
    assert found.confidence.value == "medium"


def test_a_return_way_that_differs_is_a_sign():
    found = only(early(FAR_TCP.replace("SA/57", "RST/52"), ("tcp/443", FAR_TCP)), "reset_injected")
    assert (found.confidence.value, found.ases) == ("medium", ())
    found = early(FAR_TCP.replace("SA/57", "RST/56"), ("tcp/443", FAR_TCP))
    assert [one.kind.value for one in found] == ["closed_port", "reachable"], "one hop is no sign"


def test_other_initial_ttls_are_the_same_way():
    found = early(FAR_TCP.replace("SA/57", "RST/248"), ("tcp/443", FAR_TCP))
    assert found[0].kind.value == "closed_port"


def test_a_reset_in_the_endpoints_network_is_its_own():
    text = "1 a, 2 b, 3 c, 4 d, 5 e, 6 RST"
    found = only(early(text, ("icmp", FAR_ICMP)), "reset_injected")
    assert found.ases == ()
    assert "own firewall" in found.text
    assert "AS200" not in found.text


def test_closed_port():
    found = only(early(FAR_TCP.replace("SA", "RST"), ("icmp", FAR_ICMP)), "closed_port")
    assert found.confidence.value == "high"
    assert found.headline == "mx1 is reached and refuses TCP/25: RST from its own distance, hop 7."
    alone = only(early(FAR_TCP.replace("SA", "RST")), "closed_port")
    assert alone.confidence.value == "medium", "nothing shows the distance"


def test_middlebox_answers():
    found = only(early("1 a, 2 b, 3 SA", ("icmp", FAR_ICMP)), "middlebox_answers")
    assert (found.confidence.value, found.ases, found.candidates) == ("medium", (), ())
    assert "Later hops cannot be seen" in found.text


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
        ("1 a, 2 b, 3-30 *", "a:private b:200 mx1,web:300"),
        ("1 a, 2 3/1:a", "a:private mx1,web:300"),
        ("1 a, 2 3/13:a", "a:private mx1,web:300"),
        ("1 3/13:a", "a:200 mx1,web:300"),
    ],
    ids=["private hop", "nothing", "first public hop", "no route", "prohibited", "prohibited at once"],
)
def test_local_problem(text, systems):
    (found,) = home(text, systems)
    assert (found.kind.value, found.confidence.value, found.ases) == ("local_problem", "high", ())
    assert "own firewall, VPN and uplink" in found.text
    assert "AS200" not in found.text


def test_local_problem_of_suspects_alone_is_low():
    (found,) = home(control=False)
    assert (found.kind.value, found.confidence.value) == ("local_problem", "low")


def test_beyond_the_first_public_hop_it_is_not_local():
    found = home("1 a, 2 b, 3 c, 4-30 *", "a:private b-c:200 mx1,web:300")
    assert [one.kind.value for one in found] == ["general_failure"]


def test_one_endpoint_alone_that_gets_to_a_public_hop_is_not_local():
    found = home("1 a, 2 b, 3-30 *", "a:private b:200 mx1,web:300", control=False)
    assert [one.kind.value for one in found] == ["blackhole_unlocalised"]


def test_one_lane_that_is_reached_excludes_it():
    rows = [*both(stops, "mx1", "1 a, 2-30 *"), *CONTROL]
    kinds = {one.kind.value for one in findings(*rows, systems=SYSTEMS)}
    assert "local_problem" not in kinds


def test_this_machine_cannot_send():
    rows = [lane("mx1", "tcp/25", 5 * [""], failure="Operation not permitted"), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "local_problem")
    assert found.confidence.value == "high"
    assert "Operation not permitted" in found.headline


# Reached, at times, too early to say


def test_reachable():
    found = only(findings(*CONTROL, systems=SYSTEMS), "reachable")
    assert (found.confidence.value, found.direction) == ("high", None)
    assert "TCP/25 and ICMP echo only" in found.text
    assert "silent hops on the way are normal" in found.text


def test_silent_hops_before_a_reached_endpoint_are_nothing():
    path = "1 a, 2 *, 3 *, 4 *, 5 e, 6 *, 7 SA"
    assert trouble(stops("mx1", "tcp/25", path), systems=SYSTEMS) == []


def test_an_outage_is_not_intermittent():
    up = PATH.format("SA")
    assert trouble(lane("mx1", "tcp/25", 25 * [up] + 20 * [AFTER_C] + 15 * [up]), systems=SYSTEMS) == []


def test_intermittent():
    rounds = 30 * [PATH.format("SA"), AFTER_C]
    found = only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "intermittent")
    assert (found.confidence.value, found.ases) == ("medium", ())
    assert "30 of 60 rounds" in found.text
    assert "one flow" in found.text


def test_l_that_wanders_is_intermittent():
    rounds = 3 * (10 * [AFTER_C] + 10 * ["1 a, 2 b, 3 c, 4 d, 5 e, 6-30 *"])
    found = only(findings(lane("mx1", "tcp/25", rounds), systems=SYSTEMS), "intermittent")
    assert "from hop 3 to hop 5" in found.text


def test_insufficient():
    rows = [*both(stops, "mx1", AFTER_C, 4), *both(reaches, "web", 4, control=True)]
    (found,) = findings(*rows, systems=SYSTEMS)
    assert (found.kind.value, found.confidence.value) == ("insufficient", "low")
    assert len(found.lanes) == 4
    assert found.missing[0].text == "keep running 1 more second"
    done = [lane("mx1", "tcp/25", 3 * [AFTER_C], finished=True)]
    assert "--rounds" in findings(*done)[0].missing[0].text


def test_nothing_is_said_of_nothing():
    assert findings() == ()


def test_no_end_within_the_ttls_probed():
    found = only(findings(stops("mx1", "tcp/25", "1 a, 2 b, 3 c"), systems=SYSTEMS), "insufficient")
    assert found.missing[0].text == "raise --max-hops"


def test_five_rounds_say_something():
    rows = [*both(stops, "mx1", AFTER_C, 5), *both(reaches, "web", 5, control=True)]
    kinds = [one.kind.value for one in findings(*rows, systems=SYSTEMS)]
    assert kinds == ["blackhole_unlocalised", "reachable"]

"""Every kind on hand-built traces: what it takes, and what it must not become."""

import pytest

from analysis.findings.board import AWAY, findings, lane, only, trouble
from analysis.trace_text import address
from tracetui.model import Direction, FlowKind

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


# In one AS


def test_blackhole_in_as():
    found = only(findings(*SUSPECT, *CONTROL, systems=SYSTEMS), "blackhole_in_as")
    assert (found.confidence.value, found.ases, found.direction) == ("medium", (200,), Direction.UNKNOWN)
    assert [(one.ttl, one.address, one.asn) for one in found.candidates] == [
        (3, address("c"), 200),
        (4, address("d"), 200),
    ]
    assert found.lanes == tuple(row.lane.id for row in SUSPECT)
    assert found.controls == tuple(row.lane.id for row in CONTROL)
    assert found.p_value is not None
    assert found.p_value < 1e-9
    assert found.headline == (
        "TCP/25 and ICMP to mx1 stop inside AS200 Net200 after router 198.51.100.3 (hop 3); "
        "the control web passes it."
    )
    assert "direction unknown" in found.text.lower()
    assert any("same origin AS300" in line for line in found.evidence)
    assert [step.text for step in found.missing[:3]] == [
        "add a second control in 203.0.113.0/24",
        "keep running 9 more minutes",
        "trace from a vantage inside AS200",
    ]


def test_a_control_of_the_users_own_comes_before_a_target_that_is_as_good():
    systems = SYSTEMS.replace("web:300 other:400 third:500", "web,third:300 other:400")
    rows = [*SUSPECT, *both(reaches, "third"), *CONTROL]
    found = only(findings(*rows, systems=systems), "blackhole_in_as")
    compared = [line for line in found.evidence if "was answered from beyond hop 3" in line]
    assert compared
    assert [line for line in compared if "to web" in line] == compared[: len(compared) // 2]


def test_several_exchangers_are_one_finding():
    rows = [row for host in ("mx1", "mx2", "mx3") for row in both(stops, host, target="mx:mail.example")]
    second = both(reaches, "near", control=True)
    found = only(findings(*rows, *CONTROL, *second, systems=SYSTEMS), "blackhole_in_as")
    assert found.headline == (
        "3 of 3 mail exchangers of mail.example (TCP/25 and ICMP) stop inside AS200 Net200 after router "
        "198.51.100.3 (hop 3); both controls pass it."
    )
    assert len(found.lanes) == 6


def test_one_exchanger_of_two_stops_and_is_not_many():
    rows = [
        *both(stops, "mx1", target="mx:mail.example"),
        *both(reaches, "mx2", target="mx:mail.example"),
    ]
    found = only(findings(*rows, *CONTROL, systems=SYSTEMS), "blackhole_in_as")
    assert found.headline.startswith("1 of 2 mail exchangers of mail.example (TCP/25 and ICMP) stops inside")


def test_a_control_in_the_same_24_tells_the_direction():
    near = both(reaches, "near", control=True)
    found = only(findings(*SUSPECT, *near, systems=SYSTEMS), "blackhole_in_as")
    assert found.direction is Direction.FORWARD
    assert "unknown" not in found.text
    assert any("the same /24" in line for line in found.evidence)


def test_an_exchanger_that_is_reached_is_a_control():
    rows = [*both(stops, "mx1"), *both(reaches, "mx2")]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_in_as")
    assert found.headline.endswith("; mx2 passes it.")


@pytest.mark.parametrize(
    ("rounds", "options"), [(9, {"interval_s": 10.0}), (59, {}), (10, {})], ids=["9 rounds", "59 s", "10 s"]
)
def test_no_place_before_its_time(rounds, options):
    rows = [
        *both(stops, "mx1", AFTER_C, rounds),
        *both(reaches, "web", rounds, control=True),
    ]
    found = only(findings(*rows, systems=SYSTEMS, **options), "blackhole_unlocalised")
    assert found.ases == ()
    assert "not enough to say more" in found.text
    assert "keep running" in found.missing[0].text


LOW = "low"
DOUBTS = {
    "the control goes on over another port only": [*SUSPECT[:1], reaches("web", "tcp/443", control=True)],
    "the control is in another network": [*SUSPECT, *both(reaches, "other", control=True)],
    "the control is not reached itself": [*SUSPECT, *both(stops, "web", AFTER_E, control=True)],
    "a load balancer after L": [
        *SUSPECT,
        CONTROL[0],
        lane("web", "icmp", ROUNDS * [PATH.replace("4 d", "4 x").format("ECHO")], control=True),
    ],
    "a load balancer seen by one lane": [
        *SUSPECT,
        lane(
            "web",
            "tcp/25",
            35 * [PATH.format("SA"), PATH.replace("4 d", "4 x").format("SA")],
            control=True,
        ),
        CONTROL[1],
    ],
    "one control stops there too": [*SUSPECT, CONTROL[0], stops("web", "icmp", control=True)],
    "only few TTLs past L probed": [
        *both(stops, "mx1", "1 a, 2 b, 3 c, 4-6 *"),
        *CONTROL,
    ],
    "L+1 is the last router of its AS": [*both(stops, "mx1", AFTER_D), *CONTROL],
}


def test_an_endpoint_of_an_unknown_network_keeps_it_low():
    systems = SYSTEMS.replace("mx1,mx2,mx3,near,web:300", "mx2,mx3,near,web:300")
    found = only(findings(*SUSPECT, *CONTROL, systems=systems), "blackhole_in_as")
    assert found.confidence.value == LOW


@pytest.mark.parametrize("case", DOUBTS)
def test_doubts_keep_it_low(case):
    found = only(findings(*DOUBTS[case], systems=SYSTEMS + " x:200"), "blackhole_in_as")
    assert found.confidence.value == LOW
    assert found.counter_evidence


def test_two_controls_elsewhere_that_go_on_by_the_same_router_will_do():
    rows = [*both(reaches, "other", control=True), *both(reaches, "third", control=True)]
    found = only(findings(*SUSPECT, *rows, systems=SYSTEMS), "blackhole_in_as")
    assert found.confidence.value == "medium"


def test_few_flows_are_said():
    found = only(findings(*SUSPECT[:1], *CONTROL[:1], systems=SYSTEMS), "blackhole_in_as")
    assert found.confidence.value == "medium"
    assert found.counter_evidence[0].startswith("1 flow stops and 1 passes: a load balancer")
    assert found.missing[0].text == "trace mx1 over ICMP too"


# Vantages

AWAY_PATH = "1 k, 2 l, 3 f, 4 {}"
AWAY_SYSTEMS = SYSTEMS + " k-l:700"


def away(host, service, text=AWAY_PATH, rounds=ROUNDS, source=AWAY, **options):
    word = "ECHO" if service == "icmp" else "SA"
    return lane(host, service, rounds * [text.format(word)], source=source, **options)


def test_another_vantage_that_reaches_is_evidence():
    found = only(findings(*SUSPECT, *CONTROL, *both(away, "mx1"), systems=AWAY_SYSTEMS), "blackhole_in_as")
    assert found.confidence.value == "medium"
    assert "from 192.0.2.10" in found.headline
    assert any("From 192.0.2.20 mx1 is reached, through AS700 and AS300" in line for line in found.evidence)
    assert not any("another provider" in step.text for step in found.missing)


def test_high_takes_a_vantage_inside_too():
    long = 620
    inside = "1 b, 2 c, 3-30 *"
    rows = [
        *both(stops, "mx1", AFTER_C, long),
        *both(reaches, "web", long, control=True),
        *both(away, "mx1", AWAY_PATH, long),
        *both(away, "mx1", inside, long, source="192.0.2.30"),
    ]
    found = findings(*rows, systems=AWAY_SYSTEMS)
    first = next(one for one in found if one.lanes[0] == rows[0].lane.id)
    assert (first.kind.value, first.confidence.value) == ("blackhole_in_as", "high")
    assert first.direction is Direction.FORWARD
    assert "consistent with deliberate filtering" in first.text
    without = findings(*rows[:6], systems=AWAY_SYSTEMS)
    assert only(without, "blackhole_in_as").confidence.value == "medium"
    assert "deliberate" not in only(without, "blackhole_in_as").text


def test_high_takes_three_vantages_behind_and_three_elsewhere():
    long = 620
    behind = [
        both(away, "mx1", f"1 {word}, 2 c, 3-30 *", long, source=f"192.0.2.{number}")
        for number, word in ((31, "m"), (32, "n"))
    ]
    elsewhere = [both(away, "mx1", AWAY_PATH, long, source=f"192.0.2.{number}") for number in (41, 42, 43)]
    rows = [
        *both(stops, "mx1", AFTER_C, long),
        *both(reaches, "web", long, control=True),
        *[row for pair in behind + elsewhere for row in pair],
    ]
    found = findings(*rows, systems=AWAY_SYSTEMS + " m:701 n:702")
    assert next(one for one in found if rows[0].lane.id in one.lanes).confidence.value == "high"


def test_an_endpoint_that_fails_elsewhere_too_points_at_nobody():
    dead = both(away, "mx1", "1 k, 2 l, 3-30 *")
    found = findings(*SUSPECT, *CONTROL, *dead, systems=AWAY_SYSTEMS)
    assert next(one for one in found if one.kind.value == "blackhole_in_as").confidence.value == "low"


# At the border

BORDER = "1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7 g, 8 {}"
BORDER_SYSTEMS = "a:100 b-c:200 d-e:250 f-g:300 mx1,web:300"


def border(systems=BORDER_SYSTEMS, path=BORDER, stop=AFTER_C):
    rows = [
        *both(stops, "mx1", stop),
        lane("web", "tcp/25", ROUNDS * [path.format("SA")], control=True),
        lane("web", "icmp", ROUNDS * [path.format("ECHO")], control=True),
    ]
    return findings(*rows, systems=systems)


def test_blackhole_at_border_names_both():
    found = only(border(), "blackhole_at_border")
    assert (found.confidence.value, found.ases) == ("medium", (200, 250))
    for words in ("AS200 Net200", "AS250 Net250", "To tell them apart"):
        assert words in found.text


@pytest.mark.parametrize(
    "systems",
    [
        "a:100 b-c:200 d:777 e:250 f-g:300 mx1,web:300",
        "a:100 b:200 c:777 d-e:250 f-g:300 mx1,web:300",
        "a:100 b:200 c:777 d:250 e-g:300 mx1,web:300",
    ],
    ids=["L+1 answers from a third network's address", "L does", "each AS has one hop"],
)
def test_third_party_addresses_keep_a_border_low(systems):
    found = only(border(systems), "blackhole_at_border")
    assert found.confidence.value == "low"
    assert "third network" in " ".join(found.counter_evidence)


def test_an_unknown_next_network_is_no_border():
    assert only(border("a:100 b-c:200 e:250 f-g:300 mx1,web:300"), "blackhole_unlocalised").ases == ()


def test_silent_routers_between_the_networks_are_no_border():
    path = "1 a, 2 b, 3 c, 4 *, 5 e, 6 f, 7 g, 8 {}"
    assert only(border(path=path), "blackhole_unlocalised").confidence.value == "low"


def test_silent_routers_inside_one_network_are_its_own():
    found = only(
        border("a:100 b-e:200 f-g:300 mx1,web:300", "1 a, 2 b, 3 *, 4 d, 5 e, 6 f, 7 {}", "1 a, 2 b, 3-30 *"),
        "blackhole_in_as",
    )
    assert [one.ttl for one in found.candidates] == [2, 4]
    assert "after 1 silent hop" in " ".join(found.evidence)


# At the endpoint's door


@pytest.mark.parametrize(("stop", "ases"), [(AFTER_F, (300,)), (AFTER_E, ())], ids=["inside", "before it"])
def test_silent_edge(stop, ases):
    found = only(findings(*both(stops, "mx1", stop), *CONTROL, systems=SYSTEMS), "silent_edge")
    assert (found.confidence.value, found.ases) == ("low", ases)
    assert "AS200" not in found.text
    assert "own firewall" in found.text


def test_silent_edge_inside_needs_no_control():
    assert trouble(*both(stops, "mx1", AFTER_F), systems=SYSTEMS) == [("silent_edge", "low")]


def test_one_of_several_upstreams_is_a_border_when_another_is_known_to_work():
    rows = [*both(stops, "mx1", AFTER_E), *CONTROL, *both(away, "mx1")]
    found = only(findings(*rows, systems=AWAY_SYSTEMS), "blackhole_at_border")
    assert found.ases == (200, 300)
    rows = [*both(stops, "mx1", AFTER_E), *CONTROL, *both(away, "web")]
    only(findings(*rows, systems=AWAY_SYSTEMS), "silent_edge")


def test_destination_in_the_as_of_l():
    systems = "a:100 b-f:200 mx1,web:200"
    assert trouble(*SUSPECT, *CONTROL, systems=systems) == [("silent_edge", "low")]


# Without a control


def test_unlocalised():
    found = only(findings(*SUSPECT, systems=SYSTEMS), "blackhole_unlocalised")
    assert (found.confidence.value, found.ases) == ("low", ())
    assert "the last AS that answers is not necessarily the one that drops" in found.text
    assert found.missing[0].text == "add a control in 203.0.113.0/24"


def test_a_control_that_parts_before_l_is_not_valid():
    rows = [lane("web", "tcp/25", ROUNDS * ["1 a, 2 x, 3 y, 4 SA"], control=True)]
    found = only(findings(*SUSPECT, *rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert "parts from this path at hop 2" in found.text
    assert found.controls == ()


def test_a_router_at_the_same_ttl_is_not_the_same_router():
    path = "1 a, 2 b, 3 x, 4 y, 5 SA"
    rows = [lane("web", "tcp/25", ROUNDS * [path], control=True)]
    only(findings(*SUSPECT, *rows, systems=SYSTEMS), "blackhole_unlocalised")


def test_the_same_router_at_another_ttl_is_the_same():
    longer = "1 y, 2 a, 3 b, 4 c, 5 d, 6 e, 7 f, 8 {}"
    rows = [
        lane("web", service, ROUNDS * [longer.format(word)], control=True)
        for service, word in (("tcp/25", "SA"), ("icmp", "ECHO"))
    ]
    found = only(findings(*SUSPECT, *rows, systems=SYSTEMS), "blackhole_in_as")
    assert [(one.ttl, one.address) for one in found.candidates] == [(3, address("c")), (4, address("d"))]


def test_a_control_that_loses_much_says_nothing_clear():
    dim = [AFTER_C.replace("3 c, 4-30", "3 c, 4-30")] * 66 + [PATH.format("SA")] * 4
    rows = [lane("web", "tcp/25", dim, control=True)]
    found = findings(*SUSPECT, *rows, systems=SYSTEMS)
    only(found, "blackhole_unlocalised")


def test_nothing_answers_but_for_the_control():
    rows = [stops("mx1", "tcp/25", "1-30 *"), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert "this machine's own firewall" in found.text
    assert found.ases == ()


def test_lost_at_the_first_rounds_a_change_of_l_starts_again():
    rounds = 60 * [AFTER_D] + 9 * [AFTER_C]
    rows = [lane("mx1", "tcp/25", rounds), lane("mx1", "icmp", rounds), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_unlocalised")
    assert "9 of 9 rounds" in " ".join(found.evidence)


# General failure, return path


def test_general_failure():
    rows = [*SUSPECT, *both(stops, "web", control=True)]
    found = only(findings(*rows, systems=SYSTEMS), "general_failure")
    assert (found.confidence.value, found.ases) == ("medium", ())
    assert "not specific to mx1" in found.text
    assert "AS200" not in " ".join((found.text, *found.evidence))
    assert set(found.controls) == {row.lane.id for row in rows[2:]}


def test_controls_that_fail_alone_are_told_of_too():
    rows = [*both(reaches, "mx1"), *both(stops, "web", control=True)]
    found = only(findings(*rows, systems=SYSTEMS), "blackhole_in_as")
    assert found.headline.startswith("TCP/25 and ICMP to web stop")


def test_return_path_suspect_by_direct_probes():
    rows = [*SUSPECT, *CONTROL, stops("d", "icmp")]
    found = only(findings(*rows, systems=SYSTEMS), "return_path_suspect")
    assert (found.confidence.value, found.ases, found.direction) == ("low", (), Direction.UNKNOWN)
    assert "direction unknown" in found.text
    assert rows[-1].lane.id in found.lanes
    assert any("trace back" in step.text for step in found.missing)
    answered = [*rows[:-1], lane("d", "icmp", ROUNDS * ["1 a, 2 b, 3 c, 4 ECHO"])]
    only(findings(*answered, systems=SYSTEMS), "blackhole_in_as")


# Ports and protocols


def filtered(text=AFTER_C):
    return [
        stops("mx1", "tcp/25", text),
        reaches("mx1", "icmp"),
        stops("web", "tcp/25", text, control=True),
        reaches("web", "icmp", control=True),
    ]


def test_port_filter():
    found = only(findings(*filtered(), systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases, found.direction) == ("medium", (200,), Direction.FORWARD)
    assert found.headline == (
        "TCP/25 to mx1 and web stop after router 198.51.100.3 (hop 3), while ICMP to the same addresses "
        "reaches the endpoint."
    )
    assert "consistent with deliberate filtering" in found.text
    assert len(found.lanes) == 2


def test_port_filter_of_one_flow_names_nobody_above_low():
    rows = [stops("mx1", "tcp/25"), reaches("mx1", "icmp"), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert found.confidence.value == "low"
    assert "load balancer" in " ".join(found.counter_evidence)
    more = [*rows, *both(reaches, "near", control=True)]
    assert only(findings(*more, systems=SYSTEMS), "port_or_protocol_filter").confidence.value == "medium"


def test_port_filter_contradicted_by_another_lane_is_low():
    rows = [*filtered(), stops("other", "icmp")]
    assert only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter").confidence.value == "low"


def test_high_port_filter_takes_time_and_a_vantage():
    long = 620
    rows = [
        stops("mx1", "tcp/25", AFTER_C, long),
        reaches("mx1", "icmp", long),
        stops("web", "tcp/25", AFTER_C, long, control=True),
        reaches("web", "icmp", long, control=True),
        reaches("web", "tcp/443", long, control=True),
        *both(away, "mx1", AWAY_PATH, long),
    ]
    found = only(findings(*rows, systems=AWAY_SYSTEMS), "port_or_protocol_filter")
    assert found.confidence.value == "high"


@pytest.mark.parametrize(
    ("silent", "answered"), [("icmp", "tcp/25"), ("tcp/25", "icmp")], ids=["no ping", "ping only"]
)
@pytest.mark.parametrize(
    ("stop", "ases", "confidence"),
    [(AFTER_F, (300,), "medium"), (AFTER_E.replace("6-30", "6-30"), (), "low")],
)
def test_the_endpoints_own_firewall_names_no_network_on_the_way(silent, answered, stop, ases, confidence):
    path = PATH if stop is AFTER_F else "1 a, 2 b, 3 c, 4 d, 5 e, 6 {}"
    word = "ECHO" if answered == "icmp" else "SA"
    rows = [stops("mx1", silent, stop), lane("mx1", answered, ROUNDS * [path.format(word)]), *CONTROL]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases) == (confidence, ases)
    assert "AS200" not in found.text
    assert "own firewall" in found.text


def test_a_port_filter_whose_way_parts_before_has_no_pair():
    rows = [stops("mx1", "tcp/25"), lane("mx1", "icmp", ROUNDS * ["1 a, 2 x, 3 y, 4 ECHO"])]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert (found.confidence.value, found.ases, found.direction) == ("low", (), Direction.UNKNOWN)


def test_flow_that_varies_is_said():
    rows = [stops("mx1", "tcp/25", flow=FlowKind.PER_HOP), reaches("mx1", "icmp")]
    found = only(findings(*rows, systems=SYSTEMS), "port_or_protocol_filter")
    assert any("flow varies" in line for line in found.counter_evidence)

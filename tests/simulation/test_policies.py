"""Policies: what routers and hosts do with some packets, and when."""

import pytest

from simulation.internet import HOST, MS, OTHER, ROUTERS, S, answers, chain, echo, one, scenario, syn
from simulation.test_network import code, kind, sender
from tracetui.model import ReplyKind
from tracetui.simulation.network import Network

FAMILIES = pytest.mark.parametrize("family", [4, 6])


def policy(at: str, action: str, more: str = "") -> str:
    return f'[[policy]]\nat = "{at}"\naction = "{action}"\n{more}\n'


@FAMILIES
def test_a_filter_drops_behind_its_own_time_exceeded_and_a_blackhole_route_before(family):
    forward = chain(policy("r2", "drop", 'destination = "host"'))
    assert sender(one(forward, syn(HOST[family], 2))) == ROUTERS[family][1]
    assert answers(forward, syn(HOST[family], 3)) == []
    before = chain(policy("r2", "drop", 'destination = "host"\nbefore_ttl = true'))
    assert sender(one(before, syn(HOST[family], 1))) == ROUTERS[family][0]
    assert answers(before, syn(HOST[family], 2)) == []
    for made in (forward, before):
        assert kind(one(made, syn(OTHER[family], 9))) is ReplyKind.SYN_ACK


@pytest.mark.parametrize(
    ("code_words", "codes"),
    [
        ("", ((3, 13), (1, 1))),
        ('code = "net-unreachable"', ((3, 0), (1, 0))),
        ('code = "host-unreachable"', ((3, 1), (1, 3))),
        ('code = "host-prohibited"', ((3, 10), (1, 1))),
        ('code = "reject-route"', ((3, 13), (1, 6))),
        ("code = 9", ((3, 9), (1, 9))),
    ],
)
def test_rejections_carry_their_code(code_words, codes):
    made = chain(policy("r2", "reject", code_words))
    for family, wanted in zip((4, 6), codes, strict=True):
        arrival = one(made, echo(HOST[family], 9))
        assert (sender(arrival), code(arrival), arrival.ttl) == (ROUTERS[family][1], wanted, 254)


@FAMILIES
def test_resets_come_in_the_endpoints_name_from_where_they_are_made(family):
    made = chain(policy("r2", "reset", "port = 443\ninitial_ttl = 128"))
    assert kind(one(made, syn(HOST[family], 2))) is ReplyKind.TIME_EXCEEDED
    arrival = one(made, syn(HOST[family], 3))
    assert (sender(arrival), kind(arrival), arrival.ttl) == (HOST[family], ReplyKind.RST, 127)
    assert arrival.delay_ns == 4 * MS
    assert kind(one(made, syn(HOST[family], 9, port=25))) is ReplyKind.SYN_ACK
    assert kind(one(made, echo(HOST[family], 9))) is ReplyKind.ECHO_REPLY, "ICMP has no resets"


def test_what_passes_is_answered_twice():
    made = chain(policy("r2", "reset", "passes = true"))
    assert {kind(arrival) for arrival in answers(made, syn(HOST[4], 3))} == {
        ReplyKind.RST,
        ReplyKind.TIME_EXCEEDED,
    }
    assert {kind(arrival) for arrival in answers(made, syn(HOST[4], 9))} == {
        ReplyKind.RST,
        ReplyKind.SYN_ACK,
    }


@FAMILIES
def test_a_middlebox_answers_for_the_endpoint(family):
    made = chain(policy("r1", "answer", 'before_ttl = true\ndestination = "host"'))
    assert kind(one(made, syn(HOST[family], 1, port=80))) is ReplyKind.SYN_ACK
    assert kind(one(made, echo(HOST[family], 1))) is ReplyKind.ECHO_REPLY
    assert kind(one(made, echo(OTHER[family], 1))) is ReplyKind.TIME_EXCEEDED


@FAMILIES
def test_packets_go_round_between_two_routers_until_their_ttl_is_used_up(family):
    made = chain(policy("r2", "loop", 'neighbour = "r1"\ndestination = "host"'))
    r1, r2, _ = ROUTERS[family]
    seen = [one(made, echo(HOST[family], ttl)) for ttl in range(1, 8)]
    assert [sender(arrival) for arrival in seen] == [r1, r2, r1, r2, r1, r2, r1]
    assert [arrival.ttl for arrival in seen] == [255, 254, 255, 254, 255, 254, 255]
    assert [arrival.delay_ns // MS for arrival in seen] == [2, 4, 4, 6, 6, 8, 8]


def test_a_loop_may_lead_off_the_way_and_over_several_routers():
    made = scenario(
        """
        title = "t"
        paths = [["home", "r1", "r2", "h"], ["r2", "x", "y", "r2"]]
        source = { home = "192.0.2.1" }
        host = { h = "10.0.9.1" }
        [router]
        r1 = "10.0.1.1"
        r2 = { address = "10.0.2.1", policy = [{ action = "loop", neighbour = ["x", "y"] }] }
        x = "10.0.3.1"
        y = { address = "10.0.4.1", silent = true }
        """
    )
    assert [[sender(arrival) for arrival in answers(made, echo("10.0.9.1", ttl))] for ttl in range(1, 8)] == [
        ["10.0.1.1"],
        ["10.0.2.1"],
        ["10.0.3.1"],
        [],
        ["10.0.2.1"],
        ["10.0.3.1"],
        [],
    ]
    aside = one(made, echo("10.0.9.1", 3))
    assert (aside.ttl, aside.delay_ns) == (253, 6 * MS)


def test_rate_limits_are_buckets_a_peer():
    made = scenario(
        """
        title = "t"
        paths = [["one", "r", "h"], ["two", "r"]]
        source = { one = "192.0.2.1", two = "192.0.2.2" }
        host = { h = "10.0.9.1" }
        [router]
        r = { address = "10.0.1.1", policy = [{ action = "rate_limit", per_second = 2, burst = 3 }] }
        """
    )
    network = Network(made)

    def answered(source: str, at_s: float) -> bool:
        return bool(network.carry(echo("10.0.9.1", 1, source=source), round(at_s * S)))

    assert [answered("192.0.2.1", 0) for _ in range(4)] == [True, True, True, False]
    assert answered("192.0.2.2", 0), "another peer has its own"
    assert [answered("192.0.2.1", at) for at in (0.4, 0.5, 0.6, 1.0, 1.1)] == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert [answered("192.0.2.1", 100) for _ in range(4)] == [True, True, True, False], "it fills up again"
    assert all(network.carry(echo("10.0.9.1", 2), 0) for _ in range(50)), "forwarding is not limited"


def test_the_short_form_of_a_rate_limit():
    network = Network(chain(r1='{ address = "10.0.1.1", rate_limit = 1 }'))
    assert sum(bool(network.carry(echo(HOST[4], 1), 0)) for _ in range(20)) == 6


def test_a_router_may_be_silent_to_some():
    made = chain(policy("r2", "silent", 'protocol = "tcp"\nport = 25'))
    assert answers(made, syn(HOST[4], 2, port=25)) == []
    assert kind(one(made, syn(HOST[4], 4, port=25))) is ReplyKind.SYN_ACK
    assert sender(one(made, syn(HOST[4], 2))) == "10.0.2.1"
    assert sender(one(made, echo(HOST[4], 2))) == "10.0.2.1"


def test_policies_have_their_time():
    made = chain(policy("r1", "drop", "from = 10\nuntil = 20"))
    seen = {at: bool(answers(made, echo(HOST[4], 9), at)) for at in (0, 9.99, 10, 19.99, 20)}
    assert seen == {0: True, 9.99: True, 10: False, 19.99: False, 20: True}


def test_the_time_is_that_of_the_packet_at_the_router():
    made = chain(policy("r2", "drop", "from = 10"), r2='{ address = "10.0.2.1", delay_ms = 50 }')
    assert answers(made, echo(HOST[4], 9), 9.94)
    assert not answers(made, echo(HOST[4], 9), 9.96)


def test_a_part_of_the_packets_is_dropped():
    network = Network(chain(policy("r1", "drop", "percent = 25")), 3)
    left = sum(bool(network.carry(echo(HOST[4], 9), 0)) for _ in range(4000))
    assert left / 4000 == pytest.approx(0.75, abs=0.03)


def test_selectors_take_source_protocol_port_and_prefix():
    made = scenario(
        """
        title = "t"
        paths = [["one", "r", "h"], ["two", "r"], ["r", "g"]]
        source = { one = "192.0.2.1", two = "192.0.2.2" }
        host = { h = "10.0.9.1", g = "10.0.8.1" }
        [router]
        r = "10.0.1.1"
        [[policy]]
        at = "r"
        action = "drop"
        source = "two"
        protocol = ["tcp"]
        port = [25, 80]
        destination = "10.0.9.0/24"
        """
    )
    dropped = [
        (source, to, port)
        for source in ("192.0.2.1", "192.0.2.2")
        for to in ("10.0.9.1", "10.0.8.1")
        for port in (25, 80, 443)
        if not answers(made, syn(to, 9, port=port, source=source))
    ]
    assert dropped == [("192.0.2.2", "10.0.9.1", 25), ("192.0.2.2", "10.0.9.1", 80)]
    assert answers(made, echo("10.0.9.1", 9, source="192.0.2.2"))


def test_the_first_policy_that_takes_a_packet_decides():
    made = chain(
        policy("r2", "drop", "until = 5")
        + policy("r2", "reject")
        + policy("r2", "reset", "before_ttl = true")
    )
    assert kind(one(made, syn(HOST[4], 2))) is ReplyKind.RST, "before the TTL, so before the others"
    assert answers(made, echo(HOST[4], 9), 0) == []
    assert code(one(made, echo(HOST[4], 9), 6)) == (3, 13)


# On the way back


def test_what_comes_from_beyond_may_be_lost_on_its_way_back():
    made = chain(policy("r2", "drop", 'direction = "return"'))
    assert [bool(answers(made, echo(HOST[4], ttl))) for ttl in range(1, 5)] == [True, True, False, False]


def test_the_way_back_looks_at_the_reply_itself():
    tcp = chain(policy("r1", "drop", 'direction = "return"\nprotocol = "tcp"\nport = 443'))
    assert kind(one(tcp, syn(HOST[4], 3))) is ReplyKind.TIME_EXCEEDED, "it is ICMP, whatever the probe was"
    assert answers(tcp, syn(HOST[4], 4)) == []
    assert kind(one(tcp, syn(HOST[4], 4, port=25))) is ReplyKind.SYN_ACK
    routers = chain(policy("r1", "drop", 'direction = "return"\ndestination = ["r3", "10.0.2.0/24"]'))
    assert [bool(answers(routers, echo(HOST[4], ttl))) for ttl in range(1, 5)] == [True, False, False, True]


def test_the_way_back_may_depend_on_the_source():
    made = scenario(
        """
        title = "t"
        paths = [["one", "r", "far", "h"], ["two", "r"]]
        source = { one = "192.0.2.1", two = "192.0.2.2" }
        host = { h = "10.0.9.1" }
        router = { r = "10.0.1.1", far = "10.0.2.1" }
        [[policy]]
        at = "r"
        action = "drop"
        direction = "return"
        source = "one"
        from = 3
        """
    )
    assert answers(made, echo("10.0.9.1", 9, source="192.0.2.1"), 2)
    assert not answers(made, echo("10.0.9.1", 9, source="192.0.2.1"), 4)
    assert answers(made, echo("10.0.9.1", 9, source="192.0.2.2"), 4)


# Hosts


def test_hosts_have_policies_of_their_own():
    made = chain(policy("host", "reject", 'protocol = "tcp"\nport = 25\ncode = "port-unreachable"'))
    arrival = one(made, syn(HOST[4], 9, port=25))
    assert (sender(arrival), code(arrival), kind(arrival)) == (HOST[4], (3, 3), ReplyKind.PORT_UNREACHABLE)
    assert kind(one(made, syn(HOST[4], 9))) is ReplyKind.SYN_ACK
    assert answers(chain(policy("host", "drop")), echo(HOST[4], 9)) == []

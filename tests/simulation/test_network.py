"""The network: what comes back for a packet, in bytes, TTLs and delays."""

import pytest

from simulation.internet import HOME, HOST, MS, OTHER, ROUTERS, answers, chain, echo, one, scenario, syn
from tracetui.model import ReplyKind
from tracetui.packet.checksum import is_valid
from tracetui.packet.decode_reply import read_icmp, read_icmp6, read_tcp
from tracetui.packet.ip_header import ICMP, ICMP6, TCP, address_text
from tracetui.simulation.network import Network
from tracetui.simulation.packet_bytes import Arrival

READERS = {ICMP: read_icmp, ICMP6: read_icmp6, TCP: read_tcp}
FAMILIES = pytest.mark.parametrize("family", [4, 6])


def kind(arrival: Arrival) -> ReplyKind:
    answer = READERS[arrival.protocol](arrival.payload)
    assert answer is not None
    return answer.kind


def sender(arrival: Arrival) -> str:
    return address_text(arrival.source)


def code(arrival: Arrival) -> tuple[int, int]:
    return arrival.payload[0], arrival.payload[1]


# The way out and back


@FAMILIES
@pytest.mark.parametrize("make", [syn, echo])
def test_every_router_answers_when_the_ttl_runs_out(family, make):
    for hop, address in enumerate(ROUTERS[family], 1):
        arrival = one(chain(), make(HOST[family], hop))
        assert (sender(arrival), kind(arrival)) == (address, ReplyKind.TIME_EXCEEDED)
        assert arrival.ttl == 255 - (hop - 1), "each router on the way back takes one"
        assert arrival.delay_ns == 2 * hop * MS
        assert address_text(arrival.destination) == HOME[family]


@FAMILIES
@pytest.mark.parametrize("ttl", [4, 5, 64, 255])
def test_the_host_answers_from_its_distance_on(family, ttl):
    echoed = one(chain(), echo(HOST[family], ttl))
    assert (sender(echoed), kind(echoed), echoed.ttl) == (HOST[family], ReplyKind.ECHO_REPLY, 61)
    assert echoed.payload[4:] == echo(HOST[family], ttl)[20 if family == 4 else 40 :][4:]
    assert kind(one(chain(), syn(HOST[family], ttl))) is ReplyKind.SYN_ACK
    assert kind(one(chain(), syn(HOST[family], ttl, port=80))) is ReplyKind.RST
    assert answers(chain(), syn(HOST[family], ttl, port=23)) == []


@FAMILIES
def test_routers_can_be_asked_themselves(family):
    target = ROUTERS[family][1]
    assert kind(one(chain(), echo(target, 1))) is ReplyKind.TIME_EXCEEDED
    reply = one(chain(), echo(target, 2))
    assert (sender(reply), kind(reply), reply.ttl) == (target, ReplyKind.ECHO_REPLY, 254)
    assert kind(one(chain(), syn(target, 9))) is ReplyKind.RST
    assert answers(chain(r2='{ address = "10.0.2.1", ping = false }'), echo("10.0.2.1", 9)) == []


def test_a_router_without_an_address_of_the_family_is_passed_in_silence():
    made = chain(r2='"10.0.2.1"')
    assert answers(made, echo(HOST[6], 2)) == []
    assert sender(one(made, echo(HOST[6], 3))) == ROUTERS[6][2]
    assert answers(chain(r2="[]"), echo(HOST[4], 2)) == []


def test_silent_routers_and_third_party_addresses():
    made = chain(
        r1='{ address = "10.0.1.1", silent = true }',
        r2='{ address = "10.0.2.1", reply_address = "172.16.0.9" }',
    )
    assert answers(made, syn(HOST[4], 1)) == []
    assert sender(one(made, syn(HOST[4], 2))) == "172.16.0.9"
    assert kind(one(made, echo("10.0.2.1", 5))) is ReplyKind.ECHO_REPLY


def test_the_way_back_may_be_longer():
    made = chain(
        r1='{ address = "10.0.1.1", reply_delay_ms = 30 }',
        r2='{ address = "10.0.2.1", return_hops = 3, return_delay_ms = 10 }',
        host='{ address = "10.0.9.1", reply_delay_ms = 7, return_hops = 1, initial_ttl = 128 }',
    )
    seen = {ttl: one(made, echo(HOST[4], ttl)) for ttl in (1, 2, 3, 4)}
    assert {ttl: arrival.ttl for ttl, arrival in seen.items()} == {
        1: 255,
        2: 255 - 1 - 3,
        3: 255 - 2 - 3,
        4: 128 - 3 - 3 - 1,
    }
    assert {ttl: arrival.delay_ns // MS for ttl, arrival in seen.items()} == {1: 32, 2: 14, 3: 16, 4: 25}


def test_an_answer_whose_ttl_runs_out_on_its_way_back_is_lost():
    assert answers(chain(r3='{ address = "10.0.3.1", initial_ttl = 2 }'), echo(HOST[4], 3)) == []
    assert one(chain(r3='{ address = "10.0.3.1", initial_ttl = 3 }'), echo(HOST[4], 3)).ttl == 1


# Bytes


@FAMILIES
def test_quotes_are_the_probe_as_it_came_to_the_router(family):
    probe = syn(HOST[family], 3)
    arrival = one(chain(), probe)
    quote = arrival.payload[8:]
    ttl_at = 8 if family == 4 else 7
    assert quote[ttl_at] == 1
    changed = {i for i, (sent, quoted) in enumerate(zip(probe, quote, strict=True)) if sent != quoted}
    assert changed <= ({8, 10, 11} if family == 4 else {7}), "TTL and IPv4 header checksum alone"
    if family == 4:
        assert is_valid(quote[:20])


def test_a_rejected_probe_is_quoted_with_the_ttl_it_had_left():
    made = chain('[[policy]]\nat = "r2"\naction = "reject"\n')
    assert one(made, syn(HOST[4], 9)).payload[8:][8] == 8


@pytest.mark.parametrize(("quote", "length"), [(8, 28), (16, 36), (1400, 60)])
def test_short_quotes(quote, length):
    made = chain(r1=f'{{ address = "10.0.1.1", quote = {quote} }}')
    arrival = one(made, syn(HOST[4], 1))
    assert len(arrival.payload) == 8 + length
    assert kind(arrival) is ReplyKind.TIME_EXCEEDED


@FAMILIES
def test_labels_stand_in_an_extension(family):
    made = chain(r2='{ address = ["10.0.2.1", "2001:db8:2::1"], mpls = [24015, 16, 1048575] }')
    arrival = one(made, echo(HOST[family], 2))
    answer = READERS[arrival.protocol](arrival.payload)
    assert answer is not None
    assert answer.mpls == (24015, 16, 1048575)
    assert len(arrival.payload) == 8 + 128 + 4 + 4 + 3 * 4
    length = arrival.payload[5] * 4 if family == 4 else arrival.payload[4] * 8
    assert length == 128, "the length attribute counts the padded quote (RFC 4884)"


# What is dropped, answered to nobody, or not for anybody


@FAMILIES
def test_wrong_checksums_get_no_answer_from_the_end(family):
    for make in (syn, echo):
        broken = bytearray(make(HOST[family], 9))
        broken[-1] ^= 1
        assert answers(chain(), bytes(broken)) == []
    broken = bytearray(syn(HOST[4], 9))
    broken[10] ^= 1
    assert answers(chain(), bytes(broken)) == [], "a router drops a wrong IPv4 header"


def test_what_is_no_packet_of_a_source_gets_no_answer():
    good = syn(HOST[4], 9)
    for data in (b"", b"\x45", good[:30], bytes(60), b"\x65" + good[1:], good[:2] + b"\xff\xff" + good[4:]):
        assert answers(chain(), data) == []
    assert answers(chain(), syn(HOST[4], 9, source="192.0.2.99")) == []


def test_segments_that_are_no_syn_get_no_answer():
    for flags in (0x10, 0x04, 0x12, 0x01):
        segment = bytearray(syn(HOST[4], 9))
        segment[33] = flags
        total = int.from_bytes(segment[36:38], "big") + 2 - flags
        segment[36:38] = (total % 0xFFFF).to_bytes(2, "big")
        assert answers(chain(), bytes(segment)) == []


@FAMILIES
def test_udp_finds_no_port_open(family):
    from scapy.layers.inet import IP, UDP
    from scapy.layers.inet6 import IPv6

    ip = IP(src=HOME[4], dst=HOST[4], ttl=9) if family == 4 else IPv6(src=HOME[6], dst=HOST[6], hlim=9)
    arrival = one(chain(), bytes(ip / UDP(sport=5, dport=33434) / b"x"))
    assert (sender(arrival), code(arrival)) == (HOST[family], (3, 3) if family == 4 else (1, 4))


def test_icmp_errors_are_not_answered():
    error = bytearray(echo(HOST[4], 2))
    error[20] = 11
    total = int.from_bytes(error[22:24], "big") - 0x0300
    error[22:24] = (total % 0xFFFF).to_bytes(2, "big")
    assert answers(chain(), bytes(error)) == []


def test_addresses_of_nobody():
    made = chain('[as]\n64500 = { prefixes = "10.7.0.0/16" }\n', r3='{ address = "10.0.3.1", as = 64500 }')
    there = one(made, echo("10.7.0.5", 9))
    assert (sender(there), code(there)) == ("10.0.3.1", (3, 1)), "its AS is known, the host is not"
    nowhere = one(made, echo("172.31.0.1", 9))
    assert (sender(nowhere), code(nowhere)) == ("10.0.1.1", (3, 0))


def test_a_host_that_is_down_is_unreachable():
    made = chain(other='{ address = "10.0.9.2", down = true }')
    assert kind(one(made, echo(OTHER[4], 3))) is ReplyKind.TIME_EXCEEDED
    arrival = one(made, echo(OTHER[4], 4))
    assert (sender(arrival), code(arrival)) == ("10.0.3.1", (3, 1))


# Loss, jitter, repetition


def test_loss_and_jitter_are_what_the_links_say():
    made = scenario(
        """
        title = "t"
        paths = [["home", "r", "h"]]
        loss_percent = 10
        jitter_ms = 2
        router = { r = "10.0.0.1" }
        host = { h = "10.0.9.1" }
        source = { home = "192.0.2.1" }
        """
    )
    network = Network(made, 5)
    delays = [a.delay_ns for _ in range(4000) for a in network.carry(echo("10.0.9.1", 9), 0)]
    assert len(delays) == pytest.approx(0.9**4 * 4000, rel=0.05)
    assert 4 * MS <= min(delays) < 6 * MS
    assert 10 * MS < max(delays) < 12 * MS
    assert sum(delays) / len(delays) == pytest.approx(8 * MS, rel=0.05)


def test_the_same_seed_gives_the_same_internet():
    made = chain(r2='{ address = "10.0.2.1", jitter_ms = 3, loss_percent = 20 }')

    def play(seed: int) -> list[object]:
        network = Network(made, seed)
        return [network.carry(syn(HOST[4], ttl), ttl) for ttl in range(1, 9) for _ in range(20)]

    assert play(1) == play(1)
    assert play(1) != play(2)

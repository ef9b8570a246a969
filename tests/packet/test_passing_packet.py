"""Packets on the wire: which are probes, which are answers, and to which probe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_NOP
from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest, IPv6

from tracetui.packet.ip_header import ICMP as ICMP4
from tracetui.packet.ip_header import ICMP6
from tracetui.packet.ip_header import TCP as TCP_NUMBER
from tracetui.packet.passing_packet import PassingPacket, read_passing

HERE, THERE = "192.0.2.10", "198.51.100.7"
HERE6, THERE6 = "2001:db8::10", "2001:db8:9::7"
PACKED = bytes((192, 0, 2, 10)), bytes((198, 51, 100, 7))
PACKED6 = bytes.fromhex("20010db8" + "0" * 22 + "10"), bytes.fromhex("20010db80009" + "0" * 19 + "7")

SYN = IP(src=HERE, dst=THERE) / TCP(sport=4000, dport=25, flags="S")
ECHO = IP(src=HERE, dst=THERE) / ICMP(type=8, id=7)
TCP_PROBE = PassingPacket(TCP_NUMBER, *PACKED, 4000, 25, is_probe=True)
ECHO_PROBE = PassingPacket(ICMP4, *PACKED, 7, 0, is_probe=True)
ECHO6_PROBE = PassingPacket(ICMP6, *PACKED6, 7, 0, is_probe=True)


def tcp_back(flags):
    return IP(src=THERE, dst=HERE) / TCP(sport=25, dport=4000, flags=flags)


@pytest.mark.parametrize(
    ("packet", "probe", "is_probe"),
    [
        (SYN, TCP_PROBE, True),
        (IP(src=HERE, dst=THERE, options=[IPOption_NOP()] * 4) / SYN[TCP], TCP_PROBE, True),
        (tcp_back("SA"), TCP_PROBE, False),
        (tcp_back("RA"), TCP_PROBE, False),
        (tcp_back("R"), TCP_PROBE, False),
        (tcp_back("A"), TCP_PROBE, False),
        (ECHO, ECHO_PROBE, True),
        (IP(src=THERE, dst=HERE) / ICMP(type=0, id=7), ECHO_PROBE, False),
        (IP(src=THERE, dst=HERE) / ICMP(type=3, code=13) / SYN, TCP_PROBE, False),
        (IP(src=THERE, dst=HERE) / ICMP(type=3, code=3) / ECHO, ECHO_PROBE, False),
        (IPv6(src=HERE6, dst=THERE6) / ICMPv6EchoRequest(id=7), ECHO6_PROBE, True),
        (IPv6(src=THERE6, dst=HERE6) / ICMPv6EchoReply(id=7), ECHO6_PROBE, False),
        (
            IPv6(src=THERE6, dst=HERE6)
            / ICMPv6DestUnreach()
            / IPv6(src=HERE6, dst=THERE6)
            / ICMPv6EchoRequest(id=7),
            ECHO6_PROBE,
            False,
        ),
    ],
)
def test_a_probe_and_its_answers_have_the_same_numbers(packet, probe, is_probe):
    assert read_passing(bytes(packet)) == probe._replace(is_probe=is_probe)


@pytest.mark.parametrize(
    "packet",
    [
        IP(src=HERE, dst=THERE) / UDP(),
        IP(src=HERE, dst=THERE) / TCP(flags=""),
        IP(src=HERE, dst=THERE) / TCP(flags="F"),
        IP(src=THERE, dst=HERE) / ICMP(type=11) / SYN,  # of a router: the probe has not arrived
        IP(src="203.0.113.1", dst=HERE) / ICMP(type=3, code=1) / SYN,  # likewise
        IP(src=HERE, dst=THERE, frag=9) / TCP(flags="S"),
    ],
)
def test_what_is_neither(packet):
    assert read_passing(bytes(packet)) is None


@given(st.binary(max_size=120))
def test_any_bytes_are_read(data):
    read_passing(data)


@given(st.sampled_from([SYN, ECHO, tcp_back("SA"), IP(src=THERE, dst=HERE) / ICMP(type=3) / SYN]), st.data())
def test_cut_packets_are_read(packet, data):
    whole = bytes(packet)
    read_passing(whole[: data.draw(st.integers(0, len(whole)))])

"""Every packet we send is the one that scapy builds for the same fields."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6

from tracetui.packet.probe_template import ECHO_TEXT, EchoTemplate, SynTemplate

V4 = (
    st.integers(0x01000000, 0xDFFFFFFF)
    .map(lambda number: number.to_bytes(4, "big"))
    .map(lambda packed: ".".join(map(str, packed)))
)
V6 = st.integers(0x2000 << 112, (0x4000 << 112) - 1).map(
    lambda number: ":".join(f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
)
ENDS = st.tuples(V4, V4) | st.tuples(V6, V6)
PORT = st.integers(1, 65535)
TTL = st.integers(1, 255)
TTLS = st.lists(TTL, min_size=1, max_size=5)


def ip_of(ends: tuple[str, str], ttl: int, ip_id: int, label: int):
    source, destination = ends
    if ":" in destination:
        return IPv6(src=source, dst=destination, hlim=ttl, fl=label)
    return IP(src=source, dst=destination, ttl=ttl, id=ip_id, flags="DF")


@given(
    ends=ENDS,
    ports=st.tuples(PORT, PORT),
    ttls=TTLS,
    tokens=st.lists(st.binary(min_size=4, max_size=4), min_size=1, max_size=5),
    stamp=st.integers(0, 2**32 - 1),
    ip_id=st.integers(1, 0xFFFF),
    label=st.integers(0, 0xFFFFF),
)
def test_syns_are_scapys(ends, ports, ttls, tokens, stamp, ip_id, label):
    template = SynTemplate(
        *ends,
        source_port=ports[0],
        destination_port=ports[1],
        timestamp=stamp,
        ip_id=ip_id,
        flow_label=label,
    )
    for ttl, token in itertools.product(ttls, tokens):
        mss = 1440 if ":" in ends[1] else 1460
        options = [("MSS", mss), ("SAckOK", b""), ("Timestamp", (stamp, 0)), ("NOP", None), ("WScale", 7)]
        tcp = TCP(
            sport=ports[0],
            dport=ports[1],
            seq=int.from_bytes(token, "big"),
            flags="S",
            window=64240,
            options=options,
        )
        assert template.packet(ttl, token) == bytes(ip_of(ends, ttl, ip_id, label) / tcp)


@given(
    ends=ENDS,
    identifier=st.integers(0, 0xFFFF),
    checksum=st.integers(1, 0xFFFE),
    ttls=TTLS,
    tokens=st.lists(st.binary(min_size=10, max_size=10), min_size=1, max_size=5),
    ip_id=st.integers(1, 0xFFFF),
    label=st.integers(0, 0xFFFFF),
)
def test_echo_requests_are_scapys_and_keep_their_checksum(
    ends, identifier, checksum, ttls, tokens, ip_id, label
):
    template = EchoTemplate(*ends, identifier=identifier, checksum=checksum, ip_id=ip_id, flow_label=label)
    for ttl, token in itertools.product(ttls, tokens):
        sent = template.packet(ttl, token)
        header = 40 if ":" in ends[1] else 20
        word = sent[header + 16 : header + 18]
        payload = token[2:] + word + ECHO_TEXT
        sequence = int.from_bytes(token[:2], "big")
        if ":" in ends[1]:
            echo = ICMPv6EchoRequest(id=identifier, seq=sequence, data=payload)
        else:
            echo = ICMP(type=8, id=identifier, seq=sequence) / payload
        # scapy sums the checksum up itself: equal bytes show that it is both right and the one wanted
        assert sent == bytes(ip_of(ends, ttl, ip_id, label) / echo)
        assert int.from_bytes(sent[header + 2 : header + 4], "big") == checksum


@pytest.mark.parametrize(
    ("source", "destination", "header"),
    [("192.0.2.1", "198.51.100.9", 20), ("2001:db8::1", "2001:db8:9::9", 40)],
)
def test_a_load_balancer_sees_one_flow(source, destination, header):
    syn = SynTemplate(
        source,
        destination,
        source_port=40000,
        destination_port=25,
        timestamp=1,
        ip_id=7,
        flow_label=9,
    )
    echo = EchoTemplate(source, destination, identifier=3, checksum=0xBEEF, ip_id=7, flow_label=9)
    for template, length in ((syn, 4), (echo, 10)):
        flows = set()
        for ttl in (1, 7, 30):
            for token in (b"\x00" * length, b"\xff" * length, bytes(range(length))):
                packet = template.packet(ttl, token)
                addresses = packet[12:20] if header == 20 else packet[:4] + packet[8:40]
                flows.add((addresses, packet[header : header + 4]))
        assert len(flows) == 1

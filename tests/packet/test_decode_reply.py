"""Replies are read as scapy reads them, and no bytes at all make the readers fail."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.contrib.mpls import MPLS, ICMPExtension_MPLS
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6PacketTooBig,
    ICMPv6TimeExceeded,
    IPv6,
)

from tracetui.model import ReplyKind
from tracetui.packet.checksum import checksum, pseudo_header
from tracetui.packet.decode_reply import read_icmp, read_icmp6, read_tcp, tcp_sum_is_right
from tracetui.packet.ip_header import MalformedPacketError, pack_address

HERE, ROUTER, THERE = "192.0.2.1", "198.51.100.7", "203.0.113.9"
HERE6, ROUTER6, THERE6 = "2001:db8::1", "2001:db8:7::7", "2001:db8:9::9"
TE, UN, PORT_UN = ReplyKind.TIME_EXCEEDED, ReplyKind.UNREACHABLE, ReplyKind.PORT_UNREACHABLE


def echo_request() -> IP:
    return IP(src=HERE, dst=THERE, ttl=1) / ICMP(type=8, id=0x1234, seq=0x5678) / b"tokentokenpayload"


def echo_request6() -> IPv6:
    return IPv6(src=HERE6, dst=THERE6, hlim=1) / ICMPv6EchoRequest(
        id=0x1234, seq=0x5678, data=b"tokentokenpayload"
    )


def syn(version: int = 4):
    tcp = TCP(sport=40000, dport=25, seq=0xDEADBEEF, flags="S")
    return IP(src=HERE, dst=THERE, ttl=1) / tcp if version == 4 else IPv6(src=HERE6, dst=THERE6, hlim=1) / tcp


def behind_ip(packet) -> bytes:
    """The bytes that a raw socket hands over, checksums filled in."""
    return bytes(packet)[20 if isinstance(packet, IP) else 40 :]


def icmp_error(kind: int, code: int, quote: bytes) -> bytes:
    return behind_ip(IP(src=ROUTER, dst=HERE) / ICMP(type=kind, code=code) / quote)


def extension(labels: list[int]) -> bytes:
    entries = b"".join(
        (label << 12 | (0x100 if index == len(labels) - 1 else 0) | 1).to_bytes(4, "big")
        for index, label in enumerate(labels)
    )
    body = (4 + len(entries)).to_bytes(2, "big") + b"\x01\x01" + entries
    return b"\x20\x00" + checksum(b"\x20\x00\x00\x00" + body).to_bytes(2, "big") + body


@pytest.mark.parametrize("code", range(16))
def test_unreachable_codes_of_ipv4(code):
    answer = read_icmp(icmp_error(3, code, bytes(echo_request())))
    assert answer.kind is (PORT_UN if code == 3 else UN)
    assert (answer.icmp_type, answer.icmp_code) == (3, code)
    assert answer.key == bytes.fromhex("12345678")
    assert answer.destination == pack_address(THERE)


@pytest.mark.parametrize("code", range(9))
def test_unreachable_codes_of_ipv6(code):
    sent = IPv6(src=ROUTER6, dst=HERE6) / ICMPv6DestUnreach(code=code) / bytes(syn(6))
    answer = read_icmp6(behind_ip(sent))
    assert answer.kind is (PORT_UN if code == 4 else UN)
    assert (answer.icmp_type, answer.icmp_code) == (1, code)
    assert answer.key == bytes.fromhex("9c400019deadbeef")
    assert answer.destination == pack_address(THERE6)


@pytest.mark.parametrize("probe", [echo_request(), syn()], ids=["icmp", "tcp"])
@pytest.mark.parametrize("quoted", [28, 32, 48, 576])
def test_time_exceeded_with_any_length_of_quote(probe, quoted):
    quote = bytes(probe)[:quoted]
    answer = read_icmp(icmp_error(11, 0, quote))
    inner = IP(quote)
    assert answer.kind is TE
    assert answer.destination == pack_address(inner.dst)
    if TCP in probe:
        assert answer.key == bytes(probe[TCP])[:8]
    else:
        assert answer.key == bytes(probe[ICMP])[4:8]
        assert answer.checksum == int.from_bytes(bytes(probe[ICMP])[2:4], "big")
        assert bytes(probe[ICMP].payload).startswith(answer.token)
        assert len(answer.token) == max(0, min(8, quoted - 28))


@pytest.mark.parametrize("probe", [echo_request6(), syn(6)], ids=["icmp", "tcp"])
def test_time_exceeded_and_packet_too_big_of_ipv6(probe):
    for message, kind, numbers in (
        (ICMPv6TimeExceeded(), TE, (3, 0)),
        (ICMPv6PacketTooBig(mtu=1280), UN, (2, 0)),
    ):
        answer = read_icmp6(behind_ip(IPv6(src=ROUTER6, dst=HERE6) / message / bytes(probe)))
        assert answer.kind is kind
        assert (answer.icmp_type, answer.icmp_code) == numbers
        assert answer.destination == pack_address(THERE6)


def test_echo_replies():
    reply = IP(src=THERE, dst=HERE) / ICMP(type=0, id=0x1234, seq=0x5678) / b"tokentokenpayload"
    answer = read_icmp(behind_ip(reply))
    assert answer is not None
    assert answer[:2] == (ReplyKind.ECHO_REPLY, bytes.fromhex("12345678"))
    reply6 = IPv6(src=THERE6, dst=HERE6) / ICMPv6EchoReply(id=0x1234, seq=0x5678, data=b"tokentoken")
    answer = read_icmp6(behind_ip(reply6))
    assert answer is not None
    assert answer[:2] == (ReplyKind.ECHO_REPLY, bytes.fromhex("12345678"))
    assert answer.token == b"tokentok"
    assert answer.destination is None


@given(sequence=st.integers(0, 2**32 - 1), flags=st.integers(0, 255))
def test_tcp_answers_carry_the_token_in_the_acknowledgment(sequence, flags):
    segment = TCP(sport=25, dport=40000, seq=7, ack=(sequence + 1) % 2**32, flags=flags)
    answer = read_tcp(behind_ip(IP(src=THERE, dst=HERE) / segment))
    control = flags & 0b10111
    if control == 0b10010:
        assert answer.kind is ReplyKind.SYN_ACK
    elif control in (0b00100, 0b10100):
        assert answer.kind is ReplyKind.RST
    else:
        assert answer is None
        return
    assert answer.key == bytes.fromhex("9c400019") + sequence.to_bytes(4, "big")


@pytest.mark.parametrize("version", [4, 6])
def test_tcp_checksums_are_checked_against_the_addresses(version):
    ends = (THERE, HERE) if version == 4 else (THERE6, HERE6)
    ip = (IP if version == 4 else IPv6)(src=ends[0], dst=ends[1])
    data = behind_ip(ip / TCP(sport=25, dport=40000, flags="SA", options=[("MSS", 1460)]))
    pseudo = pseudo_header(pack_address(ends[0]), pack_address(ends[1]), 6, 0)
    addresses = int.from_bytes(pseudo, "big") % 0xFFFF
    assert tcp_sum_is_right(data, addresses)
    assert not tcp_sum_is_right(data[:4] + bytes([data[4] ^ 1]) + data[5:], addresses)
    assert not tcp_sum_is_right(data, addresses + 1)


@pytest.mark.parametrize("labels", [[16], [300000, 17, 1048575]])
def test_mpls_labels_behind_the_length_attribute(labels):
    quote = bytes(echo_request())[:128].ljust(128, b"\0")
    message = bytearray(icmp_error(11, 0, quote + extension(labels)))
    message[5] = 32
    message[2:4] = b"\0\0"
    message[2:4] = checksum(message).to_bytes(2, "big")
    answer = read_icmp(bytes(message))
    assert list(answer.mpls) == labels
    assert answer.key == bytes.fromhex("12345678")
    seen = IP(bytes(IP(src=ROUTER, dst=HERE, proto=1) / bytes(message)))[ICMP]
    stack = seen.ext[ICMPExtension_MPLS].stack[0]
    assert [stack.getlayer(MPLS, nb=number + 1).label for number in range(len(labels))] == labels


def test_mpls_labels_of_routers_that_know_no_length_attribute():
    quote = bytes(echo_request())[:128].ljust(128, b"\0")
    assert read_icmp(icmp_error(11, 0, quote + extension([24001]))).mpls == (24001,)
    # where the checksum is wrong, the bytes are somebody's payload
    wrong = bytearray(extension([24001]))
    wrong[-1] ^= 1
    answer = read_icmp(icmp_error(11, 0, quote + bytes(wrong)))
    assert answer.mpls == ()
    assert answer.key == bytes.fromhex("12345678")


@pytest.mark.parametrize(
    "message",
    [
        icmp_error(11, 1, bytes(echo_request())),
        icmp_error(5, 0, bytes(echo_request())),
        icmp_error(11, 0, bytes(IP(src=HERE, dst=THERE) / UDP(sport=1, dport=2) / b"12345678")),
        icmp_error(11, 0, bytes(IP(src=HERE, dst=THERE) / ICMP(type=0, id=1, seq=2) / b"12345678")),
        behind_ip(IP(src=THERE, dst=HERE) / ICMP(type=8, id=1, seq=2) / b"12345678"),
    ],
    ids=["reassembly", "redirect", "udp", "quoted reply", "request"],
)
def test_what_is_not_for_us_is_nothing(message):
    assert read_icmp(message) is None


@pytest.mark.parametrize(
    "message",
    [b"", b"\x0b\x00", icmp_error(11, 0, b""), icmp_error(11, 0, bytes(echo_request())[:27])],
    ids=["empty", "short", "no quote", "short quote"],
)
def test_what_is_cut_is_malformed(message):
    with pytest.raises(MalformedPacketError):
        read_icmp(message)


def originals() -> list[tuple]:
    """One reply of every kind, with its reader and where its checksum may be put right again."""
    long_quote = bytes(echo_request())[:128].ljust(128, b"\0") + extension([16, 17])
    v4 = [
        icmp_error(11, 0, bytes(echo_request())),
        icmp_error(3, 13, bytes(syn())),
        icmp_error(3, 3, bytes(syn())),
        icmp_error(11, 0, long_quote),
        behind_ip(IP(src=THERE, dst=HERE) / ICMP(type=0, id=1, seq=2) / b"12345678"),
    ]
    v6 = [
        behind_ip(IPv6(src=ROUTER6, dst=HERE6) / ICMPv6TimeExceeded() / bytes(echo_request6())),
        behind_ip(IPv6(src=ROUTER6, dst=HERE6) / ICMPv6DestUnreach(code=1) / bytes(syn(6))),
        behind_ip(IPv6(src=THERE6, dst=HERE6) / ICMPv6EchoReply(id=1, seq=2, data=b"12345678")),
    ]
    tcp = [
        behind_ip(IP(src=THERE, dst=HERE) / TCP(sport=25, dport=4000, ack=1, flags=f)) for f in ("SA", "R")
    ]
    return (
        [(data, read_icmp) for data in v4]
        + [(data, read_icmp6) for data in v6]
        + [(data, read_tcp) for data in tcp]
    )


def test_mutated_replies_are_read_dropped_or_malformed_and_nothing_else():
    chance = random.Random(4884)
    outcomes: Counter[str] = Counter()
    kinds = originals()
    for _ in range(200_000):
        data, reader = chance.choice(kinds)
        changed = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            place = chance.randrange(len(changed))
            changed[place] = chance.randrange(256)
        if chance.random() < 0.3:
            del changed[chance.randrange(len(changed)) :]
        elif chance.random() < 0.1:
            changed += chance.randbytes(chance.randrange(1, 200))
        if reader is read_icmp and len(changed) >= 4 and chance.random() < 0.9:
            changed[2:4] = b"\0\0"
            changed[2:4] = checksum(changed).to_bytes(2, "big")
        try:
            answer = reader(bytes(changed))
        except MalformedPacketError:
            outcomes["malformed"] += 1
        else:
            outcomes["nothing" if answer is None else answer.kind.value] += 1
    assert sum(outcomes.values()) == 200_000
    decoded = set(ReplyKind) - {ReplyKind.ANSWER}  # which only imported traces have
    assert all(outcomes[kind] > 100 for kind in ("malformed", "nothing", *decoded))

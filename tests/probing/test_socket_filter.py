"""The socket filter, run by a small interpreter of classic BPF: what passes and what does not."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_NOP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NS,
    ICMPv6PacketTooBig,
    ICMPv6TimeExceeded,
    IPv6,
    IPv6ExtHdrHopByHop,
)

from tracetui.packet.ip_header import ICMP as ICMP4
from tracetui.packet.ip_header import ICMP6
from tracetui.probing.socket_filter import (
    MAX_NUMBERS,
    arrival_program,
    attach,
    icmp_program,
    tcp_program,
)


def passes(instructions, data: bytes) -> bool:
    """Run the instructions that our filters use (linux/filter.h); a load past the end drops the packet."""
    accumulator = index = at = kept = 0
    while True:
        code, if_true, if_false, constant = instructions[at]
        at += 1
        try:
            if code == 0xB1:
                index = (data[constant] & 15) * 4
            elif code == 0x01:
                index = constant
            elif code == 0x50:
                accumulator = data[index + constant]
            elif code == 0x48:
                accumulator = data[index + constant] << 8 | data[index + constant + 1]
            elif code == 0x30:
                accumulator = data[constant]
            elif code == 0x20:
                accumulator = int.from_bytes(data[constant : constant + 4].ljust(4, b"\0"), "big")
            elif code == 0x60:
                accumulator = kept
            elif code == 0x02:
                kept = accumulator
            elif code == 0x07:
                index = accumulator
            elif code == 0x0C:
                accumulator += index
            elif code == 0x64:
                accumulator <<= constant
            elif code == 0x05:
                at += constant
            elif code == 0x25:
                at += if_true if accumulator > constant else if_false
            elif code == 0x54:
                accumulator &= constant
            elif code == 0x15:
                at += if_true if accumulator == constant else if_false
            elif code == 0x45:
                at += if_true if accumulator & constant else if_false
            elif code == 0x06:
                return constant > 0
            else:
                pytest.fail(f"instruction {code:#x}")
        except IndexError:
            return False


NUMBERS = st.sets(st.integers(1, 65535), max_size=MAX_NUMBERS)
HEADS4 = (
    ICMP(type=3, code=1),
    ICMP(type=3, code=3),
    ICMP(type=11),
    ICMP(type=8),
    ICMP(type=5),
    ICMP(type=12),
)
HEADS6 = (ICMPv6DestUnreach(), ICMPv6TimeExceeded(), ICMPv6PacketTooBig(), ICMPv6EchoRequest(), ICMPv6ND_NS())


@given(
    flags=st.integers(0, 255),
    port=st.integers(0, 65535),
    ports=NUMBERS,
    options=st.integers(0, 10),
    ip_header=st.booleans(),
    lucky=st.booleans(),
)
def test_only_syn_ack_and_rst_to_our_ports_pass(flags, port, ports, options, ip_header, lucky):
    if lucky and ports:
        port = sorted(ports)[len(ports) // 2]
    segment = TCP(sport=25, dport=port, flags=flags)
    packet = bytes(IP(options=[IPOption_NOP()] * options) / segment) if ip_header else bytes(segment)
    wanted = port in ports and (bool(flags & 4) or flags & 0b10011 == 0b10010)
    assert passes(tcp_program(ports, ip_header=ip_header), packet) is wanted


@given(
    identifiers=NUMBERS,
    ports=NUMBERS,
    number=st.integers(0, 65535),
    lucky=st.booleans(),
    head=st.sampled_from(HEADS4),
    options=st.tuples(st.integers(0, 10), st.integers(0, 10)),
    quoted=st.sampled_from(["icmp", "tcp", "udp", "reply"]),
)
def test_of_icmp_only_answers_to_our_probes_pass(identifiers, ports, number, lucky, head, options, quoted):
    ours = {"icmp": identifiers, "tcp": ports, "udp": set(), "reply": identifiers}[quoted]
    if lucky and ours:
        number = max(ours)
    outer, inner = ([IPOption_NOP()] * count for count in options)
    upper = {"icmp": ICMP(id=number), "tcp": TCP(sport=number), "udp": UDP(sport=number)}.get(quoted)
    body = head / IP(options=inner) / upper if upper is not None else ICMP(type=0, id=number)
    wanted = number in ours and (quoted == "reply" or head.type in (3, 11))
    program = icmp_program(identifiers, ports, protocol=ICMP4)
    assert passes(program, bytes(IP(options=outer) / body)) is wanted


@given(
    identifiers=NUMBERS,
    ports=NUMBERS,
    number=st.integers(0, 65535),
    lucky=st.booleans(),
    head=st.sampled_from(HEADS6),
    quoted=st.sampled_from(["icmp", "tcp", "udp", "reply"]),
)
def test_of_icmp6_only_answers_to_our_probes_pass(identifiers, ports, number, lucky, head, quoted):
    ours = {"icmp": identifiers, "tcp": ports, "udp": set(), "reply": identifiers}[quoted]
    if lucky and ours:
        number = min(ours)
    upper = {
        "icmp": ICMPv6EchoRequest(id=number),
        "tcp": TCP(sport=number),
        "udp": UDP(sport=number),
    }.get(quoted)
    body = head / IPv6() / upper if upper is not None else ICMPv6EchoReply(id=number)
    error = isinstance(head, ICMPv6DestUnreach | ICMPv6TimeExceeded | ICMPv6PacketTooBig)
    # Raw sockets of ICMPv6 get what follows the IPv6 header.
    data = bytes(IPv6() / body)[40:]
    assert passes(icmp_program(identifiers, ports, protocol=ICMP6), data) is (
        number in ours and (quoted == "reply" or error)
    )


def test_a_quote_with_extension_headers_is_left_to_the_decoder():
    data = bytes(IPv6() / ICMPv6TimeExceeded() / IPv6() / IPv6ExtHdrHopByHop() / TCP(sport=9))[40:]
    assert passes(icmp_program((), (), protocol=ICMP6), data)


@given(st.binary(max_size=120))
def test_no_bytes_break_it(data):
    for program in (
        icmp_program({7}, {9}, protocol=ICMP4),
        icmp_program({7}, {9}, protocol=ICMP6),
        tcp_program({9}, ip_header=True),
    ):
        assert passes(program, data) in (True, False)


def test_with_too_many_numbers_the_kind_decides_alone():
    many = range(1, MAX_NUMBERS + 2)
    assert passes(tcp_program(many, ip_header=False), bytes(TCP(dport=60000, flags="SA")))
    assert not passes(tcp_program(many, ip_header=False), bytes(TCP(dport=1, flags="PA")))
    program = icmp_program(many, many, protocol=ICMP4)
    assert passes(program, bytes(IP() / ICMP(type=0, id=60000)))
    assert passes(program, bytes(IP() / ICMP(type=11) / IP() / TCP(sport=60000)))
    assert not passes(program, bytes(IP() / ICMP(type=11) / IP() / UDP(sport=1)))


def test_no_jump_is_longer_than_a_byte():
    numbers = range(1, 6 * MAX_NUMBERS, 6)
    for instructions in (
        tcp_program(numbers, ip_header=True),
        icmp_program(numbers, numbers, protocol=ICMP4),
        icmp_program(numbers, numbers, protocol=ICMP6),
    ):
        assert len(instructions) <= 4096  # BPF_MAXINSNS
        assert all(max(if_true, if_false) <= 255 for _, if_true, if_false, _ in instructions)


def test_the_kernel_takes_the_longest_program():
    numbers = range(1, 6 * MAX_NUMBERS, 6)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        attach(receiver, tcp_program(numbers, ip_header=True))
        for protocol in (ICMP4, ICMP6):
            attach(receiver, icmp_program(numbers, numbers, protocol=protocol))


# Probes that arrive, and answers that leave

THERE, OWN, OTHER = "192.0.2.10", "198.51.100.7", "203.0.113.9"
THERE6, OWN6 = "2001:db8::10", "2001:db8:9::7"


def packed(*addresses):
    return [socket.inet_pton(socket.AF_INET6 if ":" in one else socket.AF_INET, one) for one in addresses]


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (IP(src=THERE, dst=OWN) / TCP(sport=4000, dport=25, flags="S"), True),
        (IP(src=OWN, dst=THERE) / TCP(sport=25, dport=4000, flags="SA"), True),
        (IP(src=OWN, dst=THERE) / TCP(sport=9, dport=4000, flags="RA"), True),
        (IP(src=OWN, dst=THERE) / TCP(sport=25, dport=4000, flags="A"), True),
        (IP(src=OWN, dst=THERE) / TCP(sport=22, dport=4000, flags="A"), False),
        (IP(src=THERE, dst=OWN, options=[IPOption_NOP()] * 4) / TCP(sport=4000, dport=25, flags="S"), True),
        (IP(src=OTHER, dst=OWN) / TCP(sport=4000, dport=25, flags="S"), False),
        (IP(src=THERE, dst=OWN) / ICMP(type=8, id=7), True),
        (IP(src=OWN, dst=THERE) / ICMP(type=0, id=7), True),
        (IP(src=OWN, dst=THERE) / ICMP(type=3, code=13), True),
        (IP(src=OWN, dst=THERE) / ICMP(type=11), False),
        (IP(src=OTHER, dst=OWN) / ICMP(type=8, id=7), False),
        (IP(src=THERE, dst=OWN) / UDP(), False),
        (IPv6(src=THERE6, dst=OWN6) / TCP(sport=4000, dport=25, flags="S"), True),
        (IPv6(src=OWN6, dst=THERE6) / TCP(sport=25, dport=4000, flags="A"), True),
        (IPv6(src=THERE6, dst=OWN6) / ICMPv6EchoRequest(), True),
        (IPv6(src=OWN6, dst=THERE6) / ICMPv6EchoReply(), True),
        (IPv6(src=OWN6, dst=THERE6) / ICMPv6DestUnreach(), True),
        (IPv6(src=OWN6, dst=THERE6) / ICMPv6ND_NS(), False),
        (IPv6(src="2001:db8::11", dst=OWN6) / ICMPv6EchoRequest(), False),
    ],
)
def test_probes_and_answers_pass(packet, expected):
    assert passes(arrival_program(packed(THERE, THERE6), (25,)), bytes(packet)) is expected


def test_nothing_passes_while_nobody_is_watched():
    program = arrival_program((), ())
    for packet in (IP(src=THERE, dst=OWN) / ICMP(type=8), IPv6(src=THERE6, dst=OWN6) / ICMPv6EchoRequest()):
        assert not passes(program, bytes(packet))


@pytest.mark.parametrize("count", [1, 60, 61, 500])
def test_many_partners_are_no_obstacle(count):
    partners = [bytes((10, 0, number >> 8, number & 255)) for number in range(count)]
    program = arrival_program(partners, range(1, 900))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        attach(opened, program)
    assert passes(program, bytes(IP(src=f"10.0.{count - 1 >> 8}.{count - 1 & 255}", dst=OWN) / ICMP(type=8)))
    assert passes(program, bytes(IP(src=OTHER, dst=OWN) / ICMP(type=8))) is (count > 60)

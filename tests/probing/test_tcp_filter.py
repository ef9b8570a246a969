"""The socket filter, run by a small interpreter of classic BPF: what passes and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, IPOption_NOP

from tracetui.probing.tcp_filter import MAX_PORTS, program


def passes(instructions, data: bytes) -> bool:
    """Run the instructions that our filters use (linux/filter.h); a load past the end drops the packet."""
    accumulator = index = at = 0
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


@given(
    flags=st.integers(0, 255),
    port=st.integers(0, 65535),
    ports=st.sets(st.integers(1, 65535), max_size=MAX_PORTS),
    options=st.integers(0, 10),
    ip_header=st.booleans(),
    lucky=st.booleans(),
)
def test_only_syn_ack_and_rst_to_our_ports_pass(flags, port, ports, options, ip_header, lucky):
    if lucky and ports:
        port = min(ports)
    segment = TCP(sport=25, dport=port, flags=flags)
    packet = bytes(IP(options=[IPOption_NOP()] * options) / segment) if ip_header else bytes(segment)
    wanted = port in ports and (bool(flags & 4) or flags & 0b10011 == 0b10010)
    assert passes(program(ports, ip_header=ip_header), packet) is wanted


def test_with_more_ports_than_a_jump_reaches_the_flags_decide_alone():
    many = program(range(1, MAX_PORTS + 2), ip_header=False)
    assert passes(many, bytes(TCP(dport=60000, flags="SA")))
    assert not passes(many, bytes(TCP(dport=1, flags="PA")))


def test_no_jump_is_longer_than_a_byte():
    for _, if_true, if_false, _ in program(range(1, MAX_PORTS + 1), ip_header=True):
        assert max(if_true, if_false) <= 255

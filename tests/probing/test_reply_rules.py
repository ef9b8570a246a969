"""Replies made of what the kernel tells: kinds as the raw prober reads them, round trips by two clocks."""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import ReplyKind
from tracetui.packet.checksum import checksum
from tracetui.packet.decode_reply import read_icmp, read_icmp6
from tracetui.packet.ip_header import MalformedPacketError
from tracetui.probing import socket_receive
from tracetui.probing.reply_rules import reply_of, round_trip
from tracetui.probing.socket_receive import IcmpError, Received

MS = 1_000_000
SENT_NS = 1_700_000_000_000_000_000
IP_RECVERR, IPV6_RECVERR = 11, 25


class Queue(socket.socket):
    """A socket whose error queue holds one error."""

    def __init__(self, data: bytes, ancillary: list[tuple[int, int, bytes]]) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.entry = data, ancillary, socket.MSG_ERRQUEUE, ("198.51.100.7", 443)

    def recvmsg(self, *_):
        return self.entry


def extended_error(
    version: int, icmp_type: int, code: int, extension: int = 0, origin: int | None = None
) -> bytes:
    """struct sock_extended_err with the offender 192.0.2.1 or 2001:db8::1."""
    if version == 4:
        offender = struct.pack("=HH4s8x", socket.AF_INET, 0, bytes((192, 0, 2, 1)))
    else:
        offender = struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, socket.inet_pton(10, "2001:db8::1"), 0)
    own = {4: 2, 6: 3}[version] if origin is None else origin
    return struct.pack("=IBBBxIHBx", 113, own, icmp_type, code, 0, extension, 0) + offender


def queued(version: int, value: bytes, data: bytes = b"\x08\0\0\0\0\1\0\1") -> Received:
    level, kind = {4: (0, IP_RECVERR), 6: (41, IPV6_RECVERR)}[version]
    with Queue(data, [(level, kind, value)]) as queue:
        received = socket_receive.receive(queue, socket.MSG_ERRQUEUE)
    assert received is not None
    return received


def as_raw_reads_it(version: int, icmp_type: int, code: int) -> ReplyKind | None:
    """What the other prober makes of the same message, about an echo request of ours."""
    echo = struct.pack(">BBHHH", 8 if version == 4 else 128, 0, 1, 2, 3)
    if version == 4:
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28, 1, 0, 1, 1, 0, bytes(4), bytes(4))
    else:
        header = struct.pack(">IHBB16s16s", 6 << 28, 8, 58, 1, bytes(16), bytes(16))
    message = struct.pack(">BBHI", icmp_type, code, 0, 0) + header + echo
    message = message[:2] + checksum(message).to_bytes(2, "big") + message[4:]
    try:
        answer = (read_icmp if version == 4 else read_icmp6)(message)
    except MalformedPacketError:
        return None
    return answer.kind if answer is not None else None


@pytest.mark.parametrize("version", [4, 6])
def test_every_type_and_code_means_what_it_means_to_the_raw_prober(version):
    echo_reply = 0 if version == 4 else 129
    for icmp_type in range(256):
        for code in range(20):
            if icmp_type == echo_reply:
                continue
            error = queued(version, extended_error(version, icmp_type, code)).error
            found = error.kind if error is not None else None
            assert found is as_raw_reads_it(version, icmp_type, code), (icmp_type, code)


def test_errors_of_this_machine_answer_no_probe():
    for origin in (0, 1, 4, 200):
        assert queued(4, extended_error(4, 11, 0, origin=origin)).error is None


@given(
    st.sampled_from([4, 6]),
    st.sampled_from([11, 3, 1]),
    st.integers(0, 255),
    st.integers(0, 0xFFFF),
    st.binary(max_size=768),
)
def test_any_quote_can_be_read(version, icmp_type, code, extension, data):
    error = queued(version, extended_error(version, icmp_type, code, extension), data).error
    assert error is None or error.address in {"192.0.2.1", "2001:db8::1"}


@pytest.mark.parametrize(
    ("stamped_ms", "elapsed_ms", "expected"),
    [
        (20, 21, (20, True)),
        (20, 500, (20, True)),
        (0, 3, (0, True)),
        (20.5, 20, (20.5, True)),
        (-1, 20, (20, False)),
        (3_600_000, 20, (20, False)),
        (-3_600_000, 20, (20, False)),
    ],
)
def test_a_clock_that_was_stepped(stamped_ms, elapsed_ms, expected):
    """20.5 of 20 ms: the two clocks are read one after the other."""
    rtt_ns, kernel = round_trip(int(stamped_ms * MS), elapsed_ms * MS)
    assert (rtt_ns / MS, kernel) == expected


def made_reply(kind, address, *, stamp_ns=SENT_NS + 7 * MS, endpoint="fe80::5%eth0"):
    error = IcmpError(address, kind, 1, 4, ())
    return reply_of(Received(b"", "", stamp_ns, 61, error, None), SENT_NS, endpoint, 9 * MS)


def test_the_endpoint_keeps_its_zone_and_alone_proves_itself():
    reply = made_reply(ReplyKind.PORT_UNREACHABLE, "fe80::5")
    assert (reply.address, reply.kind, reply.rtt_ns) == ("fe80::5%eth0", ReplyKind.PORT_UNREACHABLE, 7 * MS)
    reply = made_reply(ReplyKind.PORT_UNREACHABLE, "fe80::6")
    assert (reply.address, reply.kind) == ("fe80::6", ReplyKind.UNREACHABLE)
    assert not reply.proves_endpoint


def test_without_a_stamp_the_rtt_is_ours_and_marked():
    reply = made_reply(ReplyKind.TIME_EXCEEDED, "2001:db8::1", stamp_ns=0)
    assert (reply.rtt_ns, reply.received_ns, reply.kernel_stamp) == (9 * MS, SENT_NS + 9 * MS, False)

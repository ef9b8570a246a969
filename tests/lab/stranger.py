"""A network full of liars behind a TUN device: what it answers depends on the last part of the address.

    stranger.py

It makes the device, says "ready", answers until standard input ends, then prints which probes it received.
198.51.100.N and 2001:db8:bad::N get the answer `ANSWERS[N]`; N above 200 is silence. It runs in a network
namespace of its own, as its root.
"""

import heapq
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from scapy.config import conf
from scapy.layers.inet import ICMP, IP, TCP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6TimeExceeded,
    IPv6,
)
from scapy.packet import Packet, Raw

from tracetui.simulation.tun import TunDevice

SOURCE, SOURCE_V6 = "192.0.2.10", "2001:db8:1::10"
ROUTER, ROUTER_V6 = "203.0.113.1", "2001:db8:ff::1"
ELSEWHERE: Final = "198.51.100.222"

Answer = tuple[float, Packet]
"""Delay in seconds, packet."""


def network(number: int) -> tuple[str, str]:
    """Return the IPv4 and the IPv6 address with answer `number`."""
    return f"198.51.100.{number}", f"2001:db8:bad::{number:x}"


def error(probe: Packet, kind: int, code: int, quote: bytes, *, sender: str = "") -> Packet:
    if IPv6 in probe:
        head = {3: ICMPv6TimeExceeded, 1: ICMPv6DestUnreach}[kind](code=code)
        return IPv6(src=sender or ROUTER_V6, dst=SOURCE_V6, hlim=61) / head / Raw(quote)
    return IP(src=sender or ROUTER, dst=SOURCE, ttl=61) / ICMP(type=kind, code=code) / Raw(quote)


def exceeded(probe: Packet, quote: bytes | None = None) -> Packet:
    kind, code = (3, 0) if IPv6 in probe else (11, 0)
    return error(probe, kind, code, bytes(probe) if quote is None else quote)


def honest(probe: Packet) -> Iterator[Answer]:
    yield 0, exceeded(probe)


def twice(probe: Packet) -> Iterator[Answer]:
    yield 0, exceeded(probe)
    yield 0, exceeded(probe)


def wrong_token(probe: Packet) -> Iterator[Answer]:
    """The quote of a probe that was never sent: another sequence number for TCP, another payload for ICMP."""
    forged = probe.copy()
    if TCP in forged:
        forged[TCP].seq ^= 0x00010000
    else:
        quoted = bytearray(bytes(forged))
        quoted[-38] ^= 0xFF  # in the token, which stands 36 bytes and its own length before the end
        yield 0, exceeded(probe, bytes(quoted))
        return
    yield 0, exceeded(probe, bytes(forged))


def short_quote(probe: Packet) -> Iterator[Answer]:
    """What RFC 792 asks for: the header and eight bytes."""
    yield 0, exceeded(probe, bytes(probe)[: (40 if IPv6 in probe else 20) + 8])


def short_quote_wrong_checksum(probe: Packet) -> Iterator[Answer]:
    quoted = bytearray(bytes(probe)[: (40 if IPv6 in probe else 20) + 8])
    quoted[-6] ^= 0x55
    yield 0, exceeded(probe, bytes(quoted))


def other_destination(probe: Packet) -> Iterator[Answer]:
    forged = probe.copy()
    forged.dst = "2001:db8:bad::7777" if IPv6 in probe else ELSEWHERE
    yield 0, exceeded(probe, bytes(forged))


def torn_quotes(probe: Packet) -> Iterator[Answer]:
    whole = bytes(probe)
    for length in (0, 1, 19, 20, 21, 27, 40, 41, 47):
        if length < (48 if IPv6 in probe else 28):
            yield 0, exceeded(probe, whole[:length])


def wrong_echo(probe: Packet) -> Iterator[Answer]:
    """The endpoint answers with another payload; for TCP, it acknowledges another SYN."""
    yield from _endpoint(probe, wrong=True)


def right_echo(probe: Packet) -> Iterator[Answer]:
    yield from _endpoint(probe, wrong=False)


def echo_from_elsewhere(probe: Packet) -> Iterator[Answer]:
    for delay, packet in _endpoint(probe, wrong=False):
        packet.src = "2001:db8:bad::7777" if IPv6 in probe else ELSEWHERE
        yield delay, packet


def _endpoint(probe: Packet, *, wrong: bool) -> Iterator[Answer]:
    mask = 0xFF if wrong else 0
    head = (
        IPv6(src=probe.dst, dst=probe.src, hlim=57)
        if IPv6 in probe
        else IP(src=probe.dst, dst=probe.src, ttl=57)
    )
    if TCP in probe:
        sent = probe[TCP]
        acknowledged = (sent.seq + 1) ^ mask
        yield 0, head / TCP(sport=sent.dport, dport=sent.sport, flags="SA", seq=77, ack=acknowledged)
    elif IPv6 in probe:
        sent = probe[ICMPv6EchoRequest]
        data = bytes([sent.data[0] ^ mask]) + sent.data[1:]
        yield 0, head / ICMPv6EchoReply(id=sent.id, seq=sent.seq, data=data)
    else:
        data = bytes(probe[ICMP].payload)
        data = bytes([data[0] ^ mask]) + data[1:]
        yield 0, head / ICMP(type=0, id=probe[ICMP].id, seq=probe[ICMP].seq) / Raw(data)


def too_late(probe: Packet) -> Iterator[Answer]:
    yield 1.3, exceeded(probe)


def labelled(probe: Packet) -> Iterator[Answer]:
    """Time Exceeded with an MPLS stack of two labels, built by hand: RFC 4884 section 4, RFC 4950."""
    stack = b"".join(
        (label << 12 | bottom << 8 | 1).to_bytes(4, "big") for label, bottom in ((24015, 0), (16008, 1))
    )
    extension = bytes((0x20, 0, 0, 0)) + (len(stack) + 4).to_bytes(2, "big") + b"\1\1" + stack
    quoted = bytes(probe).ljust(128, b"\0")
    packet = exceeded(probe, quoted + extension)
    if IPv6 in probe:
        packet[ICMPv6TimeExceeded].length = 128 // 8
    else:
        packet[ICMP].length = 128 // 4
    yield 0, packet


def endpoint_port_unreachable(probe: Packet) -> Iterator[Answer]:
    kind, code = (1, 4) if IPv6 in probe else (3, 3)
    yield 0, error(probe, kind, code, bytes(probe), sender=probe.dst)


def router_port_unreachable(probe: Packet) -> Iterator[Answer]:
    kind, code = (1, 4) if IPv6 in probe else (3, 3)
    yield 0, error(probe, kind, code, bytes(probe))


def other_messages(probe: Packet) -> Iterator[Answer]:
    """Reassembly timeout, for IPv4 also source quench and parameter problem: no answers to a probe."""
    if IPv6 in probe:
        yield 0, error(probe, 3, 1, bytes(probe))
    else:
        for kind, code in ((11, 1), (4, 0), (12, 0)):
            yield 0, error(probe, kind, code, bytes(probe))


def reset_unacknowledged(probe: Packet) -> Iterator[Answer]:
    """A RST that names no SYN: RFC 9293 section 3.10.7.3 has it dropped."""
    if TCP in probe:
        sent = probe[TCP]
        head = IPv6(src=probe.dst, dst=probe.src) if IPv6 in probe else IP(src=probe.dst, dst=probe.src)
        yield 0, head / TCP(sport=sent.dport, dport=sent.sport, flags="R", seq=0)


def accepted_then_reset(probe: Packet) -> Iterator[Answer]:
    if TCP in probe:
        yield from _endpoint(probe, wrong=False)
        sent = probe[TCP]
        head = IPv6(src=probe.dst, dst=probe.src) if IPv6 in probe else IP(src=probe.dst, dst=probe.src)
        yield 0, head / TCP(sport=sent.dport, dport=sent.sport, flags="RA", seq=78, ack=sent.seq + 1)


ANSWERS: Final[dict[int, Callable[[Packet], Iterator[Answer]]]] = dict(
    enumerate(
        (
            honest,
            twice,
            wrong_token,
            short_quote,
            short_quote_wrong_checksum,
            other_destination,
            torn_quotes,
            wrong_echo,
            right_echo,
            echo_from_elsewhere,
            too_late,
            labelled,
            endpoint_port_unreachable,
            router_port_unreachable,
            other_messages,
            reset_unacknowledged,
            accepted_then_reset,
        ),
        start=1,
    )
)
NUMBERS: Final = {answer.__name__: number for number, answer in ANSWERS.items()}


def _warm_up() -> None:
    """Make every answer once: scapy is slow at first."""
    for head in (IP(src=SOURCE, dst=ELSEWHERE), IPv6(src=SOURCE_V6, dst="2001:db8:bad::7777")):
        echo = ICMPv6EchoRequest(data=bytes(36)) if IPv6 in head else ICMP() / Raw(bytes(36))
        for body in (TCP(sport=1, dport=2, flags="S"), echo):
            probe = head.__class__(bytes(head / body))
            for answer in ANSWERS.values():
                for _, packet in answer(probe):
                    bytes(packet)


def main() -> None:
    conf.ipv6_enabled = True
    device = TunDevice("strange")
    subprocess.run(
        ["ip", "-batch", "-"],
        input="\n".join(
            (
                "link set lo up",
                "link set strange up",
                f"addr add {SOURCE}/32 dev strange",
                f"addr add {SOURCE_V6}/128 dev strange nodad",
                f"route add default dev strange src {SOURCE}",
                f"route add ::/0 dev strange src {SOURCE_V6}",
            )
        ),
        text=True,
        check=True,
    )
    _warm_up()
    print("ready", flush=True)
    received: list[list[object]] = []
    due: list[tuple[float, int, bytes]] = []
    while True:
        patience = max(0.0, due[0][0] - time.monotonic()) if due else None
        ready, _, _ = select.select([device.fileno(), 0], [], [], patience)
        while (data := device.read()) is not None:
            probe = IPv6(data) if data[0] >> 4 == 6 else IP(data)
            if TCP in probe and probe[TCP].flags == "S":
                received.append(["tcp", probe.dst, probe[TCP].sport, probe[TCP].seq])
            elif ICMPv6EchoRequest in probe or (ICMP in probe and probe[ICMP].type == 8):
                received.append(["icmp", probe.dst, 0, 0])
            else:
                continue
            number = (
                int(probe.dst.rpartition(":")[2], 16) if IPv6 in probe else int(probe.dst.rpartition(".")[2])
            )
            for delay_s, packet in ANSWERS.get(number, lambda _: iter(()))(probe):
                heapq.heappush(
                    due, (time.monotonic() + delay_s, len(received) * 100 + len(due), bytes(packet))
                )
        while due and due[0][0] <= time.monotonic():
            device.write(heapq.heappop(due)[2])
        if 0 in ready and not os.read(0, 1024):
            break
    print(json.dumps(received))


if __name__ == "__main__":
    sys.exit(main())

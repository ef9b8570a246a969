"""Somebody on the path who sees probes and answers them in other routers' names.

    forger.py SOURCE DESTINATION PROBES BURST [--same ADDRESS] [--ttl TTL] [--guess PER_SECOND]

Of what passes from SOURCE to DESTINATION, the first PROBES packets get BURST ICMP errors of several kinds
each, every one from another address; with --same all are Time Exceeded from ADDRESS, so that they are
duplicates. With --guess it does not look: it sends that many messages a second that quote made-up probes
between the two. Says "ready"; ends with standard input, and prints how many it sent.
"""

import argparse
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Final

_ETH_P_IP: Final = 0x0800
_FIRST: Final = int.from_bytes(socket.inet_aton("62.0.0.1"))
"""The addresses that are forged begin here."""

_KINDS: Final = ((11, 0), (3, 13), (3, 1), (3, 0), (3, 3), (3, 10))
"""ICMP types and codes, in turn: a further reply of the same kind is a duplicate, of another it is not."""

_PIECE_S: Final = 0.005


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data)) if len(data) % 2 == 0 else checksum(data + b"\0")
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def message(kind: tuple[int, int], quote: bytes, source: bytes, destination: bytes) -> bytes:
    """Return an ICMP error of this type and code; the kernel fills in the checksum of its IP header."""
    quote += bytes(len(quote) % 2)
    body = struct.pack(">BBHI", *kind, 0, 0) + quote
    body = body[:2] + struct.pack(">H", checksum(body)) + body[4:]
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 64, 1, 0, source, destination)
    return head + body


def guesses(source: bytes, destination: bytes) -> Iterator[bytes]:
    """Yield quotes of probes that nobody sent: echo requests and SYNs with numbers at random."""
    while True:
        chance = os.urandom(48)
        for protocol, body in (
            (1, b"\x08\x00" + chance[:40]),
            (6, chance[:2] + struct.pack(">H", 443) + chance[4:12] + b"\x50\x02" + chance[12:18]),
        ):
            head = struct.pack(
                ">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 1, protocol, 0, source, destination
            )
            yield head + body


def main() -> int:
    """Forge until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=socket.inet_aton)
    parser.add_argument("destination", type=socket.inet_aton)
    parser.add_argument("probes", type=int)
    parser.add_argument("burst", type=int)
    parser.add_argument("--same", type=socket.inet_aton)
    parser.add_argument("--ttl", type=int, help="only probes that arrive here with this one")
    parser.add_argument("--guess", type=int, default=0)
    how = parser.parse_args()
    seeing = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP))
    sending = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    to = (socket.inet_ntoa(how.source), 0)
    made_up = guesses(how.source, how.destination)
    print("ready", flush=True)
    sent = answered = 0
    started = time.monotonic()
    while True:
        ready, _, _ = select.select([sys.stdin, seeing], [], [], _PIECE_S)
        if sys.stdin in ready:
            break
        if how.guess:
            for _ in range(int(how.guess * (time.monotonic() - started)) - sent):
                sender = struct.pack(">I", _FIRST + sent)
                sending.sendto(message(_KINDS[0], next(made_up), sender, how.source), to)
                sent += 1
        if seeing not in ready:
            continue
        packet, (_, _, kind, *_) = seeing.recvfrom(2048)
        is_probe = packet[12:16] == how.source and packet[16:20] == how.destination and packet[8] > 1
        if how.guess or answered >= how.probes or kind == socket.PACKET_OUTGOING or not is_probe:
            continue
        if how.ttl not in {None, packet[8]}:
            continue
        answered += 1
        packet = packet[: int.from_bytes(packet[2:4])]
        for number in range(how.burst):
            sender = how.same or struct.pack(">I", _FIRST + sent)
            kind = _KINDS[0 if how.same else number % len(_KINDS)]
            sending.sendto(message(kind, packet, sender, how.source), to)
            sent += 1
    print(sent)
    return 0


if __name__ == "__main__":
    sys.exit(main())

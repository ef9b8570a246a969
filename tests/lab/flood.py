"""Sends ICMP that answers nobody's probe, as fast as asked, for a bounded time.

    flood.py DESTINATION PER_SECOND SECONDS

Echo replies with another identifier, Time Exceeded and unreachables for other people's UDP and TCP. Prints
how many it sent.
"""

import random
import socket
import sys
import time
from typing import Final

from scapy.layers.inet import ICMP, IP, TCP, UDP

_PIECE_S: Final = 0.005
_KINDS: Final = 200


def packets(destination: str) -> list[bytes]:
    """Return some of each kind; none is for a port above 32767 or an identifier of its sender."""
    chance = random.Random(3)
    found = []
    for number in range(_KINDS):
        quote = IP(src=destination, dst=f"192.0.2.{number}") / (
            UDP(sport=chance.randrange(1, 32768)) if number % 2 else TCP(sport=chance.randrange(1, 32768))
        )
        head = (ICMP(type=0, id=0, seq=number), ICMP(type=11) / quote, ICMP(type=3, code=1) / quote)[
            number % 3
        ]
        found.append(bytes(head))
    return found


def main(destination: str, per_second: int, seconds: float) -> int:
    ready = packets(destination)
    sent = 0
    started = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as sending:
        while (passed := time.monotonic() - started) < seconds:
            for _ in range(int(per_second * passed) - sent):
                sending.sendto(ready[sent % len(ready)], (destination, 0))
                sent += 1
            time.sleep(_PIECE_S)
    print(sent)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))

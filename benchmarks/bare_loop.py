"""The least that a traceroute in Python can do: poll, sendto, recvmsg. It matches, counts and tells nothing.

As a script (`python bare_loop.py ADDRESS SECONDS`) it sends a round of ICMP probes each so many seconds, as
many at a wake-up as tracetui does, and reads what comes back, until it is ended.
"""

import select
import signal
import socket
import sys
import time
from typing import Final

TTLS: Final = range(1, 10)
"""As far as the lab's endpoint."""

TOGETHER: Final = (5, 16)
"""Probes that leave at one wake-up: the least, and the most where rounds are short."""

WAKEUP_SPACING_S: Final = 0.1
"""The shortest time between two wake-ups, as long as not more leave together."""

_PROBE: Final = bytes((8, 0, 0xF7, 0xFF)) + bytes(60)
"""An echo request with its checksum; identifier, sequence number and payload are zero."""


def main(address: str, interval_s: float) -> None:
    """Send and read for ever."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sender.setblocking(False)  # noqa: FBT003  (the standard library's)
    poll = select.epoll()
    poll.register(sender.fileno(), select.EPOLLIN)
    wanted = int(WAKEUP_SPACING_S * len(TTLS) / interval_s)
    together = max(TOGETHER[0], min(wanted, TOGETHER[1]))
    starts = range(TTLS.start, TTLS.stop, together)
    due_s = time.monotonic()
    while True:
        for first in starts:
            for ttl in range(first, min(first + together, TTLS.stop)):
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
                sender.sendto(_PROBE, (address, 0))
            due_s += interval_s / len(starts)
            while (left_s := due_s - time.monotonic()) > 0:
                if poll.poll(left_s):
                    _read(sender)


def _read(receiver: socket.socket) -> None:
    try:
        while True:
            receiver.recvmsg(2048, 256)
    except BlockingIOError:
        return


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))

"""Replies that the kernel has stamped are read together: to wake up for each costs more than all else."""

import os
import select
from typing import Any

from probing.scripted import MS
from tracetui.probing.rootless_prober import RootlessProber

REPLIES = 5


class Arrivals:
    """Replies to a socket each: the first comes while the prober waits, the others while it naps.

    It is the prober's clock and what it naps with; the time is over once all are read.
    """

    def __init__(self) -> None:
        self.files = [os.eventfd(0, os.EFD_NONBLOCK) for _ in range(REPLIES)]
        self.read: list[int] = []
        self.naps = 0
        self.asked = 0

    def monotonic_ns(self) -> int:
        self.asked += 1
        if self.asked == 1:  # for how long to wait
            os.eventfd_write(self.files[0], 1)
        return 500 * MS if len(self.read) == REPLIES else 0

    def poll(self, wait_ms: float) -> None:
        assert 0 < wait_ms <= 20
        self.naps += 1
        for file in self.files[1:]:
            os.eventfd_write(file, 1)


class Socket:
    idle = False

    def __init__(self, arrivals: Arrivals, file: int) -> None:
        self.arrivals = arrivals
        self.file = file

    def take(self, events: int, taken: list) -> None:
        os.eventfd_read(self.file)
        self.arrivals.read.append(self.file)

    def close(self) -> None:
        os.close(self.file)


def test_what_arrives_in_a_nap_is_read_with_the_first_reply():
    arrivals: Any = Arrivals()
    prober = RootlessProber(arrivals)
    prober._nap = arrivals
    for file in arrivals.files:
        prober._sockets.poll.register(file, select.EPOLLIN)
        prober._sockets.watched[file] = Socket(arrivals, file)
    prober.wait(500 * MS)
    assert sorted(arrivals.read) == sorted(arrivals.files)
    assert arrivals.naps == 1
    for watched in prober._sockets.watched.values():
        watched.close()
    prober.close()

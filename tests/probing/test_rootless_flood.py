"""Rootless ICMP under more ICMP errors than it can read: it sends between them, or says what is wrong."""

import errno
import os
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from tracetui.model import Lane, ProbeProtocol
from tracetui.probing import rootless_icmp
from tracetui.probing.clock import SystemClock
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.rootless_icmp import EchoLane
from tracetui.probing.tokens import Tokens


class Flooded:
    """A socket whose error queue others fill: until it is empty, each send fails with an error of it."""

    def __init__(self, queued: int, after_each_send: int) -> None:
        self.queued, self.after_each_send = queued, after_each_send
        self.sent = 0

    def setsockopt(self, *_: object) -> None:
        pass

    def sendto(self, packet: bytes, _: object) -> int:
        waiting, self.queued = self.queued, self.queued + self.after_each_send
        if waiting:
            raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        self.sent += 1
        return len(packet)


@pytest.fixture
def lane(monkeypatch):
    def make(flooded: Flooded) -> EchoLane:
        def receive(_socket: object, flags: int = 0) -> Any:
            assert flags == socket.MSG_ERRQUEUE
            if not flooded.queued:
                return None
            flooded.queued -= 1
            return SimpleNamespace(error=None, data=b"", overflows=None)

        monkeypatch.setattr(rootless_icmp, "receive", receive)
        sockets: Any = SimpleNamespace(clock=SystemClock(), interface=None, early=[], foreign=0)
        made = EchoLane(Lane("a", "192.0.2.1", "192.0.2.1", ProbeProtocol.ICMP, None), sockets, Tokens())
        opened: Any = flooded
        made._socket, made._check_due_ns = opened, 1 << 62
        return made

    return make


@pytest.mark.parametrize(("queued", "after_each_send"), [(0, 0), (200, 0), (3, 0)])
def test_what_has_queued_up_is_read_and_the_probe_is_sent(lane, queued, after_each_send):
    flooded = Flooded(queued, after_each_send)
    lane(flooded).send(Probe("a", 3, 1))
    assert flooded.sent == 1


def test_the_reason_is_told_and_no_other(lane):
    with pytest.raises(ProbeNotSentError, match="ICMP errors come faster than they can be read") as caught:
        lane(Flooded(500, 500)).send(Probe("a", 3, 1))
    assert "queue is full" not in str(caught.value)


def test_an_error_that_stays_is_the_systems_own(lane):
    class Unreachable(Flooded):
        def sendto(self, packet: bytes, _: object) -> int:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    with pytest.raises(ProbeNotSentError, match="no route"):
        lane(Unreachable(0, 0)).send(Probe("a", 3, 1))

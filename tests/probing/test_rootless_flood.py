"""Rootless ICMP under more ICMP errors than it can read: it sends between them, or says what is wrong."""

import errno
import os
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from tracetui.probing import rootless_echo_socket
from tracetui.probing.clock import SystemClock
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.rootless_echo_socket import EchoSocket
from tracetui.probing.send_errors import send_error
from tracetui.probing.tokens import Tokens


class Flooded:
    """A socket whose error queue others fill: until it is empty, each send fails with an error of it."""

    def __init__(self, queued: int, after_each_send: int) -> None:
        self.queued, self.after_each_send = queued, after_each_send
        self.sent = 0

    def setsockopt(self, *_: object) -> None:
        pass

    bind = setsockopt

    def getsockname(self) -> tuple[str, int]:
        return "", 7

    def fileno(self) -> int:
        return 99

    def sendto(self, packet: bytes, _: object) -> int:
        waiting, self.queued = self.queued, self.queued + self.after_each_send
        if waiting:
            raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        self.sent += 1
        return len(packet)


@pytest.fixture
def send(monkeypatch):
    """Send a probe over a socket."""

    def over(flooded: Flooded) -> None:
        def receive(_socket: object, flags: int = 0) -> Any:
            assert flags == socket.MSG_ERRQUEUE
            if not flooded.queued:
                return None
            flooded.queued -= 1
            return SimpleNamespace(error=None, data=b"", overflows=None)

        monkeypatch.setattr(rootless_echo_socket, "receive", receive)
        monkeypatch.setattr(rootless_echo_socket, "ask_for_errors", lambda _: None)
        sockets: Any = SimpleNamespace(
            clock=SystemClock(),
            early=[],
            foreign=0,
            busy=0,
            watched={},
            poll=SimpleNamespace(register=lambda *_: None),
            open=lambda *_: flooded,
        )
        echo = EchoSocket(sockets, Tokens(), socket.AF_INET, None)
        try:
            echo.send(Probe("a", 3, 1), "192.0.2.1", "192.0.2.1", ("192.0.2.1", 0))
        except OSError as error:
            raise send_error(error, "192.0.2.1") from None

    return over


@pytest.mark.parametrize(("queued", "after_each_send"), [(0, 0), (200, 0), (3, 0)])
def test_what_has_queued_up_is_read_and_the_probe_is_sent(send, queued, after_each_send):
    flooded = Flooded(queued, after_each_send)
    send(flooded)
    assert flooded.sent == 1


def test_the_reason_is_told_and_no_other(send):
    with pytest.raises(ProbeNotSentError, match="ICMP errors arrive faster than they can be read") as caught:
        send(Flooded(500, 500))
    assert "queue is full" not in str(caught.value)


def test_an_error_that_stays_is_the_systems_own(send):
    class Unreachable(Flooded):
        def sendto(self, packet: bytes, _: object) -> int:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    with pytest.raises(ProbeNotSentError, match="no route"):
        send(Unreachable(0, 0))

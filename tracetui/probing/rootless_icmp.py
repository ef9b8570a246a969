"""Sends ICMP probes without privilege: the lanes of echo requests, and the sockets they use (icmp(7))."""

import errno
import socket
from typing import Final

from tracetui.model import Lane
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.rootless_echo_socket import EchoSocket, as_sockets_print
from tracetui.probing.rootless_lane import RootlessLane
from tracetui.probing.rootless_sockets import Sockets
from tracetui.probing.source_address import SocketAddress, family_of, socket_address
from tracetui.probing.tokens import Tokens

_OWN_PART: Final = 4
"""One of so many sockets may be of echo requests; further lanes share these."""


class EchoSockets:
    """Gives each lane a socket of its own while there are few, and further lanes one that others have."""

    def __init__(self, sockets: Sockets, tokens: Tokens) -> None:
        self.sockets: Final = sockets
        self._tokens: Final = tokens
        self._max_open = max(1, sockets.max_open // _OWN_PART)
        self._open: list[EchoSocket] = []

    def take(self, family: socket.AddressFamily, source: str | None) -> EchoSocket:
        """Return a socket bound to `source`; None: the system chooses. Raises OSError, PermissionError."""
        self._open = [each for each in self._open if not each.closed]
        fitting = [each for each in self._open if (each.family, each.source) == (family, source)]
        if not fitting or len(self._open) < self._max_open:
            try:
                self._open.append(EchoSocket(self.sockets, self._tokens, family, source))
            except OSError as error:
                if error.errno not in (errno.EMFILE, errno.ENFILE) or not fitting:
                    raise
            else:
                return self._open[-1]
        return min(fitting, key=lambda each: each.users)


class EchoLane(RootlessLane):
    """A lane of echo requests."""

    def __init__(self, lane: Lane, echo_sockets: EchoSockets) -> None:
        super().__init__(lane, echo_sockets.sockets)
        self._echo_sockets: Final = echo_sockets
        self._bare: Final = as_sockets_print(lane.address)
        self._destination: SocketAddress = ("", 0)
        self._socket: EchoSocket | None = None

    def open(self) -> None:
        """Find the source address and a socket. Raises ProbeNotSentError."""
        super().open()
        try:
            self._destination = socket_address(self.lane.address, 0)
            if self._socket is None or self._socket.closed:
                self._socket = self._echo_sockets.take(family_of(self.lane.address), self.lane.vantage)
                self._socket.join(self._bare)
                self.flow_id = self._socket.flow_id
                self.flow_numbers = (self._socket.identifier,)
        except PermissionError:
            raise self._not_allowed() from None
        except OSError as error:
            raise self.send_error(error) from None

    def _not_allowed(self) -> ProbeNotSentError:
        self._check_due_ns = 0
        return ProbeNotSentError(
            "not permitted to ping: your group is not in net.ipv4.ping_group_range; "
            "'sudo sysctl net.ipv4.ping_group_range=\"0 2147483647\"' allows it, or run as root; "
            "TCP needs neither"
        )

    def close(self) -> None:
        """Forget what is outstanding and leave the socket, which its last lane closes."""
        if self._socket is not None:
            self._socket.leave(self.lane.id, self._bare)
            self._socket = None

    def send(self, probe: Probe) -> int:
        """Send an echo request; return its sequence number. Raises ProbeNotSentError."""
        now_ns = self.sockets.clock.monotonic_ns()
        self.check_source(now_ns)
        opened = self._socket
        if opened is None or opened.closed:
            self._check_due_ns = 0
            raise ProbeNotSentError("no socket")
        try:
            return opened.send(probe, self._bare, self.lane.address, self._destination)
        except OSError as error:
            if self.sockets.interface is not None:
                opened.close()  # it may come back with another index
            raise self.send_error(error) from None

    def forget(self, probe: Probe) -> None:
        """Count further replies to `probe` as forged."""
        if self._socket is not None:
            self._socket.forget(probe)

"""A TCP socket that sends one SYN after another, with one TTL and one source port.

The kernel matches replies: they must have the socket's ports and quote or acknowledge the sequence number of
the SYN in flight (RFC 9293 section 3.10.7.3, RFC 5927 section 4). A SYN that was answered or given up gets no
further reply. A segment that acknowledges another number makes Linux send the SYN again at once; only then
does a probe become two packets.
"""

import ctypes
import errno
import select
import socket
from struct import Struct
from typing import Final

from tracetui.model import Reply, ReplyKind
from tracetui.probing.prober import Probe
from tracetui.probing.reply_rules import reply_of, round_trip
from tracetui.probing.rootless_sockets import Match, Sockets
from tracetui.probing.socket_receive import ask_for_errors, receive
from tracetui.probing.source_address import SocketAddress, family_of

_RETRANSMISSION_NS: Final = 1_000_000_000
"""When the kernel sends a SYN again (RFC 6298 section 2): a later reply may be to either."""

_EVENTS: Final = select.EPOLLOUT | select.EPOLLONESHOT
_RESET_LATER: Final = (errno.ECONNRESET, errno.EPIPE)
"""The SYN was accepted and the connection reset afterwards."""

_NO_LINGER: Final = Struct("@ii").pack(1, 0)
_TCP_INFO: Final = Struct("@68xI28xI")
"""struct tcp_info: the smoothed RTT in µs, which after one sample is that sample, and the retransmissions."""

_HOP_LIMIT: Final = Struct("@16xi")
_IPV6_2292PKTOPTIONS: Final = 6
"""Options of the last segment, as control messages (RFC 2292 section 4.1); here IPV6_HOPLIMIT alone."""

_IPV6_AUTOFLOWLABEL: Final = 70
"""Off: else every SYN has its own flow label, and a load balancer may send each over another path."""

_connect = ctypes.CDLL(None).connect
_connect.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
_NOWHERE: Final = bytes(16)
"""A struct sockaddr of the family AF_UNSPEC: connecting to it disconnects (connect(2)). The socket module
does not accept one."""


class SynSocket:
    """Connects, disconnects and connects again: one SYN each time."""

    __slots__ = (
        "_address",
        "_armed",
        "_sockets",
        "monotonic_ns",
        "port",
        "probe",
        "sent_ns",
        "socket",
        "ttl",
    )

    def __init__(self, sockets: Sockets, address: str, source: SocketAddress, ttl: int) -> None:
        """Open the socket for SYNs to `address` from `source`, address and port. Raises OSError."""
        self.ttl = ttl
        self.port: int = source[1]
        self.probe: Probe | None = None
        self.sent_ns = 0  # Unix time right before the SYN
        self.monotonic_ns = 0  # the same by the monotonic clock
        self._address = address
        self._sockets = sockets
        self._armed = False
        self.socket = sockets.open(family_of(address), socket.SOCK_STREAM)
        try:
            self._prepare()
            self.socket.bind(source)
        except OSError:
            self.socket.close()
            raise
        sockets.watched[self.socket.fileno()] = self

    def _prepare(self) -> None:
        opened = self.socket
        if opened.family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, self.ttl)
            opened.setsockopt(socket.IPPROTO_IPV6, _IPV6_AUTOFLOWLABEL, 0)
        else:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, self.ttl)
        ask_for_errors(opened)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def start(self, probe: Probe, destination: SocketAddress, now_ns: int) -> int:
        """Send the SYN of `probe` at the monotonic time `now_ns`. Return an errno, 0 for success.

        Raises OSError when epoll can watch no more sockets.
        """
        self.sent_ns = self._sockets.clock.stamp_ns()
        error = self.socket.connect_ex(destination)
        if error not in (errno.EINPROGRESS, 0):
            return error
        self.probe = probe
        self._sockets.busy += 1
        self.monotonic_ns = now_ns
        try:
            self._arm()
        except OSError:
            self.end()
            raise
        return 0

    def _arm(self) -> None:
        if self._armed:
            self._sockets.poll.modify(self.socket, _EVENTS)
        else:
            self._sockets.poll.register(self.socket, _EVENTS)
            self._armed = True

    def end(self) -> None:
        """End the SYN in flight, to be ready for the next. An endpoint that accepted it is sent a RST."""
        self._release()
        _connect(self.socket.fileno(), _NOWHERE, len(_NOWHERE))

    def close(self) -> None:
        """Close the socket, with a RST where one is due."""
        self._release()
        self._sockets.close_watched(self.socket)

    def _release(self) -> None:
        self._sockets.busy -= self.probe is not None
        self.probe = None

    @property
    def idle(self) -> bool:
        return self.probe is None

    @property
    def closed(self) -> bool:
        """True once it was closed to make room for others."""
        return self.socket.fileno() < 0

    def take(self, events: int, taken: list[Match]) -> None:
        """Read the reply to the SYN, if there is one."""
        probe = self.probe
        if probe is None:
            return
        elapsed_ns = self._sockets.clock.monotonic_ns() - self.monotonic_ns
        reply, over = None, False
        if events & select.EPOLLERR:
            reply = self._read_queue(elapsed_ns)
        if reply is None:
            reply, over = self._read_state(events, elapsed_ns)
        if reply is None and not over:
            self._arm()
            return
        self.end()
        if reply is None:
            return
        if reply.rtt_ns >= _RETRANSMISSION_NS:
            self._sockets.foreign += 1
            return
        self._sockets.matched += 1
        taken.append((probe, reply))

    def _read_queue(self, elapsed_ns: int) -> Reply | None:
        """Return the first reply in the error queue.

        An error that was received before this probe was sent is a further one for the probe before it.
        """
        while (received := receive(self.socket, socket.MSG_ERRQUEUE)) is not None:
            if received.error is not None and received.received_ns >= self.sent_ns:
                return reply_of(received, self.sent_ns, self._address, elapsed_ns)
            self._sockets.foreign += 1
        return None

    def _read_state(self, events: int, elapsed_ns: int) -> tuple[Reply | None, bool]:
        """Return the reply that the state of the connection shows, and whether no other will follow."""
        error = 0
        if events & select.EPOLLERR:
            error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error == errno.ECONNREFUSED:
            received_ns = self.sent_ns + elapsed_ns
            return Reply(self._address, ReplyKind.RST, received_ns, elapsed_ns, kernel_stamp=False), True
        closed = bool(error or events & select.EPOLLHUP)
        if error in _RESET_LATER or (not closed and events & select.EPOLLOUT):
            return self._syn_ack(elapsed_ns), True
        return None, closed  # closed: by an ICMP message that answers no probe, or out of memory

    def _syn_ack(self, elapsed_ns: int) -> Reply | None:
        """Return the reply for a SYN/ACK; None when the SYN was sent twice: it may answer either.

        The RTT is the kernel's own; where it has none, the time until now.
        """
        info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
        rtt_us, retransmissions = _TCP_INFO.unpack(info)
        if retransmissions:
            self._sockets.foreign += 1
            return None
        rtt_ns, kernel_stamp = round_trip(rtt_us * 1000 or -1, elapsed_ns)
        ttl = None
        if self.socket.family == socket.AF_INET6:
            options = self.socket.getsockopt(socket.IPPROTO_IPV6, _IPV6_2292PKTOPTIONS, _HOP_LIMIT.size)
            if len(options) == _HOP_LIMIT.size:
                (ttl,) = _HOP_LIMIT.unpack(options)
        received_ns = self.sent_ns + rtt_ns
        return Reply(
            self._address, ReplyKind.SYN_ACK, received_ns, rtt_ns, ttl=ttl, kernel_stamp=kernel_stamp
        )

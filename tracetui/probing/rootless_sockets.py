"""Opens and watches the sockets of the rootless prober, within the limit of open files."""

import errno
import os
import select
import socket
from typing import Final, Protocol

from tracetui.model import CannotRunError, Reply
from tracetui.probing.clock import Clock
from tracetui.probing.open_files import probe_sockets, raise_limit
from tracetui.probing.prober import Probe
from tracetui.probing.socket_receive import SO_TIMESTAMPNS
from tracetui.probing.source_address import bind_to_interface

Match = tuple[Probe, Reply]

_ROOM_PART: Final = 8
"""One of so many idle sockets is closed when the limit of open files is reached."""


class Watched(Protocol):
    """An owner of a socket that `epoll` watches."""

    @property
    def idle(self) -> bool:
        """True where it may be closed to make room."""

    def take(self, events: int, taken: list[Match]) -> None:
        """Read what `events` announce; append the replies with their probes to `taken`."""

    def close(self) -> None:
        """Close the socket."""


class Sockets:
    """Shared by all lanes: clock, interface, `epoll`, counters and the limit of open files."""

    def __init__(self, clock: Clock, interface: str | None) -> None:
        """Raise the soft limit of open files to the hard one.

        Raises CannotRunError for an unknown interface.
        """
        if interface is not None:
            _check_interface(interface)
        self.clock: Final = clock
        self.interface: Final = interface
        self.poll: Final = select.epoll()
        self.watched: Final[dict[int, Watched]] = {}
        self.busy = 0
        """Sockets that must stay open."""
        self.early: Final[list[Match]] = []
        """Replies read during a send, to be returned first."""
        self.matched = self.foreign = self.forged = self.malformed = self.dropped = 0
        self.max_open: Final = probe_sockets(raise_limit())
        # The kernel starts to stamp packets only some time after the first socket asks for it.
        self._stamping: Final = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._stamping.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def open(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """Return a non-blocking socket bound to the interface. Raises OSError."""
        if len(self.watched) >= self.max_open:
            self._make_room()
        opened = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
        try:
            bind_to_interface(opened, self.interface)
        except OSError:
            opened.close()
            raise
        return opened

    def _make_room(self) -> None:
        """Close some idle sockets, those opened first. Raises OSError where there is none."""
        if self.busy >= len(self.watched):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        idle = [watched for watched in self.watched.values() if watched.idle]
        for watched in idle[: len(idle) // _ROOM_PART + 1]:
            watched.close()

    def close_watched(self, closing: socket.socket) -> None:
        """Close a socket that is in `watched`; closing takes it out of `epoll`."""
        self.watched.pop(closing.fileno(), None)
        closing.close()

    def close(self) -> None:
        """Close what belongs to no lane."""
        self._stamping.close()
        self.poll.close()


def _check_interface(interface: str) -> None:
    try:
        socket.if_nametoindex(interface)
    except OSError:
        names = ", ".join(name for _, name in socket.if_nameindex())
        raise CannotRunError(f"no network interface {interface!r}: there are {names}") from None

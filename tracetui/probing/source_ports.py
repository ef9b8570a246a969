"""Reserves source ports for TCP flows: few sockets, however many lanes."""

from typing import Final, Protocol

from tracetui.probing.prober import ProbeNotSentError

MAX_OWN_PORTS: Final = 16
"""Flows from one source address that have a port of their own; further ones share these.

Two flows to different addresses or ports are two flows with the same source port too: for load balancers, for
the kernel and for matching. Every port is a socket, and a file descriptor.
"""

Destination = tuple[str, int]
"""Address and port."""


class PortReserver(Protocol):
    """The part of a `Wire` that this needs."""

    def reserve_port(self, source: str) -> int:
        """Return a port that no other program uses. Raises ProbeNotSentError."""

    def release_port(self, source: str, port: int) -> None:
        """Give it back."""


class SourcePorts:
    """The ports that are held, and the destinations each serves."""

    def __init__(self, wire: PortReserver) -> None:
        self._wire = wire
        self._held: dict[str, dict[int, set[Destination]]] = {}
        """Source address to its ports."""

    def take(self, source: str, destination: Destination) -> int:
        """Return a source port that no other flow to `destination` has. Raises ProbeNotSentError."""
        held = self._held.setdefault(source, {})
        free = [port for port, taken in held.items() if destination not in taken]
        if len(held) < MAX_OWN_PORTS or not free:
            try:
                port = self._wire.reserve_port(source)
            except ProbeNotSentError:
                if not free:
                    raise
            else:
                held[port] = {destination}
                return port
        port = min(free, key=lambda each: len(held[each]))
        held[port].add(destination)
        return port

    def give_back(self, source: str, port: int, destination: Destination) -> None:
        """End the use of a port for a destination; a port without one is released."""
        taken = self._held[source][port]
        taken.discard(destination)
        if not taken:
            del self._held[source][port]
            self._wire.release_port(source, port)

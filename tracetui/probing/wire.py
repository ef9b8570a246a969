"""The interface to what carries packets: raw sockets or a simulated internet, with the same bytes."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Datagram(NamedTuple):
    """One received packet without its IP header."""

    protocol: int
    """`ICMP`, `TCP` or `ICMP6` of `packet.ip_header`."""

    source: str
    ttl: int
    """TTL or hop limit it arrived with."""

    payload: bytes
    """From the first byte of the ICMP or TCP header on."""

    received_ns: int
    """Unix time; the kernel's receive stamp where `kernel_stamp` is True."""

    kernel_stamp: bool = True


class Wire(Protocol):
    """Sends whole IP packets, receives datagrams. Used from the engine's thread, except `wake`."""

    name: str
    """`raw` or `simulated`: the prober's name."""

    def source_for(self, address: str, wanted: str | None) -> str:
        """Return the source address for packets to `address`: `wanted`, checked, or the system's choice.

        Raises ProbeNotSentError when there is no route or `wanted` is not an address of this host.
        """

    def reserve_port(self, source: str) -> int:
        """Return a TCP source port that no other program on this host uses, held until released."""

    def release_port(self, source: str, port: int) -> None:
        """Give a reserved port back."""

    def expect_identifier(self, source: str, identifier: int) -> None:
        """Receive answers to echo requests from `source` with this identifier."""

    def forget_identifier(self, source: str, identifier: int) -> None:
        """Receive them no more; once for each `expect_identifier`."""

    def send(self, packet: bytes | bytearray, address: str) -> int:
        """Send one packet that starts with its IP header; return the Unix time in ns right before the send.

        Raises ProbeNotSentError when the system refuses.
        """

    def receive(self, until_ns: int) -> Sequence[Datagram]:
        """Block until the monotonic time `until_ns`, a datagram or `wake`; return what arrived.

        It need not return at a datagram that the kernel has stamped.
        """

    def wake(self) -> None:
        """Make a blocked `receive` return; callable from any thread."""

    @property
    def behind(self) -> bool:
        """True while datagrams that have arrived may not have been returned yet."""

    @property
    def dropped(self) -> int:
        """Datagrams the kernel lost before they were read."""

    @property
    def malformed(self) -> int:
        """Packets dropped because of an invalid IP header."""

    def close(self) -> None:
        """Close all sockets."""

"""Finds the source address that the system would use, without privilege and without sending anything."""

import os
import socket
from typing import Final

from tracetui.probing.prober import ProbeNotSentError
from tracetui.probing.send_errors import send_error

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
"""What socket calls take: IPv4, IPv6."""

_ANY_PORT: Final = 9
"""Any port serves to look up a route (discard, RFC 863)."""


def socket_address(address: str, port: int) -> SocketAddress:
    """Return the socket address of an address in text, `fe80::1%eth0` too.

    Raises OSError for a zone that is no interface.
    """
    if ":" not in address:
        return address, port
    bare, _, zone = address.partition("%")
    if not zone:
        return bare, port, 0, 0
    return bare, port, 0, int(zone) if zone.isdigit() else socket.if_nametoindex(zone)


def family_of(address: str) -> socket.AddressFamily:
    """Return AF_INET or AF_INET6."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def bind_to_interface(binding: socket.socket, interface: str | None) -> None:
    """Make a socket use one interface only, which needs no privilege since Linux 5.7. Raises OSError."""
    if interface is not None:
        binding.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, os.fsencode(interface) + b"\0")


def source_for(address: str, wanted: str | None, interface: str | None) -> str:
    """Return the source address of packets to `address`: `wanted`, checked, or the system's choice.

    Raises ProbeNotSentError when there is no route or `wanted` is not an address of this machine.
    """
    try:
        with socket.socket(family_of(address), socket.SOCK_DGRAM) as asking:
            bind_to_interface(asking, interface)
            if wanted is not None:
                _bind_wanted(asking, wanted)
            asking.connect(socket_address(address, _ANY_PORT))
            return _with_zone(asking.getsockname())
    except OSError as error:
        raise send_error(error, address, interface) from None


def _with_zone(found: SocketAddress) -> str:
    """Return an address as text, a link-local one with its zone, which binding to it needs."""
    if len(found) == 4 and found[3] and "%" not in found[0]:
        return f"{found[0]}%{socket.if_indextoname(found[3])}"
    return found[0]


def _bind_wanted(asking: socket.socket, wanted: str) -> None:
    try:
        asking.bind(socket_address(wanted, 0))
    except OSError as error:
        raise ProbeNotSentError(
            f"{wanted} is no source address: {error.strerror}: look at 'ip address'"
        ) from None

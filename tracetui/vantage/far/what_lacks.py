"""Finds out what a far end cannot probe, sending nothing."""

import socket
from typing import Final

_FAMILIES: Final = (("ipv4", socket.AF_INET, "192.0.2.1"), ("ipv6", socket.AF_INET6, "2001:db8::1"))


def what_lacks(prober: str) -> list[str]:
    """Return which of `icmp`, `ipv4` and `ipv6` cannot be probed here."""
    lacking = []
    if prober == "rootless":
        try:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
        except OSError:
            lacking.append("icmp")
    for name, family, address in _FAMILIES:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))  # sends nothing: it only asks the routing table
        except OSError:
            lacking.append(name)
    return lacking

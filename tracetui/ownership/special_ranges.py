"""Recognises special-purpose addresses (IANA registries), which no AS source is asked about.

Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190), the multicast blocks
(RFC 5771, RFC 4291 section 2.7), and the IPv6 space outside 2000::/3 that RFC 4291 reserves.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network
from typing import Final

from tracetui.model import Attribution

SOURCE: Final = "special-purpose"
"""`Attribution.source` of everything answered here."""


@dataclass(frozen=True, slots=True)
class SpecialRange:
    """One entry of a special-purpose registry."""

    prefix: str
    name: str
    rfc: int
    reachable: bool = False
    """Globally reachable: such an address may have an AS, so the other sources are asked too."""

    embeds_ipv4: int | None = None
    """Number of bits right of the IPv4 address inside the IPv6 address; None when there is none inside."""

    @property
    def title(self) -> str:
        """`private-use (RFC 1918)`, `site-local (deprecated, RFC 3879)`."""
        if self.name.endswith(")"):
            return f"{self.name[:-1]}, RFC {self.rfc})"
        return f"{self.name} (RFC {self.rfc})"


RANGES_V4: Final = (
    SpecialRange("0.0.0.0/8", "this network", 791),
    SpecialRange("0.0.0.0/32", "this host", 1122),
    SpecialRange("10.0.0.0/8", "private-use", 1918),
    SpecialRange("100.64.0.0/10", "CGNAT", 6598),
    SpecialRange("127.0.0.0/8", "loopback", 1122),
    SpecialRange("169.254.0.0/16", "link-local", 3927),
    SpecialRange("172.16.0.0/12", "private-use", 1918),
    SpecialRange("192.0.0.0/24", "IETF protocol assignments", 6890),
    SpecialRange("192.0.0.0/29", "IPv4 service continuity", 7335),
    SpecialRange("192.0.0.8/32", "IPv4 dummy address", 7600),
    SpecialRange("192.0.0.9/32", "Port Control Protocol anycast", 7723, reachable=True),
    SpecialRange("192.0.0.10/32", "TURN anycast", 8155, reachable=True),
    SpecialRange("192.0.0.170/32", "NAT64/DNS64 discovery", 8880),
    SpecialRange("192.0.0.171/32", "NAT64/DNS64 discovery", 8880),
    SpecialRange("192.0.2.0/24", "documentation", 5737),
    SpecialRange("192.31.196.0/24", "AS112-v4", 7535, reachable=True),
    SpecialRange("192.52.193.0/24", "AMT", 7450, reachable=True),
    SpecialRange("192.88.99.0/24", "6to4 relay anycast (deprecated)", 7526, reachable=True),
    SpecialRange("192.88.99.2/32", "6a44 relay anycast", 6751),
    SpecialRange("192.168.0.0/16", "private-use", 1918),
    SpecialRange("192.175.48.0/24", "direct delegation AS112 service", 7534, reachable=True),
    SpecialRange("198.18.0.0/15", "benchmarking", 2544),
    SpecialRange("198.51.100.0/24", "documentation", 5737),
    SpecialRange("203.0.113.0/24", "documentation", 5737),
    SpecialRange("224.0.0.0/4", "multicast", 5771),
    SpecialRange("240.0.0.0/4", "reserved", 1112),
    SpecialRange("255.255.255.255/32", "limited broadcast", 8190),
)

RANGES_V6: Final = (
    SpecialRange("::/3", "reserved", 4291),
    SpecialRange("::/96", "IPv4-compatible (deprecated)", 4291),
    SpecialRange("::/128", "unspecified", 4291),
    SpecialRange("::1/128", "loopback", 4291),
    SpecialRange("::ffff:0:0/96", "IPv4-mapped", 4291, embeds_ipv4=0),
    SpecialRange("64:ff9b::/96", "NAT64", 6052, reachable=True, embeds_ipv4=0),
    SpecialRange("64:ff9b:1::/48", "NAT64, local-use", 8215),
    SpecialRange("100::/64", "discard-only", 6666),
    SpecialRange("100:0:0:1::/64", "dummy prefix", 9780),
    SpecialRange("2001::/23", "IETF protocol assignments", 2928),
    SpecialRange("2001::/32", "Teredo", 4380),
    SpecialRange("2001:1::1/128", "Port Control Protocol anycast", 7723, reachable=True),
    SpecialRange("2001:1::2/128", "TURN anycast", 8155, reachable=True),
    SpecialRange("2001:1::3/128", "DNS-SD service registration anycast", 9665, reachable=True),
    SpecialRange("2001:2::/48", "benchmarking", 5180),
    SpecialRange("2001:3::/32", "AMT", 7450, reachable=True),
    SpecialRange("2001:4:112::/48", "AS112-v6", 7535, reachable=True),
    SpecialRange("2001:10::/28", "ORCHID (deprecated)", 4843),
    SpecialRange("2001:20::/28", "ORCHIDv2", 7343, reachable=True),
    SpecialRange("2001:30::/28", "drone remote ID", 9374, reachable=True),
    SpecialRange("2001:db8::/32", "documentation", 3849),
    SpecialRange("2002::/16", "6to4", 3056, embeds_ipv4=80),
    SpecialRange("2620:4f:8000::/48", "direct delegation AS112 service", 7534, reachable=True),
    SpecialRange("3fff::/20", "documentation", 9637),
    SpecialRange("4000::/2", "reserved", 4291),
    SpecialRange("5f00::/16", "segment routing SIDs", 9602),
    SpecialRange("8000::/1", "reserved", 4291),
    SpecialRange("fc00::/7", "unique local", 4193),
    SpecialRange("fe80::/10", "link-local", 4291),
    SpecialRange("fec0::/10", "site-local (deprecated)", 3879),
    SpecialRange("ff00::/8", "multicast", 4291),
)


def _by_length(ranges: tuple[SpecialRange, ...]) -> tuple[tuple[int, dict[int, SpecialRange]], ...]:
    """Index for longest match, longest prefix first: (bits right of the prefix, prefix bits → range)."""
    index: dict[int, dict[int, SpecialRange]] = {}
    for entry in ranges:
        network = ip_network(entry.prefix)
        spare = network.max_prefixlen - network.prefixlen
        index.setdefault(spare, {})[int(network.network_address) >> spare] = entry
    return tuple(sorted(index.items()))


_INDEX_V4: Final = _by_length(RANGES_V4)
_INDEX_V6: Final = _by_length(RANGES_V6)


@lru_cache(maxsize=4096)
def special_range(address: str) -> SpecialRange | None:
    """Return the registry's entry for `address` by longest match; None for an ordinary public address.

    An IPv6 zone (`fe80::1%eth0`) is ignored. Text that is no address has no entry.
    """
    value = _parse(address)
    if value is None:
        return None
    number = int(value)
    for spare, ranges in _INDEX_V4 if isinstance(value, IPv4Address) else _INDEX_V6:
        entry = ranges.get(number >> spare)
        if entry is not None:
            return entry
    return None


def embedded_ipv4(address: str) -> str | None:
    """Return the IPv4 address inside an IPv4-mapped, NAT64 or 6to4 address; None for any other."""
    entry = special_range(address)
    if entry is None or entry.embeds_ipv4 is None:
        return None
    return str(IPv4Address(int(IPv6Address(address)) >> entry.embeds_ipv4 & 0xFFFFFFFF))


@lru_cache(maxsize=4096)
def special_purpose(address: str) -> Attribution | None:
    """Name an address from the special-purpose registries; None for an ordinary public address.

    An address that wraps an IPv4 one says which: `NAT64 of 8.8.8.8`, and why that one is special, if it is.
    """
    entry = special_range(address)
    if entry is None:
        return None
    special, name = entry.name, entry.title
    inner = embedded_ipv4(address)
    if inner is not None:
        special, name = f"{entry.name} of {inner}", f"{entry.name} of {inner} (RFC {entry.rfc})"
        inside = special_range(inner)
        if inside is not None:
            name = f"{name}, {inside.title}"
    return Attribution((), name, entry.prefix, SOURCE, special=special)


def address_to_ask(address: str) -> str | None:
    """Return the address to ask the AS sources about; None when they are not to be asked.

    An ordinary or globally reachable address stands for itself, one that wraps an IPv4 address for that one:
    behind NAT64 every router of the IPv4 internet shows up in 64:ff9b::/96.
    """
    entry = special_range(address)
    if entry is None:
        return address
    inner = embedded_ipv4(address)
    if inner is not None:
        inside = special_range(inner)
        return inner if inside is None or inside.reachable else None
    return address if entry.reachable else None


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return IPv6Address(address.partition("%")[0]) if ":" in address else IPv4Address(address)
    except AddressValueError:
        return None

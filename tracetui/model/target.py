"""Parses a target as typed, without resolving it."""

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from tracetui.model.errors import TargetError
from tracetui.model.lane import ProbeProtocol, Role

DEFAULT_PORT: Final = 443
SMTP_PORT: Final = 25
_SCHEME_PORTS: Final = {"https": 443, "http": 80, "smtp": 25, "ssh": 22}
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_ZONE: Final = re.compile(r"[A-Za-z0-9_.:@-]{1,15}")
_EXAMPLES: Final = "example.org, example.org:25, 192.0.2.1, [2001:db8::1]:443, mx:example.org"


@dataclass(frozen=True, slots=True)
class Target:
    """A target as typed: a host or address, what to probe it with, and its role."""

    text: str
    """As typed, trimmed."""

    host: str
    """Name (ASCII form) or canonical address."""

    mail: bool = False
    """True for `mx:`: every mail exchanger of the domain `host`."""

    protocols: tuple[ProbeProtocol, ...] = (ProbeProtocol.TCP, ProbeProtocol.ICMP)
    ports: tuple[int, ...] = (DEFAULT_PORT,)
    role: Role = Role.SUSPECT
    source: str | None = None
    """Source address for this target alone; None: the investigation's."""

    via: str | None = None
    """The vantage that alone traces this target; None: this machine, and every vantage."""

    @property
    def address(self) -> str | None:
        """The canonical address, when the target is one."""
        try:
            return str(ipaddress.ip_address(self.host))
        except ValueError:
            return None

    def as_control(self) -> "Target":
        """The same target, as a control."""
        return replace(self, role=Role.CONTROL)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of a target."""

    target: Target
    host: str
    """The name that has the address (a mail exchanger's, for `mx:`)."""

    address: str


def parse_target(
    text: str,
    *,
    protocols: tuple[ProbeProtocol, ...] = (ProbeProtocol.TCP, ProbeProtocol.ICMP),
    ports: tuple[int, ...] | None = None,
) -> Target:
    """Parse a target in any form that the command line accepts.

    `HOST`, `HOST:PORT`, `[V6]:PORT`, `tcp://HOST:PORT`, `icmp://HOST`, `https://HOST/...`, `mx:DOMAIN`.
    `protocols` and `ports` are for targets without their own (ports default to 443, to 25 for `mx:`).

    Raises TargetError with one line that names the target, what is wrong and what would be right.
    """
    typed = text.strip()
    if not typed:
        raise TargetError(f"an empty target: give a host, such as {_EXAMPLES}")
    if typed.lower().startswith("mx:"):
        return Target(
            typed,
            _name(typed[3:].strip("/"), typed),
            mail=True,
            protocols=protocols,
            ports=ports or (SMTP_PORT,),
        )
    if "://" in typed:
        return _parse_url(typed, protocols, ports)
    host, port = _split_port(typed, typed)
    return Target(typed, _host(host, typed), protocols=protocols, ports=_ports(port, ports))


def is_one_host(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell the address of a host from multicast, broadcast and `0.0.0.0`, which filtering resolvers
    answer."""
    return not (address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255")


def parse_port(text: str, where: str) -> int:
    """Return a TCP port; raises TargetError naming `where` it stood."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= 65535:
        raise TargetError(f"{where!r}: port {text!r} is not a number from 1 to 65535")
    return int(text)


def _ports(own: int | None, common: tuple[int, ...] | None) -> tuple[int, ...]:
    return (own,) if own is not None else common or (DEFAULT_PORT,)


def _parse_url(typed: str, protocols: tuple[ProbeProtocol, ...], ports: tuple[int, ...] | None) -> Target:
    scheme = typed.partition("://")[0].lower()
    if scheme not in {"tcp", "icmp", *_SCHEME_PORTS}:
        raise TargetError(
            f"{typed!r}: scheme {scheme!r} is not known: use tcp://, icmp://, https:// or http://"
        )
    try:
        authority = urlsplit(typed).netloc
    except ValueError:
        raise TargetError(f"{typed!r}: the address in brackets is not an IPv6 address") from None
    host, port = _split_port(authority.rpartition("@")[2], typed)
    target = Target(typed, _host(host, typed))
    if scheme == "icmp":
        if port is not None:
            raise TargetError(f"{typed!r}: ICMP has no ports: leave :{port} out, or use tcp://")
        return replace(target, protocols=(ProbeProtocol.ICMP,), ports=())
    if scheme == "tcp":
        return replace(target, protocols=(ProbeProtocol.TCP,), ports=_ports(port, ports))
    return replace(target, protocols=protocols, ports=(port or _SCHEME_PORTS[scheme],))


def _split_port(authority: str, typed: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        host, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise TargetError(f"{typed!r}: brackets hold an IPv6 address: write [2001:db8::1]:443")
        if ":" not in host:
            raise TargetError(f"{typed!r}: {host!r} in brackets is not an IPv6 address")
        return host, parse_port(rest[1:], typed) if rest else None
    if authority.count(":") == 1:
        host, _, port = authority.partition(":")
        return host, parse_port(port, typed)
    return authority, None


def _host(host: str, typed: str) -> str:
    bare, percent, zone = host.partition("%")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        if ":" in host:
            raise TargetError(
                f"{_in(typed, host)} is not an IPv6 address; with a port write [2001:db8::1]:443"
            ) from None
        return _name(host, typed)
    if percent and not _ZONE.fullmatch(zone):
        raise TargetError(f"{typed!r}: the zone after % is not the name of an interface")
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if not is_one_host(address):
        raise TargetError(f"{_in(typed, str(address))} is not the address of one host")
    return f"{address}%{zone}" if zone else str(address)


def _name(name: str, typed: str) -> str:
    if not name:
        raise TargetError(f"{typed!r}: no host in it: write {_EXAMPLES}")
    try:
        ascii_name = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        raise TargetError(f"{_in(typed, name)} is not a host name") from None
    labels = ascii_name.removesuffix(".").split(".")
    if len(ascii_name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise TargetError(f"{_in(typed, name)} is not a host name or address: write {_EXAMPLES}")
    if all(label.isdigit() for label in labels):
        raise TargetError(f"{_in(typed, name)} is not an IPv4 address: four numbers from 0 to 255")
    return ascii_name.lower()


def _in(typed: str, part: str) -> str:
    """Return the invalid part and the target, once when they are the same."""
    return repr(part) if part == typed else f"{typed!r}: {part!r}"

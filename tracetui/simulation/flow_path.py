"""Nodes as packets meet them, and what a node has to do with one flow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from random import Random
from typing import Final, NamedTuple

from tracetui.simulation.packet_bytes import PROTOCOLS, Packet
from tracetui.simulation.scenario import (
    Action,
    Address,
    Direction,
    Host,
    Link,
    LocalFailure,
    Policy,
    Router,
    Selector,
    Source,
)

_SECOND: Final = 1_000_000_000
_QUIET: Final = frozenset({Action.SILENT, Action.RATE_LIMIT})


def unpacked(packed: bytes) -> Address:
    """Return an address object for 4 or 16 bytes."""
    return IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)


class Traffic(NamedTuple):
    """What selectors look at."""

    end: Address
    """The far one: where a probe goes, or who sent a reply."""

    source: Address
    protocol: int
    port: int | None
    """The end's."""


def matches(selector: Selector, traffic: Traffic) -> bool:
    """Tell whether such packets are meant; the time is not looked at."""
    return (
        (not selector.protocols or PROTOCOLS.get(traffic.protocol) in selector.protocols)
        and (not selector.ports or traffic.port in selector.ports)
        and (not selector.destinations or any(traffic.end in prefix for prefix in selector.destinations))
        and (not selector.sources or any(traffic.source in prefix for prefix in selector.sources))
    )


@dataclass(slots=True)
class Place:
    """A router or host, with what it remembers."""

    node: Router | Host
    error_source: dict[int, bytes]
    """IP version to the address, packed, that its ICMP errors come from."""

    returns: tuple[Policy, ...]
    """Policies for what comes back through it."""

    buckets: dict[tuple[int, bytes], tuple[float, int]] = field(default_factory=dict)
    """(Number of a rate limit, peer) to tokens left and when that was."""

    def takes_token(self, number: int, policy: Policy, peer: bytes, now_ns: int) -> bool:
        """Take a token from the peer's bucket; False when it is empty.

        Refilled with time, as in Linux (`inet_peer_xrlim_allow`, net/ipv4/inetpeer.c).
        """
        tokens, since_ns = self.buckets.get((number, peer), (float(policy.burst), now_ns))
        tokens = min(float(policy.burst), tokens + max(now_ns - since_ns, 0) * policy.per_second / _SECOND)
        allowed = tokens >= 1
        self.buckets[number, peer] = (tokens - 1 if allowed else tokens, max(now_ns, since_ns))
        return allowed


def place(node: Router | Host) -> Place:
    """Return the place of a node."""
    speaking = node.reply_addresses + node.addresses if isinstance(node, Router) else node.addresses
    errors: dict[int, bytes] = {}
    for address in speaking:
        errors.setdefault(address.version, address.packed)
    return Place(
        node,
        errors,
        tuple(policy for policy in node.policies if policy.direction is Direction.RETURN),
    )


@dataclass(frozen=True, slots=True)
class World:
    """All places and what lies between them."""

    places: Mapping[str, Place]
    links: Mapping[tuple[str, str], Link]
    random: Random
    """For loss, jitter and sequence numbers."""


def traffic_of(packet: Packet) -> Traffic:
    """Return what selectors look at in a packet from a source."""
    return Traffic(unpacked(packet.destination), unpacked(packet.source), packet.protocol, packet.port)


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the way of one flow, with those of its policies that are about this flow."""

    place: Place
    link: Link
    """By which packets come here."""

    first: tuple[Policy, ...]
    """Applied before the TTL is looked at."""

    then: tuple[Policy, ...]
    """Applied to what is forwarded; at a host, to what it gets."""

    quiet: tuple[tuple[int, Policy], ...]
    """`silent` and `rate_limit`, with their numbers at the place."""


@dataclass(frozen=True, slots=True)
class Course:
    """The way of one flow through the places of a network."""

    source: Source
    stops: tuple[Stop, ...]
    arrives: bool
    known: bool
    """As in `Way`."""

    until_ns: int
    failures: tuple[LocalFailure, ...]
    """Of the source, for this flow."""


def make_stop(where: Place, link: Link, traffic: Traffic) -> Stop:
    """Return the stop of a flow at a place."""
    node = where.node
    policies = [
        (number, policy)
        for number, policy in enumerate(node.policies)
        if policy.direction is Direction.OUT and matches(policy.selector, traffic)
    ]
    acting = [policy for _, policy in policies if policy.action not in _QUIET]
    return Stop(
        where,
        link,
        tuple(policy for policy in acting if policy.before_ttl),
        tuple(policy for policy in acting if not policy.before_ttl),
        tuple((number, policy) for number, policy in policies if policy.action in _QUIET),
    )

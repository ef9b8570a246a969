"""The path of a flow: the nodes that its packets meet, each with the policies that match the flow."""

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
_REPLY_LIMITS: Final = frozenset({Action.SILENT, Action.RATE_LIMIT})


def unpacked(packed: bytes) -> Address:
    """Return an address object for 4 or 16 bytes."""
    return IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)


class Traffic(NamedTuple):
    """What selectors match."""

    end: Address
    """Where a probe goes, or who sent a reply."""

    source: Address
    protocol: int
    port: int | None
    """The end's."""


def matches(selector: Selector, traffic: Traffic) -> bool:
    """Tell whether a selector matches, at whatever time."""
    return (
        (not selector.protocols or PROTOCOLS.get(traffic.protocol) in selector.protocols)
        and (not selector.ports or traffic.port in selector.ports)
        and (not selector.destinations or any(traffic.end in prefix for prefix in selector.destinations))
        and (not selector.sources or any(traffic.source in prefix for prefix in selector.sources))
    )


@dataclass(slots=True)
class NodeState:
    """A router or host, with its token buckets."""

    node: Router | Host
    error_source: dict[int, bytes]
    """IP version to the address, packed, that its ICMP errors come from."""

    returns: tuple[Policy, ...]
    """Policies for replies that pass it on the way back."""

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


def node_state(node: Router | Host) -> NodeState:
    """Return the state of a node before the first packet."""
    speaking = node.reply_addresses + node.addresses if isinstance(node, Router) else node.addresses
    errors: dict[int, bytes] = {}
    for address in speaking:
        errors.setdefault(address.version, address.packed)
    return NodeState(
        node,
        errors,
        tuple(policy for policy in node.policies if policy.direction is Direction.RETURN),
    )


@dataclass(frozen=True, slots=True)
class NetworkState:
    """All nodes and the links between them."""

    nodes: Mapping[str, NodeState]
    links: Mapping[tuple[str, str], Link]
    random: Random
    """For loss, jitter and sequence numbers."""


def traffic_of(packet: Packet) -> Traffic:
    """Return what selectors match in a packet from a source."""
    return Traffic(unpacked(packet.destination), unpacked(packet.source), packet.protocol, packet.port)


@dataclass(frozen=True, slots=True)
class FlowHop:
    """A node on the path of one flow, with the policies that match this flow."""

    state: NodeState
    link: Link
    """By which packets come here."""

    before_ttl: tuple[Policy, ...]
    """Applied before the TTL check."""

    after_ttl: tuple[Policy, ...]
    """Applied to packets that are forwarded; at a host, to those it receives."""

    reply_limits: tuple[tuple[int, Policy], ...]
    """`silent` and `rate_limit`, with their numbers at the node."""


@dataclass(frozen=True, slots=True)
class FlowPath:
    """The path of one flow through a network, until a route changes."""

    source: Source
    hops: tuple[FlowHop, ...]
    arrives: bool
    known: bool
    """As in `RoutedPath`."""

    until_ns: int
    failures: tuple[LocalFailure, ...]
    """Of the source, for this flow."""


def flow_hop(state: NodeState, link: Link, traffic: Traffic) -> FlowHop:
    """Return the hop of a flow at a node."""
    node = state.node
    policies = [
        (number, policy)
        for number, policy in enumerate(node.policies)
        if policy.direction is Direction.OUT and matches(policy.selector, traffic)
    ]
    acting = [policy for _, policy in policies if policy.action not in _REPLY_LIMITS]
    return FlowHop(
        state,
        link,
        tuple(policy for policy in acting if policy.before_ttl),
        tuple(policy for policy in acting if not policy.before_ttl),
        tuple((number, policy) for number, policy in policies if policy.action in _REPLY_LIMITS),
    )

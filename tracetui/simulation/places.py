"""Nodes of the network as packets meet them: policies sorted by when they apply, addresses packed."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, NamedTuple

from tracetui.model import ProbeProtocol
from tracetui.packet.ip import ICMP, ICMP6, TCP, IpPacket, MalformedPacketError, parse_packet
from tracetui.simulation.scenario import Action, Address, Direction, Host, Policy, Router, Selector

_SECOND: Final = 1_000_000_000


class Packet(NamedTuple):
    """A probe on its way: what policies look at, and its bytes for quotes."""

    data: bytes
    ip: IpPacket
    source: Address
    destination: Address
    protocol: ProbeProtocol
    port: int | None

    @property
    def flow(self) -> bytes:
        """What load balancers hash: addresses, protocol, the first four bytes behind the IP header."""
        ip = self.ip
        return ip.source + ip.destination + ip.payload[:4]


def read_probe(data: bytes) -> Packet | None:
    """Return a TCP SYN or an echo request; None for anything else, which this internet does not answer."""
    try:
        ip = parse_packet(data)
    except MalformedPacketError:
        return None
    upper = ip.payload
    if ip.protocol == TCP and len(upper) >= 20 and upper[13] & 0x17 == 2:
        protocol, port = ProbeProtocol.TCP, upper[2] << 8 | upper[3]
    elif (ip.version, ip.protocol, upper[:1]) in {(4, ICMP, b"\x08"), (6, ICMP6, b"\x80")} and len(
        upper
    ) >= 8:
        protocol, port = ProbeProtocol.ICMP, None
    else:
        return None
    return Packet(data, ip, ip_address(ip.source), ip_address(ip.destination), protocol, port)


def applies(selector: Selector, packet: Packet, now_ns: int) -> bool:
    """Tell whether a policy is about this probe at this moment (nanoseconds since the start)."""
    return (
        selector.from_ns <= now_ns < selector.until_ns
        and (not selector.protocols or packet.protocol in selector.protocols)
        and (not selector.ports or packet.port in selector.ports)
        and (
            not selector.destinations or any(packet.destination in prefix for prefix in selector.destinations)
        )
        and (not selector.sources or any(packet.source in prefix for prefix in selector.sources))
    )


@dataclass(slots=True)
class Place:
    """A router or host."""

    node: Router | Host
    error_source: dict[int, bytes] = field(default_factory=dict)
    """IP version to the address, packed, that its ICMP errors come from."""

    before_ttl: tuple[Policy, ...] = ()
    forward: tuple[Policy, ...] = ()
    silences: tuple[Policy, ...] = ()
    limits: tuple[Policy, ...] = ()
    returns: tuple[Policy, ...] = ()
    _buckets: dict[tuple[int, bytes], tuple[float, int]] = field(default_factory=dict)

    def allows_error(self, packet: Packet, now_ns: int) -> bool:
        """Tell whether the router answers this probe with an ICMP error now; takes a token where it limits.

        A token bucket a peer, as Linux has (net/ipv4/inetpeer.c).
        """
        if any(applies(policy.selector, packet, now_ns) for policy in self.silences):
            return False
        for index, policy in enumerate(self.limits):
            if not applies(policy.selector, packet, now_ns):
                continue
            key = (index, packet.ip.source)
            tokens, since_ns = self._buckets.get(key, (float(policy.burst), now_ns))
            tokens = min(float(policy.burst), tokens + (now_ns - since_ns) / _SECOND * policy.per_second)
            allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if allowed else tokens, max(now_ns, since_ns))
            if not allowed:
                return False
        return True


def place(node: Router | Host) -> Place:
    """Return the place of a node."""
    own = (*node.reply_addresses, *node.addresses) if isinstance(node, Router) else node.addresses
    outward = [policy for policy in node.policies if policy.direction is Direction.OUT]
    acting = [policy for policy in outward if policy.action not in (Action.SILENT, Action.RATE_LIMIT)]
    silences = [policy for policy in outward if policy.action is Action.SILENT]
    if isinstance(node, Router) and node.silent:
        silences.append(Policy(Action.SILENT))
    return Place(
        node,
        error_source={address.version: address.packed for address in reversed(own)},
        before_ttl=tuple(policy for policy in acting if policy.before_ttl),
        forward=tuple(policy for policy in acting if not policy.before_ttl),
        silences=tuple(silences),
        limits=tuple(policy for policy in outward if policy.action is Action.RATE_LIMIT),
        returns=tuple(policy for policy in node.policies if policy.direction is Direction.RETURN),
    )

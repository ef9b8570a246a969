"""Forwards one packet of a simulated internet hop by hop, and carries the replies back."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from tracetui.packet.ip_header import ICMP, ICMP6, TCP
from tracetui.simulation.flow_path import (
    FlowHop,
    FlowPath,
    NetworkState,
    NodeState,
    Traffic,
    flow_hop,
    matches,
    traffic_of,
    unpacked,
)
from tracetui.simulation.packet_bytes import UDP, Arrival, Packet, aged, sum_is_right
from tracetui.simulation.reply_packets import (
    TIME_EXCEEDED,
    UNREACHABLE,
    echo_reply,
    icmp_error,
    reset,
    syn_ack,
)
from tracetui.simulation.scenario import Action, Host, Link, Policy, Port, Router

_NET_UNREACHABLE: Final = {4: 0, 6: 0}
_HOST_UNREACHABLE: Final = {4: 1, 6: 3}
_PORT_UNREACHABLE: Final = {4: 3, 6: 4}
_ECHO_REQUEST: Final = {ICMP: 8, ICMP6: 128}
_ICMP_OF: Final = {4: ICMP, 6: ICMP6}
_SYN, _ACK, _RST = 2, 16, 4
_LOOP_LINK: Final = Link(1_000_000)
"""Between routers that loop without their own link in the file."""


class ArrivedProbe(NamedTuple):
    """What is seen of a probe at the machine that it is for; times since it was sent."""

    after_ns: int
    answered_after_ns: int | None
    """When an answer to it left; None for none."""


class Forwarding:
    """Forwards one packet; `run` may be called once."""

    __slots__ = (
        "_answered",
        "_arrivals",
        "_delay_ns",
        "_flow_path",
        "_index",
        "_network",
        "_now_ns",
        "_packet",
        "_random",
        "_ttl",
        "arrived",
    )

    def __init__(self, packet: Packet, flow_path: FlowPath, now_ns: int, network: NetworkState) -> None:
        """`now_ns`: time of the send, since the start of the scenario."""
        self._packet = packet
        self._flow_path = flow_path
        self._now_ns = now_ns
        self._network = network
        self._random = network.random
        self._delay_ns = 0
        self._index = 0  # of the hop where the packet is
        self._ttl = packet.ttl  # with which it came there
        self._arrivals: list[Arrival] = []
        self._answered = False
        self.arrived: ArrivedProbe | None = None
        """Once it has run: when the packet arrived at the machine it is for, and whether that answered."""

    def run(self) -> Sequence[Arrival]:
        """Send the packet; return what comes back."""
        hops = self._flow_path.hops
        last = len(hops) - 1
        for index, hop in enumerate(hops):
            delay_ns = self._cross(hop.link)
            if delay_ns is None:
                break
            self._delay_ns += delay_ns
            self._index = index
            if index == last and self._flow_path.arrives:
                arrived_ns = self._delay_ns
                self._arrive(hop)
                self.arrived = ArrivedProbe(arrived_ns, self._delay_ns if self._answered else None)
                break
            if index == last:
                codes = _HOST_UNREACHABLE if self._flow_path.known else _NET_UNREACHABLE
                self._unreachable(hop, codes[self._packet.version])
                break
            if hop.before_ttl and self._is_stopped(hop, hop.before_ttl):
                break
            if self._ttl <= 1:
                self._error(hop, *TIME_EXCEEDED[self._packet.version])
                break
            if hop.after_ttl and self._is_stopped(hop, hop.after_ttl):
                break
            following = hops[index + 1].state.node
            if isinstance(following, Host) and following.down:
                self._unreachable(hop, _HOST_UNREACHABLE[self._packet.version])
                break
            self._ttl -= 1
        return self._arrivals

    def _cross(self, link: Link) -> int | None:
        """Return the time one pass over a link takes; None when the packet is lost on it."""
        if link.loss and self._random.random() < link.loss:
            return None
        if link.jitter_ns:
            return link.delay_ns + int(self._random.random() * link.jitter_ns)
        return link.delay_ns

    # Policies

    def _is_stopped(self, hop: FlowHop, policies: Sequence[Policy]) -> bool:
        """Apply policies in order; True when the packet goes no farther."""
        moment_ns = self._now_ns + self._delay_ns
        return any(self._apply(policy, hop) for policy in policies if policy.selector.is_active(moment_ns))

    def _apply(self, policy: Policy, hop: FlowHop) -> bool:
        action = policy.action
        if action is Action.DROP:
            return policy.percent >= 100 or self._random.random() * 100 < policy.percent
        if action is Action.REJECT:
            self._unreachable(hop, policy.code if self._packet.version == 4 else policy.code6)
            return True
        if action is Action.LOOP:
            self._loop(hop, policy)
            return True
        state = Port.CLOSED if action is Action.RESET else Port.OPEN
        if action is Action.RESET and self._packet.protocol != TCP:
            return False
        return self._answer(policy.initial_ttl, state) and not policy.passes

    def _loop(self, hop: FlowHop, policy: Policy) -> None:
        """Send the packet round until its TTL runs out; the router where that happens answers."""
        here, version = hop.state, self._packet.version
        ring = [*(self._network.nodes[name] for name in policy.neighbours), here]
        at = here
        for step in range(self._ttl - 1):
            following = ring[step % len(ring)]
            delay_ns = self._cross(self._link(at, following))
            if delay_ns is None:
                return
            self._delay_ns += delay_ns
            at = following
        self._ttl = 1
        passed = self._flow_path.hops[: self._index + 1]
        on_way = next((index for index, other in enumerate(passed) if other.state is at), None)
        if on_way is not None:
            self._index = on_way
            self._error(passed[on_way], *TIME_EXCEEDED[version])
        else:
            back = self._link(at, here)
            self._error(self._hop_off_path(at, back), *TIME_EXCEEDED[version], detour=back)

    def _link(self, one: NodeState, other: NodeState) -> Link:
        return self._network.links.get((one.node.name, other.node.name), _LOOP_LINK)

    def _hop_off_path(self, state: NodeState, link: Link) -> FlowHop:
        return flow_hop(state, link, traffic_of(self._packet))

    # Answers

    def _arrive(self, hop: FlowHop) -> None:
        node = hop.state.node
        policies = (*hop.before_ttl, *hop.after_ttl) if isinstance(node, Host) else ()
        if (policies and self._is_stopped(hop, policies)) or not sum_is_right(self._packet):
            return
        if isinstance(node, Host) and node.down:
            return
        if self._packet.protocol == UDP:
            self._error(hop, UNREACHABLE[self._packet.version], _PORT_UNREACHABLE[self._packet.version])
        elif self._packet.protocol == TCP:
            state = Port.CLOSED
            if isinstance(node, Host):
                state = node.ports.get(self._packet.port or 0, node.other_ports)
            if state is not Port.FILTERED:
                self._delay_ns += node.reply_delay_ns
                self._answer(node.initial_ttl, state)
        elif node.ping:
            self._delay_ns += node.reply_delay_ns
            self._answer(node.initial_ttl, Port.OPEN)

    def _answer(self, initial_ttl: int, state: Port) -> bool:
        """Answer in the endpoint's name from where the packet is; False when there is no answer to it."""
        packet = self._packet
        payload, source, destination = packet.payload, packet.destination, packet.source
        if packet.protocol == TCP:
            if len(payload) < 20 or payload[13] & (_SYN | _ACK | _RST) != _SYN:
                return False
            if state is Port.OPEN:
                answer = syn_ack(
                    payload, self._random.getrandbits(32), source=source, destination=destination
                )
            else:
                answer = reset(payload, source=source, destination=destination)
        elif payload[0] == _ECHO_REQUEST.get(packet.protocol) and payload[1] == 0:
            answer = echo_reply(payload, source=source, destination=destination)
        else:
            return False
        self._answered = True
        self._back(source, packet.protocol, initial_ttl, answer)
        return True

    def _unreachable(self, hop: FlowHop, code: int) -> None:
        self._error(hop, UNREACHABLE[self._packet.version], code)

    def _error(self, hop: FlowHop, kind: int, code: int, *, detour: Link | None = None) -> None:
        """Send an ICMP error from a hop, unless it is silent now.

        `detour`: the link back to the path, from a router that is not on it.
        """
        packet, node = self._packet, hop.state.node
        source = hop.state.error_source.get(packet.version)
        if source is None or (packet.protocol in _ECHO_REQUEST and not self._may_be_answered()):
            return
        if self._is_silent(hop):
            return
        quote: int | None = None
        mpls: Sequence[int] = ()
        if isinstance(node, Router):
            quote, mpls = node.quote, node.mpls
        self._answered = True
        self._delay_ns += node.reply_delay_ns
        message = icmp_error(
            kind,
            code,
            aged(packet, self._ttl),
            source=source,
            destination=packet.source,
            quote=quote,
            mpls=mpls,
        )
        self._back(source, _ICMP_OF[packet.version], node.initial_ttl, message, detour)

    def _may_be_answered(self) -> bool:
        """No ICMP error answers an ICMP error: RFC 1122 section 3.2.2, RFC 4443 section 2.4."""
        return self._packet.data[self._packet.start] == _ECHO_REQUEST[self._packet.protocol]

    def _is_silent(self, hop: FlowHop) -> bool:
        node = hop.state.node
        if isinstance(node, Router) and node.silent:
            return True
        moment_ns = self._now_ns + self._delay_ns
        for number, policy in hop.reply_limits:
            if not policy.selector.is_active(moment_ns):
                continue
            if policy.action is Action.SILENT or not hop.state.takes_token(
                number, policy, self._packet.source, moment_ns
            ):
                return True
        return False

    # Back

    def _back(
        self, source: bytes, protocol: int, initial_ttl: int, payload: bytes, detour: Link | None = None
    ) -> None:
        """Carry an answer from where the packet is to its source."""
        delay_ns, hop_count = self._delay_ns, self._index
        if detour is not None:
            crossed = self._cross(detour)
            if crossed is None:
                return
            delay_ns, hop_count = delay_ns + crossed, hop_count + 1
        hops = self._flow_path.hops
        for index in range(self._index, -1, -1):
            hop = hops[index]
            passes = index < self._index or detour is not None
            if passes and hop.state.returns and self._is_lost_on_return(hop.state, source, protocol, payload):
                return
            crossed = self._cross(hop.link)
            if crossed is None:
                return
            delay_ns += crossed + hop.state.node.return_delay_ns
            hop_count += hop.state.node.return_hops
        if initial_ttl > hop_count:
            self._arrivals.append(
                Arrival(delay_ns, source, self._packet.source, protocol, initial_ttl - hop_count, payload)
            )

    def _is_lost_on_return(self, state: NodeState, source: bytes, protocol: int, payload: bytes) -> bool:
        port = payload[0] << 8 | payload[1] if protocol == TCP else None
        reply = Traffic(unpacked(source), unpacked(self._packet.source), protocol, port)
        moment_ns = self._now_ns + self._delay_ns
        return any(
            policy.selector.is_active(moment_ns)
            and matches(policy.selector, reply)
            and (policy.percent >= 100 or self._random.random() * 100 < policy.percent)
            for policy in state.returns
        )

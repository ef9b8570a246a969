"""The raw prober's way in: sockets, IP headers, decoders, matching.

Replies that routers could send are changed, or made for packets with other tokens. Whatever is matched must
show that its sender saw the very packet it is matched to.
"""

from random import Random
from typing import Final

from mutations import changed_bytes
from part import Part, StandingClock, insist
from real_replies import Made, SentPacket, with_right_sum
from scripted_socket import ScriptedSocket, control_messages
from tracetui.model import Lane, ProbeProtocol, Reply, ReplyKind
from tracetui.packet.ip_header import ICMP, ICMP6
from tracetui.probing.packet_prober import PacketProber
from tracetui.probing.prober import Probe
from tracetui.probing.raw_wire import RawWire

_HERE: Final = {4: "192.0.2.1", 6: "2001:db8::1"}
LANES: Final = tuple(
    Lane("t", "t", address, protocol, port)
    for address in ("203.0.113.9", "203.0.113.10", "2001:db8:9::9")
    for protocol, port in ((ProbeProtocol.ICMP, None), (ProbeProtocol.TCP, 25))
)
ONLY_ENDPOINT: Final = (ReplyKind.ECHO_REPLY, ReplyKind.SYN_ACK, ReplyKind.RST, ReplyKind.PORT_UNREACHABLE)
_PROBES: Final = 4
_REPLIES: Final = 40


class FuzzedWire(RawWire):
    """The wire of raw sockets, over scripted ones."""

    def __init__(self, clock: StandingClock) -> None:
        self.opened: list[ScriptedSocket] = []
        super().__init__(clock)

    def _open(self, family: int, protocol: int) -> "ScriptedSocket":  # type: ignore[override]
        self.opened.append(ScriptedSocket(family))
        return self.opened[-1]

    def source_for(self, address: str, wanted: str | None) -> str:
        return wanted or _HERE[6 if ":" in address else 4]

    def reserve_port(self, source: str) -> int:
        return 40000

    def release_port(self, source: str, port: int) -> None:
        pass

    def sent(self) -> list[bytes]:
        """What was sent since the last time."""
        found = [packet for opened in self.opened for packet in opened.sent]
        for opened in self.opened:
            opened.sent.clear()
        return found

    def receiver(self, protocol: int, version: int) -> ScriptedSocket:
        """The socket that receives these packets."""
        order = {(4, ICMP): 1, (4, 6): 2, (6, ICMP6): 4, (6, 6): 5}
        return self.opened[order.get((version, protocol), 1)]


def _run(chance: Random) -> None:
    clock = StandingClock()
    wire = FuzzedWire(clock)
    prober = PacketProber(wire, clock, chance.randbytes)
    try:
        sent = _send(chance, prober, wire)
        clock.now_ns += 20_000_000
        for _ in range(_REPLIES):
            _attack(chance, prober, wire, sent)
    finally:
        prober.close()


def _send(
    chance: Random, prober: PacketProber, wire: FuzzedWire
) -> dict[int, tuple[Probe, Lane, SentPacket]]:
    """Send some probes of some lanes; return them by their identity."""
    found = {}
    for lane in chance.sample(LANES, 3):
        prober.open_lane(lane)
        for ttl in range(1, _PROBES + 1):
            probe = Probe(lane.id, ttl, 0)
            probe.handle = prober.send(probe)
            (packet,) = wire.sent()
            found[id(probe)] = probe, lane, SentPacket(packet)
    return found


def _attack(
    chance: Random, prober: PacketProber, wire: FuzzedWire, sent: dict[int, tuple[Probe, Lane, SentPacket]]
) -> None:
    probe, _, packet = chance.choice(list(sent.values()))
    how = chance.choice(("whole", "changed", "changed", "changed", "blind"))
    made = (packet.with_other_tokens(chance) if how == "blind" else packet).reply(chance)
    if how != "whole" and (how == "changed" or chance.random() < 0.5):
        made = _changed(chance, made)
    whole = made.packet(60) if packet.version == 4 else made.payload
    if how == "changed" and packet.version == 4 and chance.random() < 0.1:
        whole = changed_bytes(chance, whole)
    receiver = wire.receiver(made.protocol, packet.version)
    stamp_ns = wire._clock.stamp_ns() - 10_000_000
    receiver.datagrams.append(
        (whole, control_messages(chance, receiver.family, stamp_ns, None), made.source + _zone(chance, made))
    )
    before = _counted(prober)
    matches = prober.wait(0)
    insist(_counted(prober) == before + 1, "a datagram that is counted nowhere, or twice")
    if how == "whole":
        insist([found for found, _ in matches] == [probe], f"a right reply is not matched: {made}")
    for found, reply in matches:
        _, its_lane, its_packet = sent[id(found)]
        insist(its_packet.is_proven_by(whole), f"matched without the token: {made}")
        _check_reply(reply, its_lane.address, made.source)


def _changed(chance: Random, made: Made) -> Made:
    payload = changed_bytes(chance, made.payload)
    if chance.random() < 0.7 and made.protocol == ICMP:
        payload = with_right_sum(payload)
    sender = made.sender if chance.random() < 0.8 else bytes(len(made.sender))
    return Made(made.protocol, sender, made.receiver, payload)


def _zone(chance: Random, made: Made) -> str:
    return "%eth0" if len(made.sender) == 16 and chance.random() < 0.1 else ""


def _counted(prober: PacketProber) -> int:
    counters = prober.counters
    return counters.matched + counters.foreign + counters.forged + counters.malformed


def _check_reply(reply: Reply, endpoint: str, sender: str) -> None:
    insist(reply.address in (endpoint, sender), f"{reply.address} has not answered")
    if reply.kind in ONLY_ENDPOINT:
        insist(sender == endpoint, f"{reply.kind} from {sender}, which is not the endpoint")
    insist(0 <= reply.rtt_ns <= 3_600_000_000_000, f"an RTT of {reply.rtt_ns} ns")
    insist(len(reply.mpls) <= 16, "too many labels")


PARTS: Final = (Part("raw", "replies at raw sockets, matched to probes by their tokens", _run),)

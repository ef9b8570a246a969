"""The packet prober over a wire of ours: what it matches, and what it drops and counts."""

import random
from collections.abc import Callable, Sequence

import pytest
from scapy.layers.inet import ICMP, IP, TCP

from probing.scripted import MS, ManualClock
from tracetui.model import Lane, ProbeProtocol, ReplyKind
from tracetui.packet.checksum import checksum
from tracetui.packet.ip_header import ICMP as ICMP_PROTOCOL
from tracetui.packet.ip_header import TCP as TCP_PROTOCOL
from tracetui.probing.packet_prober import PacketProber
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.wire import Datagram

HERE, ROUTER, THERE, OTHER = "192.0.2.1", "198.51.100.7", "203.0.113.9", "203.0.113.10"
PING = Lane("t", "t", THERE, ProbeProtocol.ICMP, None)
SYN = Lane("t", "t", THERE, ProbeProtocol.TCP, 25)
OTHER_PING = Lane("o", "o", OTHER, ProbeProtocol.ICMP, None)


class FakeWire:
    name = "fake"
    behind = False
    dropped = 3
    malformed = 0

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.sent: list[bytes] = []
        self.waiting: list[Datagram] = []
        self.refuses: str | None = None
        self.source = HERE
        self.ports: list[int] = []
        self.identifiers: list[int] = []

    def source_for(self, address: str, wanted: str | None) -> str:
        return wanted or self.source

    def reserve_port(self, source: str) -> int:
        self.ports.append(40000 + len(self.ports))
        return self.ports[-1]

    def release_port(self, source: str, port: int) -> None:
        self.ports.remove(port)

    def expect_identifier(self, source: str, identifier: int) -> None:
        self.identifiers.append(identifier)

    def forget_identifier(self, source: str, identifier: int) -> None:
        self.identifiers.remove(identifier)

    def send(self, packet: bytes | bytearray, address: str) -> int:
        if self.refuses:
            raise ProbeNotSentError(self.refuses)
        self.sent.append(bytes(packet))
        return self.clock.stamp_ns()

    def receive(self, until_ns: int) -> Sequence[Datagram]:
        self.clock.now_ns = max(self.clock.now_ns, until_ns)
        waiting, self.waiting = self.waiting, []
        return waiting

    def wake(self) -> None:
        pass

    def close(self) -> None:
        pass

    def arrives(self, packet: IP, after_ms: float = 5) -> None:
        """Put what a raw socket would hand out."""
        read = IP(bytes(packet))
        protocol = TCP_PROTOCOL if read.proto == 6 else ICMP_PROTOCOL
        self.waiting.append(
            Datagram(
                protocol, read.src, read.ttl, bytes(packet)[20:], self.clock.stamp_ns() + int(after_ms * MS)
            )
        )


class Bench:
    def __init__(self, *lanes: Lane) -> None:
        self.clock = ManualClock()
        self.wire = FakeWire(self.clock)
        self.prober = PacketProber(self.wire, self.clock)
        for lane in lanes:
            self.prober.open_lane(lane)

    def send(self, lane: Lane, ttl: int = 3) -> tuple[Probe, IP]:
        probe = Probe(lane.id, ttl, 0)
        probe.handle = self.prober.send(probe)
        return probe, IP(self.wire.sent[-1])

    def collect(self) -> list:
        return list(self.prober.wait(self.clock.now_ns + 10 * MS))


def error(sent: IP, kind: int = 11, code: int = 0, sender: str = ROUTER, quoted: int = 576) -> IP:
    return IP(src=sender, dst=HERE, ttl=61) / ICMP(type=kind, code=code) / bytes(sent)[:quoted]


def pong(sent: IP, sender: str = THERE, **changes) -> IP:
    fields = {"id": sent[ICMP].id, "seq": sent[ICMP].seq, **changes}
    payload = changes.pop("payload", bytes(sent[ICMP].payload))
    fields.pop("payload", None)
    return IP(src=sender, dst=HERE, ttl=55) / ICMP(type=0, **fields) / payload


def answer_to_syn(sent: IP, flags: str, sender: str = THERE, off: int = 0, **changes) -> IP:
    tcp = sent[TCP]
    fields = {"sport": tcp.dport, "dport": tcp.sport, "ack": (tcp.seq + 1 + off) % 2**32, **changes}
    return IP(src=sender, dst=HERE, ttl=50) / TCP(flags=flags, **fields)


@pytest.mark.parametrize("quoted", [28, 36, 576])
@pytest.mark.parametrize("lane", [PING, SYN], ids=["icmp", "tcp"])
def test_time_exceeded_finds_its_probe(lane, quoted):
    bench = Bench(lane)
    probes = [bench.send(lane, ttl) for ttl in (1, 2, 3)]
    bench.wire.arrives(error(probes[1][1], quoted=quoted))
    [(probe, reply)] = bench.collect()
    assert probe is probes[1][0]
    assert (reply.address, reply.kind, reply.ttl) == (ROUTER, ReplyKind.TIME_EXCEEDED, 61)
    assert reply.rtt_ns == 5 * MS
    assert bench.prober.counters.matched == 1


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda sent: answer_to_syn(sent, "SA"), ReplyKind.SYN_ACK),
        (lambda sent: answer_to_syn(sent, "RA"), ReplyKind.RST),
        (lambda sent: answer_to_syn(sent, "R"), ReplyKind.RST),
        (lambda sent: error(sent, 3, 13), ReplyKind.UNREACHABLE),
        (lambda sent: error(sent, 3, 3, sender=THERE), ReplyKind.PORT_UNREACHABLE),
        (lambda sent: error(sent, 3, 3, sender=ROUTER), ReplyKind.UNREACHABLE),
    ],
    ids=["syn/ack", "rst", "bare rst", "3/13", "3/3 of the endpoint", "3/3 of a router"],
)
def test_kinds_of_answers_to_a_syn(make, kind):
    bench = Bench(SYN)
    probe, sent = bench.send(SYN)
    bench.wire.arrives(make(sent))
    [(found, reply)] = bench.collect()
    assert found is probe
    assert reply.kind is kind


FORGERIES: dict[str, tuple[Lane, Callable[[IP], IP], str]] = {
    "echo reply with another payload": (PING, lambda sent: pong(sent, payload=b"guessguessguess"), "forged"),
    "echo reply with another number": (PING, lambda sent: pong(sent, seq=sent.seq ^ 1), "forged"),
    "echo reply from elsewhere": (PING, lambda sent: pong(sent, sender=ROUTER), "foreign"),
    "somebody else's echo reply": (PING, lambda sent: pong(sent, id=sent[ICMP].id ^ 1), "foreign"),
    "syn/ack that acknowledges a guess": (SYN, lambda sent: answer_to_syn(sent, "SA", off=1), "forged"),
    "rst that acknowledges a guess": (SYN, lambda sent: answer_to_syn(sent, "R", off=7), "forged"),
    "syn/ack from elsewhere": (SYN, lambda sent: answer_to_syn(sent, "SA", sender=ROUTER), "foreign"),
    "syn/ack of another connection": (SYN, lambda sent: answer_to_syn(sent, "SA", dport=9), "foreign"),
    "data": (SYN, lambda sent: answer_to_syn(sent, "PA"), "foreign"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_and_foreign_packets_are_dropped_and_counted(name):
    lane, forge, counter = FORGERIES[name]
    bench = Bench(lane)
    _, sent = bench.send(lane)
    bench.wire.arrives(forge(sent))
    assert bench.collect() == []
    counters = bench.prober.counters
    assert (counters.matched, getattr(counters, counter)) == (0, 1)


def test_a_quote_of_a_packet_to_another_address_is_foreign():
    bench = Bench(PING)
    _, sent = bench.send(PING)
    quoted = sent.copy()
    quoted.dst = OTHER
    del quoted.chksum
    bench.wire.arrives(error(quoted))
    assert bench.collect() == []
    assert bench.prober.counters.foreign == 1


def test_zeros_before_an_extension_are_no_token():
    """A router that quotes eight bytes, and pads them to 128 for its labels (RFC 4884 section 4)."""
    bench = Bench(PING)
    probe, sent = bench.send(PING)
    padded = bytes(sent)[:28].ljust(128, b"\0")
    body = b"\0\x08\x01\x01" + (24012 << 12 | 0x101).to_bytes(4, "big")
    labels = b"\x20\0" + checksum(b"\x20\0\0\0" + body).to_bytes(2, "big") + body
    bench.wire.arrives(IP(src=ROUTER, dst=HERE) / ICMP(type=11, length=32) / (padded + labels))
    [(found, reply)] = bench.collect()
    assert (found, reply.mpls) == (probe, (24012,))
    forged = padded[:22] + bytes((padded[22] ^ 1,)) + padded[23:]  # another checksum in the quote
    bench.wire.arrives(IP(src=ROUTER, dst=HERE) / ICMP(type=11, length=32) / (forged + labels))
    assert bench.collect() == []
    assert bench.prober.counters.forged == 1


def test_a_short_quote_must_carry_the_checksum_too():
    bench = Bench(PING)
    _, sent = bench.send(PING)
    quoted = bytearray(bytes(sent)[:28])
    quoted[23] ^= 1
    bench.wire.arrives(IP(src=ROUTER, dst=HERE) / ICMP(type=11) / bytes(quoted))
    assert bench.collect() == []
    assert bench.prober.counters.forged == 1


def test_a_wrong_checksum_is_malformed():
    bench = Bench(SYN, PING)
    _, syn = bench.send(SYN)
    _, ping = bench.send(PING)
    for packet, place in ((answer_to_syn(syn, "SA"), 36), (pong(ping), 22)):
        data = bytearray(bytes(packet))
        data[place] ^= 0x40
        bench.wire.arrives(IP(bytes(data)))
    assert bench.collect() == []
    assert bench.prober.counters.malformed == 2


def test_replies_never_cross_lanes():
    bench = Bench(PING, SYN, OTHER_PING)
    sent = [bench.send(lane, ttl) for ttl in range(1, 30) for lane in (PING, SYN, OTHER_PING)]
    random.Random(1).shuffle(sent)
    for _, packet in sent:
        bench.wire.arrives(error(packet, sender=f"198.51.100.{packet.ttl}"))
    replies = bench.collect()
    assert [probe for probe, _ in replies] == [probe for probe, _ in sent]
    assert all(reply.address == f"198.51.100.{probe.ttl}" for probe, reply in replies)


def test_a_second_answer_of_another_kind_comes_up_until_the_probe_is_forgotten():
    bench = Bench(SYN)
    probe, sent = bench.send(SYN)
    for flags in ("RA", "SA"):
        bench.wire.arrives(answer_to_syn(sent, flags))
    assert [reply.kind for _, reply in bench.collect()] == [ReplyKind.RST, ReplyKind.SYN_ACK]
    bench.prober.forget(probe)
    bench.wire.arrives(answer_to_syn(sent, "SA"))
    assert bench.collect() == []
    assert bench.prober.counters.forged == 1


def test_a_closed_lane_hears_nothing_and_gives_its_port_back():
    bench = Bench(SYN)
    _, sent = bench.send(SYN)
    assert bench.wire.ports == [40000]
    bench.prober.close_lane(SYN.id)
    assert bench.wire.ports == []
    bench.wire.arrives(error(sent))
    assert bench.collect() == []


def test_a_new_source_address_is_noticed():
    bench = Bench(PING)
    _, before = bench.send(PING)
    bench.wire.source = "192.0.2.77"
    bench.clock.now_ns += 6_000 * MS
    _, after = bench.send(PING)
    assert (before.src, after.src) == (HERE, "192.0.2.77")
    assert bench.prober.source(PING.id) == "192.0.2.77"


def test_a_refused_send_is_an_error_of_the_probe_alone():
    bench = Bench(PING)
    bench.wire.refuses = "no route"
    with pytest.raises(ProbeNotSentError, match="no route"):
        bench.send(PING)
    bench.wire.refuses = None
    _, sent = bench.send(PING)
    bench.wire.arrives(pong(sent))
    assert len(bench.collect()) == 1


def test_a_stepped_clock_does_not_make_an_rtt():
    bench = Bench(PING)
    _, sent = bench.send(PING)
    bench.wire.arrives(pong(sent), after_ms=-3_600_000)
    [(_, reply)] = bench.collect()
    assert reply.rtt_ns == 10 * MS
    assert not reply.kernel_stamp


def test_mutated_replies_are_each_counted_once():
    bench = Bench(PING, SYN)
    chance = random.Random(5)
    originals = []
    for ttl in range(1, 6):
        _, ping = bench.send(PING, ttl)
        _, syn = bench.send(SYN, ttl)
        originals += [
            error(ping),
            pong(ping),
            error(syn, 3, 1),
            answer_to_syn(syn, "SA"),
            answer_to_syn(syn, "R"),
        ]
    packets = [(bytes(packet)[20:], 6 if TCP in packet and packet.proto == 6 else 1) for packet in originals]
    count = 20_000
    for _ in range(count):
        data, protocol = chance.choice(packets)
        changed = bytearray(data)
        for _ in range(chance.choice((1, 2, 9))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        if chance.random() < 0.2:
            del changed[chance.randrange(len(changed)) :]
        if protocol == 1 and len(changed) > 3 and chance.random() < 0.8:
            changed[2:4] = b"\0\0"
            changed[2:4] = checksum(changed).to_bytes(2, "big")
        bench.wire.waiting.append(Datagram(protocol, chance.choice((ROUTER, THERE)), 60, bytes(changed), 1))
    matched = len(bench.collect())
    counters = bench.prober.counters
    assert counters.matched == matched
    assert counters.matched + counters.foreign + counters.forged + counters.malformed == count
    assert min(counters.foreign, counters.forged, counters.malformed) > 50
    assert counters.dropped == 3


def test_a_lane_says_what_makes_its_flow_reproducible():
    clock = ManualClock()
    wire = FakeWire(clock)
    prober = PacketProber(wire, clock, random.Random(1).randbytes)
    assert prober.flow_id(SYN.id) == ""
    for lane in (SYN, PING):
        prober.open_lane(lane)
        prober.send(Probe(lane.id, 3, 0))
    sent, echo = IP(wire.sent[0]), IP(wire.sent[1])[ICMP]
    assert prober.flow_id(SYN.id) == f"source port {sent[TCP].sport}"
    assert prober.flow_id(PING.id) == f"ICMP id {echo.id}, checksum 0x{echo.chksum:04x}"

"""Lanes counted from what a far end tells: the same as the engine there has, whatever happens to it."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from probing.scripted import ManualClock, ScriptedProber
from simulation.internet import CHAIN, HOST, OTHER, S, scenario
from tracetui.model import FlowKind, Lane, ProbeProtocol, Reply, ReplyKind
from tracetui.probing.outstanding_probes import Arrival
from tracetui.probing.pace import Pace
from tracetui.probing.packet_prober import PacketProber
from tracetui.probing.prober import ProbeWaitsError
from tracetui.simulation.network import Network
from tracetui.simulation.simulated_clocks import VirtualClock
from tracetui.simulation.simulated_wire import SimulatedWire
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import FarEndError, decode
from tracetui.vantage.mirrored_lane import MirroredLane
from vantage.far_link import FarLink, comparable, events_in

KINDS = [ReplyKind.TIME_EXCEEDED, ReplyKind.ECHO_REPLY, ReplyKind.SYN_ACK]
LANES = [
    Lane("a.example", "a.example", "192.0.2.80", ProbeProtocol.ICMP, None, via="office"),
    Lane("a.example", "a.example", "192.0.2.80", ProbeProtocol.TCP, 443, via="office"),
    Lane("b.example", "b.example", "192.0.2.81", ProbeProtocol.TCP, 25, via="office"),
]


class Weather:
    """Answers probes as a seed has it: in time, late, twice, of two kinds, never, refused, held back."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def __call__(self, probe, seconds):
        roll = self.chance.random()
        if roll < 0.02:
            return "no route to host"
        if roll < 0.04:
            raise ProbeWaitsError("waiting for a free socket")
        if roll < 0.15:
            return None
        kind = ReplyKind.ECHO_REPLY if probe.ttl >= 5 else ReplyKind.TIME_EXCEEDED
        first = (f"10.0.0.{probe.ttl}", kind, self.chance.choice([3.0, 20.0, 700.0, 1200.0, 5900.0]))
        if roll < 0.8:
            return first
        more = [
            (f"10.0.0.{self.chance.randrange(1, 9)}", self.chance.choice(KINDS), first[2] + 1.0)
            for _ in range(self.chance.choice([1, 2, 12]))
        ]
        return [first, *more]


def link(seed: int, **pace) -> FarLink:
    clock = ManualClock()
    return FarLink(
        ScriptedProber(clock, Weather(seed)), clock, Pace(timeout_s=1.0, max_hops=8, **pace), LANES
    )


COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["restart", "remove", "back", "pace", "sleep", "wait", "wait"]),
        st.integers(0, 2),
        st.floats(0, 8),
    ),
    max_size=12,
)


@settings(max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.integers(0, 1 << 30), COMMANDS, st.sampled_from([1, 7, 1000, 1 << 16]))
def test_what_an_engine_there_has_is_counted_here(seed, commands, piece):
    far = link(seed, interval_s=0.5)
    far.engine.add(far.lanes)
    clock: Any = far.engine._clock
    for command, number, wait_s in commands:
        lane = far.lanes[number]
        match command:
            case "restart":
                far.engine.restart()
            case "remove":
                far.engine.remove([lane.id])
            case "back":
                far.engine.bring_back([lane])
            case "sleep":
                clock.now_ns += int(wait_s * S)
            case "pace":
                far.engine.set_pace(Pace(0.3 + number, 1.0, 4 + number))
        far.engine.run_until(clock.monotonic_ns() + int(wait_s * S))
        far.carry(piece=piece)
        assert far.here() == far.there()
    far.engine.run_until(clock.monotonic_ns() + 20 * S)
    far.carry(piece=piece)
    assert far.here() == far.there()


def test_every_packet_of_a_simulated_internet_is_counted_here():
    made = scenario(CHAIN)
    clock = VirtualClock()
    wire = SimulatedWire(Network(made, 3), clock)
    lanes = [
        Lane("x", "x", address, protocol, port, via="office")
        for address in (HOST[4], HOST[6], OTHER[4])
        for protocol, port in ((ProbeProtocol.ICMP, None), (ProbeProtocol.TCP, 443), (ProbeProtocol.TCP, 23))
    ]
    far = FarLink(PacketProber(wire, clock, random.Random(3).randbytes), clock, Pace(rounds=12), lanes)
    far.engine.add(lanes)
    while not far.engine.run_until(clock.monotonic_ns() + S):
        far.carry()
    far.carry()
    here, there = far.here(), far.there()
    assert here.keys() == there.keys() == {lane.id for lane in lanes}
    for lane_id, trace in there.items():
        mirrored = here[lane_id]
        assert trace.rounds == mirrored.rounds == 12
        assert [one.path for one in mirrored.outcomes] == [one.path for one in trace.outcomes]
        assert (mirrored.destination_ttl, mirrored.endpoint) == (trace.destination_ttl, trace.endpoint)
        assert (mirrored.source, mirrored.flow_id) == (trace.source, trace.flow_id)
        for hop, its in zip(mirrored.hops, trace.hops, strict=True):
            assert [(one.address, one.replies) for one in hop.responders] == [
                (one.address, one.replies) for one in its.responders
            ]


def test_a_refusal_comes_with_its_code_labels_and_time():
    """What replies of rootless sockets have, and the scripted ones above have not."""
    reply = Reply(
        "10.0.0.1",
        ReplyKind.UNREACHABLE,
        7 * S + 5_000,
        2_000_000,
        3,
        13,
        61,
        (24012, 17),
        kernel_stamp=False,
    )
    far = link(1)
    counts = far._counts(LANES[0], FlowKind.FIXED, 0)
    counts.start_round(0, 6 * S, 6 * S)
    counts.count_sent(1)
    counts.end_sending()
    counts.count_reply(1, 0, reply, Arrival.IN_TIME, reply.kind)
    far.carry()
    mirrored = far.mirrors[0].trace(finished=False)
    assert [outcome.refusal for outcome in mirrored.outcomes] == [reply]
    assert mirrored.hops == counts.trace().hops
    assert mirrored.hops[0].responders[0].mpls == (24012, 17)


def test_times_are_those_of_our_clock():
    far = link(5)
    far.engine.add(far.lanes)
    far.engine.run_until(3 * S)
    mirrors = {number: MirroredLane(lane, 0) for number, lane in enumerate(LANES)}
    hour = ClockOffset(3600 * S, -77 * S, 0)
    for event in events_in(far.reader, far.written(), 1 << 16):
        mirrors[event.lane].take(event, hour)
    for lane_id, trace in far.there().items():
        mirror = mirrors[far.numbers[lane_id]].trace(finished=False)
        assert mirror.started_ns == trace.started_ns + 3600 * S
        assert [one.started_ns - 3600 * S for one in mirror.outcomes] == [
            one.started_ns for one in trace.outcomes
        ]


def test_after_a_reconnection_rounds_go_on_and_what_was_measured_stays():
    far = link(5)
    far.engine.add(far.lanes)
    far.engine.run_until(5 * S)
    far.carry()
    before = {number: mirror.trace(finished=False) for number, mirror in far.mirrors.items()}
    for mirror in far.mirrors.values():
        mirror.interrupted("no connection to office: the connection ended")
        assert mirror.trace(finished=False).failure == "no connection to office: the connection ended"
    again = link(6)
    again.mirrors = far.mirrors
    again.engine.add(again.lanes)
    again.engine.run_until(5 * S)
    again.carry()
    for number, mirror in far.mirrors.items():
        trace = mirror.trace(finished=False)
        assert trace.rounds > before[number].rounds
        assert trace.started_ns == before[number].started_ns
        assert trace.outcomes[: len(before[number].outcomes)] == before[number].outcomes
        numbers = [one.number for one in trace.outcomes]
        assert numbers == sorted(set(numbers))


# What a far end cannot have done


def take(mirror: MirroredLane, event: Any, offset: ClockOffset) -> None:
    """Count whatever was decoded."""
    mirror.take(event, offset)


OPENING = (
    ["lane", 0, "FIXED", 0],
    ["clear", 0, 0, 0],
    ["form", 0, 0, "10.0.0.1", "time_exceeded", 60],
    ["round", 0, 0, 10, 10],
    ["batch", 0, [1]],
)
REPLY = ["batch", 0, [], [[0, 20, [1], [0], [1000], [0]]]]
LOST = ["batch", 0, [], [], [[0, [1]]]]
END = ["batch", 0, [], [], [], True]
AGAIN = ["reply", 0, 1, 0, "SECOND", "10.0.0.1", "echo_reply", 20, 1000, 60]


def told(*lines: Any) -> MirroredLane:
    mirror = MirroredLane(LANES[0], 0)
    for line in (*OPENING, *lines):
        take(mirror, decode(json.dumps(line).encode()), ClockOffset(0, 0, 0))
    return mirror


def test_a_reply_is_counted():
    (hop,) = told(REPLY, AGAIN, END).trace(finished=False).hops
    assert [(one.address, one.count) for one in hop.responders] == [("10.0.0.1", 2)]
    assert told(LOST, [*AGAIN[:4], "LATE", *AGAIN[5:]]).trace(finished=False).hops[0].late == 1


@pytest.mark.parametrize(
    "lines",
    [
        (["batch", 0, [1]],),
        (["batch", 0, [2, 2]],),
        (["batch", 0, [0]],),
        (["batch", 0, [256]],),
        (["batch", 0, list(range(1, 102))],),
        (END, ["batch", 0, [2]]),
        (END, END),
        (END, ["round", 0, 2, 20, 20]),
        (["round", 0, 1, 20, 20],),
        (["batch", 0, [], [], [[0, [2]]]],),
        (["batch", 0, [], [], [[7, [1]]]],),
        (["batch", 0, [], [], [[0, [1, 1]]]],),
        (["batch", 0, [], [[0, 20, [1], [0], [1000], [0]]], [[0, [1]]]],),
        (["unread", 0, 2, 0],),
        (LOST, LOST),
        (REPLY, LOST),
        (REPLY, REPLY),
        (["batch", 0, [], [[0, 20, [1, 1], [0, 0], [1000, 1000], [0, 0]]]],),
        (["batch", 0, [], [[0, 20, [1], [1], [1000], [0]]]],),
        (["batch", 0, [], [[0, 20, [1], [0], [1000, 1000], [0]]]],),
        (["batch", 0, [], [[0, 20, [1], [0], [1000], []]]],),
        (["batch", 0, [], [[0, 20, [1], [0], [-1], [0]]]],),
        (["batch", 0, [], [[0, 20, [1], [0], [1000], [1 << 60]]]],),
        (AGAIN,),
        (LOST, AGAIN),
        (REPLY, [*AGAIN[:4], "LATE", *AGAIN[5:]]),
        (REPLY, [*AGAIN[:4], "IN_TIME", *AGAIN[5:]]),
        (["form", 0, 256, "10.0.0.1", "time_exceeded", 60],),
        (["form", 0, 0, "example.org", "time_exceeded", 60],),
        (["form", 0, 0, "2001:db8::1", "time_exceeded", 60],),
        (["form", 0, 0, "\u001b[31m10.0.0.1", "time_exceeded", 60],),
        (["form", 0, 0, "10.0.0.1", "answer", 60],),
        (["form", 0, 0, "10.0.0.1", "time_exceeded", 256],),
        (["round", 0, 0, 1 << 62, 0],),
        (["flow", 0, "nowhere", ""],),
        (["clear", 0, 5, 0],),
        (["lane", 0, "SIDEWAYS", 0],),
        (["lane", -1, "FIXED", 0],),
        (["pong", 1],),
        ([],),
        {},
        ("text",),
        (None,),
    ],
)
def test_what_cannot_be_is_refused(lines):
    with pytest.raises(FarEndError, match="the far end"):
        told(*(lines or ({},)))


def test_words_of_the_far_end_are_inert():
    failed = told(["failed", 0, "no \u001b]52;c;x\u0007route\n| # *x*"]).trace(finished=False).failure
    assert failed
    assert failed.isprintable()


def zlib_lines(far: FarLink) -> list[bytes]:
    """Return the lines that the far end has written since the last call."""
    return far.unfold.decompress(far.written()).splitlines()


def mutated(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5])):
        place = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randrange(1, 9)]
            case 2:
                changed[place:place] = chance.randbytes(chance.randrange(1, 9))
            case _:
                changed[place:place] = changed[chance.randrange(len(changed)) :][: chance.randrange(1, 60)]
        changed = changed or bytearray(b"x")
    return bytes(changed)


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_mutated_lines_change_their_own_lane_at_most(count):
    """Events that a far end wrote, mutated, between those of another lane that are as they were."""
    far = link(11, interval_s=0.2)
    lines: list[list] = []
    far.engine.add(far.lanes[:2])
    for tick in range(1, 21):
        far.engine.run_until(tick * S // 5)
        lines += map(json.loads, zlib_lines(far))
    chance = random.Random(count)
    offset = ClockOffset(0, 0, 0)
    refused = taken = 0
    while refused + taken < count:
        mirrors = {number: MirroredLane(lane, 0) for number, lane in enumerate(LANES[:2])}
        broken = False
        for line in lines:
            encoded = json.dumps(line, separators=(",", ":")).encode()
            if line[1] == 1:
                take(mirrors[1], decode(encoded), offset)
                continue
            if broken or chance.random() < 0.7:
                encoded, broken = mutated(encoded, chance), True
            try:
                event = decode(encoded)
                if getattr(event, "lane", None) == 0:
                    take(mirrors[0], event, offset)
                    taken += 1
                else:
                    refused += 1
            except FarEndError as error:
                assert str(error).isprintable()
                refused += 1
        mirrors[0].trace(finished=False)
        expected = far.there()[LANES[1].id]
        found = comparable(mirrors[1].trace(finished=False))
        assert replace(found, started_ns=expected.started_ns) == expected
    assert taken
    assert refused


@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_mutated_streams_raise_nothing_else(count):
    """The stream as it comes over the connection, compressed, damaged and read in pieces."""
    far = link(12)
    far.engine.add(far.lanes)
    far.engine.run_until(2 * S)
    whole = far.written()
    chance = random.Random(count)
    failed = 0
    for _ in range(count):
        fresh = link(12)
        try:
            for event in events_in(fresh.reader, mutated(whole, chance), chance.choice([64, 4096])):
                if event.lane in fresh.mirrors:
                    fresh.mirrors[event.lane].take(event, ClockOffset(0, 0, 0))
        except FarEndError:
            failed += 1
    assert failed > count / 2


def test_a_stream_that_unfolds_to_very_much_is_refused():
    import zlib

    from tracetui.vantage.events import EventReader

    with pytest.raises(FarEndError, match="more than it should"):
        list(EventReader().read(zlib.compress(b"[" * 50_000_000)))
    with pytest.raises(FarEndError, match="without an end"):
        list(EventReader().read(zlib.compress(b"[" * 10_000)[:-6]))

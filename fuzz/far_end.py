"""What a far end writes: streams of events, changed in what they say, in their lines and as packed bytes."""

import contextlib
import json
import zlib
from random import Random
from typing import Final

import msgspec

from mutations import changed_bytes, changed_text, changed_tree
from part import NOW_NS, Part, insist, insist_printable
from tracetui.model import Lane, LaneTrace, ProbeProtocol, ReplyKind
from tracetui.probing.arrival_watch import WatchedFlow
from tracetui.vantage import events
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import EventReader, FarEndError
from tracetui.vantage.mirrored_arrivals import MirroredArrivals
from tracetui.vantage.mirrored_lane import MirroredLane

_LANES: Final = {
    number: Lane("t", "t", address, ProbeProtocol.ICMP, None)
    for number, address in enumerate(("203.0.113.9", "2001:db8:9::9"))
}
_ROUTERS: Final = ("198.51.100.7", "2001:db8:7::7")
_HERE: Final = events.Here(
    hostname="far.example", prober="raw", kernel="6.1.0", user_id=0, python="3.11.2", lacks=("ipv6",)
)
_WHOLE: Final = events.Here, events.Cannot, events.Pong, events.Done
_ARRIVALS: Final = events.Watched, events.Seen, events.Looked
_MAX_TTL: Final = 255


def a_stream(chance: Random) -> list[list[object]]:
    """Return what a far end could write of its first rounds."""
    found: list[list[object]] = [msgspec.to_builtins(_HERE), ["pong", 0, NOW_NS, 5_000]]
    for lane in _LANES:
        found.append(["lane", lane, "FIXED", NOW_NS])
        found.append(["flow", lane, ("192.0.2.1", "2001:db8::1")[lane], "ICMP id 7", [7]])
        found.append(["watched", lane, NOW_NS // 1000])
    for number in range(chance.randrange(1, 5)):
        for lane, traced in _LANES.items():
            found += _a_round(chance, lane, traced.address, number)
    return found


def _a_round(chance: Random, lane: int, endpoint: str, number: int) -> list[list[object]]:
    at_ns = number * 1_000_000_000
    ttls = list(range(1, chance.randrange(2, 6)))
    kept = [ttl for ttl in ttls if chance.random() < 0.8]
    lost = [ttl for ttl in ttls if ttl not in kept]
    mpls = [24012] if chance.random() < 0.5 else []
    found: list[list[object]] = [
        ["form", lane, 0, _ROUTERS[lane], ReplyKind.TIME_EXCEEDED.value, 60, 11, 0, mpls],
        ["form", lane, 1, endpoint, ReplyKind.ECHO_REPLY.value, 55],
        ["round", lane, number, NOW_NS + at_ns, at_ns],
        ["batch", lane, ttls[:1]],
    ]
    if chance.random() < 0.1:
        found.append(["held", lane, "open files"])
    forms = [int(ttl == ttls[-1]) for ttl in kept]
    columns = [kept, forms, [1500 + ttl for ttl in kept], [ttl - 2 for ttl in kept]]
    answered = [[number, (NOW_NS + at_ns) // 1000, *columns]] if kept else []
    found.append(["batch", lane, ttls[1:], answered, [[number, lost]] if lost else [], True])
    late = [NOW_NS + at_ns, 1500, 60, 11, 0, [24012]]
    for ttl in lost:
        if chance.random() < 0.5:
            address = endpoint if ttl == ttls[-1] else _ROUTERS[lane]
            found.append(["reply", lane, ttl, number, "LATE", address, "time_exceeded", *late])
    now_us = (NOW_NS + at_ns) // 1000
    found += [["seen", lane, [now_us, 60_000], [now_us + 9][:lane]], ["looked", now_us + 200_000]]
    if chance.random() < 0.1:
        found.append(["clear", lane, number + 1, NOW_NS + at_ns])
    return found


def _run(chance: Random) -> None:
    stream = a_stream(chance)
    how = chance.choice(("whole", "order", "values", "values", "lines", "bytes", "packed"))
    if how == "order":
        chance.shuffle(stream)
    elif how == "values":
        for _ in range(chance.choice((1, 1, 4))):
            place = chance.randrange(len(stream))
            changed = changed_tree(chance, stream[place])
            stream[place] = changed if isinstance(changed, list) else [changed]
    text = "".join(json.dumps(event) + "\n" for event in stream)
    if how == "lines":
        text = changed_text(chance, text)
    data = text.encode("utf-8", "replace")
    if how == "bytes":
        data = changed_bytes(chance, data)
    packed = zlib.compress(data) if how != "packed" else changed_bytes(chance, zlib.compress(data))
    mirrors = {number: MirroredLane(lane, NOW_NS) for number, lane in _LANES.items()}
    arrivals = MirroredArrivals(lambda *_: None)
    arrivals.watch(
        [
            WatchedFlow(lane.id, lane.protocol, ("192.0.2.1",), lane.address, None, (7,))
            for lane in _LANES.values()
        ]
    )
    try:
        _feed(chance, packed, mirrors, arrivals)
    except FarEndError as error:
        insist(how != "whole", f"a right stream is refused: {error}")
        insist_printable(str(error))
    for one in arrivals.arrivals:
        insist([*one.arrived_ns] == sorted(one.arrived_ns), "probes arrive in no order")
    for mirror in mirrors.values():
        _check(mirror.trace(finished=False))
        mirror.interrupted("the connection was lost")
        _check(mirror.trace(finished=True))


def _feed(
    chance: Random, packed: bytes, mirrors: dict[int, MirroredLane], arrivals: MirroredArrivals
) -> None:
    reader, offset = EventReader(), ClockOffset(1, -1, 1)
    place = 0
    while place < len(packed) - 4:  # without the end of the stream, which a far end never writes
        size = chance.choice((1, 7, 100, 5000))
        for event in reader.read(packed[place : min(place + size, len(packed) - 4)]):
            if isinstance(event, _ARRIVALS):
                arrivals.take(event, offset)
            elif not isinstance(event, _WHOLE):
                mirror = mirrors.get(event.lane)
                if mirror is not None:
                    mirror.take(event, offset)
        place += size


def _check(trace: LaneTrace) -> None:
    insist_printable(trace.flow_id, trace.failure or "")
    insist(len(trace.hops) <= _MAX_TTL, "more hops than TTLs")
    for hop in trace.hops:
        insist(hop.completed <= hop.sent, f"TTL {hop.ttl}: {hop.completed} of {hop.sent} probes completed")
        insist(
            sum(each.count for each in hop.responders) + hop.unlisted >= hop.received, "replies are missing"
        )
        for each in hop.responders:
            insist_printable(each.address)


def _bomb(chance: Random) -> None:
    """Feed much in little, and lines without an end: neither may take memory without bound."""
    piece = chance.choice((b"\0", b"[", b"\n", b'["batch",0,[1]]\n', b" "))
    packer = zlib.compressobj(9)
    packed = packer.compress(piece * (chance.choice((1, 3, 30)) << 16)) + packer.flush(zlib.Z_SYNC_FLUSH)
    with contextlib.suppress(FarEndError):
        for _ in EventReader().read(packed):
            pass


PARTS: Final = (
    Part("far-end", "events of a far end, and the lanes counted from them", _run),
    Part("far-end-bombs", "streams that unfold to much", _bomb),
)

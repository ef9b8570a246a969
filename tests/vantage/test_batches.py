"""What a far end packs together: few lines, each lane's order kept, every line within its bounds."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import Lane, ProbeProtocol
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import MAX_LINE, decode
from tracetui.vantage.far import MAX_BATCH, MAX_FORMS
from tracetui.vantage.far.batches import Batches
from tracetui.vantage.mirrored_lane import MirroredLane

US = 1000


def reply(ttl, number, *, lane=0, address="10.0.0.1", at_us=0, rtt_us=500, arrival="IN_TIME"):
    return ["reply", lane, ttl, number, arrival, address, "time_exceeded", at_us * US, rtt_us, 60]


def test_what_becomes_of_probes_in_one_piece_of_time_is_one_line():
    events = [
        ["sent", 0, 1],
        reply(1, 0, at_us=7000),
        ["sent", 0, 2],
        ["lost", 0, 9, 3],
        ["lost", 0, 8, 3],
        reply(2, 0, at_us=7900, rtt_us=800),
        ["end", 0],
    ]
    assert Batches().pack(events) == [
        ["form", 0, 0, "10.0.0.1", "time_exceeded", 60],
        ["batch", 0, [1, 2], [[0, 7000, [1, 2], [0, 0], [500, 800], [0, 900]]], [(3, [9, 8])], True],
    ]


def test_a_form_is_told_once_and_again_to_an_end_that_begins_anew():
    batches = Batches()
    first = batches.pack([reply(1, 0), reply(2, 0, address="10.0.0.2"), reply(3, 0)])
    assert [line[0] for line in first] == ["form", "form", "batch"]
    assert [line[0] for line in batches.pack([reply(1, 1, address="10.0.0.2")])] == ["batch"]
    again = batches.pack([["lane", 0, "FIXED", 0], reply(1, 0)])
    assert [line[0] for line in again] == ["lane", "form", "batch"]


def test_replies_of_several_rounds_keep_their_order():
    batch: Any = Batches().pack([reply(1, 4), reply(1, 3), reply(2, 4)])[-1]
    assert [answered[0] for answered in batch[3]] == [4, 3, 4]


def test_any_other_event_stays_in_its_place_among_those_of_its_lane():
    events = [
        ["sent", 0, 1],
        ["sent", 1, 1],
        reply(7, 0, arrival="LATE"),
        ["sent", 0, 2],
        ["pong", 1, 2, 3],
        ["sent", 1, 2],
        ["done"],
    ]
    assert [line[:3] for line in Batches().pack(events)] == [
        ["batch", 0, [1]],
        ["reply", 0, 7],
        ["batch", 1, [1]],
        ["batch", 0, [2]],
        ["pong", 1, 2],
        ["batch", 1, [2]],
        ["done"],
    ]


def test_routers_beyond_number_take_the_places_of_earlier_ones():
    """Forged replies may have any number of addresses: both ends forget alike."""
    batches, mirror = Batches(), MirroredLane(Lane("x", "x", "192.0.2.1", ProbeProtocol.ICMP, None), 0)
    events = [["lane", 0, "FIXED", 0], ["clear", 0, 0, 0]]
    for number in range(3 * MAX_FORMS):
        address = f"10.0.{number % 300 // 250}.{number % 250}"
        events += [["round", 0, number, number, number], ["sent", 0, 1], reply(1, number, address=address)]
        events += [["end", 0]]
    expected = [event[5] for event in events if event[0] == "reply"]
    for line in batches.pack(events):
        event: Any = decode(json.dumps(line).encode())
        mirror.take(event, ClockOffset(0, 0, 0))
    assert [outcome.path for outcome in mirror.trace(finished=False).outcomes] == [(one,) for one in expected]


EVENT = st.one_of(
    st.tuples(st.just("sent"), st.integers(0, 1), st.integers(1, 255)).map(list),
    st.tuples(st.just("lost"), st.integers(0, 1), st.integers(1, 255), st.integers(0, 2**31 - 1)).map(list),
    st.builds(
        reply,
        st.integers(1, 255),
        st.integers(0, 2**31 - 1),
        lane=st.integers(0, 1),
        address=st.sampled_from(["10.0.0.1", "ffff:" * 7 + "ffff"]),
        at_us=st.integers(0, 2**51),
        rtt_us=st.integers(0, 3_600_000_000),
    ),
)


@given(EVENT, st.lists(EVENT, min_size=1, max_size=3), st.integers(1, 3 * MAX_BATCH))
def test_no_line_is_longer_than_the_other_end_takes(one, others, times):
    """However long nothing could be written, as on a slow link."""
    for line in Batches().pack([one, *others] * times):
        written = json.dumps(line, separators=(",", ":")).encode()
        assert len(written) <= MAX_LINE
        decode(written)

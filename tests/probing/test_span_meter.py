"""Spans: every round counted once, however long the run and however odd its clock."""

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from probing.scripted import START_NS, S
from probing.test_engine import ENDPOINT, LANE, blackhole_after, make, path_of, run
from tracetui.model import Reply, ReplyKind, RoundOutcome, RoundReplies
from tracetui.model.packed_rtts import pack_rtts
from tracetui.model.span import SPANS_KEPT
from tracetui.probing.span_meter import SpanMeter

ROUTER = "198.51.100.7"
KINDS = ("reached", "reset", "refused", "failed", "silent")


def outcome(kind: str, at_ns: int, top: int = 3, rtt_us: int = 5000) -> RoundOutcome:
    proof = {
        "reached": ReplyKind.ECHO_REPLY,
        "reset": ReplyKind.RST,
    }.get(kind)
    refusal = Reply(ROUTER, ReplyKind.UNREACHABLE, at_ns, 1, 3, 13) if kind == "refused" else None
    path = (*(ROUTER for _ in range(top - 1)), ENDPOINT) if proof else (ROUTER,) * top
    replies = RoundReplies(
        probed=2 ** (top + 1) - 2,
        path=path,
        kinds=(ReplyKind.TIME_EXCEEDED,) * top,
        endpoint=proof,
        endpoint_ttl=top if proof else None,
        refusal_ttl=top if refusal else None,
        failure="no route to host" if kind == "failed" else None,
    )
    return RoundOutcome(0, at_ns, at_ns, replies, pack_rtts((rtt_us,) * top), refusal)


rounds = st.lists(
    st.builds(
        lambda kind, wait_ms, top, rtt: (kind, wait_ms, top, rtt),
        st.sampled_from(KINDS),
        st.one_of(st.integers(0, 5000), st.integers(-20_000, 1_000_000)),
        st.integers(1, 30),
        st.integers(1, 10**6),
    ),
    min_size=1,
    max_size=150,
)


@given(rounds, st.integers(1, 12))
def test_totals_are_those_of_the_rounds_and_the_number_of_spans_is_bounded(drawn, most):
    times = accumulate((wait * 1_000_000 for _, wait, _, _ in drawn), initial=START_NS)
    meter = SpanMeter(max_spans=most)
    kept = []
    for (kind, _, top, rtt), at_ns in zip(drawn, times, strict=False):
        kept.append((kind, outcome(kind, at_ns, top, rtt)))
        meter.count(kept[-1][1])
        assert len(meter.value()[0]) <= most
    spans, _ = meter.value()
    count = {kind: sum(each == kind for each, _ in kept) for kind in KINDS}
    answered = [
        rtt for kind, one in kept if kind in {"reached", "reset"} if (rtt := one.rtts_us[0]) is not None
    ]
    assert sum(span.rounds for span in spans) == len(kept)
    assert sum(span.reached for span in spans) == count["reached"] + count["reset"] == len(answered)
    assert sum(span.resets for span in spans) == count["reset"]
    assert sum(span.refused for span in spans) == count["refused"]
    assert sum(span.failed for span in spans) == count["failed"]
    assert sum(span.silent for span in spans) == count["silent"]
    assert sum(span.rtts for span in spans) == len(answered)
    assert sum(span.rtt_sum_us for span in spans) == sum(answered)
    best = (span.rtt_best_us for span in spans if span.rtt_best_us is not None)
    worst = (span.rtt_worst_us for span in spans if span.rtt_worst_us is not None)
    assert all((span.rtt_best_us is None) == (span.rtt_worst_us is None) == (not span.rtts) for span in spans)
    assert min(best, default=None) == min(answered, default=None)
    assert max(worst, default=None) == max(answered, default=None)
    assert min(span.lowest_top for span in spans) == min(one.highest_ttl for _, one in kept)
    assert max(span.highest_top for span in spans) == max(one.highest_ttl for _, one in kept)
    assert min(span.started_ns for span in spans) == min(one.started_ns for _, one in kept)
    assert max(span.ended_ns for span in spans) == max(one.started_ns for _, one in kept)


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=150), st.integers(1, 12))
def test_spans_stand_in_order_and_do_not_touch(waits_ms, most):
    meter = SpanMeter(max_spans=most)
    for at_ms in accumulate(waits_ms):
        meter.count(outcome("reached", START_NS + at_ms * 1_000_000))
    assert all(one.ended_ns < other.started_ns for one, other in pairwise(meter.value()[0]))
    assert all(span.ended_ns - span.started_ns < meter.length_ns for span in meter.value()[0])


def test_a_day_at_a_round_a_second_is_as_many_spans_as_an_hour():
    meter = SpanMeter()
    day = 24 * 3600
    for second in range(0, day, 20):
        meter.count(outcome("reached", START_NS + second * S))
    assert SPANS_KEPT / 2 < len(meter.value()[0]) <= SPANS_KEPT
    assert meter.length_ns == 320 * S
    assert meter.value()[0][0].started_ns == START_NS


def test_a_lane_carries_its_spans():
    trace, _ = run(path_of(5), rounds=25)
    assert [span.rounds for span in trace.spans] == [10, 10, 5]
    assert all(span.reached == span.rounds for span in trace.spans)
    assert {span.rtt_mean_us for span in trace.spans} == {10_000}
    trace, _ = run(blackhole_after(3), rounds=12)
    assert [(span.rounds, span.silent, span.highest_top) for span in trace.spans] == [(10, 10, 3), (2, 2, 3)]


def test_spans_start_again_with_the_statistics():
    engine, _, clock = make(path_of(4), rounds=None)
    engine.add([LANE])
    engine.run_until(30 * S)
    assert len(engine.published.traces[0].spans) == 3
    engine.restart()
    engine.run_until(36 * S)
    spans = engine.published.traces[0].spans
    assert len(spans) == 1
    assert spans[0].started_ns >= START_NS + 30 * S

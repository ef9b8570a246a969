"""A stretch of time that moves on says what counting all of its rounds anew would say."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from trace_text import hop, outcome, trace

from tracetui.analysis.moments import counted_since
from tracetui.analysis.sliding import SlidingHops
from tracetui.model import Hop, LaneTrace, RoundOutcome

WORDS = ["*", "a", "b", "3/13:c", "RST", "SA"]
SHOWN = 6


def said(hops: tuple[Hop, ...]) -> list[object]:
    """Hops without the order of responders that answered as often."""
    return [
        replace(one, responders=tuple(sorted(one.responders, key=lambda each: each.address))) for one in hops
    ]


def traced(rounds: list[RoundOutcome]) -> LaneTrace:
    return replace(
        trace("1 a"),
        rounds=len(rounds),
        outcomes=tuple(rounds),
        hops=tuple(hop(ttl, []) for ttl in range(1, SHOWN + 1)),
    )


@st.composite
def runs(draw: st.DrawFn) -> list[RoundOutcome]:
    made = []
    for number in range(draw(st.integers(1, 40))):
        words = draw(st.dictionaries(st.integers(1, SHOWN), st.sampled_from(WORDS), max_size=SHOWN))
        one = outcome(", ".join(f"{ttl} {word}" for ttl, word in sorted(words.items())), number)
        rtts = [None if rtt is None else draw(st.integers(1, 50)) for rtt in one.rtts_us]
        made.append(replace(one, rtts_us=tuple(rtts)))
    return made


@given(runs(), st.data())
def test_it_says_what_counting_anew_says(rounds, data):
    sliding = SlidingHops()
    end = 0
    while end < len(rounds):
        end = data.draw(st.integers(end + 1, len(rounds)))
        kept = data.draw(st.integers(0, end))
        first = data.draw(st.integers(kept, end)) - kept
        now = traced(rounds[kept:end])
        if not now.outcomes:
            continue
        since = now.outcomes[first].started_ns if first < len(now.outcomes) else rounds[-1].started_ns + 1
        assert said(sliding.update(now, first)) == said(counted_since(now, since))


def test_a_round_more_is_counted_alone():
    rounds = [outcome("1 a, 2 b, 3 SA", number) for number in range(100)]
    sliding = SlidingHops()
    sliding.update(traced(rounds[:60]), 0)
    assert sliding.counted == 60
    sliding.update(traced(rounds[:61]), 1)
    assert sliding.counted == 61
    sliding.update(traced(rounds[20:64]), 0)
    assert sliding.counted == 64
    sliding.update(traced(rounds[:64]), 0)  # a longer stretch: all anew
    assert sliding.counted == 128

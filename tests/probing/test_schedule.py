"""Which TTLs a round probes."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import ReplyKind, RoundOutcome, RoundReplies
from tracetui.model.packed_rtts import pack_rtts
from tracetui.probing.schedule import End, end_has_moved, find_end, plan_round

TE, ECHO, UNREACHABLE = ReplyKind.TIME_EXCEEDED, ReplyKind.ECHO_REPLY, ReplyKind.UNREACHABLE


def outcome(highest: int, *, endpoint_ttl: int | None = None, refusal_ttl: int | None = None) -> RoundOutcome:
    last = ECHO if endpoint_ttl else UNREACHABLE if refusal_ttl else TE
    kinds = (TE,) * (highest - 1) + (last,) if highest else ()
    replies = RoundReplies(
        probed=(1 << 31) - 2,
        path=tuple(f"192.0.2.{ttl}" for ttl in range(1, highest + 1)),
        kinds=kinds,
        endpoint=ECHO if endpoint_ttl else None,
        endpoint_ttl=endpoint_ttl,
        refusal_ttl=refusal_ttl,
    )
    return RoundOutcome(0, 0, 0, replies, pack_rtts((1000,) * highest))


def plan(number: int = 3, end: End = End(), repeats=None, *, swept=True, max_hops=30):  # noqa: B008
    return plan_round(
        number, end, repeats or {}, swept=swept, max_hops=max_hops, random_source=random.Random(number)
    )


def test_end_is_the_nearest_and_farthest_proof_of_recent_rounds():
    end = find_end(
        [outcome(20, endpoint_ttl=20), *[outcome(7, endpoint_ttl=7)] * 4, outcome(8, endpoint_ttl=8)]
    )
    assert (end.nearest, end.farthest, end.proof) == (7, 8, ECHO)


def test_nothing_known_is_no_end():
    assert find_end([]) == End()


def test_router_where_the_endpoint_was_calls_for_a_sweep():
    end = End(nearest=6, farthest=6, responsive=6)
    assert end_has_moved(outcome(6), end, 30)
    assert not end_has_moved(outcome(4), end, 30)
    assert not end_has_moved(outcome(6, endpoint_ttl=6), end, 30)


def test_endpoint_only_at_the_highest_ttl_calls_for_a_sweep():
    assert end_has_moved(outcome(30, endpoint_ttl=30), End(responsive=4), 30)
    assert not end_has_moved(outcome(30, endpoint_ttl=30), End(responsive=28), 30)


@given(
    number=st.integers(0, 10_000),
    farthest=st.none() | st.integers(1, 64),
    refusal=st.none() | st.integers(1, 64),
    responsive=st.integers(0, 64),
    max_hops=st.integers(1, 64),
    swept=st.booleans(),
)
def test_plans_hold_each_ttl_once_and_always_ask_the_endpoint(
    number, farthest, refusal, responsive, max_hops, swept
):
    end = End(farthest, farthest, refusal, responsive=responsive)
    ttls = plan(number, end, swept=swept, max_hops=max_hops).ttls
    assert ttls
    assert len(set(ttls)) == len(ttls)
    assert all(1 <= ttl <= max_hops for ttl in ttls)
    assert 1 in ttls
    assert min(end.farthest or end.refusal or max_hops, max_hops) in ttls


def test_five_rounds_of_an_open_path_cover_every_ttl():
    end = End(responsive=3)
    seen = {ttl for number in range(10, 15) for ttl in plan(number, end).ttls}
    assert seen == set(range(1, 31))


def test_third_place_of_a_looping_router_is_probed_sparsely():
    end = End(responsive=30)
    repeats = {ttl: (ttl - 1) // 2 for ttl in range(1, 31)}
    for number in range(5):
        near = [ttl for ttl in plan(number, end, repeats).ttls if repeats[ttl] >= 2]
        assert len(near) <= 7

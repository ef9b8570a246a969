"""Since when: changes told from loss."""

import random

import pytest

from analysis.findings.board import ENDPOINTS
from analysis.trace_text import address, times, trace
from tracetui.analysis.lanes.answer_rate import answer_rate
from tracetui.analysis.lanes.has_stopped import has_stopped
from tracetui.analysis.lanes.history import History
from tracetui.analysis.lanes.silent_after import moving_end, silent_period
from tracetui.model import ReplyKind

SHORT = "1 a, 2 b, 3 c, 4-8 *, 30 *"
LONG = "1 a, 2 b, 3 c, 4 d, 5 e, 6-10 *, 30 *"
REACHED = "1 a, 2 b, 3 c, 4 d, 5 SA"


def silence(*rounds, **options):
    made = trace(*rounds, **options)
    return silent_period(made, History())


def outcome(rounds):
    found = silence(*rounds)
    return found.last_ttl, found.rounds


@pytest.mark.parametrize(
    ("rounds", "last", "count"),
    [
        pytest.param(times(20, SHORT), 3, 20, id="always so"),
        pytest.param(times(20, "1-5 *, 30 *"), 0, 20, id="nothing answers"),
        pytest.param([*times(30, REACHED), *times(8, SHORT)], 3, 8, id="was reached before"),
        pytest.param([*times(30, LONG), *times(8, SHORT)], 3, 8, id="L came nearer"),
        pytest.param([*times(30, SHORT), *times(8, LONG)], 5, 8, id="L went farther"),
        pytest.param(
            [*times(30, SHORT), *times(8, SHORT.replace("3 c", "3 x"))], 3, 8, id="another router at L"
        ),
        pytest.param([*times(9, SHORT), REACHED, *times(30, SHORT)], 3, 30, id="one answer, long ago"),
        pytest.param(
            times(5, SHORT.replace("3 c", "3 *")) + times(9, SHORT), 3, 9, id="begins with a reply of L"
        ),
        pytest.param(
            [LONG, *times(4, SHORT), LONG, *times(4, SHORT), LONG, *times(4, SHORT)],
            5,
            15,
            id="seldom, not gone",
        ),
    ],
)
def test_era(rounds, last, count):
    assert outcome(rounds) == (last, count)


def test_the_router_at_l_is_the_one_that_answers_now():
    found = silence(*times(30, SHORT.replace("3 c", "3 y")), *times(8, SHORT))
    assert found.addresses == (address("c"),)
    both = silence(*[SHORT, SHORT, SHORT.replace("3 c", "3 y")] * 5)
    assert both.addresses == (address("c"), address("y"))


def test_rounds_no_longer_kept_count_when_nothing_ever_came_from_beyond():
    made = trace(*times(30, SHORT))
    from dataclasses import replace

    longer = replace(made, rounds=700, started_ns=made.started_ns - 670_000_000_000)
    assert silent_period(longer, History()).rounds == 700
    answered = replace(longer, hops=(*longer.hops[:5], trace(*times(30, LONG)).hops[4]))
    assert silent_period(answered, History()).rounds == 30, "a hop beyond L answered once, nobody knows when"


def test_probed_past_l():
    assert silence(*times(9, "1 a, 2 b, 3-7 *, 9-12 *")).probed_ttl == 7
    assert silence(*times(9, "1 a, 2 b")).probed_ttl == 2


@pytest.mark.parametrize("seed", range(30))
def test_a_last_hop_that_answers_one_probe_in_five_stays_l(seed):
    dice = random.Random(seed)
    rounds = [SHORT if dice.random() < 0.2 else SHORT.replace("3 c", "3 *") for _ in range(80)]
    found = silence(*[SHORT, *rounds])
    assert found.last_ttl in {2, 3}
    if 3 in {trace(text).outcomes[0].highest_ttl for text in rounds[-20:]}:
        assert found.last_ttl == 3


def test_gone():
    assert not has_stopped(5, 5, 4), "too early to say"
    assert has_stopped(20, 20, 5)
    assert not has_stopped(14, 20, 5), "30 % loss"
    assert has_stopped(14, 20, 9)
    assert not has_stopped(0, 20, 100), "it never answered"


# How often an endpoint answers

Y: list[ReplyKind | None] = [ReplyKind.SYN_ACK]
N: list[ReplyKind | None] = [None]


@pytest.mark.parametrize(
    ("flags", "silent", "unsteady"),
    [
        pytest.param(60 * Y, False, False, id="always"),
        pytest.param(60 * N, True, False, id="never"),
        pytest.param(5 * Y, False, False, id="five rounds"),
        pytest.param(50 * Y + 5 * N, True, False, id="stopped"),
        pytest.param(50 * Y + 4 * N, False, False, id="a short gap"),
        pytest.param(50 * N + 10 * Y, False, False, id="began"),
        pytest.param(20 * Y + 20 * N + 20 * Y, False, False, id="one outage"),
        pytest.param(20 * N + 20 * Y + 20 * N, True, False, id="was up once"),
        pytest.param(30 * (Y + N), False, True, id="every other round"),
        pytest.param(4 * (8 * Y + 7 * N), False, True, id="up and down"),
        pytest.param(58 * N + Y + N, True, False, id="one stray answer"),
        pytest.param(10 * (Y + Y + Y + Y + N) + 10 * Y, False, False, id="four in five"),
        pytest.param(2 * (5 * Y + 5 * N) + 40 * N, True, False, id="came and went, and is gone"),
    ],
)
def test_share(flags, silent, unsteady):
    rate = answer_rate(flags)
    assert (rate.silent, rate.unsteady) == (silent, unsteady)


def test_share_counts_since_it_began():
    assert answer_rate(50 * N + 10 * Y).rounds == 10
    assert answer_rate(20 * Y + 20 * N + 20 * Y).rounds == 60


def test_twenty_percent_loss_is_hardly_ever_unsteady_or_silent():
    dice = random.Random(1)
    wrong = 0
    for _ in range(2000):
        rate = answer_rate([(dice.random() < 0.8) or None for _ in range(60)])
        wrong += rate.silent or rate.unsteady
    assert wrong < 40, "p < 0.01 by design, and some more for silence"


# To and fro


def test_wanders():
    assert moving_end(3 * (10 * [3] + 10 * [5])) == (3, 5)
    assert moving_end(2 * (10 * [3] + 10 * [5] + 10 * [8])) == (3, 8)


@pytest.mark.parametrize(
    "tops", [60 * [3], 30 * [3] + 30 * [5], 20 * [3] + 20 * [5] + 20 * [3], 30 * [3, 5], [3], [], 5 * [3]]
)
def test_stays(tops):
    assert moving_end(tops) is None


def test_a_hop_that_answers_by_chance_does_not_wander():
    dice = random.Random(2)
    windows = [[3 + (dice.random() < rate) for _ in range(60)] for rate in 200 * [0.2, 0.5, 0.8]]
    assert not any(map(moving_end, windows))


def test_endpoints_are_what_the_tests_say():
    near = {
        address.rpartition(".")[0] for host, address in ENDPOINTS.items() if host in {"mx1", "mx2", "near"}
    }
    assert len(near) == 1

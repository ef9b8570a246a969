"""Comparing with an earlier moment, on a simulated internet that changes three times."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from tracetui.analysis.changes.last_change import before_last_change
from tracetui.investigation.compare_moments import MomentComparer, compared
from tracetui.investigation.moment_wanted import MomentWanted, compared_with, parse_moment
from tracetui.investigation.past_snapshot import PastSnapshots
from tracetui.model import Snapshot
from tracetui.words import compared_lanes, comparison_sentence
from tui.view_app import simulated

STEP, DETOUR, OUTAGE = 40, 80, 120
"""Seconds after the start at which the scenario `changes` changes."""

LONGER = "RTT of hops 2–7 +12 ms"
OTHER = "other routers at hops 4–5, through AS 64503 instead of 64502"
STOPS = "silent after 5 instead of reached, hops 6–7 no longer answer, last AS 64503 instead of 64504"
NOTHING = "no difference beyond chance"


def after(rounds: int) -> Snapshot:
    return simulated("changes", rounds)


def at(snapshot: Snapshot, second: float) -> datetime:
    return snapshot.started_at + timedelta(seconds=second)


def said(snapshot: Snapshot) -> dict[str, str]:
    """What is said of each host, both protocols alike."""
    assert snapshot.comparison is not None
    found = {lanes[0].lane.host: words for lanes, words, _ in compared_lanes(snapshot.comparison, snapshot)}
    assert len(found) == len(list(compared_lanes(snapshot.comparison, snapshot)))
    return found


@pytest.mark.parametrize(
    ("rounds", "second", "shop", "blog"),
    [
        (39, 20, NOTHING, NOTHING),
        (60, 30, LONGER, LONGER),
        (100, 70, OTHER, NOTHING),
        (100, 30, f"{OTHER}, {LONGER}", LONGER),
        (140, 110, STOPS, NOTHING),
    ],
)
def test_each_change_is_told_and_nothing_else(rounds, second, shop, blog):
    snapshot = after(rounds)
    found = said(compared(snapshot, at(snapshot, second)))
    assert found == {"shop.example.net": shop, "blog.example.net": blog}


def test_looking_back_compares_with_the_moment_that_is_shown():
    newest = after(140)
    comparer, past = MomentComparer(), PastSnapshots()
    for second, expected in ((60, LONGER), (110, f"{OTHER}, {LONGER}"), (60, LONGER)):
        shown = past.at(newest, at(newest, second))
        made = comparer.compare(newest, shown, at(newest, 30))
        assert made.created_at == shown.created_at
        assert said(made)["shop.example.net"] == expected


@pytest.mark.parametrize("second", [60, 61, -5])
def test_a_moment_that_is_not_earlier_is_not_compared_with(second):
    newest = after(140)
    shown = PastSnapshots().at(newest, at(newest, 60))
    made = MomentComparer().compare(newest, shown, at(newest, second))
    assert (made is shown) == (second >= 60)
    if second < 60:  # the first moment there is
        assert made.comparison.since >= newest.started_at


def test_where_other_routers_answer_the_hops_are_counted_since_they_do():
    snapshot = after(100)
    made = compared(snapshot, at(snapshot, 30))
    shop, blog = made.lanes[0], made.lanes[2]
    assert shop.as_path == (64500, 64501, 64503, 64504) != snapshot.lanes[0].as_path
    assert [hop.sent for hop in shop.hops] == [100 - DETOUR] * 7
    assert shop.hops[3].main.address == "198.18.4.1"
    assert shop.trace.hops is snapshot.lanes[0].trace.hops
    assert blog is snapshot.lanes[2]
    windowed = MomentComparer().compare(snapshot, snapshot, at(snapshot, 30), windowed=True)
    assert windowed.lanes is snapshot.lanes


@pytest.mark.parametrize(
    ("rounds", "second"),
    [(60, None), (100, DETOUR), (140, OUTAGE), (200, OUTAGE)],
)
def test_the_last_change_began_when_it_did(rounds, second):
    snapshot = after(rounds)
    found = before_last_change(snapshot)
    if second is None:
        assert found is None
    else:
        assert found is not None
        assert at(snapshot, second - 1.1) < found < at(snapshot, second + 0.1)
        text = said(compared(snapshot, found))["shop.example.net"]
        assert text == (OTHER if second == DETOUR else STOPS)


def thinned(snapshot: Snapshot, kept: int) -> Snapshot:
    """The same after so many more rounds that only the last ones are kept."""
    lanes = tuple(
        replace(lane, trace=replace(lane.trace, outcomes=lane.trace.outcomes[-kept:]))
        for lane in snapshot.lanes
    )
    return replace(snapshot, lanes=lanes)


def test_of_samples_is_told_what_they_show_and_that_they_are_samples():
    snapshot = thinned(after(140), 40)
    made = compared(snapshot, at(snapshot, 35))
    assert made.comparison.sampled_s == 10.0
    assert made.comparison.since <= at(snapshot, 35 + 10)
    for change in made.comparison.lanes:
        assert change.before_rounds == 5
    text = said(made)["shop.example.net"]
    assert "hops 6–7 no longer answer" in text
    assert "other routers at hops 4–5" in text


def test_a_step_is_not_told_from_one_measurement_that_stands_for_five():
    snapshot = thinned(after(100), 15)
    made = compared(snapshot, at(snapshot, 22))
    assert made.comparison.sampled_s is not None
    assert all(hop.rtt is None for change in made.comparison.lanes for hop in change.hops)


def test_what_has_not_changed_is_not_made_again():
    newest, comparer = after(100), MomentComparer()
    first = comparer.compare(newest, newest, at(newest, 30))
    assert comparer.compare(newest, newest, at(newest, 30)) is first
    noted = replace(newest, notes=())
    again = comparer.compare(noted, noted, at(newest, 30))
    assert again.comparison is first.comparison


# The moment that a report asks for


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("last-change", MomentWanted()),
        ("+60", MomentWanted(after_start_s=60)),
        ("12:04:07", MomentWanted(clock=time(12, 4, 7))),
        ("12:04", MomentWanted(clock=time(12, 4))),
        ("2026-11-30T12:04:07", MomentWanted(moment=datetime(2026, 11, 30, 12, 4, 7, tzinfo=UTC))),
        ("2026-11-30T12:04:07Z", MomentWanted(moment=datetime(2026, 11, 30, 12, 4, 7, tzinfo=UTC))),
    ],
)
def test_moments_are_read(text, wanted):
    assert parse_moment(text) == wanted


@pytest.mark.parametrize(
    "text", ["", "noon", "-60", "+", "+99999999", "25:00", "2026-13-01T00:00", "12:04:07\n"]
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match="is no moment"):
        parse_moment(text)


def test_a_time_of_day_is_the_last_one_before_the_end():
    snapshot = after(60)
    assert snapshot.created_at.hour == 23
    assert MomentWanted(clock=time(23, 7)).of(snapshot) == datetime(2019, 3, 7, 23, 7, tzinfo=UTC)
    assert MomentWanted(clock=time(23, 59)).of(snapshot) == datetime(2019, 3, 6, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (MomentWanted(), "no state and no path changed"),
        (MomentWanted(after_start_s=3600), "is not before the end of the run"),
        (MomentWanted(after_start_s=30), ""),
    ],
)
def test_why_nothing_is_compared_is_said(wanted, problem):
    made, why = compared_with(after(60), wanted)
    assert why.startswith(problem) or problem in why
    assert (made.comparison is None) == bool(problem)


def test_a_sentence_names_host_and_protocols():
    snapshot = after(60)
    made = compared(snapshot, at(snapshot, 30))
    assert made.comparison is not None
    lanes, words, differs = next(compared_lanes(made.comparison, made))
    assert differs
    assert comparison_sentence(lanes, words) == f"shop.example.net TCP/443 and ICMP: {LONGER}"

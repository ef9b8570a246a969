"""The lines of the timeline: signs, bars, events, clock times, words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.style import Style
from textual.color import Color

from tracetui.model import (
    Address,
    Confidence,
    Event,
    EventKind,
    Finding,
    FindingKind,
    ForeignText,
    Lane,
    Note,
    PathState,
    PathVerdict,
    ProbeProtocol,
    Role,
)
from tracetui.model.event import FindingChange, HopMoved, LaneName, StateChange
from tracetui.model.finding import TooFewRounds
from tracetui.model.span import Span
from tracetui.tui.paint.ascii_filter import ascii_of
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.timeline.axis import (
    EVENT_LETTERS,
    axis_pieces,
    cursor_pieces,
    event_pieces,
    nearest_event,
    nearest_event_pieces,
    span_words,
    timeline_events,
)
from tracetui.tui.timeline.lane_strip import (
    TIMELINE_SIGNS,
    LaneStrip,
    StripLayout,
    bar_of,
    make_strip_layout,
    scale_us,
    scale_words,
    sign_of,
    strip_rows,
)
from tracetui.tui.timeline.time_columns import NS, TimeGrid
from tracetui.words import event_words, headline_of
from tui.scenes import snapshot

STYLES = {
    "good": Style(color="green"),
    "lost": Style(color="red", bold=True),
    "end": Style(color="cyan"),
    "chosen": Style(reverse=True),
}
INK = Ink(lambda role: STYLES.get(role, Style.null()), Color(0, 0, 0), sixteen=False)
SPAN = Span(0, 9 * NS, 10, 10, 0, 0, 0, 4, 4, 10, 142_000, 13_100, 15_900)
SILENT = replace(SPAN, reached=0, rtts=0, rtt_sum_us=0, rtt_best_us=None, rtt_worst_us=None)
LANE = Lane("mail.example.org", "mail.example.org", "192.0.2.25", ProbeProtocol.TCP, 25)
AT = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
FIRST = int(AT.timestamp()) // 10
GRID = TimeGrid(10 * NS, 1, FIRST, FIRST + 29)
LAYOUT = StripLayout(24, 7, 30, two_lines=True)


def plain(pieces):
    return "".join(text for text, _ in pieces)


STATES = {
    "●": SPAN,
    "!": replace(SPAN, reached=7),
    "✖": SILENT,
    "R": replace(SPAN, resets=10),
    "◇": replace(SILENT, refused=6),
    "△": replace(SILENT, failed=10),
    "·": None,
}


@pytest.mark.parametrize("sign", STATES)
def test_every_state_has_a_sign(sign):
    assert sign_of(STATES[sign], INK)[0] == sign
    assert sign in dict(TIMELINE_SIGNS)


def test_signs_differ_in_ascii_too():
    assert len({ascii_of(sign) for sign, _ in TIMELINE_SIGNS}) == len(TIMELINE_SIGNS)


def test_signs_and_colours_are_given_together():
    assert {sign_of(STATES[sign], INK)[1] for sign in "!✖"} == {INK.lost}
    assert sign_of(SPAN, INK)[1] == INK.good


@pytest.mark.parametrize(
    ("means_ms", "scale"),
    [([], ""), ([0.4], "0–1 ms"), ([14.2] * 9, "0–20 ms"), ([31] * 40 + [900], "0–50 ms"), ([1500], "0–2 s")],
)
def test_the_scale_is_told_and_no_outlier_makes_it(means_ms, scale):
    columns = [replace(SPAN, rtts=1, rtt_sum_us=int(mean * 1000)) for mean in means_ms]
    assert scale_words(scale_us([*columns, None, SILENT])) == scale


def test_bars_grow_with_the_rtt_and_end_at_the_scale():
    bars = [bar_of(replace(SPAN, rtts=1, rtt_sum_us=ms * 1000), 40_000) for ms in (0, 6, 16, 31, 39, 400)]
    assert bars == ["▁", "▂", "▄", "▇", "█", "█"]


def rows(columns, layout=LAYOUT, cursor=GRID.last, past=False, lane=LANE, heads=True):
    strip = LaneStrip(lane, heads, tuple(columns))
    return strip_rows(strip, GRID, layout, INK, cursor=cursor, scale=20_000, past=past)


def test_two_lines_a_lane_where_there_is_room():
    lines = [plain(line) for line in rows([None] * 10 + [SPAN] * 10 + [None] + [SILENT] * 9)]
    assert lines == [
        " mail.example.… TCP/25    100%           ●●●●●●●●●●·✖✖✖✖✖✖✖✖✖",
        "  192.0.2.25    0–20 ms                  ▆▆▆▆▆▆▆▆▆▆          ",
    ]


def test_one_line_a_lane_where_there_is_none():
    layout = StripLayout(24, 11, 30, two_lines=False)
    [line] = rows([SPAN] * 15 + [STATES["!"]] * 5 + [SILENT] * 10, layout, cursor=GRID.first + 15)
    assert plain(line) == " mail.example.… TCP/25   30%  14.2 " + "▆" * 15 + "!" * 5 + "✖" * 10


def test_a_further_lane_of_an_endpoint_does_not_name_it_again_and_a_control_says_so():
    [first, _] = rows(
        [SPAN] * 30, StripLayout(40, 7, 30, two_lines=True), lane=replace(LANE, role=Role.CONTROL)
    )
    assert plain(first).startswith(" control mail.example.org")
    [first, second] = rows([SPAN] * 30, heads=False)
    assert "mail" not in plain(first)
    assert "192" not in plain(second)


def test_the_cursor_of_the_past_is_in_the_strip():
    marked = [
        (text, style)
        for text, style in rows([SPAN] * 30, cursor=GRID.first + 4, past=True)[0]
        if style.reverse
    ]
    assert [text for text, _ in marked] == ["●"]
    assert not any(style.reverse for _, style in rows([SPAN] * 30)[0])


def test_the_layout_gives_strips_the_most_room():
    lanes = [LANE, replace(LANE, host="a" * 60)]
    for width in (60, 80, 120, 200):
        layout = make_strip_layout(width, 10, lanes)
        assert layout.label + layout.figures + layout.strip == width
        assert layout.strip >= width // 2 - 8
        assert layout.two_lines
    assert not make_strip_layout(80, 3, lanes).two_lines


def event(seconds, kind, facts=None):
    return Event(AT + timedelta(seconds=seconds), kind, facts)


NAME = LaneName("TCP/25", ForeignText("mail.example.org"), Address("192.0.2.25"), 4)
UNSURE, GONE = PathVerdict(PathState.INSUFFICIENT), PathVerdict(PathState.SILENT_AFTER, last_responsive_ttl=4)
FOUND = Finding(FindingKind.INSUFFICIENT, Confidence.LOW, (), TooFewRounds(3))


EVENTS = (
    event(5, EventKind.TARGET_ADDED),
    event(31, EventKind.STATE_CHANGED, StateChange(NAME, GONE, UNSURE)),
    event(34, EventKind.FINDING_APPEARED, FindingChange(FOUND, None)),
    event(101, EventKind.PATH_CHANGED, HopMoved(NAME, 3, Address("192.0.2.9"), Address("192.0.2.8"))),
    event(-400, EventKind.STATE_CHANGED, StateChange(NAME, GONE, UNSURE)),
)
NOTHING = snapshot([])
NOTES = (Note(AT + timedelta(seconds=160), "called the provider"),)


def test_events_stand_at_their_time_and_the_most_telling_is_shown():
    marks = timeline_events(EVENTS, NOTES)
    assert [each.unix for each in marks] == sorted(each.unix for each in marks)
    line = plain(event_pieces(marks, GRID, LAYOUT, INK))
    assert line == " events".ljust(31) + "T  F      P     N"
    assert {letter for _, letter in enumerate("TFPN")} <= set(dict(EVENT_LETTERS))


def test_what_is_nearest_to_the_cursor_is_told_in_words():
    marks = timeline_events(EVENTS, NOTES)
    words = [
        plain(nearest_event_pieces(nearest_event(marks, GRID, GRID.first + column), NOTHING, INK, 60))
        for column in (4, 11, 29)
    ]
    assert words == [
        fit(f" F 10:15:34  {headline_of(FOUND, NOTHING)}", 56).rstrip() + "  +1",
        fit(f" P 10:16:41  {event_words(EVENTS[3], NOTHING)}", 60),
        " N 10:17:40  called the provider",
    ]
    assert nearest_event_pieces(nearest_event([], GRID, GRID.first), NOTHING, INK, 60) == []
    cut = plain(nearest_event_pieces(nearest_event(marks, GRID, GRID.first + 10), NOTHING, INK, 30))
    assert len(cut) <= 30
    assert cut.endswith("…")


@pytest.mark.parametrize(
    ("step_s", "cells", "shown"),
    [
        (1, 1, "10:15:00"),
        (10, 1, "10:16"),
        (60, 2, "10:15"),
        (600, 1, "12:00"),
        (1800, 2, "12:00"),
        (7200, 1, "11-25"),
        (86_400, 1, "11-"),
    ],
)
def test_clock_times_stand_at_their_columns(step_s, cells, shown):
    first = int(AT.timestamp()) // step_s
    grid = TimeGrid(step_s * NS, cells, first, first + 40 // cells - 1)
    line = plain(axis_pieces(grid, StripLayout(24, 7, 40, two_lines=True), INK, cursor=grid.last, scale=None))
    assert shown in line
    assert line.endswith("▼") or cells > 1
    assert len(line) == 71
    strip = line[31:]
    for place, sign in enumerate(strip):
        if sign == "╷" and ":" in strip[place : place + 6]:
            at = datetime.fromtimestamp((grid.first + place // cells) * step_s, UTC)
            assert strip[place + 1 : place + 6] == f"{at:%H:%M}"


def test_the_cursor_in_words():
    def line(width, column, span=SPAN, shown_ns=None):
        now_ns = GRID.ends_ns(GRID.last)
        return plain(
            cursor_pieces(
                LANE,
                span,
                GRID,
                INK,
                width,
                cursor=column,
                past=column < GRID.last,
                now_ns=now_ns,
                shown_ns=shown_ns,
            )
        )

    assert line(120, GRID.last) == (
        " now  mail.example.org TCP/25: reached in 10 of 10 rounds, 14.2 ms (13.1–15.9)"
    )
    assert line(120, GRID.first, SILENT) == (
        " 10:15:00–10:15:10 UTC, 4:50 ago  mail.example.org TCP/25: "
        "silent after hop 4, reached in 0 of 10 rounds"
    )
    assert line(80, GRID.first, SILENT) == (
        " 10:15:00–10:15:10  TCP/25: silent after hop 4, reached in 0 of 10 rounds"
    )
    assert line(160, GRID.first, SILENT, GRID.ends_ns(GRID.first + 5)).endswith("other views show 10:16:00")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (None, "no data"),
        (STATES["R"], "answered with RST in 10 of 10 rounds, 14.2 ms (13.1–15.9)"),
        (STATES["!"], "reached in 7 of 10 rounds, 14.2 ms (13.1–15.9)"),
        (STATES["◇"], "a router refused in 6 of 10 rounds, hop 4"),
        (STATES["△"], "this machine could not send in 10 of 10 rounds"),
        (replace(SILENT, lowest_top=2), "silent after hops 2–4, reached in 0 of 10 rounds"),
        (
            replace(SILENT, lowest_top=0, highest_top=0),
            "silent, not even the first hop, reached in 0 of 10 rounds",
        ),
        (
            replace(SPAN, rounds=1, reached=1, rtts=1, rtt_sum_us=1_500_000),
            "reached in 1 of 1 round, 1.5s",
        ),
    ],
)
def test_a_column_in_words(span, words):
    assert span_words(span) == words

"""The timeline's lines of events and clock times, and the words for what the cursor points at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from typing import Final

from tracetui.model import Event, EventKind, Lane, Note, Snapshot, counted
from tracetui.model.moment import unix_ns
from tracetui.model.span import Span
from tracetui.tui.lines.status_line import elapsed_text
from tracetui.tui.paint.fit import fit, rtt_text
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece, exactly
from tracetui.tui.paint.position import with_position
from tracetui.tui.timeline.lane_strip import COLUMN_CURSOR, StripLayout, scale_words
from tracetui.tui.timeline.time_columns import NS, TimeGrid
from tracetui.words import event_words

_TICK: Final = "╷"
_DAY_S: Final = 86_400
_TICKS_S: Final = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
)
"""Distances of clock times that read well."""

_MARK, _FINDING, _STATE, _PATH, _NOTE, _OTHER = "M", "F", "S", "P", "N", "T"

_LETTERS: Final = {
    EventKind.FINDING_APPEARED: _FINDING,
    EventKind.FINDING_CHANGED: _FINDING,
    EventKind.FINDING_GONE: _FINDING,
    EventKind.STATE_CHANGED: _STATE,
    EventKind.LAST_RESPONSIVE_MOVED: _PATH,
    EventKind.PATH_CHANGED: _PATH,
}
_ORDER: Final = _MARK + _FINDING + _STATE + _NOTE + _PATH + _OTHER
"""Which of several letters is shown: the most telling one."""

EVENT_LETTERS: Final = (
    (_MARK, "the moment that is compared with"),
    (_FINDING, "a finding appeared, changed or disappeared"),
    (_STATE, "a lane's state changed"),
    (_NOTE, "a note"),
    (_PATH, "a path changed, or where it ends"),
    (_OTHER, "something else: targets, roles, statistics"),
)
"""The letters of the line of events: for the help."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """An event, a note or the moment compared with, at its place in time."""

    unix: int
    at: datetime
    letter: str
    what: Event | Note


def timeline_events(
    events: Sequence[Event], notes: Sequence[Note], compared_with: datetime | None = None
) -> list[TimelineEvent]:
    """Return what happened, and the moment compared with, in order of time."""
    found = [
        TimelineEvent(unix_ns(event.at), event.at, _LETTERS.get(event.kind, _OTHER), event)
        for event in events
    ]
    found += [TimelineEvent(unix_ns(note.at), note.at, _NOTE, note) for note in notes]
    if compared_with is not None:
        mark = Note(compared_with, "marked: the other views tell what differs since")
        found.append(TimelineEvent(unix_ns(compared_with), compared_with, _MARK, mark))
    return sorted(found, key=lambda each: each.unix)


def event_pieces(
    marks: Sequence[TimelineEvent], grid: TimeGrid, layout: StripLayout, ink: Ink, position: str = ""
) -> list[Piece]:
    """Return the line of events: one letter per column, the most telling one.

    `position` says which strips are in sight.
    """
    letters: dict[int, str] = {}
    for each in marks:
        cell = grid.cell_of(grid.column_at(each.unix))
        if 0 <= cell < grid.columns * grid.cells:
            letters[cell] = min(letters.get(cell, each.letter), each.letter, key=_ORDER.index)
    styles = {_MARK: ink.end, _FINDING: ink.end, _STATE: ink.heading, _NOTE: ink.plain}
    before = layout.label + layout.figures + _pad(grid, layout)
    label = with_position([(" events", ink.muted)], position, before - 1, ink.muted)
    pieces: list[Piece] = list(exactly(label, before, ink.muted))
    place = 0
    for cell, letter in sorted(letters.items()):
        pieces += [(" " * (cell - place), ink.none), (letter, styles.get(letter, ink.muted))]
        place = cell + 1
    return pieces


def axis_pieces(
    grid: TimeGrid, layout: StripLayout, ink: Ink, *, cursor: int, scale: int | None
) -> list[Piece]:
    """Return the line of clock times with the cursor; `scale` in microseconds, of bars that share one."""
    step = _step_words(grid)
    words = f" {step} per column, UTC" if layout.label >= 24 else f" {step}, UTC"
    heads = " loss" if layout.two_lines else fit(" loss   ms", layout.figures)
    if scale is not None and layout.label >= 30:
        words = f"{words}, {scale_words(scale)}"
    pieces: list[Piece] = [(fit(words, layout.label), ink.muted), (fit(heads, layout.figures), ink.muted)]
    cells = [" "] * (grid.columns * grid.cells)
    for cell, text in _ticks(grid):
        if cell + len(text) <= len(cells):
            cells[cell : cell + len(text)] = text
    line, at = "".join(cells), grid.cell_of(cursor)
    return [
        *pieces,
        (" " * _pad(grid, layout), ink.none),
        (line[:at], ink.muted),
        (COLUMN_CURSOR, ink.end),
        (line[at + 1 :], ink.muted),
    ]


def _pad(grid: TimeGrid, layout: StripLayout) -> int:
    return layout.strip - grid.columns * grid.cells


def _step_words(grid: TimeGrid) -> str:
    seconds = grid.step_ns // NS
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < _DAY_S else f"{seconds // _DAY_S} d"


def _ticks(grid: TimeGrid) -> list[tuple[int, str]]:
    """Return the cell and the words of each clock time that has a place."""
    step_s = grid.step_ns // NS
    days = (number * _DAY_S for number in count(1))
    tick_s = next(
        tick_s
        for tick_s in chain(_TICKS_S, days)
        if tick_s % step_s == 0 and tick_s // step_s * grid.cells >= len(_tick_words(0, tick_s)) + 2
    )
    first = -(-grid.first * step_s // tick_s)
    return [
        (grid.cell_of(number * tick_s // step_s), _TICK + _tick_words(number * tick_s, tick_s))
        for number in range(first, grid.last * step_s // tick_s + 1)
    ]


def _tick_words(unix_s: int, tick_s: int) -> str:
    at = datetime.fromtimestamp(unix_s, UTC)
    if tick_s >= _DAY_S or (tick_s >= 1800 and unix_s % _DAY_S == 0):
        return f"{at:%m-%d}"
    return f"{at:%H:%M:%S}" if tick_s < 60 else f"{at:%H:%M}"


def cursor_pieces(
    lane: Lane | None,
    span: Span | None,
    grid: TimeGrid,
    ink: Ink,
    width: int,
    *,
    cursor: int,
    past: bool,
    now_ns: int,
    shown_ns: int | None,
) -> list[Piece]:
    """Return the line that says what the chosen lane did in the cursor's column; less where it is narrow.

    `past`: the cursor does not stand on now. `shown_ns`: the moment that the other
    views show.
    """
    when, ago = _when(grid, cursor, now_ns) if past else ("now", "")
    words = span_words(span) if lane is not None else ""
    limit = ""
    if past and shown_ns is not None and abs(grid.ends_ns(cursor) - shown_ns) > NS:
        limit = f"  · other views show {datetime.fromtimestamp(shown_ns / NS, UTC):%H:%M:%S}"
    full, short = (f"{lane.host} {lane.label}: ", f"{lane.label}: ") if lane is not None else ("", "")
    for time, name in ((f"{when}{ago}", full), (f"{when}{ago}", short), (when, short)):
        if len(time) + len(name) + len(words) + len(limit) + 3 <= width:
            break
    return [
        (f" {time}", ink.heading),
        (f"  {name}", ink.muted),
        (words, ink.plain),
        (limit, ink.muted),
    ]


def _when(grid: TimeGrid, cursor: int, now_ns: int) -> tuple[str, str]:
    """Return the cursor's time, and how long ago that is."""
    now = datetime.fromtimestamp(now_ns / NS, UTC)
    begins_s, step_s = cursor * grid.step_ns // NS, grid.step_ns // NS
    begins = datetime.fromtimestamp(begins_s, UTC)
    ends = datetime.fromtimestamp(begins_s + step_s, UTC)
    clock = "%H:%M:%S" if step_s < 60 else "%H:%M"
    day = f"{begins:%Y-%m-%d} " if begins.date() != now.date() else ""
    until = f"–{ends.strftime(clock)}" if step_s > 1 else ""
    return f"{day}{begins.strftime(clock)}{until}", f" UTC, {elapsed_text(now - ends)} ago"


def span_words(span: Span | None) -> str:
    """Return what a lane did in a stretch of time."""
    if span is None:
        return "no data"
    rounds = counted(span.rounds, "round")
    share = f"{span.reached} of {rounds}"
    if span.reached:
        answer = "answered with RST in" if span.resets * 2 > span.reached else "reached in"
        return f"{answer} {share}{_rtt_words(span)}"
    if span.refused >= max(1, span.silent, span.failed):
        return f"a router refused in {span.refused} of {rounds}{_last_hop_words(span, ', hop')}"
    if span.failed > span.silent:
        return f"this machine could not send in {span.failed} of {rounds}"
    return f"silent{_last_hop_words(span, ' after hop')}, reached in {share}"


def _rtt_words(span: Span) -> str:
    mean, best, worst = span.rtt_mean_us, span.rtt_best_us, span.rtt_worst_us
    if mean is None or best is None or worst is None:
        return ""
    text = rtt_text(mean * 1000)
    spread = f" ({rtt_text(best * 1000)}–{rtt_text(worst * 1000)})" if span.rtts > 1 else ""
    return f", {text if text.endswith('s') else f'{text} ms'}{spread}"


def _last_hop_words(span: Span, lead: str) -> str:
    low, high = span.lowest_top, span.highest_top
    if not high:
        return ", not even the first hop" if "after" in lead else ""
    return f"{lead} {high}" if low == high else f"{lead}s {low}–{high}"


def nearest_event(
    marks: Sequence[TimelineEvent], grid: TimeGrid, cursor: int
) -> tuple[TimelineEvent, int] | None:
    """Return what happened nearest to the cursor, the most telling first, and how much more there."""
    if not marks:
        return None
    middle = cursor * grid.step_ns + grid.step_ns // 2
    columns = [grid.column_at(each.unix) for each in marks]
    distance = min(abs(column - cursor) for column in columns)
    there = [
        (each, column)
        for each, column in zip(marks, columns, strict=True)
        if abs(column - cursor) == distance
    ]
    best, its_column = min(there, key=lambda pair: (_ORDER.index(pair[0].letter), abs(pair[0].unix - middle)))
    return best, columns.count(its_column) - 1


def nearest_event_pieces(
    found: tuple[TimelineEvent, int] | None, snapshot: Snapshot, ink: Ink, width: int
) -> list[Piece]:
    """Return the line that says what happened nearest to the cursor."""
    if found is None:
        return []
    one, more = found
    tail = f"  +{more}" if more else ""
    lead = f" {one.letter} {one.at.astimezone(UTC):%H:%M:%S}  "
    said = one.what.text if isinstance(one.what, Note) else event_words(one.what, snapshot)
    text = fit(said, max(0, width - len(lead) - len(tail))).rstrip()
    return [(lead[:3], ink.end), (lead[3:], ink.muted), (text, ink.plain), (tail, ink.muted)]

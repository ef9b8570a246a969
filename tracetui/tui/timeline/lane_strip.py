"""Draws the lines of one lane in the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.model import Lane, Role
from tracetui.model.span import Span
from tracetui.tui.paint.fit import fit, fit_middle, loss_text, rtt_text
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lane_name import lane_name
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.sparkline import BARS
from tracetui.tui.paint.state_glyph import ARRIVED, STOPPED
from tracetui.tui.timeline.time_columns import TimeGrid

LOSSY: Final = "!"
RESET: Final = "R"
REFUSED: Final = "◇"
FAILED: Final = "△"
NO_ROUND: Final = "·"
COLUMN_CURSOR: Final = "▼"

TIMELINE_SIGNS: Final = (
    (ARRIVED, "every round of the column reached the endpoint"),
    (LOSSY, "some of its rounds did"),
    (STOPPED, "none did"),
    (RESET, "the answer was a RST"),
    (REFUSED, "a router refused"),
    (FAILED, "this machine could not send"),
    (NO_ROUND, "no round"),
    (BARS, "mean RTT of what reached the endpoint; the scale is on the left"),
    (COLUMN_CURSOR, "the moment shown; at the right edge, now"),
)
"""What a strip draws, and what it means: for the help."""

_SERVICE: Final = 9
_RTT: Final = 6
_MIN_LABEL: Final = 19
_MAX_LABEL: Final = 48
_STEPS_US: Final = (1, 2, 5, 10)
_MIN_SCALE_US: Final = 1000


@dataclass(frozen=True, slots=True)
class StripLayout:
    """The columns of text, in cells."""

    label: int
    figures: int
    strip: int
    two_lines: bool
    """State and RTT in a line each; else bars stand for reached columns."""


@dataclass(frozen=True, slots=True)
class LaneStrip:
    """A lane to draw."""

    lane: Lane
    heads: bool
    """True for the first lane of its endpoint: the one that names it."""

    columns: tuple[Span | None, ...]
    words: str = ""
    """What stands in place of its strip, of an imported lane: its rounds have no place in this time."""


def make_strip_layout(width: int, height: int, lanes: Sequence[Lane]) -> StripLayout:
    """Return the layout for `height` lines of strips; there are two lines per lane if all of them fit."""
    two_lines = 2 * len(lanes) <= height
    wanted = max((len(_name(lane, _MAX_LABEL)) for lane in lanes), default=0) + _SERVICE + 2
    label = max(_MIN_LABEL, min(wanted, _MAX_LABEL, width * 2 // 5))
    figures = 7 if two_lines else 11
    return StripLayout(label, figures, max(1, width - label - figures), two_lines)


def sign_of(span: Span | None, ink: Ink) -> Piece:
    """Return the character and colour of a column."""
    if span is None:
        return NO_ROUND, ink.faint
    if span.reached:
        if span.reached < span.rounds:
            return LOSSY, ink.lost
        return (RESET, ink.end) if span.resets * 2 > span.reached else (ARRIVED, ink.good)
    if span.refused >= max(1, span.silent, span.failed):
        return REFUSED, ink.end
    return (FAILED, ink.end) if span.failed > span.silent else (STOPPED, ink.lost)


def bar_of(span: Span, scale_us: int) -> str:
    """Return the mean RTT as a bar; what exceeds the scale is a full one."""
    return BARS[min(7, int(8 * (span.rtt_mean_us or 0) / scale_us))]


def scale_us(columns: Sequence[Span | None]) -> int:
    """Return the RTT that fills a bar: 1, 2 or 5 times a power of ten, over nineteen in twenty columns.

    0 where there is no RTT.
    """
    means = sorted(span.rtt_mean_us for span in columns if span is not None and span.rtt_mean_us is not None)
    if not means:
        return 0
    wanted = max(_MIN_SCALE_US, int(means[(len(means) - 1) * 19 // 20]) * 5 // 4)
    decade = 10 ** (len(str(wanted)) - 1)
    return int(next(step * decade for step in _STEPS_US if step * decade >= wanted))


def scale_words(scale: int) -> str:
    """Return `0–50 ms`; nothing for no scale."""
    if not scale:
        return ""
    return f"0–{scale // 1000} ms" if scale < 1_000_000 else f"0–{scale // 1_000_000} s"


def strip_rows(
    strip: LaneStrip, grid: TimeGrid, layout: StripLayout, ink: Ink, *, cursor: int, scale: int, past: bool
) -> list[list[Piece]]:
    """Return the line or two of a lane.

    `cursor` is the column whose figures stand before the strip; `past`: it is shown in the strip too. `scale`
    is the RTT of a full bar in microseconds.
    """
    if strip.words:
        return _worded(strip, layout, ink)
    at_cursor = cursor - grid.first
    span = strip.columns[at_cursor] if 0 <= at_cursor < len(strip.columns) else None
    marked = at_cursor if past else None
    states = _signs(strip.columns, ink)
    if not layout.two_lines:
        cells = [
            (bar_of(column, scale), ink.spark) if column and sign[0] == ARRIVED and column.rtts else sign
            for column, sign in zip(strip.columns, states, strict=True)
        ]
        return [
            [
                *_label(strip, layout, ink),
                *_figures(span, layout, ink),
                *_cells(cells, grid, layout, ink, marked),
            ]
        ]
    bars = [
        (bar_of(column, scale), ink.spark) if column is not None and column.rtts else (" ", ink.none)
        for column in strip.columns
    ]
    return [
        [
            *_label(strip, layout, ink),
            _loss(span, layout.figures, ink),
            *_cells(states, grid, layout, ink, marked),
        ],
        [
            *_second(strip, layout, ink, scale),
            _rtt(span, layout.figures, ink),
            *_cells(bars, grid, layout, ink, marked),
        ],
    ]


def _worded(strip: LaneStrip, layout: StripLayout, ink: Ink) -> list[list[Piece]]:
    figures: Piece = (" " * layout.figures, ink.none)
    first = [*_label(strip, layout, ink), figures, (fit(strip.words, layout.strip), ink.muted)]
    return [first, [*_second(strip, layout, ink, 0), figures]] if layout.two_lines else [first]


def _signs(columns: Sequence[Span | None], ink: Ink) -> list[Piece]:
    """Return the signs of columns; before the first round and after the last one there is nothing to miss."""
    measured = [place for place, span in enumerate(columns) if span is not None]
    first, last = (measured[0], measured[-1]) if measured else (len(columns), 0)
    return [
        sign_of(span, ink) if first <= place <= last else (" ", ink.none)
        for place, span in enumerate(columns)
    ]


def _label(strip: LaneStrip, layout: StripLayout, ink: Ink) -> list[Piece]:
    room = layout.label - _SERVICE - 1
    name = _name(strip.lane, room) if strip.heads else ""
    style = ink.muted if strip.lane.role is Role.CONTROL else ink.plain
    if strip.lane.origin:  # its end tells it from the same host's
        name = fit_middle(name, room)
    return [(" ", ink.none), (fit(name, room), style), (fit(f" {strip.lane.label}", _SERVICE), ink.heading)]


def _name(lane: Lane, room: int) -> str:
    host = lane_name(lane)
    if lane.role is not Role.CONTROL:
        return host
    return f"control {host}" if room >= 8 + min(16, len(host)) else f"c {host}"


def _second(strip: LaneStrip, layout: StripLayout, ink: Ink, scale: int) -> list[Piece]:
    words = f"{scale_words(scale)} "
    address = strip.lane.address
    shown = strip.heads and address != strip.lane.host and len(address) + len(words) + 2 < layout.label
    room = layout.label - 1 - len(words)
    return [(" ", ink.none), (fit(f" {address}" if shown else "", room), ink.faint), (words, ink.muted)]


def _figures(span: Span | None, layout: StripLayout, ink: Ink) -> list[Piece]:
    return [_loss(span, layout.figures - _RTT, ink), _rtt(span, _RTT, ink)]


def _loss(span: Span | None, width: int, ink: Ink) -> Piece:
    text = loss_text(span.loss_percent) if span is not None else ""
    lost = span is not None and span.reached < span.rounds
    return fit(text, width - 1, right=True) + " ", ink.lost if lost else ink.loss


def _rtt(span: Span | None, width: int, ink: Ink) -> Piece:
    mean_us = span.rtt_mean_us if span is not None else None
    text = rtt_text(mean_us * 1000) if mean_us is not None else ""
    return fit(text, width - 1, right=True) + " ", ink.rtt


def _cells(
    cells: Sequence[Piece], grid: TimeGrid, layout: StripLayout, ink: Ink, marked: int | None
) -> list[Piece]:
    """Join neighbours of one style; the strip ends at the right edge."""
    pieces: list[Piece] = [(" " * (layout.strip - len(cells) * grid.cells), ink.none)]
    run, style = "", ink.none
    for index, (sign, own) in enumerate(cells):
        wanted = own + ink.chosen if index == marked else own
        if wanted is not style:
            pieces.append((run, style))
            run, style = "", wanted
        run += sign * grid.cells
    pieces.append((run, style))
    return [piece for piece in pieces if piece[0]]

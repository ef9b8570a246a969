"""Round-trip times of several lanes as pictures: a dot chart over time, and a histogram."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.analysis.rounds.probe_series import rtts_ms
from tracetui.analysis.rounds.rtt_statistics import percentile
from tracetui.tui.details.braille_chart import DOT_COLUMNS, braille_chart, columns_of
from tracetui.tui.details.detail_rows import BLANK, Line, Page
from tracetui.tui.details.figures_table import Measured
from tracetui.tui.details.histogram import bar, bucket_bounds, bucket_counts, bucket_words, nice_step
from tracetui.tui.paint.fit import fit

_AXIS: Final = " ┤"
_LOW_HEIGHT: Final = 4
_HEIGHT: Final = 6
_WIDE: Final = 70
"""Cells from which a chart gets its full height."""

_BUCKETS: Final = 8
_MIN_BAR: Final = 3
_MAX_BAR: Final = 24
_COUNT: Final = 6
_TYPICAL: Final = 99
"""Percentile that the scale reaches; rarer ones are drawn at its top, or they would flatten the rest."""

_ZERO_BELOW: Final = 0.5
"""A scale starts at nothing unless the best RTT is above this share of its top."""


def chart_lines(measured: Sequence[Measured], now_ns: int, page: Page) -> Iterator[Line]:
    """Yield one chart per lane, all to one scale in milliseconds, with the time along its foot.

    Where probes were lost, a row below the dots marks them with its own sign. Nothing where nothing was
    ever answered.
    """
    values = [rtt for each in measured for rtt in rtts_ms(each.series)]
    if not values:
        return
    bottom, top = scale(values)
    yield page.heading("RTT over time", "milliseconds")
    for each in measured:
        if not rtts_ms(each.series):
            yield [(f"{each.label}  no answer", page.ink.muted)]
            continue
        yield from _chart(each, bottom, top, now_ns, page)


def _chart(each: Measured, bottom: float, top: float, now_ns: int, page: Page) -> Iterator[Line]:
    ink = page.ink
    high, low = f"{top:g}", f"{bottom:g}"
    axis = max(len(high), len(low), len("lost"))
    width = page.width - axis - len(_AXIS)
    height = _HEIGHT if page.width >= _WIDE else _LOW_HEIGHT
    columns = columns_of([sample.number for sample in each.series], width * DOT_COLUMNS)
    points = [
        (column, None if sample.rtt_us is None else sample.rtt_us / 1000)
        for column, sample in zip(columns, each.series, strict=True)
    ]
    chart = braille_chart(points, width, height, bottom=bottom, top=top)
    note = f"{chart.clipped} above {high}, drawn at the top" if chart.clipped else ""
    yield [(each.label, ink.muted), (f"  {note}" if note else "", ink.muted)]
    for position, row in enumerate(chart.rows):
        label = high if not position else low if position == height - 1 else ""
        yield [(fit(label, axis, right=True), ink.muted), (_AXIS, ink.faint), (row, ink.rtt)]
    if chart.lost.strip():
        yield [(fit("lost", axis, right=True) + "  ", ink.muted), (chart.lost, ink.lost)]
    first = next(index for index, column in enumerate(columns) if column >= 0)
    left, right = (age_words(now_ns - each.series[index].at_ns) for index in (first, -1))
    left = left if left != right else ""
    start = max(0, min(columns[first] // DOT_COLUMNS, width - len(left) - len(right) - 1))
    foot = " " * (axis + len(_AXIS) + start) + left
    yield [(foot + right.rjust(page.width - len(foot)), ink.muted)]


def scale(values: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and the highest value of a chart's scale: round numbers around nearly all values."""
    typical = percentile(values, _TYPICAL)
    if typical is None:
        return 0.0, 1.0
    high, low = typical, min(values)
    start = 0.0 if low < high * _ZERO_BELOW else low
    step = nice_step(max(high - start, 0.01 * high) / 4)
    bottom = math.floor(start / step) * step
    top = math.ceil(high / step) * step
    return round(bottom, 6), round(top if top > bottom else bottom + step, 6)


def age_words(age_ns: int) -> str:
    """Return how long ago something was: `now`, `42 s ago`, `2 min ago`, `3 h ago`."""
    seconds = age_ns / 1e9
    if seconds < 5:
        return "now"
    if seconds < 100:
        return f"{seconds:.0f} s ago"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min ago"
    return f"{seconds / 3600:.0f} h ago"


def histogram_lines(measured: Sequence[Measured], page: Page) -> Iterator[Line]:
    """Yield how many round-trip times of each lane fall where, in buckets that all lanes share."""
    answered = [(each.label, rtts) for each in measured if (rtts := rtts_ms(each.series))]
    every = [rtt for _, rtts in answered for rtt in rtts]
    if not every:
        return
    edges = bucket_bounds(min(every), max(every), _BUCKETS)
    words = bucket_words(edges)
    counts = [bucket_counts(rtts, edges) for _, rtts in answered]
    names = max(len("Histogram"), *map(len, words))
    lane = _MIN_BAR + _COUNT + 2
    at_once = max(1, (page.width - names) // lane)
    for start in range(0, len(answered), at_once):
        if start:
            yield BLANK
        group = slice(start, start + at_once)
        yield from _bars([label for label, _ in answered[group]], words, counts[group], names, page)


def _bars(
    labels: Sequence[str], words: Sequence[str], counts: Sequence[Sequence[int]], names: int, page: Page
) -> Iterator[Line]:
    ink = page.ink
    room = max(_MIN_BAR, min(_MAX_BAR, (page.width - names) // len(labels) - _COUNT - 2))
    largest = max(max(some) for some in counts)
    heads = [(fit(label, room + _COUNT + 2, right=True), ink.muted) for label in labels]
    yield [(fit("Histogram", names), ink.heading), *heads]
    for position, word in enumerate(words):
        line: Line = [(fit(word, names, right=True), ink.muted)]
        for some in counts:
            count = some[position]
            line += [
                (f"  {fit(bar(count, largest, room), room)}", ink.spark),
                (fit(str(count) if count else "", _COUNT, right=True), ink.plain),
            ]
        yield line

"""Tables of counts, losses and round-trip times of several lanes, as many side by side as fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.rounds.loss_windows import WindowLoss
from tracetui.analysis.rounds.probe_series import Sample, rtts_ms
from tracetui.analysis.rounds.rtt_statistics import percentile
from tracetui.model import RttStatistics, counted
from tracetui.tui.details.detail_rows import BLANK, Line, Page, beside
from tracetui.tui.paint.fit import fit, loss_text

NO_FIGURE: Final = "–"
_NAME: Final = 9
_LANE: Final = 8
_GAP: Final = 2
_TIMES: Final = ("last", "best", "mean", "worst", "stdev", "jitter")
_PERCENTILES: Final = (50, 90, 95, 99)


@dataclass(frozen=True, slots=True)
class Measured:
    """One lane's figures for a hop, or for its endpoint."""

    label: str
    counts: Mapping[str, int]
    """`sent`, `received`, `late`, or `rounds`, `answered`, in this order."""

    loss: Sequence[WindowLoss | None]
    rtt: RttStatistics | None
    series: Sequence[Sample]
    """The probes of the rounds that are kept."""


@dataclass(frozen=True, slots=True)
class _Block:
    name: str
    rows: Sequence[tuple[str, Sequence[str], bool]]
    """Name of a figure, its text for each lane, and whether a text other than 0% is a loss."""


def figure_lines(measured: Sequence[Measured], page: Page) -> Iterator[Line]:
    """Yield the tables, and a note where percentiles do not cover all probes."""
    lane = max(_LANE, *(len(each.label) + 1 for each in measured), 0) if measured else _LANE
    at_once = max(1, (page.width - _NAME) // lane)
    for start in range(0, len(measured), at_once):
        group = measured[start : start + at_once]
        if start:
            yield BLANK
        yield from _table(group, lane, page)
    answered = max((each.rtt.count for each in measured if each.rtt), default=0)
    kept = max((len(rtts_ms(each.series)) for each in measured), default=0)
    if kept and answered > kept:
        yield from page.prose(f"p50 to p99 cover the last {counted(kept, 'answer')}")


def _table(group: Sequence[Measured], lane: int, page: Page) -> Iterator[Line]:
    width = _NAME + lane * len(group)
    labels = [each.label for each in group]
    probes, loss, times, shares = (
        _Block("Probes", _counts(group)),
        _Block("Loss", _losses(group)),
        _Block("RTT, ms", _times(group)),
        _Block("RTT, ms", _percentiles(group)),
    )
    whole = _Block(times.name, (*times.rows, *shares.rows))
    columns: Sequence[Sequence[_Block]]
    room = (page.width + _GAP) // (width + _GAP)
    if all(each.rtt is None for each in group):
        columns = [[probes], [loss]] if room > 1 else [[probes, loss]]
    elif room <= 1:
        columns = [[probes, loss, whole]]
    elif room == 2:
        columns = [[probes, loss], [whole]]
    elif room == 3:
        columns = [[probes, loss], [times], [shares]]
    else:
        columns = [[probes], [loss], [times], [shares]]
    drawn = [_column(blocks, labels, lane, page) for blocks in columns]
    yield from beside(drawn, width, _GAP, page.ink)


def _column(blocks: Sequence[_Block], labels: Sequence[str], lane: int, page: Page) -> list[Line]:
    ink = page.ink
    lines: list[Line] = []
    for block in blocks:
        if lines:
            lines.append(BLANK)
        heads = [(fit(label, lane, right=True), ink.muted) for label in labels]
        lines.append([(fit(block.name, _NAME), ink.heading), *heads])
        for name, texts, is_loss in block.rows:
            line: Line = [(fit(name, _NAME), ink.muted)]
            for text in texts:
                bad = is_loss and text not in {"0%", NO_FIGURE}
                line.append((fit(text, lane, right=True), ink.lost if bad else ink.plain))
            lines.append(line)
    return lines


def _counts(group: Sequence[Measured]) -> list[tuple[str, list[str], bool]]:
    names = dict.fromkeys(name for each in group for name in each.counts)
    return [(name, [str(each.counts.get(name, NO_FIGURE)) for each in group], False) for name in names]


def _losses(group: Sequence[Measured]) -> list[tuple[str, list[str], bool]]:
    rows: dict[str, list[str]] = {}
    for each in group:
        for window, name in zip(each.loss, ("1 min", "5 min", "15 min", "all"), strict=True):
            text = loss_text(window.loss_percent) if window is not None else ""
            rows.setdefault(name, []).append(text or NO_FIGURE)
    return [(name, texts, True) for name, texts in rows.items()]


def _times(group: Sequence[Measured]) -> list[tuple[str, list[str], bool]]:
    rows: dict[str, list[str]] = {}
    for each in group:
        rtt = each.rtt
        values: Sequence[float | None] = (None,) * len(_TIMES)
        if rtt is not None:
            values = (rtt.last_ns, rtt.best_ns, rtt.mean_ns, rtt.worst_ns, rtt.stdev_ns, rtt.jitter_ns)
        for name, value in zip(_TIMES, values, strict=True):
            rows.setdefault(name, []).append(_ms(value))
    return [(name, texts, False) for name, texts in rows.items()]


def _percentiles(group: Sequence[Measured]) -> list[tuple[str, list[str], bool]]:
    ordered = [sorted(rtts_ms(each.series)) for each in group]
    rows = []
    for percent in _PERCENTILES:
        found = [percentile(rtts, percent) for rtts in ordered]
        texts = [_ms(None if value is None else value * 1e6) for value in found]
        rows.append((f"p{percent}", texts, False))
    return rows


def _ms(nanoseconds: float | None) -> str:
    if nanoseconds is None:
        return NO_FIGURE
    ms = nanoseconds / 1e6
    return f"{ms:.2f}" if ms < 9999.995 else f"{ms:.0f}"

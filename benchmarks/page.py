"""Writes docs/benchmarks.md: figures of the parts measured now, those of the others as they were measured."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import growth
from growth_plot import Chart, svg
from machine import machine
from table import Line, Samples

_HERE: Final = Path(__file__).parent
_DOCS: Final = _HERE.parent / "docs"
FIGURES: Final = _HERE / "figures.json"
"""What was measured last of each part."""

_NOTES: Final = _HERE / "notes.md"
"""What no figure says: written by hand, below the figures."""

_PICTURE: Final = "benchmarks-growth.svg"
_APART: Final = ("profile", "growth")
"""Parts that have a section of their own."""

_INTRODUCTION: Final = """\
# Benchmarks

`make bench` measures these figures, beside mtr, and beside Trippy (`trip`) and ttl where they are installed:
in one lab, on terminals of one size, in one run. `make bench BENCH_ARGS=--write` writes this page, with the
date and machine of each figure; parts that a run leaves out stay as they were. `BENCH_ARGS="PART ..."`
chooses parts, `--quick` makes runs shorter. Figures are medians, with lowest to highest in brackets. No test
depends on a time. Tests count work instead: rows painted, lanes judged, packets built.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the page."""

    part: str
    what: str
    ours: str
    peer: str
    ratio: str
    budget: str
    date: str
    machine: str
    how: str = ""
    """What makes it less sure: short runs, a busy machine."""

    remarks: tuple[str, ...] = ()
    median: float | None = None


def write(by_part: Mapping[str, Sequence[Line]], parts: Sequence[str], *, how: str) -> None:
    """Put the lines in the place of what was measured before of their parts, and write page and picture.

    `parts`: all of them, in the order of the page.
    """
    date = datetime.now(UTC).date().isoformat()
    figures = [figure for figure in read() if not by_part.get(figure.part)]
    for part, lines in by_part.items():
        figures += [_figure(part, line, date, how) for line in lines]
    figures.sort(key=lambda figure: parts.index(figure.part))
    kept = [asdict(figure) for figure in figures]
    FIGURES.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (_DOCS / "benchmarks.md").write_text(text(figures), encoding="utf-8")
    charts = _charts(figures)
    if charts:
        (_DOCS / _PICTURE).write_text(svg(charts), encoding="utf-8")


def read() -> list[Figure]:
    """Return what was measured before."""
    return [
        Figure(**each | {"remarks": tuple(each["remarks"])})
        for each in json.loads(FIGURES.read_text(encoding="utf-8"))
    ]


def text(figures: Sequence[Figure]) -> str:
    """Return the page."""
    sections = [_INTRODUCTION, _table([each for each in figures if each.part not in _APART])]
    profile = [each for each in figures if each.part == "profile"]
    if profile:
        sections.append(f"{_heading('Where the time of a probe goes', profile)}\n\n{_profile(profile)}")
    grown = [each for each in figures if each.part == "growth"]
    if grown:
        sections.append(f"{_heading('How cost grows', grown)}\n\n{_growth(grown)}")
    sections.append(_NOTES.read_text(encoding="utf-8"))
    return "\n".join(sections)


def _figure(part: str, line: Line, date: str, how: str) -> Figure:
    what, ours, peer, ratio, budget = line.cells()
    median = line.ours.median if line.ours else None
    return Figure(part, what, ours, peer, ratio, budget, date, machine(), how, line.remarks, median)


def _table(figures: Sequence[Figure]) -> str:
    notes: list[str] = []

    def mark(note: str) -> str:
        if note not in notes:
            notes.append(note)
        return str(notes.index(note) + 1)

    rows = ["| what | tracetui | peer | ratio | budget | measured |", "|---|---|---|---|---|---|"]
    for each in figures:
        marks = ", ".join(mark(note) for note in (*each.remarks, *filter(None, (each.machine, each.how))))
        cells = (each.what, each.ours, each.peer, each.ratio, each.budget, f"{each.date} [{marks}]")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([*rows, "", *(f"{number}. {note}" for number, note in enumerate(notes, 1)), ""])


def _heading(title: str, figures: Sequence[Figure]) -> str:
    first = figures[0]
    said = ", ".join(filter(None, (first.date, first.machine, first.how)))
    return f"## {title}\n\n{'. '.join(first.remarks)}. Measured {said}."


def _profile(figures: Sequence[Figure]) -> str:
    rows = ["| step | share |", "|---|---|"]
    rows += [
        f"| {each.what.removeprefix('profile: ').removesuffix(', %')} | {each.median:.0f} % |"
        for each in figures
    ]
    return "\n".join([*rows, ""])


def _growth(figures: Sequence[Figure]) -> str:
    rows = ["| lanes and hops | ms |", "|---|---|"]
    rows += [
        f"| {each.what.removeprefix('a second of ').removesuffix(', ms')} | {each.ours} |" for each in figures
    ]
    return "\n".join([f"![CPU over lanes and over hops]({_PICTURE})", "", *rows, ""])


def _charts(figures: Sequence[Figure]) -> list[Chart]:
    lines = [
        Line(each.what.removesuffix(", ms"), "ms", Samples((each.median,)))
        for each in figures
        if each.part == "growth" and each.median is not None
    ]
    by_lanes, by_hops = growth.series(lines)
    unit = "ms of CPU for one second of probing"
    charts = [
        Chart("Cost over lanes", "lanes", unit, by_lanes),
        Chart("Cost over hops", "hops of the path", unit, by_hops),
    ]
    return [chart for chart in charts if chart.lines]

"""Draws how cost grows as an SVG: two charts beside each other, lines with their names at their ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH, _HEIGHT = 860, 330
_CHART_WIDTH, _CHART_HEIGHT = 290, 210
_TOP: Final = 60
_LEFTS: Final = (60, 480)
_COLOURS: Final = ("#1f6fb2", "#c2571a", "#3d8b40")
_MARKS: Final = 5


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, and its points from left to right."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over one axis."""

    title: str
    axis: str
    """What grows to the right."""

    unit: str
    lines: Sequence[Series]


def svg(charts: Sequence[Chart]) -> str:
    """Return the picture; readable on light and on dark pages."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape('; '.join(chart.title for chart in charts))}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
    ]
    for left, chart in zip(_LEFTS, charts, strict=False):
        parts += _chart(left, chart)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _chart(left: float, chart: Chart) -> list[str]:
    bottom = _TOP + _CHART_HEIGHT
    right = max(x for line in chart.lines for x, _ in line.points)
    step = _step(max(y for line in chart.lines for _, y in line.points))
    top = step * _MARKS

    def place(x: float, y: float) -> tuple[float, float]:
        return left + _CHART_WIDTH * x / right, bottom - _CHART_HEIGHT * y / top

    parts = [
        f'<text x="{left}" y="{_TOP - 34}" font-weight="600" fill="#222">{escape(chart.title)}</text>',
        f'<text x="{left}" y="{_TOP - 14}" fill="#666">{escape(chart.unit)}</text>',
    ]
    for number in range(_MARKS + 1):
        _, y = place(0, number * step)
        parts.append(f'<path d="M{left} {y:.1f}h{_CHART_WIDTH}" stroke="#{"888" if not number else "ddd"}"/>')
        parts.append(_text(left - 8, y + 4, f"{number * step:g}", "end"))
    marked = sorted({x for line in chart.lines for x, _ in line.points if x * _CHART_WIDTH / right >= 14})
    parts += [_text(place(x, 0)[0], bottom + 18, f"{x:g}", "middle") for x in marked]
    parts.append(_text(left + _CHART_WIDTH / 2, bottom + 40, chart.axis, "middle"))
    for line, colour in zip(chart.lines, _COLOURS, strict=False):
        places = [place(x, y) for x, y in line.points]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(_text(x + 8, y + 4, line.name, "start", colour))
    return parts


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#444") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _step(highest: float) -> float:
    """Return a round number, `_MARKS` of which reach beyond the highest point."""
    size = 10.0**-6
    while True:
        for factor in (1, 2, 5):
            if factor * size * _MARKS >= highest:
                return factor * size
        size *= 10

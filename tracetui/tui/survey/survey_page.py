"""The rows of the survey view: what is found for each endpoint, by AS and country, and the tree of paths."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from tracetui.analysis.survey.facts import EndpointSurvey
from tracetui.analysis.survey.survey_lanes import LaneSurvey
from tracetui.investigation.board import Panel
from tracetui.model import AutonomousSystem
from tracetui.report.survey_rows import (
    SHARE,
    PathRow,
    SurveySection,
    SurveyTable,
    bar_cells,
    survey_section,
)
from tracetui.tui.paint.fit import fit, wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece, exactly
from tracetui.tui.paint.rows_view import Row
from tracetui.words import branch_countries, capitalised

STOPPED: Final = "▇"
REACHED: Final = "━"
ELSEWHERE: Final = "·"
SURVEY_SIGNS: Final = (
    (STOPPED, "stop", "vantages that do not reach the endpoint: those that stop in the AS, or are there"),
    (REACHED, "reach it", "vantages that reach the endpoint"),
    (ELSEWHERE, "stop in another AS", "vantages whose paths enter the AS, and stop in another one"),
)

_BESIDE: Final = 150
"""Cells from which on the tree stands beside the tables."""

_WIDEST_TREE: Final = 100
_GAP: Final = 3
_INDENT: Final = 3
_MIN_BAR: Final = 8
_MAX_BAR: Final = 24
_MIN_NAME: Final = 16
_MIN_REST: Final = 18
_SHARES: Final = 3
"""Cells of a row by country or upstream; by AS there is one more."""


@dataclass(frozen=True, slots=True)
class SurveyKey:
    """What a row stands for."""

    endpoint: int
    """Place among the endpoints."""

    part: str
    what: int
    """Place of the row in its part."""

    panel: Panel | None = None
    """One of the vantages that it is about."""


class SurveyPage:
    """Lays out the survey in a width."""

    def __init__(
        self, made: LaneSurvey, systems: Mapping[int, AutonomousSystem], ink: Ink, width: int
    ) -> None:
        self._made, self._systems, self._ink, self._width = made, systems, ink, width
        self._endpoint = 0
        self._address = ""

    def rows(self) -> list[Row]:
        """Return the rows of all endpoints, controls last."""
        survey = self._made.survey
        rows: list[Row] = []
        for place, one in enumerate((*survey.endpoints, *survey.controls)):
            role = "" if place < len(survey.endpoints) else "Control: "
            self._endpoint, self._address = place, one.endpoint.address
            rows += [Row(())] * bool(rows)
            rows += self._section(one, survey_section(one, survey, role))
        return rows

    def _section(self, one: EndpointSurvey, section: SurveySection) -> Iterator[Row]:
        ink, width = self._ink, self._width
        panel = self._panel(one.paths.ends[0].first) if one.paths.ends else None
        title = fit(section.title, width - 2).rstrip()
        yield Row(((f" {title}", ink.heading),), self._key("", 0, panel))
        yield from self._text("finding", [section.finding], ink.plain, width, indent=1)
        yield from self._text("facts", section.facts, ink.muted, width, indent=1)
        yield Row(())
        if width >= _BESIDE:
            tree = min(width // 2, _WIDEST_TREE)
            room = width - tree - _GAP
            tables = [row for each in section.tables for row in self._table(one, each, room)]
            yield from _beside(
                [*tables, *self._suspects(section, room)], [*self._tree(section.paths, tree)], room + _GAP
            )
        else:
            by_as = [each for each in section.tables if each.is_by_as]
            others = [each for each in section.tables if not each.is_by_as]
            for each in by_as:
                yield from self._table(one, each, width)
            yield from self._tree(section.paths, width)
            yield from self._suspects(section, width)
            for each in others:
                yield from self._table(one, each, width)
        yield from self._titled("What could be behind it, and is not ruled out", "left", section.left)
        steps = [capitalised(step) for step in section.steps]
        yield from self._titled("What would tell more", "steps", steps)

    # Text

    def _key(self, part: str, what: int, panel: Panel | None = None) -> SurveyKey:
        return SurveyKey(self._endpoint, part, what, panel)

    def _panel(self, vantage: int) -> Panel:
        return self._address, self._made.origins[vantage]

    def _text(
        self, part: str, lines: Sequence[str], style: Style, width: int, *, indent: int
    ) -> Iterator[Row]:
        """Yield lines, wrapped; the cursor stands on the first row of each."""
        for place, line in enumerate(lines):
            for number, words in enumerate(wrapped(line, width - indent - 1)):
                key = None if number else self._key(part, place)
                yield Row(((" " * indent, self._ink.none), (words, style)), key)

    def _titled(self, title: str, part: str, lines: Sequence[str]) -> Iterator[Row]:
        if lines:
            yield Row(((f" {title}", self._ink.heading),))
            yield from self._text(part, lines, self._ink.muted, self._width, indent=3)
            yield Row(())

    def _suspects(self, section: SurveySection, width: int) -> Iterator[Row]:
        if section.suspects:
            yield Row(((" On failing paths and on no working one", self._ink.heading),))
            yield from self._text("suspects", section.suspects, self._ink.plain, width, indent=3)
            yield Row(())

    def _of_as(self, asn: int | None) -> Style:
        system = self._systems.get(asn) if asn is not None else None
        return self._ink.plain if system is None else self._ink.of_as(system.colour)

    # Tables

    def _table(self, one: EndpointSurvey, each: SurveyTable, width: int) -> Iterator[Row]:
        ink = self._ink
        columns = _Columns.of(each, width)
        ends = {branch.asns[0]: branch.first for branch in one.paths.ends if branch.stops}
        yield Row(((f" {each.title}", ink.heading),))
        header = [*each.header[:SHARE], *each.header[SHARE + 1 :]]
        yield Row(tuple(columns.line(header, [(" " * columns.bar, ink.none)], [ink.faint] * 4)))
        for place, row in enumerate(each.rows):
            first = ends.get(row.asn) if each.is_by_as else None
            styles = [self._of_as(row.asn), ink.plain, ink.plain, ink.muted]
            bar = self._bar(row.stopped, row.working, row.whole, columns)
            key = self._key(each.title, place, None if first is None else self._panel(first))
            yield Row(tuple(columns.line(row.cells, bar, styles)), key)
        if each.more:
            yield Row(((f"   {each.more} more", ink.muted),))
        yield Row(())

    def _bar(self, stopped: int, working: int, whole: int, columns: "_Columns") -> list[Piece]:
        """Return a bar as long as the whole is beside that of other rows."""
        length = max(1, round(columns.bar * whole / columns.most)) if whole else 0
        red = bar_cells(stopped, whole, length)
        green = min(bar_cells(working, whole, length), length - red)
        ink = self._ink
        return [
            (STOPPED * red, ink.lost),
            (REACHED * green, ink.good),
            (ELSEWHERE * (length - red - green), ink.faint),
            (" " * (columns.bar - length), ink.none),
        ]

    # The tree

    def _tree(self, paths: Sequence[PathRow], width: int) -> Iterator[Row]:
        """Yield all paths together, with a bar for the vantages of each branch."""
        if not paths:
            return
        ink = self._ink
        total = max(1, sum(row.branch.vantages for row in paths if not row.rails))
        lengths = [_length(row) if _length(row) <= width // 2 else _bare_length(row) for row in paths]
        room = min(max(lengths), width * 2 // 3)
        longest = min(2 * _MAX_BAR, width - room - 4)
        yield Row(((" Paths, from where they end back to the vantages", ink.heading),))
        for place, row in enumerate(paths):
            branch = row.branch
            style = ink.lost if branch.stops else ink.good
            cells = max(1, round(longest * branch.vantages / total))
            sign = STOPPED if branch.stops else REACHED
            if not row.rails and not branch.asns:
                sign, style = ELSEWHERE, ink.faint
            key = self._key("paths", place, self._panel(branch.first))
            yield Row(
                (*exactly(self._branch(row, room), room, ink.none), ("  ", ink.none), (sign * cells, style)),
                key,
            )
        yield Row(())

    def _branch(self, row: PathRow, room: int) -> Iterator[Piece]:
        """Yield a line of the tree without its bar: rails, vantages, ASes, countries where there is room."""
        ink, branch = self._ink, row.branch
        countries = branch_countries(branch)
        if row.rails:
            yield f"   {row.rails}", ink.faint
            yield f"{branch.vantages} ", ink.plain
            yield row.words, self._of_as(branch.asns[0] if branch.asns else None)
        else:
            mark, _, words = row.words.partition(" ")
            yield f"   {mark} ", ink.lost if branch.stops else ink.good
            yield words, self._of_as(branch.asns[0] if branch.asns else None)
        if countries and _length(row) <= room:
            yield f"  {countries}", ink.muted


def _bare_length(row: PathRow) -> int:
    """Return the cells of a line of the tree without countries and bar."""
    lead = cell_len(row.rails) + len(str(row.branch.vantages)) + 1 if row.rails else 0
    return _INDENT + lead + cell_len(row.words)


def _length(row: PathRow) -> int:
    """Return the cells of a line of the tree without its bar."""
    countries = branch_countries(row.branch)
    return _bare_length(row) + (cell_len(countries) + 2 if countries else 0)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Widths of the columns of a table: a name, a figure, a bar, perhaps a second figure, the rest."""

    name: int
    figure: int
    bar: int
    working: int
    """0 for a table without that figure."""

    rest: int
    most: int
    """Vantages of the longest bar."""

    @classmethod
    def of(cls, each: SurveyTable, width: int) -> "_Columns":
        """Return the widths for a table in a width."""
        header = [*each.header[:SHARE], *each.header[SHARE + 1 :]]
        wanted = [
            max(cell_len(cells[column]) for cells in (header, *(row.cells for row in each.rows)))
            for column in range(len(header))
        ]
        working = wanted[2] if len(header) > _SHARES else 0
        before = _INDENT + wanted[1] + 2 + 2 + (working + 2 if working else 0)
        name = min(wanted[0], max(_MIN_NAME, width - before - _MIN_BAR - 2 - min(wanted[-1], _MIN_REST)))
        left = width - before - name - 3
        bar = max(_MIN_BAR, min(_MAX_BAR, left - min(wanted[-1], max(_MIN_REST, left // 2))))
        most = max(row.whole for row in each.rows)
        return cls(name, wanted[1], bar, working, max(0, left - bar), most)

    def line(self, cells: Sequence[str], bar: Sequence[Piece], styles: Sequence[Style]) -> Iterator[Piece]:
        """Yield a line: cells without the bar, the bar, and the styles of the cells."""
        yield " " * _INDENT + fit(cells[0], self.name) + "  ", styles[0]
        yield fit(cells[1], self.figure, right=True) + "  ", styles[1]
        yield from bar
        if self.working:
            yield "  " + fit(cells[2], self.working, right=True), styles[2]
        yield "  " + fit(cells[-1], self.rest).rstrip(), styles[-1]


def _beside(left: Sequence[Row], right: Sequence[Row], room: int) -> Iterator[Row]:
    """Yield rows of two columns; the cursor stands on the right one's where both have a key."""
    for one, other in zip_longest(left, right, fillvalue=Row(())):
        pieces = (*exactly(one.pieces, room, Style.null()), *other.pieces)
        yield Row(pieces, other.key if other.key is not None else one.key)

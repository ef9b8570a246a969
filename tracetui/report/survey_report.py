"""Writes a survey: Markdown for people, plain text for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from textwrap import wrap
from typing import Final

from tracetui.analysis.survey.facts import Survey
from tracetui.model import Tool
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_table import display_width, fit, pad, table
from tracetui.report.survey_rows import (
    SHARE,
    PathRow,
    SurveyRow,
    SurveySection,
    SurveyTable,
    bar_cells,
    not_shown,
    sections,
    survey_facts,
    survey_title,
)
from tracetui.words import CAUTION, branch_countries, capitalised

_WIDTH: Final = 100
_MAX_CELL: Final = 34
_BAR: Final = 20
"""Cells of a bar."""

_PATHS: Final = "Paths, from where they end back to the vantages"
_ASCII_RAILS: Final = str.maketrans({"├": "+", "└": "+", "│": "|", "←": "<", "✖": "x", "●": "o"})


def survey_markdown(survey: Survey, created_at: datetime, tool: Tool, *, ascii_only: bool = False) -> str:
    """Return the survey as Markdown. Ends with a newline."""
    blocks = [f"# {inert(survey_title(survey))}"]
    blocks.append("\n".join(f"* {inert(line)}" for line in survey_facts(survey, created_at, tool)))
    for section in sections(survey):
        blocks += survey_section_markdown(section, ascii_only=ascii_only)
    if more := not_shown(survey):
        blocks.append(inert(more))
    blocks.append(inert(CAUTION))
    return "\n\n".join(block.rstrip("\n") for block in blocks) + "\n"


def survey_section_markdown(
    section: SurveySection, *, ascii_only: bool = False, level: int = 2
) -> Iterator[str]:
    """Yield the parts of the section about one endpoint; its title is of `level`."""
    title, below = "#" * level, "#" * (level + 1)
    yield f"{title} {inert(section.title)}"
    yield f"**{inert(section.finding)}**"
    yield "\n".join(f"* {inert(fact)}" for fact in section.facts)
    if section.left:
        yield "What could be behind it, and is not ruled out:"
        yield "\n".join(f"* {inert(line)}" for line in section.left)
    if section.paths:
        yield f"{below} {_PATHS}"
        drawn = "\n".join(_path_lines(section.paths, ascii_only=ascii_only))
        yield f"```\n{drawn}\n```"
    for each in section.tables:
        yield f"{below} {each.title}"
        yield survey_table_markdown(each, ascii_only=ascii_only)
    if section.suspects:
        yield f"{below} On failing paths and on no working one"
        yield "\n".join(f"* {inert(line)}" for line in section.suspects)
    if section.steps:
        yield f"{below} What would tell more"
        yield "\n".join(
            f"{number}. {inert(capitalised(step))}" for number, step in enumerate(section.steps, 1)
        )


def survey_table_markdown(each: SurveyTable, *, ascii_only: bool = False) -> str:
    """Return a table, with how many rows are left out of it."""
    rows = [_with_bar(row, map(inert, row.cells), ascii_only=ascii_only) for row in each.rows]
    more = f"\n{each.more} more." if each.more else ""
    return table(each.header, rows, right=each.right) + more


def _with_bar(row: SurveyRow, cells: Iterable[str], *, ascii_only: bool) -> list[str]:
    """Return the cells of a row with its bar."""
    full, empty = "#." if ascii_only else "█░"
    filled = bar_cells(row.stopped, row.whole, _BAR)
    shown = [*cells]
    return [*shown[:SHARE], full * filled + empty * (_BAR - filled), *shown[SHARE:]]


def _path_lines(rows: Sequence[PathRow], *, ascii_only: bool) -> Iterator[str]:
    """Yield the tree of paths: `├ 12 AS64511 Moscow Cable (RU 12)`."""
    for row in rows:
        countries = branch_countries(row.branch)
        count = "" if not row.rails else f"{row.branch.vantages} "
        line = f"{row.rails}{count}{row.words}" + (f" ({countries})" if countries else "")
        yield fit(line.translate(_ASCII_RAILS) if ascii_only else line, _WIDTH - 2).rstrip()


def survey_text(survey: Survey, created_at: datetime, tool: Tool, *, ascii_only: bool = False) -> str:
    """Return the survey as plain text, at most 100 columns. Ends with a newline."""
    lines = [*_wrapped(survey_title(survey))]
    for fact in survey_facts(survey, created_at, tool):
        lines += _wrapped(fact, "  ")
    for section in sections(survey):
        lines += _text_section(section, ascii_only=ascii_only)
    lines += ["", *_wrapped(not_shown(survey)), *_wrapped(CAUTION)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _text_section(section: SurveySection, *, ascii_only: bool) -> Iterator[str]:
    yield from ("", *_wrapped(section.title.upper() if section.title.isupper() else section.title))
    yield "-" * min(display_width(section.title), _WIDTH)
    yield from _wrapped(section.finding)
    for fact in section.facts:
        yield from _wrapped(fact, "  ")
    if section.left:
        yield from ("", "What could be behind it, and is not ruled out:")
        for line in section.left:
            yield from _wrapped(f"- {line}", "  ")
    if section.paths:
        yield from ("", _PATHS)
        yield from (f"  {line}" for line in _path_lines(section.paths, ascii_only=ascii_only))
    for each in section.tables:
        yield from ("", each.title)
        yield from _text_table(each, ascii_only=ascii_only)
    if section.suspects:
        yield from ("", "On failing paths and on no working one")
        for line in section.suspects:
            yield from _wrapped(f"- {line}", "  ")
    if section.steps:
        yield from ("", "What would tell more")
        for number, step in enumerate(section.steps, 1):
            yield from _wrapped(f"{number}. {capitalised(step)}", "  ")


def _text_table(each: SurveyTable, *, ascii_only: bool) -> Iterator[str]:
    rows = (each.header, *(_with_bar(row, row.cells, ascii_only=ascii_only) for row in each.rows))
    last = len(each.header) - 1
    widths = [min(max(display_width(row[column]) for row in rows), _MAX_CELL) for column in range(last)]
    rest = max(_WIDTH - 2 - sum(width + 2 for width in widths), 10)
    for row in rows:
        cells = [fit(row[place], widths[place], right=place in each.right) for place in range(last)]
        yield "  " + "  ".join((*cells, pad(fit(row[last], rest).rstrip(), 0)))
    if each.more:
        yield f"  {each.more} more"


def _wrapped(line: str, indent: str = "") -> list[str]:
    return wrap(line, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  " * bool(indent))

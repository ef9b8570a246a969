"""Writes a survey: Markdown for people, plain text for a terminal."""

from collections.abc import Iterator
from datetime import datetime
from textwrap import wrap
from typing import Final

from tracetui.analysis.survey.facts import Survey
from tracetui.model import Tool
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_table import display_width, fit, pad, table
from tracetui.report.survey_rows import (
    SurveySection,
    SurveyTable,
    not_shown,
    sections,
    survey_facts,
    survey_title,
)
from tracetui.words import CAUTION, capitalised

_WIDTH: Final = 100
_MAX_CELL: Final = 34


def survey_markdown(survey: Survey, created_at: datetime, tool: Tool, *, ascii_only: bool = False) -> str:
    """Return the survey as Markdown. Ends with a newline."""
    blocks = [f"# {inert(survey_title(survey))}"]
    blocks.append("\n".join(f"* {inert(line)}" for line in survey_facts(survey, created_at, tool)))
    for section in sections(survey, ascii_only=ascii_only):
        blocks += _markdown_section(section)
    if more := not_shown(survey):
        blocks.append(inert(more))
    blocks.append(inert(CAUTION))
    return "\n\n".join(block.rstrip("\n") for block in blocks) + "\n"


def _markdown_section(section: SurveySection) -> Iterator[str]:
    yield f"## {inert(section.title)}"
    yield f"**{inert(section.finding)}**"
    yield "\n".join(f"* {inert(fact)}" for fact in section.facts)
    if section.left:
        yield "What could be behind it, and is not ruled out:"
        yield "\n".join(f"* {inert(line)}" for line in section.left)
    for each in section.tables:
        yield f"### {each.title}"
        cells = [[_cell(cell) for cell in row] for row in each.rows]
        yield table(each.header, cells, right=each.right)
        if each.more:
            yield f"{each.more} more."
    if section.suspects:
        yield "### On failing paths and on no working one"
        yield "\n".join(f"* {inert(line)}" for line in section.suspects)
    if section.steps:
        yield "### What would tell more"
        yield "\n".join(
            f"{number}. {inert(capitalised(step))}" for number, step in enumerate(section.steps, 1)
        )


def _cell(cell: str) -> str:
    """Return a bar as it is, anything else escaped."""
    return cell if cell and not cell.strip("█░#.") else inert(cell)


def survey_text(survey: Survey, created_at: datetime, tool: Tool, *, ascii_only: bool = False) -> str:
    """Return the survey as plain text, at most 100 columns. Ends with a newline."""
    lines = [*_wrapped(survey_title(survey))]
    for fact in survey_facts(survey, created_at, tool):
        lines += _wrapped(fact, "  ")
    for section in sections(survey, ascii_only=ascii_only):
        lines += _text_section(section)
    lines += ["", *_wrapped(not_shown(survey)), *_wrapped(CAUTION)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _text_section(section: SurveySection) -> Iterator[str]:
    yield from ("", *_wrapped(section.title.upper() if section.title.isupper() else section.title))
    yield "-" * min(display_width(section.title), _WIDTH)
    yield from _wrapped(section.finding)
    for fact in section.facts:
        yield from _wrapped(fact, "  ")
    if section.left:
        yield from ("", "What could be behind it, and is not ruled out:")
        for line in section.left:
            yield from _wrapped(f"- {line}", "  ")
    for each in section.tables:
        yield from ("", each.title)
        yield from _text_table(each)
    if section.suspects:
        yield from ("", "On failing paths and on no working one")
        for line in section.suspects:
            yield from _wrapped(f"- {line}", "  ")
    if section.steps:
        yield from ("", "What would tell more")
        for number, step in enumerate(section.steps, 1):
            yield from _wrapped(f"{number}. {capitalised(step)}", "  ")


def _text_table(each: SurveyTable) -> Iterator[str]:
    rows = (each.header, *each.rows)
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

"""The tables of a survey's report, in plain words, for Markdown and text alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracetui.analysis.survey.facts import EndpointSurvey, Share, Survey
from tracetui.model import Tool, counted
from tracetui.report.report_header import utc
from tracetui.words import (
    fates_words,
    left_sentences,
    next_step_sentences,
    remark_words,
    stops_words,
    survey_finding,
    surveyed_endpoint_words,
    suspects_words,
    system_words,
    unexplained_words,
)

MAX_ENDPOINTS: Final = 20
"""Endpoints with a section; the JSON has all."""

_MAX_ROWS: Final = 20
_MAX_SUSPECTS: Final = 8
_BAR: Final = 20
"""Cells of a bar."""


@dataclass(frozen=True, slots=True)
class SurveyTable:
    """A table; cells are plain text."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...]
    """Columns of numbers."""

    more: int = 0
    """Rows that are left out."""


@dataclass(frozen=True, slots=True)
class SurveySection:
    """What is said of one endpoint."""

    title: str
    finding: str
    facts: tuple[str, ...]
    left: tuple[str, ...]
    steps: tuple[str, ...]
    tables: tuple[SurveyTable, ...]
    suspects: tuple[str, ...]


def survey_title(survey: Survey) -> str:
    """Return the title of the report."""
    shown = survey.endpoints or survey.controls
    first = surveyed_endpoint_words(shown[0].endpoint, shown[0].target)
    more = len(shown) - 1
    return f"Survey: {first}" + (f" and {counted(more, 'other endpoint')}" if more else "")


def survey_facts(survey: Survey, created_at: datetime, tool: Tool) -> Iterator[str]:
    """Yield how the survey came about, one line each."""
    yield f"{tool.name} {tool.version} · {utc(created_at)} · {tool.command}"
    yield f"{counted(survey.traces, 'trace')} from {counted(survey.vantages, 'vantage')}"
    if survey.without_target:
        yield f"{counted(survey.without_target, 'trace')} left out: the address that was traced is not stated"
    if survey.left_out:
        yield f"{counted(survey.left_out, 'trace')} left out: more than one survey takes"
    sources = [f"{one.name} ({one.date})" if one.date else one.name for one in survey.sources]
    yield f"AS data: {', '.join(dict.fromkeys(sources)) or 'as the traces tell'}"


def sections(survey: Survey, *, ascii_only: bool) -> Iterator[SurveySection]:
    """Yield a section for each endpoint, controls last."""
    for one in survey.endpoints[:MAX_ENDPOINTS]:
        yield _section(one, survey, ascii_only=ascii_only)
    for one in survey.controls[:MAX_ENDPOINTS]:
        yield _section(one, survey, ascii_only=ascii_only, role="Control: ")


def not_shown(survey: Survey) -> str:
    """Return the line on endpoints without a section; "" where all have one."""
    more = sum(max(len(each) - MAX_ENDPOINTS, 0) for each in (survey.endpoints, survey.controls))
    return f"{counted(more, 'more endpoint')}: --format json has all" if more else ""


def _section(one: EndpointSurvey, survey: Survey, *, ascii_only: bool, role: str = "") -> SurveySection:
    names = survey.names
    suspects = [suspects_words(each, names) for each in one.suspects[:_MAX_SUSPECTS]]
    if len(one.suspects) > _MAX_SUSPECTS:
        suspects.append(f"{len(one.suspects) - _MAX_SUSPECTS} more")
    if suspects and one.unexplained:
        suspects.append(unexplained_words(one))
    return SurveySection(
        role + surveyed_endpoint_words(one.endpoint, one.target),
        survey_finding(one, names),
        tuple(_facts(one, has_controls=bool(survey.controls) and not role)),
        tuple(left_sentences(one)),
        () if role else tuple(next_step_sentences(one, names)),
        tuple(table for table in _tables(one, survey, ascii_only=ascii_only) if table.rows),
        tuple(suspects),
    )


def _facts(one: EndpointSurvey, *, has_controls: bool) -> Iterator[str]:
    yield f"{counted(sum(one.fates.values()), 'vantage')}: {fates_words(one)}"
    if one.first is not None and one.last is not None:
        span = utc(one.first) if one.first == one.last else f"{utc(one.first)} to {utc(one.last)}"
        yield f"traced {span}"
    if one.unknown_stops:
        yield f"{counted(one.unknown_stops, 'path')} with a last answer from an address of no known AS"
    if has_controls and not one.has_control:
        yield "no control is in the endpoint's own AS: they show that vantages work, and nothing of the way"
    if one.countries and one.without_country:
        yield f"{counted(one.without_country, 'vantage')} of no known country"


def _tables(one: EndpointSurvey, survey: Survey, *, ascii_only: bool) -> Iterator[SurveyTable]:
    rows = [
        (
            system_words(row.asn, survey.names),
            f"{row.stopped} of {row.entered}",
            _bar(row.stopped, row.entered, ascii_only=ascii_only),
            str(row.working),
            remark_words(row),
        )
        for row in one.rows[:_MAX_ROWS]
    ]
    header = ("last answer from", "stop here", "share", "reach it", "")
    more = max(len(one.rows) - _MAX_ROWS, 0)
    yield SurveyTable("Where paths stop, by AS", header, tuple(rows), (1, 3), more)
    yield _shares("By country", "country", one.countries, survey, ascii_only=ascii_only)
    yield _shares("By upstream", "upstream", one.upstreams, survey, ascii_only=ascii_only)


def _shares(
    title: str, what: str, shares: Sequence[Share], survey: Survey, *, ascii_only: bool
) -> SurveyTable:
    shown = [share for share in shares if share.judged]
    rows = [
        (
            share.key if isinstance(share.key, str) else system_words(share.key, survey.names),
            f"{share.stopped} of {share.judged}",
            _bar(share.stopped, share.judged, ascii_only=ascii_only),
            stops_words(share, survey.names),
        )
        for share in shown[:_MAX_ROWS]
    ]
    header = (what, "do not reach it", "share", "last answers from")
    return SurveyTable(title, header, tuple(rows), (1,), max(len(shown) - _MAX_ROWS, 0))


def _bar(part: int, whole: int, *, ascii_only: bool) -> str:
    full, empty = "#." if ascii_only else "█░"
    cells = round(_BAR * part / whole) if whole else 0
    if part:
        cells = max(cells, 1)
    if part < whole:
        cells = min(cells, _BAR - 1)
    return full * cells + empty * (_BAR - cells)

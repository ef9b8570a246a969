"""The tables of a survey's report, in plain words, for Markdown and text alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tracetui.analysis.survey.facts import EndpointSurvey, PathBranch, Share, Survey
from tracetui.model import Tool, counted
from tracetui.report.report_header import utc
from tracetui.words import (
    Names,
    begin_words,
    fates_words,
    left_out_words,
    left_sentences,
    more_ends_words,
    more_words,
    next_step_sentences,
    path_end_words,
    path_words,
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

SHARE: Final = 2
"""Place of the column with a bar."""


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A row of a table; cells are plain text."""

    cells: tuple[str, ...]
    """Without the bar."""

    asn: int | None
    """The AS that it is about, if it is about one."""

    stopped: int
    """Vantages that do not reach the endpoint: for an AS, those that stop in it."""

    working: int
    """Vantages that reach it."""

    whole: int
    """All of them; some may stop elsewhere."""


@dataclass(frozen=True, slots=True)
class SurveyTable:
    """A table, with a bar at `SHARE` in each row."""

    title: str
    header: tuple[str, ...]
    """Of all columns, that of the bar too."""

    rows: tuple[SurveyRow, ...]
    right: tuple[int, ...]
    """Columns of numbers."""

    more: int = 0
    """Rows that are left out."""

    is_by_as: bool = False
    """True for the table of ASes in which paths stop."""


@dataclass(frozen=True, slots=True)
class PathRow:
    """A line of the tree of paths."""

    rails: str
    """What leads to it from the line above: branches that go on below, and its own."""

    branch: PathBranch
    words: str
    """The ASes, and for an end what happens there."""


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
    paths: tuple[PathRow, ...]


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
        yield left_out_words(survey)
    sources = [f"{one.name} ({one.date})" if one.date else one.name for one in survey.sources]
    yield f"AS data: {', '.join(dict.fromkeys(sources)) or 'as the traces tell'}"


def sections(survey: Survey) -> Iterator[SurveySection]:
    """Yield a section for each endpoint, controls last."""
    for one in survey.endpoints[:MAX_ENDPOINTS]:
        yield survey_section(one, survey)
    for one in survey.controls[:MAX_ENDPOINTS]:
        yield survey_section(one, survey, role="Control: ")


def not_shown(survey: Survey) -> str:
    """Return the line on endpoints without a section; "" where all have one."""
    more = sum(max(len(each) - MAX_ENDPOINTS, 0) for each in (survey.endpoints, survey.controls))
    return f"{counted(more, 'more endpoint')}: --format json has all" if more else ""


def survey_section(one: EndpointSurvey, survey: Survey, role: str = "") -> SurveySection:
    """Return what is said of one endpoint; `role` stands before a control's name."""
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
        tuple(table for table in _tables(one, names) if table.rows),
        tuple(suspects),
        tuple(path_rows(one, names)),
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


def _tables(one: EndpointSurvey, names: Names) -> Iterator[SurveyTable]:
    rows = [
        SurveyRow(
            (
                system_words(row.asn, names),
                f"{row.stopped} of {row.entered}",
                str(row.working),
                remark_words(row),
            ),
            row.asn,
            row.stopped,
            row.working,
            row.entered,
        )
        for row in one.rows[:_MAX_ROWS]
    ]
    header = ("last answer from", "stop here", "share", "reach it", "")
    more = max(len(one.rows) - _MAX_ROWS, 0)
    yield SurveyTable("Where paths stop, by AS", header, tuple(rows), (1, 3), more, is_by_as=True)
    if not rows and not one.unknown_stops:
        return  # of those that all reach it, shares tell nothing
    yield _shares("By country", "country", one.countries, names)
    yield _shares("By upstream", "upstream", one.upstreams, names)


def _shares(title: str, what: str, shares: Sequence[Share], names: Names) -> SurveyTable:
    shown = [share for share in shares if share.judged]
    rows = [
        SurveyRow(
            (
                share.key if isinstance(share.key, str) else system_words(share.key, names),
                f"{share.stopped} of {share.judged}",
                stops_words(share, names),
            ),
            share.key if isinstance(share.key, int) else None,
            share.stopped,
            share.judged - share.stopped,
            share.judged,
        )
        for share in shown[:_MAX_ROWS]
    ]
    header = (what, "do not reach it", "share", "last answers from")
    return SurveyTable(title, header, tuple(rows), (1,), max(len(shown) - _MAX_ROWS, 0))


def path_rows(one: EndpointSurvey, names: Names) -> Iterator[PathRow]:
    """Yield the tree of an endpoint's paths, line by line: each end, and below it what leads there."""
    for branch in one.paths.ends:
        yield PathRow("", branch, path_end_words(branch, names))
        yield from _branches(branch, names, "")
    if one.paths.more:
        last = one.paths.ends[-1]
        rest = replace(last, asns=(), branches=(), vantages=one.paths.more_vantages, countries=())
        yield PathRow("", rest, more_ends_words(one.paths))


def _branches(branch: PathBranch, names: Names, rails: str) -> Iterator[PathRow]:
    begin = branch.begin if branch.branches else 0
    for place, each in enumerate(branch.branches, 1):
        is_last = place == len(branch.branches) and not (branch.more or begin)
        yield PathRow(f"{rails}{'└' if is_last else '├'} ", each, path_words(each.asns, names))
        yield from _branches(each, names, rails + ("  " if is_last else "│ "))
    if branch.more:
        yield _counted_row(
            branch, f"{rails}{'├' if begin else '└'} ", branch.more_vantages, more_words(branch)
        )
    if begin:
        yield _counted_row(branch, f"{rails}└ ", begin, begin_words(branch))


def _counted_row(branch: PathBranch, rails: str, vantages: int, words: str) -> PathRow:
    """Return a line about some vantages of a branch that has no branch of its own."""
    return PathRow(rails, replace(branch, asns=(), branches=(), vantages=vantages, countries=()), words)


def bar_cells(part: int, whole: int, cells: int) -> int:
    """Return how many of some cells a part fills: none for none, all for all, else at least one of each."""
    filled = round(cells * part / whole) if whole else 0
    if part:
        filled = max(filled, 1)
    return min(filled, cells - 1) if part < whole else filled

"""The section of an investigation's report about its lanes from many places: the survey of them."""

from collections.abc import Iterator
from typing import Final

from tracetui.analysis.survey.facts import EndpointSurvey, FindingKind, Survey
from tracetui.analysis.survey.survey_lanes import told_survey
from tracetui.model import Snapshot
from tracetui.report.markdown_escape import inert
from tracetui.report.survey_report import survey_section_markdown, survey_table_markdown
from tracetui.report.survey_rows import MAX_ENDPOINTS, survey_section
from tracetui.words import CAUTION

_TITLE: Final = "## From many places\n"
_ON_A_PAGE: Final = 3
"""Endpoints on the one-page report."""


def survey_in_full(snapshot: Snapshot) -> Iterator[str]:
    """Yield the section of the full report; nothing where too few places traced."""
    survey = told_survey(snapshot)
    if survey is None:
        return
    yield _TITLE
    yield f"{inert(CAUTION)}\n"
    for role, one in _shown(survey, MAX_ENDPOINTS):
        section = survey_section(one, survey, role)
        yield "".join(f"{part.rstrip()}\n\n" for part in survey_section_markdown(section, level=3))


def survey_on_page(snapshot: Snapshot) -> Iterator[str]:
    """Yield the section of the one-page report: what fails from some places, by AS."""
    survey = told_survey(snapshot)
    shown = [] if survey is None else [*_shown(survey, _ON_A_PAGE)]
    failing = [each for each in shown if each[1].kind is not FindingKind.ALL_REACHED]
    if survey is None or not failing:
        return
    yield _TITLE
    for role, one in failing:
        section = survey_section(one, survey, role)
        yield f"**{inert(section.title)}**: {inert(section.finding)}\n"
        for each in section.tables[:1]:
            yield f"{survey_table_markdown(each)}"
    yield f"{inert(CAUTION)}\n"


def _shown(survey: Survey, most: int) -> Iterator[tuple[str, EndpointSurvey]]:
    yield from (("", one) for one in survey.endpoints[:most])
    yield from (("Control: ", one) for one in survey.controls[:most])

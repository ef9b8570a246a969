"""Adds to findings about failing lanes what block registers say about their endpoints."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from tracetui.analysis.findings.observations import Observations
from tracetui.model import Finding, FindingKind
from tracetui.model.evidence import RegisterEntry
from tracetui.model.register_answer import answers_about

_MAX_TOLD: Final = 8
"""Answers listed in the evidence of one finding."""

_NOT_ABOUT_ENDPOINTS: Final = frozenset(
    {FindingKind.INSUFFICIENT, FindingKind.LOCAL_PROBLEM, FindingKind.OUTAGE_ENDED}
)


def with_registers(observations: Observations, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings; those about failing lanes have the answers of registers behind their evidence.

    It bears on no explanation, so that nothing else of them changes.
    """
    answers = observations.snapshot.outside.registers
    for finding in findings:
        if not answers or finding.as_expected or finding.kind in _NOT_ABOUT_ENDPOINTS:
            yield finding
            continue
        addresses = dict.fromkeys(observations.lane(lane).lane.address for lane in finding.lanes)
        told = [RegisterEntry(answer) for address in addresses for answer in answers_about(address, answers)]
        yield replace(finding, evidence=(*finding.evidence, *told[:_MAX_TOLD]))

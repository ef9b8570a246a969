"""Which findings are about what fails, and which hop and network each points at; for tickets and reports."""

from collections.abc import Iterator
from typing import Final

from tracetui.model import Candidate, Finding, FindingKind, Snapshot
from tracetui.model.finding import ENDPOINT_KINDS, AnsweredFrom, Loops, RouterSays, SilentAfter

_NOTHING_FAILS: Final = ENDPOINT_KINDS | {FindingKind.INSUFFICIENT}


def failing(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield the findings about what fails here, the most telling first."""
    imported = {lane.id for lane in snapshot.lanes if lane.trace.provenance is not None}
    return (
        finding
        for finding in snapshot.findings
        if finding.kind not in _NOTHING_FAILS and imported.isdisjoint(finding.lanes)
    )


def ticket_finding(snapshot: Snapshot) -> Finding | None:
    """Return the finding that a ticket would be about: the first of what fails; None where nothing does."""
    return next(failing(snapshot), None)


def last_hop(finding: Finding) -> Candidate | None:
    """Return the last router that answers, or the one that refuses, or where a loop begins."""
    match finding.fact:
        case SilentAfter(last=last) | AnsweredFrom(last=last):
            return last
        case RouterSays(router=router):
            return router
        case Loops(turn=turn):
            return turn[0] if turn else None
    return None


def asked_systems(finding: Finding) -> tuple[int, ...]:
    """Return the ASes to turn to: those named; else that of the last hop. A mask may have hidden any."""
    if finding.ases:
        return tuple(asn for asn in finding.ases if asn is not None)
    last = last_hop(finding)
    return (last.asn,) if last is not None and last.asn is not None else ()

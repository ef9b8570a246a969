"""Decides which findings the board shows, for which endpoint, and at which routers they point."""

from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.model import Finding, FindingKind, Snapshot

_QUIET: Final = frozenset({FindingKind.INSUFFICIENT, FindingKind.REACHABLE})
"""Kinds that lanes say in their own heads already."""


def shown_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that the foot of the board shows."""
    return [finding for finding in findings if finding.kind not in _QUIET]


def finding_about(panel: Panel | None, snapshot: Snapshot) -> Finding | None:
    """Return the first finding about an endpoint; where there is none about it, the first of all."""
    found = shown_findings(snapshot.findings)
    ids = {lane.id for lane in snapshot.lanes if lane.lane.panel == panel}
    own = (finding for finding in found if not ids.isdisjoint(finding.lanes))
    return next(own, found[0] if found else None)


def candidate_addresses(snapshot: Snapshot, lanes: Iterable[str]) -> frozenset[str]:
    """Return the addresses of the routers that findings about `lanes`, or with them as controls, point at."""
    ids = set(lanes)
    return frozenset(
        candidate.address
        for finding in shown_findings(snapshot.findings)
        if not ids.isdisjoint((*finding.lanes, *finding.controls))
        for candidate in finding.candidates
        if candidate.address is not None
    )

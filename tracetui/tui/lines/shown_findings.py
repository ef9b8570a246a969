"""Which findings the board speaks of, where they point, and what is new of them."""

from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.analysis.words import event_words
from tracetui.investigation.board import Panel
from tracetui.model import Event, EventKind, Finding, FindingKind, Snapshot
from tracetui.tui.paint.fit import fit

_QUIET: Final = frozenset({FindingKind.INSUFFICIENT, FindingKind.REACHABLE})
"""Kinds that lanes say in their own heads already."""

_NOTICE_WIDTH: Final = 64

NEWS: Final = {
    EventKind.FINDING_APPEARED: "new finding",
    EventKind.FINDING_CHANGED: "finding changed",
    EventKind.FINDING_GONE: "finding",
}
"""What a notice begins with, by kind of event; the event itself says that a finding is no longer one."""


def notice(news: Sequence[Event], snapshot: Snapshot, width: int, *, key: str = "f") -> str:
    """Return one short notice for `width` cells: the foot of the board has the sentence itself.

    `key` shows all findings.
    """
    if len(news) == 1:
        words = f"{NEWS[news[0].kind]}: {event_words(news[0], snapshot)}"
        return fit(words, min(_NOTICE_WIDTH, width - 6)).rstrip()
    return f"{len(news)} findings are new or changed: {key} shows them"


def news_of_findings(events: Sequence[Event], seen: Event | None) -> list[Event]:
    """Return the events about findings after `seen`, oldest first."""
    news: list[Event] = []
    for event in reversed(events):
        if event is seen:
            break
        if event.kind in NEWS:
            news.append(event)
    return news[::-1]


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

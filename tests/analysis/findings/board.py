"""Snapshots of several lanes, written as text.

    board(
        lane("mx1", "tcp/25", 70 * ["1 a, 2 b, 3 c, 4-9 *"]),
        lane("web", "tcp/25", 70 * ["1 a, 2 b, 3 c, 4 d, 5 SA"], control=True),
        systems="a:100 b-c:200 d:300 mx1,web:300",
    )

Rounds are in the notation of `trace_text`. `ENDPOINTS` has addresses; routers are 198.51.100.1 to .26.
"""

from dataclasses import dataclass, replace

from analysis.trace_text import address, snapshot, trace
from tracetui.analysis.as_path import as_path
from tracetui.analysis.findings import find
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.model import (
    Attribution,
    ExplanationState,
    FlowKind,
    Lane,
    LaneSnapshot,
    LaneTrace,
    ProbeProtocol,
    Role,
)
from words.rules import check

ENDPOINTS = {
    "mx1": "203.0.113.80",
    "mx2": "203.0.113.81",
    "mx3": "203.0.113.82",
    "near": "203.0.113.90",
    "web": "192.31.196.10",
    "other": "192.52.193.10",
    "third": "192.175.48.10",
}
"""The first four are in one /24."""

HOME = "192.0.2.10"
AWAY = "192.0.2.20"


@dataclass(frozen=True)
class Row:
    lane: Lane
    trace: LaneTrace


def lane(
    host,
    service,
    rounds,
    *,
    control=False,
    target=None,
    source=HOME,
    flow=FlowKind.FIXED,
    failure=None,
    late_by_s=0,
    finished=False,
    started_s=None,
):
    protocol, _, port = service.partition("/")
    made = Lane(
        target or host,
        host,
        ENDPOINTS.get(host) or address(host),
        ProbeProtocol(protocol),
        int(port) if port else None,
        Role.CONTROL if control else Role.SUSPECT,
        source if source != HOME else None,
    )
    measured = trace(
        *rounds,
        lane=made,
        flow=flow,
        failure=failure,
        finished=finished,
        late_by_ns=late_by_s * 1_000_000_000,
    )
    return Row(made, replace(measured, source=source))


def board(*rows, systems="", prefixes=None, **fields):
    owners = owners_of(systems, prefixes or {})
    lanes = []
    for row in rows:
        siblings = [other.trace for other in rows if other is not row and other.lane.panel == row.lane.panel]
        verdict = path_verdict(row.trace, siblings)
        lanes.append(LaneSnapshot(row.trace, verdict, as_path(row.trace, owners, verdict)))
    return snapshot(*lanes, owners=owners, **fields)


def owners_of(text, prefixes):
    """`a:100 b-d:200 mx1,web:300 e:private f:` : AS, special range, or unannounced."""
    owners = {}
    for entry in text.split():
        names, _, whose = entry.partition(":")
        for name in names.split(","):
            first, dash, last = name.partition("-")
            words = [chr(code) for code in range(ord(first), ord(last) + 1)] if dash else [name]
            for word in words:
                where = ENDPOINTS.get(word) or address(word)
                asns = tuple(int(asn) for asn in whose.split("+")) if whose and whose[0].isdigit() else ()
                owners[where] = Attribution(
                    asns,
                    f"Net{asns[0]}" if asns else whose,
                    prefixes.get(word, f"{where.rpartition('.')[0]}.0/24"),
                    "table",
                    "2026-10-01",
                    special="private-use" if whose == "private" else None,
                )
    return owners


def findings(*rows, systems="", **fields):
    """What is found on a board; every finding has been held against the rules for words."""
    made = board(*rows, systems=systems, **fields)
    return tuple(check(finding, made) for finding in find(made))


def trouble(*rows, systems="", **fields):
    """The findings that are neither well nor unknown; each as (kind, confidence)."""
    return [
        (finding.kind.value, finding.confidence.value)
        for finding in findings(*rows, systems=systems, **fields)
        if finding.kind.value not in {"reachable", "closed_port"}
    ]


def only(found, kind):
    matching = [finding for finding in found if finding.kind.value == kind]
    assert len(matching) == 1, [(finding.kind.value, finding.fact) for finding in found]
    return matching[0]


def of(finding, kind):
    """The finding's evidence of one kind."""
    return [one for one in finding.evidence if isinstance(one, kind)]


def left(finding):
    return {one.kind.value for one in finding.explanations if one.state is ExplanationState.LEFT}


def strained(finding):
    return {one.kind.value for one in finding.explanations if one.state is ExplanationState.STRAINED}

"""The six lines of a ticket: what fails, since when, from where, the last hop, the control, what is asked."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tracetui.model import Candidate, Finding, LaneSnapshot, Snapshot, counted
from tracetui.model.finding import ENDPOINT_KINDS, AnsweredFrom, FindingKind, Loops, RouterSays, SilentAfter
from tracetui.model.moment import moment_of, unix_ns
from tracetui.words.findings import headline_of
from tracetui.words.names import (
    asn_words,
    duration_words,
    endpoint_words,
    lanes_of,
    listed,
    printable,
    router_words,
    services_words,
)

_NO_TICKET = ENDPOINT_KINDS | {FindingKind.INSUFFICIENT}


def ticket_finding(snapshot: Snapshot) -> Finding | None:
    """Return the finding that a ticket would be about: the first of what fails; None where nothing does."""
    return next(failing(snapshot), None)


def failing(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield the findings about what fails here, the most telling first."""
    imported = {lane.id for lane in snapshot.lanes if lane.lane.imported is not None}
    return (
        finding
        for finding in snapshot.findings
        if finding.kind not in _NO_TICKET and imported.isdisjoint(finding.lanes)
    )


def ticket_lines(finding: Finding, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Return the lines, each as its name and its words."""
    lanes = lanes_of(finding.lanes, snapshot)
    lines = (
        ("What", headline_of(finding, snapshot)),
        ("Since", _since(finding, lanes, snapshot)),
        ("From", _from(lanes, snapshot)),
        ("Last hop", _last(finding, snapshot)),
        ("Control", _control(finding, snapshot)),
        ("Asked", _asked(finding, lanes, snapshot)),
    )
    return tuple((name, printable(words)) for name, words in lines)


def _since(finding: Finding, lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    rounds = max((lane.trace.rounds for lane in lanes), default=0)
    started = min((moment_of(lane.trace.started_ns) for lane in lanes), default=snapshot.started_at)
    begin = finding.since or started
    lasted = duration_words((snapshot.created_at - begin).total_seconds())
    if unix_ns(begin) <= unix_ns(started) + snapshot.round_s * 1e9:
        return f"{_utc(begin)} (the first round), for {lasted}, {counted(rounds, 'round')}"
    return f"{_utc(begin)}, for {lasted}; watched since {_utc(started)}, {counted(rounds, 'round')}"


def _from(lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    if not lanes:
        return snapshot.vantage.hostname
    sources = dict.fromkeys(lane.trace.source or lane.lane.vantage or "" for lane in lanes)
    flows = dict.fromkeys(_flow(lane) for lane in lanes if lane.trace.flow_id)
    where = listed(source for source in sources if source) or snapshot.vantage.hostname
    to = listed(dict.fromkeys(endpoint_words(lane.lane) for lane in lanes))
    by = f"; {', '.join(flows)}" if flows else ""
    return f"{where} to {to}{by}"


def _flow(lane: LaneSnapshot) -> str:
    label, flow = lane.lane.label, lane.trace.flow_id
    return flow if flow.startswith(label) else f"{label} {flow}"


def _last(finding: Finding, snapshot: Snapshot) -> str:
    last = _last_hop(finding)
    if last is None:
        return "no hop answers" if isinstance(finding.fact, SilentAfter) else "not a matter of one hop"
    beyond = "; nothing answers beyond it" if isinstance(finding.fact, SilentAfter) else ""
    return f"{router_words(last, snapshot)}{beyond}"


def _last_hop(finding: Finding) -> Candidate | None:
    match finding.fact:
        case SilentAfter(last=last):
            return last
        case RouterSays(router=router):
            return router
        case Loops(turn=turn):
            return turn[0] if turn else None
        case AnsweredFrom(last=last):
            return last
    return None


def _control(finding: Finding, snapshot: Snapshot) -> str:
    fact = finding.fact
    if isinstance(fact, SilentAfter) and fact.passing:
        lanes = lanes_of(fact.passing, snapshot)
        return f"{_endpoints(lanes)}, in the same rounds: {'pass' if len(lanes) > 1 else 'passes'} that hop"
    if isinstance(fact, SilentAfter) and fact.stopping:
        return f"{_endpoints(lanes_of(fact.stopping, snapshot))}: silent there too"
    compared = lanes_of(finding.controls, snapshot)
    return _endpoints(compared) if compared else "none that can be compared"


def _endpoints(lanes: list[LaneSnapshot]) -> str:
    hosts = listed(dict.fromkeys(endpoint_words(lane.lane) for lane in lanes))
    return f"{services_words(lanes)} to {hosts}" if hosts else "a lane that was removed"


def _asked(finding: Finding, lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    left = f"{counted(len(finding.left), 'explanation')} left, confidence {finding.confidence}"
    if finding.ases:
        named = listed(asn_words(asn, snapshot) for asn in finding.ases)
        lie = "all explanations left lie" if len(finding.left) > 1 else "the one explanation left lies"
        return f"{named}: please look for the cause; {lie} there, confidence {finding.confidence}"
    last = _last_hop(finding)
    if isinstance(finding.fact, SilentAfter) and last is not None and last.asn is not None:
        to = lanes[0].lane.address if lanes else "that address"
        return (
            f"{asn_words(last.asn, snapshot)}: do packets to {to} leave {last.address}, and to which router?"
            f" No network is named: {left}"
        )
    if isinstance(finding.fact, RouterSays):
        return f"whoever runs that router: why does it answer so? {left[0].upper()}{left[1:]}"
    return f"please look at what is described above; {left}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

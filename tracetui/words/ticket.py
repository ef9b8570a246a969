"""The six lines of a ticket: what fails, since when, from where, the last hop, the control, what is asked."""

from datetime import UTC, datetime
from typing import Final

from tracetui.analysis.findings.what_fails import asked_systems, last_hop
from tracetui.model import Direction, Finding, LaneSnapshot, PathState, Role, Snapshot, counted
from tracetui.model.evidence import PassesRouter
from tracetui.model.finding import (
    AnsweredFrom,
    AtTimes,
    CannotSend,
    Loops,
    RouterSays,
    SilentAfter,
    StopsAtHome,
)
from tracetui.model.moment import moment_of, unix_ns
from tracetui.words.controls import fit_words
from tracetui.words.findings import headline_of
from tracetui.words.lanes import outcome_words
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

_MAX_FLOWS: Final = 4
"""Lanes whose flows are told: somebody may look for them in a capture."""

_MAX_ENDPOINTS: Final = 5


def ticket_lines(finding: Finding, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Return the lines, each as its name and its words."""
    lanes = lanes_of(finding.lanes, snapshot)
    lines = (
        ("What", headline_of(finding, snapshot)),
        ("Since", _since(finding, lanes, snapshot)),
        ("From", _from(lanes, snapshot)),
        ("Last hop", _last(finding, snapshot)),
        ("Control", _control(finding, lanes, snapshot)),
        ("Asked", f"{_question(finding, lanes, snapshot)} {_how_sure(finding)}"),
    )
    return tuple((name, printable(words)) for name, words in lines)


def _since(finding: Finding, lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    rounds = counted(max((lane.trace.rounds for lane in lanes), default=0), "round")
    started = min((moment_of(lane.trace.started_ns) for lane in lanes), default=snapshot.started_at)
    begin = finding.since or started
    lasted = duration_words((snapshot.created_at - begin).total_seconds())
    if unix_ns(begin) <= unix_ns(started) + max(1.0, snapshot.round_s) * 1e9:
        return f"{_utc(begin)} or earlier (the first round), for {lasted}, {rounds}"
    return f"{_utc(begin)}, for {lasted}; watched since {_utc(started)}, {rounds}"


def _from(lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    if not lanes:
        return snapshot.vantage.hostname
    sources = dict.fromkeys(map(_source, lanes))
    where = listed(source for source in sources if source) or snapshot.vantage.hostname
    if len({lane.lane.address for lane in lanes}) > 1 or len(lanes) > _MAX_FLOWS:
        return f"{where}, {_endpoints(lanes)}"
    return f"{where} to {endpoint_words(lanes[0].lane)}: {'; '.join(map(_flow, lanes))}"


def _source(lane: LaneSnapshot) -> str:
    source, via = lane.trace.source or lane.lane.vantage or "", lane.lane.via
    return source if via is None else f"{via} ({source})" if source else via


def _flow(lane: LaneSnapshot) -> str:
    label, flow = lane.lane.label, lane.trace.flow_id
    return f"{label} {flow.removeprefix(label).strip()}".strip()


def _last(finding: Finding, snapshot: Snapshot) -> str:  # noqa: PLR0911  (a table of facts)
    fact, last = finding.fact, last_hop(finding)
    if isinstance(fact, CannotSend):
        return f"none: {services_words(lanes_of(finding.lanes, snapshot))} cannot be sent at all"
    if isinstance(fact, StopsAtHome):
        return "at most the first; nothing answers beyond it"
    if isinstance(fact, AtTimes):
        return "it moves, see the hop tables" if fact.moves else "none alone, see loss in the hop tables"
    if last is None:
        return "none answers" if isinstance(fact, SilentAfter) else "see the hop tables"
    router = router_words(last, snapshot)
    match fact:
        case SilentAfter():
            return f"{router}; nothing answers beyond it"
        case RouterSays(from_endpoint=True):
            return f"{router}, the endpoint itself"
        case Loops():
            return f"{router}, where the loop begins"
        case AnsweredFrom():
            return f"{router}; the answer comes from behind it"
    return router


# The control


def _control(finding: Finding, lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    fact = finding.fact
    if isinstance(fact, StopsAtHome) and fact.controls_too:
        return "fails in the same way"
    if isinstance(fact, SilentAfter) and fact.passing:
        passing = lanes_of(fact.passing, snapshot)
        marked = [lane for lane in passing if lane.lane.role is Role.CONTROL]
        return f"{_outcomes(marked or passing)}, through that same hop, in the same rounds"
    if isinstance(fact, SilentAfter) and fact.stopping:
        return _outcomes(lanes_of(fact.stopping, snapshot))
    return _compared(finding, lanes, snapshot)


def _compared(finding: Finding, lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    """Return what else was traced: controls that tell something, those that tell nothing, or other ports."""
    addresses = {lane.lane.address for lane in lanes}
    compared = [lane for lane in lanes_of(finding.controls, snapshot) if lane.id not in finding.lanes]
    others = [lane for lane in compared if lane.lane.address not in addresses]
    marked = [lane for lane in snapshot.probed if lane.lane.role is Role.CONTROL]
    unused = [lane for lane in marked if lane.id not in finding.lanes]
    if others:
        through = {one.lane for one in finding.evidence if isinstance(one, PassesRouter)}
        same_hop = ", through that same hop" if any(lane.id in through for lane in others) else ""
        return f"{_outcomes(others)}{same_hop}"
    if unused:
        return f"{_outcomes(unused)}{_why_not(finding, unused, snapshot)}"
    same = compared or [lane for lane in snapshot.probed if lane.lane.address in addresses]
    answered = [
        lane for lane in same if lane.id not in finding.lanes and lane.verdict.state is PathState.REACHED
    ]
    if answered:
        return f"none; {services_words(answered)} to the same address: {_ends(answered)}"
    return "none"


def _outcomes(lanes: list[LaneSnapshot]) -> str:
    """Return `TCP/443 to web.example (192.0.2.80): reached at hop 9`; lanes that end alike together."""
    alike: dict[str, list[LaneSnapshot]] = {}
    for lane in lanes:
        alike.setdefault(outcome_words(lane), []).append(lane)
    return "; ".join(f"{_endpoints(some)}: {outcome}" for outcome, some in alike.items())


def _ends(lanes: list[LaneSnapshot]) -> str:
    return listed(dict.fromkeys(map(outcome_words, lanes)))


def _endpoints(lanes: list[LaneSnapshot]) -> str:
    endpoints = list(dict.fromkeys(endpoint_words(lane.lane) for lane in lanes))
    if len(endpoints) > _MAX_ENDPOINTS:
        endpoints[_MAX_ENDPOINTS - 1 :] = [f"{len(endpoints) - _MAX_ENDPOINTS + 1} more"]
    return f"{services_words(lanes)} to {listed(endpoints)}"


def _why_not(finding: Finding, unused: list[LaneSnapshot], snapshot: Snapshot) -> str:
    ids = {lane.id for lane in unused}
    for check in snapshot.controls:
        if check.suspect in finding.lanes and check.control in ids and not check.fit.serves:
            return f"; no comparison: {fit_words(check.fit, check.last, check.ttl, snapshot)}"
    return ""


# What is asked


def _question(finding: Finding, lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:  # noqa: PLR0911
    if isinstance(finding.fact, CannotSend | StopsAtHome):
        return "please check the firewall, gateway and uplink of this machine."
    last = last_hop(finding)
    to = lanes[0].lane.address if lanes else "that address"
    if last is None or last.address is None:
        return f"please look at what happens to packets to {to}."
    systems = asked_systems(finding)
    who = listed(asn_words(asn, snapshot) for asn in systems) or "whoever runs the last hop"
    match finding.fact:
        case RouterSays(from_endpoint=True):
            return f"the operator of {to}: why does it refuse these packets?"
        case RouterSays():
            return f"{who}: why does {last.address} refuse packets to {to}?"
        case Loops():
            return f"{who}: please check the route to {to} on {last.address}."
        case AnsweredFrom():
            return f"{who}: what answers in the name of {to} behind {last.address}?"
        case SilentAfter() if finding.direction is Direction.RETURN:
            return (
                f"the operator of {to}: packets arrive there, answers do not come here; which way do they go?"
            )
        case SilentAfter() if finding.direction is None:
            return f"the operator of {to}: packets arrive there; why does no answer leave?"
    return f"{who}: do packets to {to} leave {last.address}, and to which router?"


def _how_sure(finding: Finding) -> str:
    left = len(finding.left)
    if finding.ases:
        lie = "all explanations left lie" if left > 1 else "the one explanation left lies"
        return f"Confidence {finding.confidence}: {lie} there."
    if not left:
        return f"Confidence {finding.confidence}."
    elsewhere = ": the cause may lie elsewhere" if left > 1 and asked_systems(finding) else ""
    count = "one explanation" if left == 1 else f"{left} explanations"
    return f"Confidence {finding.confidence}, {count} left{elsewhere}."


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

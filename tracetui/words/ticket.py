"""The six lines of a ticket: what fails, since when, from where, the last hop, the control, what is asked."""

from datetime import UTC, datetime
from typing import Final

from tracetui.analysis.what_fails import asked_systems, last_hop
from tracetui.model import Finding, LaneSnapshot, Role, Snapshot, counted
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
    if unix_ns(begin) <= unix_ns(started) + snapshot.interval_s * 1e9:
        return f"{_utc(begin)}, the first round: for {lasted}, {rounds}"
    return f"{_utc(begin)}, for {lasted}; watched since {_utc(started)}, {rounds}"


def _from(lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    if not lanes:
        return snapshot.vantage.hostname
    sources = dict.fromkeys(lane.trace.source or lane.lane.vantage or "" for lane in lanes)
    where = listed(source for source in sources if source) or snapshot.vantage.hostname
    endpoints = dict.fromkeys(endpoint_words(lane.lane) for lane in lanes)
    if len(endpoints) > 1 or len(lanes) > _MAX_FLOWS:
        return f"{where} to {listed(endpoints)}, {services_words(lanes)}"
    return f"{where} to {listed(endpoints)}: {'; '.join(map(_flow, lanes))}"


def _flow(lane: LaneSnapshot) -> str:
    label, flow = lane.lane.label, lane.trace.flow_id
    return f"{label} {flow.removeprefix(label).strip()}".strip()


def _last(finding: Finding, snapshot: Snapshot) -> str:
    fact, last = finding.fact, last_hop(finding)
    if isinstance(fact, CannotSend):
        return "none: nothing leaves this machine"
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
    if isinstance(fact, SilentAfter):
        passing, stopping = lanes_of(fact.passing, snapshot), lanes_of(fact.stopping, snapshot)
        if passing:
            passes = "pass" if len(passing) > 1 else "passes"
            return f"{_outcomes(passing)}; {passes} that hop in the same rounds"
        if stopping:
            return _outcomes(stopping)
    addresses = {lane.lane.address for lane in lanes}
    compared = [lane for lane in lanes_of(finding.controls, snapshot) if lane.id not in finding.lanes]
    others = [lane for lane in compared if lane.lane.address not in addresses]
    marked = [lane for lane in snapshot.probed if lane.lane.role is Role.CONTROL]
    unused = [lane for lane in marked if lane.id not in finding.lanes]
    if others:
        return _outcomes(others)
    if unused:
        return f"{_outcomes(unused)}{_why_not(finding, unused, snapshot)}"
    if compared:
        services = services_words(compared)
        return f"none; {services} to the same address: {_ends(compared)}"
    return "none"


def _outcomes(lanes: list[LaneSnapshot]) -> str:
    """Return `TCP/443 and ICMP to web.example (192.0.2.80): reached at hop 9`, lanes that end alike together."""
    alike: dict[str, list[LaneSnapshot]] = {}
    for lane in lanes:
        alike.setdefault(outcome_words(lane), []).append(lane)
    return "; ".join(f"{_endpoints(some)}: {outcome}" for outcome, some in alike.items())


def _ends(lanes: list[LaneSnapshot]) -> str:
    return listed(dict.fromkeys(map(outcome_words, lanes)))


def _endpoints(lanes: list[LaneSnapshot]) -> str:
    return f"{services_words(lanes)} to {listed(dict.fromkeys(endpoint_words(lane.lane) for lane in lanes))}"


def _why_not(finding: Finding, unused: list[LaneSnapshot], snapshot: Snapshot) -> str:
    ids = {lane.id for lane in unused}
    for check in snapshot.controls:
        if check.suspect in finding.lanes and check.control in ids and not check.fit.serves:
            return f"; no comparison: {fit_words(check.fit, check.last, check.ttl, snapshot)}"
    return ""


# What is asked


def _question(finding: Finding, lanes: list[LaneSnapshot], snapshot: Snapshot) -> str:
    fact, last = finding.fact, last_hop(finding)
    if isinstance(fact, CannotSend | StopsAtHome):
        return "please look at the firewall, gateway and uplink of this machine."
    systems = asked_systems(finding)
    who = listed(asn_words(asn, snapshot) for asn in systems) or "whoever runs the last hop"
    to = lanes[0].lane.address if lanes else "that address"
    router = last.address if last is not None else None
    match fact:
        case SilentAfter() if router is not None:
            return f"{who}: do packets to {to} leave {router}, and to which router?"
        case RouterSays(from_endpoint=False) if router is not None:
            return f"{who}: why does {router} refuse packets to {to}?"
        case Loops() if router is not None:
            return f"{who}: please check the route to {to} on {router}."
        case AnsweredFrom() if router is not None:
            return f"{who}: what answers in the name of {to} behind {router}?"
        case AtTimes():
            return f"please look for loss on the way to {to}."
    return f"please look at what happens to packets to {to}."


def _how_sure(finding: Finding) -> str:
    left = len(finding.left)
    if finding.ases:
        lie = "all explanations left lie" if left > 1 else "the one explanation left lies"
        return f"Confidence {finding.confidence}: {lie} there."
    if left > 1:
        return f"Confidence {finding.confidence}, {left} explanations left: the cause may lie elsewhere."
    if left == 1:
        return f"Confidence {finding.confidence}, one explanation left."
    return f"Confidence {finding.confidence}."


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

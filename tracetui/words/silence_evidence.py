"""Evidence about a silent lane and its surroundings, each kind as a sentence without its full stop."""

import math
from typing import Final

from tracetui.model import ControlFit, Snapshot, counted
from tracetui.model.evidence import (
    AnsweredNearer,
    BranchesMeet,
    ControlStops,
    ControlUnfit,
    CrossesPass,
    DirectProbes,
    EarlierOutages,
    FirstOutage,
    FlowsSplit,
    LateReplies,
    NeighbourPasses,
    RoutersAnswerControl,
    SeenBefore,
    Silence,
    WayShown,
)
from tracetui.words.controls import fit_words
from tracetui.words.names import (
    compared_words,
    duration_words,
    lane_of,
    lane_words,
    lanes_of,
    lanes_words,
    listed,
    moment_words,
    outage_words,
    p_words,
    router_words,
)
from tracetui.words.steps import relation_words

_MAX_OUTAGES_TOLD: Final = 3
_LIMITS: Final = {
    ControlFit.OTHER_SERVICE: "; over another protocol or port, this shows nothing about the path",
    ControlFit.OTHER_ORIGIN: "; announced by another AS, this shows nothing about the path",
}


def silence(one: Silence, snapshot: Snapshot) -> str:
    """How long nothing answered, with the bound that so much silence puts on the rate of answers."""
    place = f"nothing beyond hop {one.ttl} answered" if one.ttl else "nothing answered at all"
    each = " on each lane" if len(one.lanes) > 1 else ""
    percent = 100 * one.rate_bound
    bound = f"{percent:.0f}" if percent >= 10 else f"{percent:.2g}"
    rounds = f"{one.rounds} of {counted(one.rounds, 'round')}{each}"
    return (
        f"{lanes_words(one.lanes, snapshot)}: {place} in {rounds}, over "
        f"{duration_words(one.seconds)}, so at most {bound} % of rounds can have an "
        "answer there (95 % confidence)"
    )


def routers_answer_control(one: RoutersAnswerControl, snapshot: Snapshot) -> str:
    """How often routers beyond L answered the control in the same rounds, and via which router it
    continues."""
    control = lane_of(one.control, snapshot)
    why = relation_words(one.relation, ipv6=control is not None and control.lane.family == 6)
    beyond = f"from beyond its hop {one.ttl}" if one.ttl else "on the way"
    next_router = ""
    if one.following is not None:
        gap = f", after {counted(one.gap, 'silent hop')}" if one.gap else ""
        next_router = f"; the next router there is {router_words(one.following, snapshot)}{gap}"
    limit = _LIMITS.get(one.fit, "")
    return (
        f"{compared_words(one.control, snapshot)}, {why}, was answered {beyond} in {one.hits} of "
        f"{one.rounds} of the same rounds: {p_words(one.p_value)}"
        f"{next_router}{limit}"
    )


def way_shown(one: WayShown, snapshot: Snapshot) -> str:
    """Where packets of the silent lane demonstrably go."""
    return f"packets of the silent lane go on to the next router, {router_words(one.following, snapshot)}"


def seen_before(one: SeenBefore, snapshot: Snapshot) -> str:
    """That the next router and the endpoint fell silent together."""
    router, until = router_words(one.following, snapshot), moment_words(one.until, snapshot)
    return (
        f"{lanes_words(one.lanes, snapshot)}: the next router, {router}, and the endpoint both answered "
        f"until {until} and fell silent within one round; the hops before, and the path of "
        f"{compared_words(one.control, snapshot)}, did not change"
    )


def neighbour_passes(one: NeighbourPasses, snapshot: Snapshot) -> str:
    """That a control which is routed alike goes on via the next router to another AS."""
    prefix = one.prefix or "the same prefix"
    by = "" if one.following == one.beyond else f" via {router_words(one.following, snapshot)}"
    return (
        f"{compared_words(one.control, snapshot)}, also in {prefix} and so routed alike, goes on{by} to "
        f"{router_words(one.beyond, snapshot)}, a router of another AS"
    )


def crosses_pass(one: CrossesPass, snapshot: Snapshot) -> str:
    """That the address over another service, and the service of another address, take the same step."""
    return (
        f"{lane_words(one.service, snapshot)}, to the same address, and "
        f"{compared_words(one.address, snapshot)}, over the same protocol and port, both go on to "
        f"{router_words(one.following, snapshot)} in the same rounds"
    )


def flows_split(one: FlowsSplit, _: Snapshot) -> str:
    """How likely a load balancer would split the flows as they are."""
    stop = "flow stops" if one.stopped == 1 else "flows stop"
    passes = "passes" if one.passing == 1 else "pass"
    groups = f", counting {one.groups} ways to group the flows" if one.groups > 1 else ""
    chance = math.ceil(1000 * one.chance) / 1000
    return (
        f"{one.stopped} {stop} and {one.passing} {passes}: the chance that a load balancer with a dead "
        f"branch splits them like this is at most {chance:.3f}{groups} (0.05 or less rules that out)"
    )


def branches_meet(one: BranchesMeet, snapshot: Snapshot) -> str:
    """Between which routers a dead branch would lie."""
    branches = listed(one.branches) or "routers that are hidden"
    return (
        f"several routers follow the last one that answers ({branches}), and the paths through them meet "
        f"again at {router_words(one.meeting, snapshot)}"
    )


def late_replies(one: LateReplies, snapshot: Snapshot) -> str:
    """What came, too late to count."""
    endpoint = ", including the endpoint's" if one.from_endpoint else ""
    return (
        f"{lane_words(one.lane, snapshot)}: {counted(one.count, 'reply', 'replies')} from hop {one.ttl} on "
        f"arrived, but after more than {snapshot.timeout_s:g} s{endpoint}"
    )


def answered_nearer(one: AnsweredNearer, snapshot: Snapshot) -> str:
    """How far away the endpoint was when it answered."""
    return (
        f"{lane_words(one.lane, snapshot)}: the endpoint answered earlier, at hop {one.ttl}, which is within "
        "the TTLs probed"
    )


def control_stops(one: ControlStops, snapshot: Snapshot) -> str:
    """A control that is silent after the same router."""
    before = (
        "; it was answered before" if one.answered_before else "; it was never answered, so this shows little"
    )
    return f"{compared_words(one.control, snapshot)} goes silent after the same router{before}"


def control_unfit(one: ControlUnfit, snapshot: Snapshot) -> str:
    """Why a marked control cannot serve here."""
    why = fit_words(one.fit, None, one.ttl, snapshot)
    return f"{compared_words(one.control, snapshot)} cannot serve here: {why}"


def earlier_outages(one: EarlierOutages, snapshot: Snapshot) -> str:
    """When a lane was silent before."""
    told = one.outages[-_MAX_OUTAGES_TOLD:]
    when = listed(f"{outage_words(outage, snapshot)} ({counted(outage.rounds, 'round')})" for outage in told)
    often = "" if len(one.outages) == 1 else f" {len(one.outages)} times"
    last = f"; the last {len(told)} times" if len(told) < len(one.outages) else ","
    return f"{compared_words(one.lane, snapshot)} was silent{often} before{last} {when}"


def first_outage(one: FirstOutage, snapshot: Snapshot) -> str:
    """That nothing of the kind happened before."""
    return (
        f"{lanes_words(one.lanes, snapshot)}: no earlier outage, nor any of the control, in the rounds that "
        "were observed"
    )


def direct_probes(one: DirectProbes, snapshot: Snapshot) -> str:
    """What routers beyond L do with probes of their own."""
    parts = []
    if one.answered:
        parts.append(f"{lanes_words(one.answered, snapshot)} answered")
    if one.silent or not one.answered:
        silent = lanes_words(one.silent, snapshot)
        parts.append(f"{silent} did not answer" if lanes_of(one.silent, snapshot) else "none answered")
    return f"direct probes to routers beyond on the control's path: {'; '.join(parts)}"

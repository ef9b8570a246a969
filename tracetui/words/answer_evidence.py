"""Evidence about answers in an endpoint's name, and about loss, as sentences without full stops."""

from tracetui.model import FlowKind, ReplyKind, Snapshot, counted
from tracetui.model.evidence import (
    AnsweredTwice,
    Answers,
    ControlFarther,
    ControlLoses,
    FirstHopLoses,
    GoesFarther,
    LatelySilent,
    OwnProbesGoFarther,
    PrefixesAnswerBehind,
    ReplyTtls,
    SameDistance,
    StopsBetween,
)
from tracetui.words.icmp import PROOF_WORDS
from tracetui.words.names import (
    compared_words,
    hosts_words,
    lane_of,
    lane_words,
    lanes_of,
    router_words,
    times_words,
)


def answers(one: Answers, snapshot: Snapshot) -> str:
    """How often something in the endpoint's name answered."""
    how = "" if one.proof is None else f" with {_reply(one.proof)}"
    where = "" if one.ttl is None else f" from hop {one.ttl}"
    return (
        f"{lane_words(one.lane, snapshot)}: answered{how}{where} in {one.answered} of the last "
        f"{counted(one.rounds, 'round')}"
    )


def goes_farther(one: GoesFarther, snapshot: Snapshot) -> str:
    """How much farther another lane to the same address goes."""
    behind = "" if one.router.address is None else f", beyond {router_words(one.router, snapshot)}"
    farther = f"goes {counted(one.hops, 'hop')} farther{behind}"
    return f"{lane_words(one.lane, snapshot)}, to the same address, {farther}"


def own_probes_go_farther(one: OwnProbesGoFarther, snapshot: Snapshot) -> str:
    """That routers farther away than the answer sent Time Exceeded to the same lane."""
    return (
        f"{lane_words(one.lane, snapshot)}: routers up to hop {one.ttl} sent Time Exceeded in the same "
        "rounds, from farther away than that answer"
    )


def answered_twice(one: AnsweredTwice, snapshot: Snapshot) -> str:
    """That one probe was answered in two kinds."""
    return (
        f"{lane_words(one.lane, snapshot)}: the same probe was answered with both "
        f"{_reply(one.first)} and {_reply(one.second)}, {times_words(one.times)}"
    )


def prefixes_answer_behind(one: PrefixesAnswerBehind, snapshot: Snapshot) -> str:
    """That endpoints of several networks answer right behind one router, or at the first hop."""
    endpoints = f"endpoints of several networks ({hosts_words(lanes_of(one.lanes, snapshot))}) answer"
    if not one.router.ttl:
        return f"{endpoints} at the first hop"
    return f"{endpoints} right behind {router_words(one.router, snapshot)}, which is in none of them"


def control_farther(one: ControlFarther, snapshot: Snapshot) -> str:
    """How far a control of the same origin AS continues."""
    return (
        f"{compared_words(one.control, snapshot)}, announced by the same AS, goes on for "
        f"{counted(one.routers, 'router')} beyond the router that the answer follows"
    )


def same_distance(one: SameDistance, snapshot: Snapshot) -> str:
    """That another lane to the same address is answered from as far away."""
    return f"{lane_words(one.lane, snapshot)} is answered from the same distance, hop {one.ttl}"


def reply_ttls(one: ReplyTtls, snapshot: Snapshot) -> str:
    """The TTLs that two replies arrived with."""
    return (
        f"{lane_words(one.lane, snapshot)}: {_reply(one.kind)} arrived with TTL {one.ttl}, and "
        f"{_reply(one.other_kind)} of {lane_words(one.other, snapshot)} with TTL {one.other_ttl}; on its "
        "own this shows nothing"
    )


def lately_silent(one: LatelySilent, snapshot: Snapshot) -> str:
    """That the last rounds had no answer."""
    return f"{lane_words(one.lane, snapshot)}: no answer in the last {counted(one.rounds, 'round')}"


def stops_between(one: StopsBetween, snapshot: Snapshot) -> str:
    """Where the last replies came from in rounds without an answer."""
    hops = f"hop {one.nearest}"
    if one.farthest != one.nearest:
        hops += f" to hop {one.farthest}"
    flow = FlowKind.FIXED if one.one_flow else FlowKind.PER_HOP
    return (
        f"{lane_words(one.lane, snapshot)}: in rounds without an answer the last replies came from {hops}; "
        f"{flow.value}"
    )


def first_hop_loses(one: FirstHopLoses, snapshot: Snapshot) -> str:
    """That loss begins at the first hop."""
    return (
        f"{lane_words(one.lane, snapshot)}: hop 1 answered in {one.answered} of "
        f"{counted(one.rounds, 'round')} only, so loss begins there"
    )


def control_loses(one: ControlLoses, snapshot: Snapshot) -> str:
    """That a control loses about as much."""
    known = lane_of(one.control, snapshot)
    over = "" if known is None else ", over the same first hops,"
    return (
        f"{compared_words(one.control, snapshot)}{over} was answered in {one.answered} of "
        f"{counted(one.rounds, 'round')}: it loses about as much"
    )


def _reply(kind: ReplyKind) -> str:
    return PROOF_WORDS.get(kind) or ("Time Exceeded" if kind is ReplyKind.TIME_EXCEEDED else "unreachable")

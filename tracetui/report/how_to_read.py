"""The section "How to read this": what a trace shows and what it cannot show."""

from collections.abc import Iterator
from typing import Final

from tracetui.analysis.owner_words import GRADE_WORDS
from tracetui.model import FlowKind, PathState, ReplyKind, Snapshot
from tracetui.report.as_doubts import addresses, shown_grades
from tracetui.report.finding_rows import explanation_rows

_ALWAYS: Final = (
    (
        "A silent hop is normal: many routers forward packets and answer no probes, or only some of them. "
        "Silence says something only where nothing beyond it answers either."
    ),
    (
        "Loss at a hop in the middle is not loss on the path while hops beyond it lose less: that router "
        "limits how often it answers. Loss that counts shows in the last row of a table."
    ),
    (
        "The AS of a hop is the AS that announces the address it answers from. A link between two networks "
        "is numbered by one of them, so at a border the router may belong to the neighbour."
    ),
)

_BY_STATE: Final = (
    (
        {PathState.SILENT_AFTER},
        "“Silent after hop L” says where the answers end, not where packets are lost, nor why: the last AS "
        "that answers is not necessarily the one that drops.",
    ),
    (
        {PathState.SILENT_AFTER},
        "Such a silence may come of probes lost on their way out, or of answers lost on their way back. A "
        "trace from the other end would tell.",
    ),
    ({PathState.REACHED}, ""),
    (
        {PathState.RESET, PathState.ANSWERED_EARLY},
        "“From nearer than the endpoint” says that a packet of the same investigation got farther than the "
        "place this answer came from. Whoever sent it used the endpoint's address, so the address does not "
        "tell who it was.",
    ),
    (
        {PathState.UNREACHABLE},
        "“Says …” is the message of the router named, in its own words. The numbers are ICMP type and code. "
        "It may come one hop later than the router's own place, as it answers what it was to forward.",
    ),
    (
        {PathState.LOOP},
        "“Loop” says that the same routers answer again and again, farther and farther on. While routing "
        "converges, that is so for seconds.",
    ),
    (
        {PathState.INSUFFICIENT},
        "A lane with fewer than 5 complete rounds has no result unless the endpoint or a router answered for"
        " it.",
    ),
)
"""States of lanes, each with a sentence; that of `REACHED` depends on the replies."""

_EXPLANATIONS: Final = (
    "An explanation is ruled out where it cannot be, given the evidence numbered beside it; strained where "
    "it would need one seldom thing more, of which nothing was seen; all else is left. A network is named "
    "only where all that is left lies in it."
)
_FLOWS: Final = (
    "Where the flow varies per hop, a load balancer may send each TTL over another branch: neighbouring rows"
    " need not be neighbours."
)


def how_to_read(snapshot: Snapshot) -> Iterator[str]:
    """Yield the sentences that this snapshot needs, one paragraph each, plain text."""
    states = {lane.verdict.state for lane in snapshot.lanes}
    yield from _ALWAYS
    for sentence in (grade_sentence(snapshot), names_sentence(snapshot), recorded_sentence(snapshot)):
        if sentence is not None:
            yield sentence
    for of_states, sentence in _BY_STATE:
        if of_states & states:
            yield sentence or _what_reached_proves(snapshot)
    if any(explanation_rows(finding, snapshot) for finding in snapshot.findings):
        yield _EXPLANATIONS
    if any(lane.trace.flow is FlowKind.PER_HOP for lane in snapshot.lanes):
        yield _FLOWS


def grade_sentence(snapshot: Snapshot) -> str | None:
    """Return what the grades in the notes mean; None when there are none."""
    told = sorted(GRADE_WORDS[given] for given in shown_grades(snapshot))
    if not told:
        return None
    return (
        "A hop's AS is as sure as the hops around it make it. Notes say its grade where that is not strong. "
        f"{'; '.join(told)}.".replace("..", ".")
    )


def recorded_sentence(snapshot: Snapshot) -> str | None:
    """Return what recorded ASes mean; None where the trace recorded none."""
    if not snapshot.recorded:
        return None
    start = "ASes “as recorded” are what the trace itself says, of that time; networks change hands."
    recorders = {recorded.source for recorded in snapshot.recorded.values()}
    if recorders.issuperset(source.name for source in snapshot.as_sources):
        return start
    return (
        f"{start} “Today” is what AS data says now: it counts wherever there is an answer, and where the two "
        "differ, the doubts say so."
    )


def names_sentence(snapshot: Snapshot) -> str | None:
    """Return how many PTR names are confirmed; None when there are no names."""
    named = [address for address in addresses(snapshot) if address in snapshot.names]
    if not named:
        return None
    start = "A name is whatever the address's holder wrote there; confirmed: the name has the address too."
    checks = [snapshot.confirmations.get(address) for address in named]
    if set(checks) == {None}:
        return f"{start} None of the names here was checked."
    words = {
        True: "confirmed",
        False: "without the address, as notes say",
        None: "that no resolver could check",
    }
    counts = [f"{checks.count(value)} {said}" for value, said in words.items() if value in checks]
    return f"{start} Names here: {', '.join(counts)}."


def _what_reached_proves(snapshot: Snapshot) -> str:
    proofs = {lane.verdict.proof for lane in snapshot.lanes if lane.verdict.state is PathState.REACHED}
    meanings = {
        ReplyKind.SYN_ACK: "a SYN/ACK that something accepts connections on that port",
        ReplyKind.RST: "a RST that the host answers and the port is closed",
        ReplyKind.ECHO_REPLY: "an echo reply that the host answers pings",
        ReplyKind.PORT_UNREACHABLE: "a port unreachable from the host itself that it answers and refuses",
    }
    present = [words for kind, words in meanings.items() if kind in proofs]
    return (
        "“Reached” holds for that protocol and port at that time, and for nothing else: "
        f"{', '.join(present) or 'the endpoint answered'}. Silent hops on the way do not matter then."
    )

"""The section "How to read this": what a trace shows and what it cannot show."""

from collections.abc import Iterator
from typing import Final

from tracetui.model import FlowKind, PathState, ReplyKind, Snapshot
from tracetui.model.evidence import RoutersAnswerControl
from tracetui.report.as_doubts import GRADE_NOTES, addresses, shown_grades
from tracetui.report.finding_rows import explanation_rows

CAUTION: Final = (
    "A silent hop is normal while something beyond it answers. Where answers end, the last AS that answers "
    "is not necessarily the one that drops, on the way out or back."
)

_ALWAYS: Final = (
    (
        "A silent hop is normal: many routers forward packets and answer no probes, or only some of them. "
        "Silence means something only where nothing beyond it answers either."
    ),
    (
        "Loss at a hop in the middle is not loss on the path while hops beyond it lose less: that router "
        "limits how often it answers. Loss on the path shows in the last row of a table."
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
        "The probes may be lost on the way out, or the answers on the way back; a trace from the other "
        "end would tell which.",
    ),
    ({PathState.REACHED}, ""),
    (
        {PathState.RESET, PathState.ANSWERED_EARLY},
        "“From nearer than the endpoint” means that other probes of the investigation got farther than the "
        "place this answer came from. Its sender used the endpoint's address, so the address does not tell "
        "who that was.",
    ),
    (
        {PathState.UNREACHABLE},
        "“Says …” quotes the ICMP message of the router named; the numbers are its type and code. It may "
        "stand one hop after the router itself, as the router answers what it was to forward.",
    ),
    (
        {PathState.LOOP},
        "“Loop” means that the same routers answer again and again, at ever higher TTLs. While routing "
        "converges, that lasts for seconds.",
    ),
    (
        {PathState.INSUFFICIENT},
        "A lane with fewer than 5 complete rounds has no result unless the endpoint or a router answered for"
        " it.",
    ),
)
"""States of lanes, each with a sentence; that of `REACHED` depends on the replies."""

_EXPLANATIONS: Final = (
    "An explanation is ruled out where the evidence numbered beside it excludes it; strained where it would "
    "also need something rare of which nothing was seen; all others are left. A network is named only where "
    "all explanations that are left lie in it."
)
_CHANCE: Final = (
    "p is the probability that chance alone makes such a difference between suspect and control in the same "
    "rounds: Fisher's exact test, one-sided."
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
    if any(isinstance(one, RoutersAnswerControl) for found in snapshot.findings for one in found.evidence):
        yield _CHANCE
    if any(lane.trace.flow is FlowKind.PER_HOP for lane in snapshot.probed):
        yield _FLOWS


def grade_sentence(snapshot: Snapshot) -> str | None:
    """Return what the notes on ASes mean; None when there are none."""
    told = sorted(
        f"“{note}”: {meaning}" for note, meaning in map(GRADE_NOTES.__getitem__, shown_grades(snapshot))
    )
    return f"Notes say where a hop's AS is not sure. {'; '.join(told)}." if told else None


def recorded_sentence(snapshot: Snapshot) -> str | None:
    """Return what recorded ASes mean; None where the trace recorded none."""
    if not snapshot.recorded:
        return None
    start = "ASes “as recorded” are those that the trace itself recorded at its time; networks change hands."
    recorders = {recorded.source for recorded in snapshot.recorded.values()}
    if recorders.issuperset(source.name for source in snapshot.as_sources):
        return start
    return (
        f"{start} “Today” is current AS data: it is used wherever there is an answer, and where the two "
        "differ, the doubts say so."
    )


def names_sentence(snapshot: Snapshot) -> str | None:
    """Return how many PTR names are confirmed; None when there are no names."""
    named = [address for address in addresses(snapshot) if address in snapshot.names]
    if not named:
        return None
    start = "The holder of an address chooses its name; it is confirmed when the name has the address too."
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
        ReplyKind.SYN_ACK: "a SYN/ACK shows that connections to that port are accepted",
        ReplyKind.RST: "a RST shows that the host answers and the port is closed",
        ReplyKind.ECHO_REPLY: "an echo reply shows that the host answers pings",
        ReplyKind.PORT_UNREACHABLE: "a port unreachable from the host shows that it answers and refuses",
    }
    present = [words for kind, words in meanings.items() if kind in proofs]
    return (
        "“Reached” holds only for that protocol and port at that time: "
        f"{', '.join(present) or 'the endpoint answered'}. Silent hops on the way do not matter then."
    )

"""Statements of findings: the fact and where it was seen, since when, and what is left to explain it.

Ground rules: a statement says what was measured. The last router that answers is named as that and as nothing
else; a network is named as a cause only where all that is left lies in it; no sentence judges.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tracetui.analysis.lanes.window import WINDOW
from tracetui.model import Finding, FindingKind, LaneSnapshot, ProbeProtocol, Role, Snapshot, counted
from tracetui.model.evidence import Answers, DirectProbes, PassesRouter, StopsBetween
from tracetui.model.finding import (
    AnsweredFrom,
    AnswersAgain,
    AtTimes,
    CannotSend,
    ImportTells,
    Loops,
    NoEnd,
    RouterSays,
    SilentAfter,
    StopsAtHome,
    TooFewRounds,
)
from tracetui.model.moment import unix_ns
from tracetui.words.conclusions import conclusion_in_short, conclusion_sentences
from tracetui.words.icmp import PROOF_WORDS, icmp_words
from tracetui.words.imported_evidence import how_far
from tracetui.words.names import (
    capitalised,
    hosts_words,
    lanes_of,
    listed,
    moment_words,
    outage_words,
    printable,
    router_words,
    services_words,
)
from tracetui.words.other_direction import other_direction_in_short
from tracetui.words.subject import Subject


def statement(finding: Finding, snapshot: Snapshot, *, listed: bool = False) -> tuple[str, ...]:
    """Return the sentences of a finding; the first can stand alone.

    `listed`: the reader has the explanations in a list, so the sentences do not repeat them.
    """
    conclude = conclusion_in_short if listed else conclusion_sentences
    sentences = (
        headline_of(finding, snapshot),
        *filter(None, [since_sentence(finding, snapshot)]),
        *_remarks(finding, snapshot),
        *conclude(finding, snapshot),
    )
    return tuple(map(printable, sentences))


def headline_of(finding: Finding, snapshot: Snapshot) -> str:
    """Return the first sentence: what was measured, then where."""
    say = _FACTS[type(finding.fact)]
    return printable(f"{say(finding.fact, finding, Subject(finding, snapshot), snapshot)}.")


# Silence


def _silent(fact: SilentAfter, finding: Finding, subject: Subject, snapshot: Snapshot) -> str:
    also = "".join(f"; {words}" for words in _beside_silence(fact, finding, snapshot))
    if fact.last is None:
        return f"{subject.sentence}: nothing answers, not even the first hop{also}"
    silent = f"{subject.verb('go', 'goes')} silent after {router_words(fact.last, snapshot)}"
    return f"{subject.sentence} {silent}{also}"


def _beside_silence(fact: SilentAfter, finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    if fact.late:
        yield "answers arrive, but too late to count"
    answered = lanes_of(fact.services_answered, snapshot)
    if answered:
        one = len({lane.lane.address for lane in answered}) == 1
        verb = "is" if len({lane.lane.label for lane in answered}) == 1 else "are"
        yield f"{services_words(answered)} to the same {'address' if one else 'addresses'} {verb} answered"
    passing = lanes_of(fact.passing, snapshot)
    if passing:
        yield _compared(passing, "passes it", "pass it")
    stopping = lanes_of(fact.stopping, snapshot)
    if stopping:
        yield _compared(stopping, "goes silent there too", "go silent there too")
    yield from other_direction_in_short(finding)
    for direct in finding.evidence:
        if isinstance(direct, DirectProbes) and direct.silent and not direct.answered:
            yield "routers beyond it on the control's path do not answer direct probes either"


def _compared(lanes: list[LaneSnapshot], singular: str, plural: str) -> str:
    """Return `the control web.example passes it`; of lanes that are marked as controls, only those."""
    marked = [lane for lane in lanes if lane.lane.role is Role.CONTROL]
    shown = marked or lanes
    one = len({lane.lane.address for lane in shown}) == 1
    role = ("the control " if one else "the controls ") if marked else ""
    return f"{role}{hosts_words(shown)} {singular if one else plural}"


# What routers say


def _router_says(fact: RouterSays, finding: Finding, subject: Subject, snapshot: Snapshot) -> str:
    by_router = 6 if ":" in (fact.router.address or "") else 4
    words = icmp_words(fact.icmp_type, fact.icmp_code, subject.family or by_router)
    who = "the endpoint itself" if fact.from_endpoint else router_words(fact.router, snapshot)
    ids = [one.lane for one in finding.evidence if isinstance(one, PassesRouter)]
    passing = lanes_of(ids, snapshot)
    also = f"; {_compared(passing, 'passes it', 'pass it')}" if passing else ""
    return f"{subject.sentence} {subject.verb('are', 'is')} answered with “{words}” by {who}{also}"


def _loops(fact: Loops, _: Finding, subject: Subject, snapshot: Snapshot) -> str:
    goes = f"{subject.sentence} {subject.verb('loop', 'loops')}"
    routers = listed(router_words(one, snapshot) for one in fact.turn)
    if len(fact.turn) == 1:
        return f"{goes}: {routers} answers repeatedly"
    return f"{goes}: {routers} answer in turn" if routers else f"{goes}: the same routers answer in turn"


# What answers in the endpoint's name


def _answered_from(fact: AnsweredFrom, finding: Finding, subject: Subject, snapshot: Snapshot) -> str:
    proof = PROOF_WORDS.get(fact.proof, fact.proof.value) if fact.proof is not None else "an answer"
    if finding.kind is FindingKind.REACHABLE:
        return f"{subject.sentence} {subject.verb('are', 'is')} reached"
    if finding.kind is FindingKind.CLOSED_PORT:
        where = "" if fact.ttl is None else f" from hop {fact.ttl}"
        who = "by the endpoint" if finding.as_expected else "in the endpoint's name"
        return f"{subject.sentence} {subject.verb('are', 'is')} refused {who}, with {proof}{where}"
    start = "" if fact.ttl is None else f" from TTL {fact.ttl} on"
    after = ""
    if fact.last is not None:
        right = "right " if fact.ttl is not None and fact.last.ttl == fact.ttl - 1 else ""
        after = f", {right}after {router_words(fact.last, snapshot)}"
    farther = (
        ""
        if fact.distance is None
        else f"; another port or protocol of that address answers from hop {fact.distance}"
    )
    return f"{subject.sentence} {subject.verb('are', 'is')} answered with {proof}{start}{after}{farther}"


def _answers_again(fact: AnswersAgain, _: Finding, subject: Subject, snapshot: Snapshot) -> str:
    again = f"{subject.sentence} {subject.verb('are', 'is')} answered again"
    if not fact.outages:
        return again
    last = outage_words(fact.outages[-1], snapshot)
    after = "" if fact.last is None else f", after {router_words(fact.last, snapshot)}"
    it_was = subject.verb("they were", "it was")
    if len(fact.outages) == 1:
        return f"{again}; {it_was} silent {last}{after}"
    return f"{again}; {it_was} silent {len(fact.outages)} times, the last time {last}{after}"


def _at_times(fact: AtTimes, finding: Finding, subject: Subject, _: Snapshot) -> str:
    if fact.moves:
        between = next((one for one in finding.evidence if isinstance(one, StopsBetween)), None)
        where = "" if between is None else f", from hop {between.nearest} to hop {between.farthest}"
        return f"{subject.sentence} {subject.verb('go', 'goes')} silent after varying hops{where}"
    counts = [one for one in finding.evidence if isinstance(one, Answers)]
    if len(counts) == 1 and len(finding.lanes) == 1:
        share = f"in {counts[0].answered} of {counted(counts[0].rounds, 'round')}"
        return f"{subject.sentence} is answered {share}"
    return f"{subject.sentence} {subject.verb('are', 'is')} answered intermittently"


# At home, and too little


def _stops_at_home(fact: StopsAtHome, finding: Finding, subject: Subject, _: Snapshot) -> str:
    if len(finding.lanes) == 1:
        return f"{subject.sentence} does not get past the first hop"
    also = ", controls included" if fact.controls_too else ""
    return f"{subject.sentence} do not get past the first hop{also}"


def _cannot_send(fact: CannotSend, _: Finding, subject: Subject, __: Snapshot) -> str:
    reason = fact.reason.rstrip(".") or "the system gives no reason"
    return f"This machine cannot send {subject.words}: {reason}"


def _too_few(fact: TooFewRounds, _: Finding, subject: Subject, __: Snapshot) -> str:
    have = subject.verb("have", "has")
    rounds = counted(fact.rounds, "complete round")
    return f"{subject.sentence} {have} {rounds}; any conclusion needs at least {WINDOW}"


def _import_tells(fact: ImportTells, _: Finding, __: Subject, snapshot: Snapshot) -> str:
    return capitalised(how_far(fact.how_far, snapshot))


def _no_end(fact: NoEnd, _: Finding, subject: Subject, __: Snapshot) -> str:
    return f"{subject.sentence}: routers answer up to hop {fact.ttl}, the highest TTL probed"


_FACTS: Final[Mapping[type, Callable[[Any, Finding, Subject, Snapshot], str]]] = {
    SilentAfter: _silent,
    RouterSays: _router_says,
    Loops: _loops,
    AnsweredFrom: _answered_from,
    AnswersAgain: _answers_again,
    AtTimes: _at_times,
    StopsAtHome: _stops_at_home,
    CannotSend: _cannot_send,
    TooFewRounds: _too_few,
    ImportTells: _import_tells,
    NoEnd: _no_end,
}


# The second sentence, and what a reader may misunderstand


def since_sentence(finding: Finding, snapshot: Snapshot) -> str:
    """Return since when, and whether that is merely since the first round; "" for no time."""
    if finding.since is None or isinstance(finding.fact, AnswersAgain):
        return ""
    moment = moment_words(finding.since, snapshot)
    start = "Silent" if isinstance(finding.fact, SilentAfter) else "Observed"
    lanes = lanes_of(finding.lanes, snapshot)
    since_ns = unix_ns(finding.since)
    first_round_ns = snapshot.round_s * 1e9
    if lanes and all(since_ns <= lane.trace.started_ns + first_round_ns for lane in lanes):
        return f"{start} since the first round, {moment}."
    return f"{start} since {moment}."


def _remarks(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    if finding.kind is FindingKind.REACHABLE:
        yield f"This holds for {_ports(finding, snapshot)} only; silent hops on the way are normal."
    elif isinstance(finding.fact, ImportTells):
        run = any(lane.lane.via is not None for lane in lanes_of(finding.lanes, snapshot))
        what = "A trace by another tool" if run else "An imported trace"
        yield f"{what} of so few probes, or from another time, rules out nothing."
    elif finding.kind is FindingKind.MIDDLEBOX_ANSWERS:
        yield "Whether the endpoint itself answers is not known; a box may answer for it by arrangement."


def _ports(finding: Finding, snapshot: Snapshot) -> str:
    lanes = lanes_of(finding.lanes, snapshot)
    ports = [lane.lane.label for lane in lanes if lane.lane.protocol is ProbeProtocol.TCP]
    icmp = any(lane.lane.protocol is ProbeProtocol.ICMP for lane in lanes)
    return listed([*dict.fromkeys(ports), *(["ICMP echo"] if icmp else [])]) or "what was traced"

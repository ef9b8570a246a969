"""A finding in one short line that may be cut at its end: first what was measured, then where."""

from tracetui.model import Candidate, Finding, FindingKind, Snapshot, counted
from tracetui.model.evidence import ImportedReach, ImportedStop
from tracetui.model.finding import (
    AnsweredFrom,
    AnswersAgain,
    AtTimes,
    CannotSend,
    Fact,
    ImportTells,
    Loops,
    NoEnd,
    RouterSays,
    SilentAfter,
    StopsAtHome,
    TooFewRounds,
)
from tracetui.words.icmp import PROOF_WORDS, icmp_words
from tracetui.words.names import (
    asn_words,
    capitalised,
    from_words,
    hosts_words,
    lanes_of,
    outage_words,
    printable,
    services_words,
)
from tracetui.words.subject import Subject


def in_short(finding: Finding, snapshot: Snapshot) -> str:
    """Return `Silent after hop 4 (AS8359 MTS), control passes: mail.example (TCP/25 and ICMP)`."""
    said = _fact(finding.fact, finding, snapshot)
    return printable(f"{capitalised(said)}: {_subject(finding, snapshot)}")


def _subject(finding: Finding, snapshot: Snapshot) -> str:
    lanes = lanes_of(finding.lanes, snapshot)
    if len({lane.lane.address for lane in lanes}) != 1:
        return Subject(finding, snapshot).words
    return f"{hosts_words(lanes)}{from_words(lanes[0], snapshot)} ({services_words(lanes)})"


def _fact(fact: Fact, finding: Finding, snapshot: Snapshot) -> str:  # noqa: C901, PLR0911
    match fact:
        case SilentAfter():
            return f"{_silent(fact, snapshot)}{_compared(fact, snapshot)}"
        case RouterSays(router=router):
            words = icmp_words(fact.icmp_type, fact.icmp_code, 6 if ":" in (router.address or "") else 4)
            return f"“{words}” from {'the endpoint' if fact.from_endpoint else _hop(router, snapshot)}"
        case Loops(turn=turn):
            return f"loop at {_hop(turn[0], snapshot)}" if turn else "loop"
        case AnsweredFrom(proof=proof, ttl=ttl):
            if finding.kind is FindingKind.REACHABLE:
                return "reached"
            answer = PROOF_WORDS.get(proof, proof.value) if proof is not None else "an answer"
            return f"{answer} from TTL {ttl} on" if ttl is not None else answer
        case AnswersAgain(outages=outages):
            return (
                f"answered again, silent {outage_words(outages[-1], snapshot)}"
                if outages
                else "answered again"
            )
        case AtTimes(moves=moves):
            return "silent after varying hops" if moves else "answered intermittently"
        case StopsAtHome():
            return "nothing gets past the first hop"
        case CannotSend(reason=reason):
            return f"cannot send, {reason.rstrip('.') or 'for no known reason'}"
        case TooFewRounds(rounds=rounds):
            return f"only {counted(rounds, 'complete round')}"
        case ImportTells(how_far=how_far):
            return _imported(how_far, snapshot)
        case NoEnd(ttl=ttl):
            return f"routers answer up to hop {ttl}, the highest probed"


def _imported(how_far: ImportedReach | ImportedStop, snapshot: Snapshot) -> str:
    if isinstance(how_far, ImportedReach):
        return "reached in a trace from elsewhere"
    return (
        f"a trace from elsewhere ends after {_hop(how_far.last, snapshot)}"
        if how_far.last
        else "no hop shown"
    )


def _silent(fact: SilentAfter, snapshot: Snapshot) -> str:
    return "nothing answers" if fact.last is None else f"silent after {_hop(fact.last, snapshot)}"


def _compared(fact: SilentAfter, snapshot: Snapshot) -> str:
    if fact.passing:
        return ", control passes"
    if fact.stopping:
        return ", control stops too"
    answered = lanes_of(fact.services_answered, snapshot)
    return f", {services_words(answered)} answered" if answered else ""


def _hop(router: Candidate, snapshot: Snapshot) -> str:
    """Return `hop 4 (AS8359 MTS)`."""
    hop = f"hop {router.ttl}" if router.ttl else router.address or "an unknown router"
    return f"{hop} ({asn_words(router.asn, snapshot)})" if router.asn is not None else hop

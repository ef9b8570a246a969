"""Headlines of a lane's state: what was measured, never why."""

from tracetui.analysis.lanes.loss_at_end import loses_answers
from tracetui.analysis.lanes.window import WINDOW
from tracetui.model import (
    LaneSnapshot,
    LaneTrace,
    PathState,
    PathVerdict,
    ProbeProtocol,
    ReplyKind,
    Snapshot,
    counted,
)
from tracetui.model.snapshot import KeptRounds
from tracetui.model.trace import SAMPLE_ROUNDS
from tracetui.words.icmp import PROOF_WORDS, icmp_words
from tracetui.words.names import as_words, hop_words


def kept_words(kept: KeptRounds) -> str:
    """Return what a past moment is derived from, for the first line of the screen."""
    if kept.sampled_s is not None:
        return f"samples, {kept_span_words(kept.sampled_s)}"
    return f"{counted(kept.rounds, 'round')} kept"


def kept_sentence(kept: KeptRounds) -> str:
    """Return the same in full, and what it means for states, figures and findings."""
    if kept.sampled_s is None:
        return (
            f"{kept.rounds} of the rounds before this moment are kept: findings and figures rest on these,"
            " although more had been measured by then."
        )
    span = kept_span_words(kept.sampled_s)
    return (
        f"Of this period, the last {SAMPLE_ROUNDS} rounds of every {span} are kept:"
        " states and paths are those of this moment, loss and RTT come from these rounds, and findings are"
        " not kept."
    )


def kept_span_words(seconds: float) -> str:
    """Return `40 s` or `3 min`: how far samples are apart."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def headline(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    """Return one short sentence on where a lane stands: its header line on the screen and in a report."""
    verdict, failure = lane.verdict, lane.trace.failure
    match verdict.state:
        case PathState.REACHED:
            text = _reached(lane)
        case PathState.SILENT_AFTER:
            text = _silent(lane, snapshot)
        case PathState.UNREACHABLE:
            text = _unreachable(lane, snapshot)
        case PathState.LOOP:
            who = dict.fromkeys(as_words(address, snapshot) for address in verdict.loop)
            text = f"loop between hops {_turn(verdict, ' and ')} · {', '.join(who)}"
        case PathState.RESET | PathState.ANSWERED_EARLY:
            proof = PROOF_WORDS[verdict.proof] if verdict.proof else "an answer"
            text = f"{proof} from nearer than the endpoint, at hop {verdict.proof_ttl}"
        case PathState.LOCAL_FAILURE:
            return f"cannot send: {verdict.reason}"
        case PathState.INSUFFICIENT:
            text = _insufficient(lane) if lane.trace.provenance is None else _imported(lane, snapshot)
    if lane.trace.held_back or lane.trace.waiting is not None:
        text += f" · {held_back_words(lane.trace)}"
    return f"{text} · now cannot send: {failure}" if failure else text


def outcome_words(lane: LaneSnapshot) -> str:  # noqa: PLR0911  (a table of states)
    """Return where a lane ends, without names or kinds of answers: lanes that end alike say the same."""
    verdict = lane.verdict
    match verdict.state:
        case PathState.REACHED:
            return f"reached{_refusal_and_loss(lane)}"
        case PathState.SILENT_AFTER:
            last = verdict.last_responsive_ttl
            return f"silent after hop {last}" if last else "nothing answers"
        case PathState.UNREACHABLE:
            return f"refused at hop {verdict.last_responsive_ttl}"
        case PathState.LOOP:
            return f"loop between hops {_turn(verdict, ' and ')}"
        case PathState.RESET | PathState.ANSWERED_EARLY:
            proof = PROOF_WORDS[verdict.proof] if verdict.proof else "answer"
            return f"early {proof} at hop {verdict.proof_ttl}"
        case PathState.INSUFFICIENT if lane.trace.provenance is not None and verdict.last_responsive_ttl:
            last = verdict.last_responsive_ttl
            times = f", {counted(lane.trace.rounds, 'round')}" if lane.trace.rounds else ""
            return f"{'silent after' if _goes_silent(lane, last) else 'answers up to'} hop {last}{times}"
        case _:
            return headline_short(lane)


def held_back_words(trace: LaneTrace) -> str:
    """Return how many probes a limit of this process held back, and whether one is waiting now."""
    if trace.waiting is not None:
        return trace.waiting
    return f"{counted(trace.held_back, 'probe')} waited for a free socket ('ulimit -n')"


def _refusal_and_loss(lane: LaneSnapshot) -> str:
    verdict = lane.verdict
    where = "" if verdict.destination_ttl is None else f" at hop {verdict.destination_ttl}"
    refuses = ""
    if lane.lane.protocol is not ProbeProtocol.UDP:  # where a port unreachable is the answer waited for
        words = {ReplyKind.RST: ", port closed", ReplyKind.PORT_UNREACHABLE: ", port unreachable"}
        refuses = words.get(verdict.proof, "") if verdict.proof is not None else ""
    return f"{where}{refuses}{', with loss' if loses_answers(lane) else ''}"


def headline_short(lane: LaneSnapshot) -> str:
    """Return the same in at most 24 characters, for a narrow column."""
    if lane.verdict.state is PathState.INSUFFICIENT:
        rounds = lane.trace.rounds
        if lane.trace.provenance is not None:
            return _imported_short(lane)
        return f"{rounds} of {WINDOW} rounds" if rounds < WINDOW else "no end found"
    return state_words_short(lane.verdict, lane.lane.family)


def state_words_short(verdict: PathVerdict, family: int) -> str:
    """Return a state in at most 24 characters."""
    match verdict.state:
        case PathState.REACHED:
            how = {ReplyKind.RST: "RST", ReplyKind.PORT_UNREACHABLE: "port unr."}
            proof = verdict.proof
            words = how.get(proof) or PROOF_WORDS.get(proof, "") if proof else ""
            where = "" if verdict.destination_ttl is None else f" {verdict.destination_ttl}"
            text = f"reached{where} {words}"
        case PathState.SILENT_AFTER:
            last = verdict.last_responsive_ttl
            text = f"silent after {last}" if last else "nothing answers"
        case PathState.UNREACHABLE:
            numbers = icmp_words(verdict.icmp_type, verdict.icmp_code, family).rpartition("(")[2].rstrip(")")
            text = f"refused {numbers} at {verdict.last_responsive_ttl}"
        case PathState.LOOP:
            text = f"loop {_turn(verdict, '–')}"
        case PathState.RESET:
            text = f"RST early at {verdict.proof_ttl}"
        case PathState.ANSWERED_EARLY:
            words = PROOF_WORDS[verdict.proof] if verdict.proof else "answer"
            text = f"{words} early at {verdict.proof_ttl}"
        case PathState.LOCAL_FAILURE:
            text = "cannot send"
        case PathState.INSUFFICIENT:
            text = "not known yet"
    return text.strip()


def _reached(lane: LaneSnapshot) -> str:
    verdict = lane.verdict
    words = {ReplyKind.RST: "RST: port closed"}
    if lane.lane.protocol is not ProbeProtocol.UDP:  # where it is the answer that a trace waits for
        words[ReplyKind.PORT_UNREACHABLE] = "port unreachable: the host refuses"
    proof = verdict.proof
    how = "" if proof is None else f" ({words.get(proof) or PROOF_WORDS.get(proof, proof.value)})"
    where = "" if verdict.destination_ttl is None else f" at hop {verdict.destination_ttl}"
    return f"reached{where}{how}"


def _silent(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    last, address = lane.verdict.last_responsive_ttl, lane.verdict.last_responsive
    if not last:
        return "nothing answers, not even the first hop"
    return f"silent after hop {last} · last reply from {hop_words(lane, snapshot, last, address)}"


def _unreachable(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    verdict = lane.verdict
    ttl = verdict.last_responsive_ttl or 0
    if verdict.last_responsive == lane.lane.address:
        who = "the endpoint itself"
    else:
        who = hop_words(lane, snapshot, ttl, verdict.last_responsive)
    words = icmp_words(verdict.icmp_type, verdict.icmp_code, lane.lane.family)
    return f"{who} says {words} at hop {ttl}"


def _turn(verdict: PathVerdict, between: str) -> str:
    start = verdict.loop_ttl or 0
    return f"{start}{between}{start + max(2, len(verdict.loop)) - 1}"


def _insufficient(lane: LaneSnapshot) -> str:
    rounds, last = lane.trace.rounds, lane.verdict.last_responsive_ttl
    if rounds < WINDOW:
        return f"{'only' if lane.trace.finished else 'measuring,'} {rounds} of {WINDOW} rounds"
    if last and last == len(lane.trace.hops):
        return f"goes on past hop {last}, the last one probed"
    return "no end found yet"


def _imported(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    """Say how far an imported trace got that has too few rounds for a state."""
    last, address = lane.verdict.last_responsive_ttl, lane.verdict.last_responsive
    rounds = f" in {counted(lane.trace.rounds, 'round')}" if lane.trace.rounds else ""
    if not last:
        return f"nothing answers{rounds}" if lane.trace.hops else "no trace yet"
    who = hop_words(lane, snapshot, last, address)
    if _goes_silent(lane, last):
        shown = ", as far as its output goes" if lane.trace.may_go_on else ""
        return f"silent after hop {last}{rounds}{shown} · last reply from {who}"
    return f"answers up to hop {last}{rounds}, where its output ends · last reply from {who}"


def _imported_short(lane: LaneSnapshot) -> str:
    last = lane.verdict.last_responsive_ttl
    times = f" · {lane.trace.rounds}×" if lane.trace.rounds else ""
    if not last:
        return f"nothing answers{times}" if lane.trace.hops else "no trace yet"
    return f"silent after {last}{times}" if _goes_silent(lane, last) else f"up to hop {last}{times}"


def _goes_silent(lane: LaneSnapshot, last: int) -> bool:
    """Tell whether hops beyond the last that answers were probed."""
    return any(hop.sent for hop in lane.trace.hops[last:])

"""Finds the round since which a lane has been in its state; for the hops shown."""

from tracetui.analysis.lanes.has_stopped import (
    LOOKBACK,
    MIN_ABSENT_ROUNDS,
    NO,
    RARE,
    YES,
    after_last_gap,
    has_stopped,
)
from tracetui.analysis.lanes.history import History, Rounds
from tracetui.analysis.lanes.silent_after import silent_period
from tracetui.model import LaneTrace, PathState, PathVerdict, RoundOutcome


def since_place(trace: LaneTrace, verdict: PathVerdict, history: History | None = None) -> int:
    """Return the place in `trace.outcomes` of the first round from which on the lane is as `verdict` says.

    - `silent_after`: the first round of the silence (`silent_period`).
    - `reached`: the first round after the last outage, a row of unanswered rounds too long to be chance.
    - `unreachable`, `loop`, `reset`, `answered_early`: the first round with that sign since there was none
      for longer than chance explains, or since the endpoint answered otherwise.

    - `local_failure`: the first round since this machine cannot send.

    0 where that holds for all kept rounds, and for `insufficient`. `history` is the lane's.
    """
    if not trace.outcomes:
        return 0
    history = history or History()
    rounds = history.of(trace)
    match verdict.state:
        case PathState.SILENT_AFTER:
            found = _silent(trace, history)
        case PathState.REACHED:
            found = _reached(verdict, history)
        case PathState.UNREACHABLE:
            sign = history.marks("refused", lambda outcome: outcome.refusal is not None)
            found = _since_sign(sign, rounds)
        case PathState.LOOP:
            sign = history.marks(("loop", verdict.loop), lambda outcome: _comes_again(outcome, verdict.loop))
            found = _since_sign(sign, rounds)
        case PathState.RESET | PathState.ANSWERED_EARLY:
            found = _early(verdict, history)
        case PathState.LOCAL_FAILURE:
            failing = history.marks("failing", lambda outcome: outcome.failure is not None)
            found = failing.rfind(NO) + 1
        case _:
            found = 0
    return min(found, len(trace.outcomes) - 1)


def _silent(trace: LaneTrace, history: History) -> int:
    rounds = history.of(trace)
    recent = rounds.answered[-LOOKBACK:]
    replies, absent = recent.count(YES), len(recent) - len(recent.rstrip(NO))
    if replies > RARE * len(recent) and not has_stopped(replies, len(recent) - absent, absent):
        return after_last_gap(rounds.answered)  # silent by chance: an endpoint that comes and goes
    return silent_period(trace, history).first


def _reached(verdict: PathVerdict, history: History) -> int:
    distance = verdict.destination_ttl or 0

    def as_now(outcome: RoundOutcome) -> bool:
        """An answer from nearer was not the endpoint's, or came by a way that is the path no more."""
        return outcome.endpoint_ttl is not None and outcome.endpoint_ttl >= distance

    marks = history.marks(("reached", distance), as_now)
    if marks.endswith(NO * MIN_ABSENT_ROUNDS):
        return len(marks) - 1  # it answers again, in the round that is still open
    return after_last_gap(marks)


def _early(verdict: PathVerdict, history: History) -> int:
    kind, distance, ttl = verdict.proof, verdict.destination_ttl, verdict.proof_ttl or 0
    limit = distance - 1 if distance is not None else ttl

    def sign(outcome: RoundOutcome) -> bool:
        if outcome.endpoint is kind and (outcome.endpoint_ttl or 0) <= limit:
            return True
        return any(kind in pair for _, *pair in outcome.doubled)

    marks = history.marks(("early", kind, limit), sign)
    return _first_after(marks, after_last_gap(marks))


def _since_sign(marks: bytes, rounds: Rounds) -> int:
    start = rounds.answered.rfind(YES) + 1
    return _first_after(marks, start + after_last_gap(marks[start:]))


def _first_after(marks: bytes, start: int) -> int:
    found = marks.find(YES, start)
    return start if found < 0 else found


def _comes_again(outcome: RoundOutcome, turn: tuple[str, ...]) -> bool:
    """A round shows the loop when one of its routers comes again."""
    return any(outcome.path.count(address) > 1 for address in turn)

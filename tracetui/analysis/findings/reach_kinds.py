"""Lanes that are reached, that are so at times, and that have said too little: no place is named here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.analysis.findings.early_kinds import early_answers, reset_signs
from tracetui.analysis.findings.gates import NEEDED, Amount, by_amount, keep_running, lowest, said
from tracetui.analysis.findings.next_steps import unique
from tracetui.analysis.findings.reading import ROUNDS_NEEDED, Course, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.sentences import Subject, hosts, listed, name
from tracetui.analysis.findings.share import WINDOW
from tracetui.analysis.words import PROOF_WORDS
from tracetui.model import (
    Confidence,
    Direction,
    Finding,
    FindingKind,
    FlowKind,
    NextStep,
    ProbeProtocol,
    ReplyKind,
    StepKind,
)

_REFUSALS: Final = {ReplyKind.RST, ReplyKind.PORT_UNREACHABLE}


def answered(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return findings for lanes whose endpoint answers: reachable, closed, or reset in its name."""
    reached: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    closed: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    reset: list[Reading] = []
    for reading in readings:
        proof = reading.proof
        key = reading.place, reading.lane.address
        if proof not in _REFUSALS:
            reached[key].append(reading)
        elif proof is ReplyKind.RST and reset_signs(scene, reading).sentences:
            reset.append(reading)
        else:
            closed[key].append(reading)
    return [
        *early_answers(scene, reset),
        *(_closed(scene, group) for group in closed.values()),
        *(_reachable(scene, group) for group in reached.values()),
    ]


def _reachable(scene: Scene, readings: Sequence[Reading]) -> Finding:
    made_from: list[object] = [scene.company]
    for reading in readings:
        made_from += [reading.lane, reading.share, reading.proof, reading.distance]
    key = (_reachable, *(reading.id for reading in readings))
    return scene.memory.recall(key, tuple(made_from), lambda: _make_reachable(scene, readings))


def _make_reachable(scene: Scene, readings: Sequence[Reading]) -> Finding:
    subject = Subject(scene, readings)
    return Finding(
        kind=FindingKind.REACHABLE,
        confidence=lowest([said(reading.share.rounds) for reading in readings]),
        lanes=tuple(reading.id for reading in readings),
        sentences=(
            f"{subject.sentence} {subject.verb('are', 'is')} reached.",
            f"That holds for {_ports(readings)} only; silent hops on the way are normal.",
        ),
        evidence=tuple(map(_answers, readings)),
        counter_evidence=tuple(sentence for reading in readings for sentence in _gaps(reading)),
    )


def _ports(readings: Sequence[Reading]) -> str:
    ports = [reading.lane.label for reading in readings if reading.lane.protocol is ProbeProtocol.TCP]
    icmp = any(reading.lane.protocol is ProbeProtocol.ICMP for reading in readings)
    return listed([*dict.fromkeys(ports), *(["ICMP echo"] if icmp else [])])


def _answers(reading: Reading) -> str:
    share, proof = reading.share, reading.proof
    words = f" ({PROOF_WORDS[proof]})" if proof is not None else ""
    where = f" at hop {reading.distance}" if reading.distance is not None else ""
    return (
        f"{name(reading)}: the endpoint{where} answered{words} in {share.answered} of the last "
        f"{share.rounds} rounds."
    )


def _gaps(reading: Reading) -> list[str]:
    share = reading.share
    if share.lately_silent >= ROUNDS_NEEDED:
        return [f"{name(reading)}: no answer in the last {share.lately_silent} rounds."]
    return []


def _closed(scene: Scene, readings: Sequence[Reading]) -> Finding:
    first, subject = readings[0], Subject(scene, readings)
    proof = PROOF_WORDS[first.proof or ReplyKind.RST]
    own = first.distance
    alike = [
        other
        for other in scene.siblings(first)
        if other.course is Course.ANSWERED and other not in readings and other.distance == own is not None
    ]
    enough = lowest([said(reading.share.rounds) for reading in readings])
    hop = f" hop {own}" if own is not None else ""
    where = f" from its own distance,{hop}" if alike else f", first at{hop}" if hop else ""
    bare = f"[{first.lane.address}]" if first.lane.family == 6 else first.lane.address
    return Finding(
        kind=FindingKind.CLOSED_PORT,
        confidence=enough if alike else lowest([enough, Confidence.MEDIUM]),
        lanes=tuple(reading.id for reading in readings),
        sentences=(
            f"{hosts(readings)} is reached and refuses {_ports(readings)}: {proof}{where}.",
            "The host answers; nothing listens there, or its own firewall refuses.",
        ),
        evidence=(
            *map(_answers, readings),
            *(f"{name(other)} is answered from the same distance." for other in alike),
        ),
        counter_evidence=()
        if alike
        else (f"No other lane shows the distance of {subject.words.rpartition(' to ')[2]} for comparison.",),
        missing=()
        if alike
        else (
            NextStep(f"trace {first.lane.host} over ICMP too", StepKind.ADD_TARGET, f"icmp://{bare}"),
            NextStep(f"trace an open port of {first.lane.host} too"),
        ),
    )


def intermittent(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return a finding for each endpoint that is reached at times, or whose place of silence moves."""
    groups: dict[tuple[str, str, bool], list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.place, reading.lane.address, reading.share.silent].append(reading)
    return [_intermittent(scene, group) for group in groups.values()]


def _intermittent(scene: Scene, readings: Sequence[Reading]) -> Finding:
    first, subject = readings[0], Subject(scene, readings)
    moves = first.share.silent
    amount = Amount(first.share.rounds, first.share.rounds * scene.snapshot.interval_s)
    return Finding(
        kind=FindingKind.INTERMITTENT,
        confidence=lowest([by_amount(amount), Confidence.MEDIUM]),
        lanes=tuple(reading.id for reading in readings),
        sentences=(
            f"{subject.sentence}: the place where it goes silent moves."
            if moves
            else f"{subject.sentence} {subject.verb('are', 'is')} reached at times.",
            *(_spread(reading) for reading in readings),
        ),
        direction=Direction.UNKNOWN,
        evidence=tuple(_answers(reading) for reading in readings if not moves),
        counter_evidence=tuple(sentence for reading in readings for sentence in _near_loss(reading)),
        missing=unique(
            [
                NextStep("keep running: is there a rhythm to it?", StepKind.KEEP_RUNNING),
                NextStep("trace over more ports: does it depend on the flow?"),
            ]
        ),
    )


def _spread(reading: Reading) -> str:
    """Say between which hops the last replies came, and what a load balancer sees of the lane."""
    flow = "one flow" if reading.trace.flow is FlowKind.FIXED else "a flow per hop"
    if reading.share.silent and reading.wanders is not None:
        near, far = reading.wanders
        return f"{name(reading)}: the last replies come from hop {near} to hop {far}; {flow}."
    tops = sorted(
        outcome.highest_ttl for outcome in reading.outcomes[-WINDOW:] if not reading.answered(outcome)
    )
    where = "" if not tops else f"; without an answer, the last reply came from hop {tops[0]} to {tops[-1]}"
    if tops and tops[0] == tops[-1]:
        where = f"; without an answer, the last reply came from hop {tops[0]}"
    share = reading.share
    return f"{name(reading)}: answered in {share.answered} of {share.rounds} rounds{where}; {flow}."


def _near_loss(reading: Reading) -> list[str]:
    """Loss that shows at the first hop already says nothing about what is beyond."""
    window = reading.outcomes[-WINDOW:]
    got = sum(bool(outcome.path) and outcome.path[0] is not None for outcome in window)
    if 2 * (len(window) - got) < len(window) - reading.share.answered:
        return []
    return [f"{name(reading)}: hop 1 answered in {got} of {len(window)} rounds only, so loss begins there."]


def insufficient(scene: Scene, readings: Sequence[Reading]) -> list[Finding]:
    """Return a finding for lanes with too few rounds, and one for those that no end was found of."""
    few = [reading for reading in readings if reading.course is Course.INSUFFICIENT]
    endless = [reading for reading in readings if reading.course is Course.ENDLESS]
    found = []
    if few:
        amount = Amount(min(reading.trace.rounds for reading in few), 0)
        lanes = f"{len(few)} lanes have" if len(few) > 1 else f"{name(few[0])} has"
        done = all(reading.trace.finished for reading in few)
        step = (
            NextStep(f"run again with --rounds {NEEDED[Confidence.MEDIUM].rounds} or more")
            if done
            else keep_running(amount, NEEDED[Confidence.LOW], scene.snapshot.interval_s)
        )
        found.append(
            _too_little(
                few, f"{lanes} fewer than {ROUNDS_NEEDED} complete rounds: nothing follows yet.", step
            )
        )
    if endless:
        top = max(reading.era.last_ttl for reading in endless)
        found.append(
            _too_little(
                endless,
                f"{listed(map(name, endless[:3]))}: routers answer up to hop {top}, the farthest one probed.",
                NextStep("raise --max-hops"),
            )
        )
    return found


def _too_little(readings: Sequence[Reading], sentence: str, step: NextStep | None) -> Finding:
    return Finding(
        kind=FindingKind.INSUFFICIENT,
        confidence=Confidence.LOW,
        lanes=tuple(reading.id for reading in readings),
        sentences=(sentence,),
        missing=unique([step]),
    )

"""Answers in the endpoint's name that it did not send: `reset_injected`, `middlebox_answers`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.findings.next_steps import add_control, unique
from tracetui.analysis.findings.reading import Course, Reading, Step
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.sentences import DELIBERATE, Subject, as_name, listed, name, router_words
from tracetui.analysis.words import PROOF_WORDS
from tracetui.model import (
    Candidate,
    Confidence,
    Direction,
    Finding,
    FindingKind,
    NextStep,
    PathState,
    ProbeProtocol,
    ReplyKind,
    StepKind,
)

_INITIAL_TTLS: Final = (64, 128, 255)
"""What systems send packets with; a reply started from the lowest that it can have come from."""

_HOPS_APART: Final = 2
"""Return ways of two replies from one host may differ by a hop; by more they come from different places."""

_TIMES_NEEDED: Final = 2


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a reset that the endpoint did not send."""

    early: str | None
    return_way: str | None
    doubled: str | None

    @property
    def sentences(self) -> list[str]:
        """Those there are."""
        return [sign for sign in (self.early, self.return_way, self.doubled) if sign is not None]


def reset_signs(scene: Scene, reading: Reading) -> Signs:
    """Look for the signs on a lane that is answered with RST."""
    return Signs(_early(scene, reading), _return_way(scene, reading), _doubled(reading))


def early_answers(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return a finding for each place where lanes are answered early."""
    resets: dict[tuple[object, ...], list[Reading]] = defaultdict(list)
    answers: dict[tuple[object, ...], list[Reading]] = defaultdict(list)
    for reading in readings:
        verdict = reading.verdict
        where = reading.place, verdict.last_responsive, verdict.proof_ttl
        if verdict.state is PathState.ANSWERED_EARLY:
            answers[where].append(reading)
        else:
            signs = reset_signs(scene, reading)
            resets[(*where, len(signs.sentences) > 1, signs.early is None)].append(reading)
    return [
        *(_reset(scene, group) for group in resets.values()),
        *(_middlebox(scene, group) for group in answers.values()),
    ]


def _early(scene: Scene, reading: Reading) -> str | None:
    if reading.verdict.state is not PathState.RESET:
        return None
    ttl = reading.verdict.proof_ttl
    farther = [
        sibling
        for sibling in scene.siblings(reading)
        if ttl is not None and (sibling.distance or max(sibling.routers, default=0) + 1) > ttl
    ]
    if not farther:
        return None
    other = farther[0]
    beyond = (
        f"its own distance is {other.distance}" if other.distance else "the path goes on to farther routers"
    )
    return f"RST came from TTL {ttl} on, while for {name(other)} {beyond}."


def _return_way(scene: Scene, reading: Reading) -> str | None:
    reset = _reply_ttl(reading, ReplyKind.RST)
    if reset is None:
        return None
    for other in (reading, *scene.siblings(reading)):
        answer = _reply_ttl(other, ReplyKind.SYN_ACK)
        if answer is not None and abs(_hops(reset) - _hops(answer)) >= _HOPS_APART:
            return (
                f"RST arrived with TTL {reset}, after some {_hops(reset)} hops; the SYN/ACK of {name(other)} "
                f"with TTL {answer}, after some {_hops(answer)}."
            )
    return None


def _doubled(reading: Reading) -> str | None:
    pairs = Counter(
        second if first is ReplyKind.RST else first
        for outcome in reading.recent
        for _, first, second in outcome.doubled
        if ReplyKind.RST in {first, second}
    )
    for kind, words in ((ReplyKind.SYN_ACK, "a SYN/ACK"), (ReplyKind.TIME_EXCEEDED, "Time Exceeded")):
        if pairs[kind] >= _TIMES_NEEDED:
            return f"One probe got both RST and {words}, {pairs[kind]} times in the last rounds."
    return None


def _reply_ttl(reading: Reading, kind: ReplyKind) -> int | None:
    """Return the TTL that replies of one kind arrived with, mostly."""
    seen = Counter(
        outcome.endpoint_reply_ttl
        for outcome in reading.recent
        if outcome.endpoint is kind and outcome.endpoint_reply_ttl is not None
    )
    return seen.most_common(1)[0][0] if seen else None


def _hops(ttl: int) -> int:
    return next(initial for initial in _INITIAL_TTLS if initial >= ttl) - ttl


def _reset(scene: Scene, readings: Sequence[Reading]) -> Finding:
    first, subject = readings[0], Subject(scene, readings)
    signs = {reading.id: reset_signs(scene, reading) for reading in readings}
    place = _place(scene, first) if signs[first.id].early is not None else _Place()
    sure = len(signs[first.id].sentences) > 1
    whom = " by something that is not the endpoint" if sure else ", one sign says not by the endpoint"
    return Finding(
        kind=FindingKind.RESET_INJECTED,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        lanes=tuple(reading.id for reading in readings),
        sentences=(
            f"{subject.sentence} {subject.verb('are', 'is')} reset{whom}: "
            f"RST comes from TTL {first.verdict.proof_ttl} on{_against_control(scene, first)}.",
            *place.sentences(scene),
            DELIBERATE,
        ),
        ases=place.ases,
        candidates=place.candidates,
        direction=Direction.FORWARD,
        evidence=tuple(
            f"{name(reading)}: {sign}" for reading in readings for sign in signs[reading.id].sentences
        ),
        counter_evidence=() if sure else ("Only one of the three signs of an injected reset shows.",),
        missing=_missing(scene, first),
        controls=_siblings(scene, readings),
    )


def _siblings(scene: Scene, readings: Sequence[Reading]) -> tuple[str, ...]:
    found = {
        sibling.id
        for reading in readings
        for sibling in scene.siblings(reading)
        if sibling.course is Course.ANSWERED
    }
    return tuple(reading.id for reading in scene.readings if reading.id in found)


def _against_control(scene: Scene, reading: Reading) -> str:
    """Say the reply TTL of the RST against that of the endpoint's own answers."""
    reset = _reply_ttl(reading, ReplyKind.RST)
    if reset is None:
        return ""
    for other in scene.siblings(reading):
        for kind in (ReplyKind.SYN_ACK, ReplyKind.ECHO_REPLY):
            answer = _reply_ttl(other, kind)
            if answer is not None and other.course is Course.ANSWERED:
                return f" and arrives with TTL {reset}, the endpoint's {PROOF_WORDS[kind]} with TTL {answer}"
    return f" and arrives with TTL {reset}"


@dataclass(frozen=True, slots=True)
class _Place:
    """The routers between which the answer is made."""

    candidates: tuple[Candidate, ...] = ()
    ases: tuple[int, ...] = ()
    at_edge: bool = False

    def sentences(self, scene: Scene) -> list[str]:
        if not self.candidates:
            return []
        if self.at_edge:
            return ["That is at the endpoint's own network: likely its own firewall."]
        where = " and ".join(router_words(one, system=False) for one in self.candidates)
        owners = listed(as_name(scene, asn) for asn in self.ases)
        return [f"It is made at or between {where}{f', in {owners}' if owners else ''}."]


def _place(scene: Scene, reading: Reading) -> _Place:
    ttl, last = reading.verdict.last_responsive_ttl, reading.verdict.last_responsive
    if ttl is None or last is None:
        return _Place()
    step = Step(ttl, last)
    own, home = scene.system_at(reading, last), scene.origins(reading.lane.address)
    near = Candidate(ttl, last, own)
    for sibling in scene.siblings(reading):
        there = sibling.ttl_of(last)
        following = next((s for s in sibling.steps if there is not None and s.ttl > there), None)
        if there is None or following is None:
            continue
        system = scene.system_at(sibling, following.address)
        pair = (near, Candidate(step.ttl + following.ttl - there, following.address, system))
        if own in home:
            return _Place(pair, (own,) if own is not None else (), at_edge=True)
        if system in home or own is None or system is None:
            return _Place(pair, at_edge=system in home)
        return _Place(pair, (own,) if own == system else (own, system))
    return _Place((near, Candidate(step.ttl + 1, None, None)))


def _middlebox(scene: Scene, readings: Sequence[Reading]) -> Finding:
    first, subject = readings[0], Subject(scene, readings)
    verdict = first.verdict
    words = PROOF_WORDS[verdict.proof] if verdict.proof is not None else "an answer"
    distance = f"; the endpoint is at hop {verdict.destination_ttl}" if verdict.destination_ttl else ""
    return Finding(
        kind=FindingKind.MIDDLEBOX_ANSWERS,
        confidence=Confidence.MEDIUM,
        lanes=tuple(reading.id for reading in readings),
        sentences=(
            f"{subject.sentence} {subject.verb('are', 'is')} answered by something nearer than the endpoint: "
            f"{words} comes from TTL {verdict.proof_ttl} on{distance}.",
            "Later hops cannot be seen on this lane, and whether the endpoint itself answers is not known.",
        ),
        evidence=tuple(
            f"{name(sibling)} shows the path beyond TTL {verdict.proof_ttl}."
            for reading in readings
            for sibling in scene.siblings(reading)
            if max(sibling.routers, default=0) >= (verdict.proof_ttl or 0)
        ),
        missing=_missing(scene, first),
        controls=_siblings(scene, readings),
    )


def _missing(scene: Scene, reading: Reading) -> tuple[NextStep, ...]:
    """Ask for what the comparison lacks: ICMP to the same address, another port, a control."""
    protocols = {sibling.lane.protocol for sibling in scene.siblings(reading)}
    bare = f"[{reading.lane.address}]" if reading.lane.family == 6 else reading.lane.address
    icmp = NextStep(f"trace {reading.lane.host} over ICMP too", StepKind.ADD_TARGET, f"icmp://{bare}")
    return unique(
        [
            None if ProbeProtocol.ICMP in protocols else icmp,
            add_control(scene, reading),
            NextStep("capture the packets on both sides: does the endpoint send that answer?"),
        ]
    )

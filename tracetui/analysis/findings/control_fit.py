"""Decides which lanes can serve as the control of a silent lane, and why others cannot.

A control shares the address of hop L, so both paths are the same up to there. That shows nothing of what
follows L for the suspect; it shows what follows for the control, in the same rounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tracetui.analysis.exact_tests import fisher_less
from tracetui.analysis.findings.conclude import SIGNIFICANT
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.shown_path import PathBeyond
from tracetui.model import Address, Candidate, ControlCheck, ControlFit, Relation, Role
from tracetui.model.evidence import RoutersAnswerControl

_MAX_SERVING: Final = 6
"""Lanes that can serve; of many targets that are reached, more would show the same again."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A silent lane beside another from the same vantage."""

    suspect: ObservedLane
    control: ObservedLane
    fit: ControlFit
    relation: Relation
    ttl: int | None = None
    """Of hop L on the control's path; where the paths part, for `PARTS_BEFORE`."""

    evidence: RoutersAnswerControl | None = None
    """What it shows, where it serves."""

    @property
    def rank(self) -> tuple[object, ...]:
        """Sorts the best first; of two as good, the one with a control of the user's own."""
        p_value = self.evidence.p_value if self.evidence is not None else 1.0
        named = self.control.lane.role is Role.CONTROL
        return self.fit is not ControlFit.VALID, not self.fit.serves, -self.relation, not named, p_value

    def check(self, observations: Observations) -> ControlCheck:
        """Return what everybody outside findings reads of it."""
        marked = self.control.lane.role is Role.CONTROL
        last = observations.last_hop(self.suspect)
        return ControlCheck(self.suspect.id, self.control.id, self.fit, self.relation, marked, self.ttl, last)


def comparisons(observations: Observations, suspect: ObservedLane) -> Sequence[Comparison]:
    """Return how a silent lane compares with every control that the user marked, and with what else can
    serve.

    The best first. Of a control endpoint, the lane over the suspect's own service is taken where there is
    one.
    """
    return observations.once((comparisons, suspect.id), lambda: _comparisons(observations, suspect))


def _comparisons(observations: Observations, suspect: ObservedLane) -> Sequence[Comparison]:
    made = [compare(observations, suspect, other) for other in _marked(observations, suspect)]
    found = sum(one.fit.serves for one in made)
    unmarked = observations.paths.once(
        (_unmarked, suspect.id), lambda: [other.id for other in _unmarked(observations, suspect)]
    )
    for lane_id in unmarked:
        if found >= _MAX_SERVING:
            break
        one = compare(observations, suspect, observations.lane(lane_id))
        if one.fit.serves:
            found += 1
            made.append(one)
    return sorted(made, key=lambda one: one.rank)


def _marked(observations: Observations, suspect: ObservedLane) -> Sequence[ObservedLane]:
    """Return one lane of each control endpoint: over the suspect's service where there is one.

    One that is traced from the suspect's own place is not taken from others, too.
    """
    label = suspect.lane.label
    chosen: dict[object, ObservedLane] = {}
    controls = [other for other in observations.marked_controls if other.lane.address != suspect.lane.address]
    near = {other.lane.address for other in controls if other.place == suspect.place}
    for other in controls:
        if other.place != suspect.place and other.lane.address in near:
            continue
        panel = other.lane.panel
        if panel not in chosen or (other.lane.label == label and chosen[panel].lane.label != label):
            chosen[panel] = other
    return list(chosen.values())


def _unmarked(observations: Observations, suspect: ObservedLane) -> Sequence[ObservedLane]:
    """Return what can serve as a control though the user did not mark it: all else that crosses hop L and is
    answered, first what promises to be the best control.
    """
    crossing = {lane.id: lane for each in suspect.silence.addresses for lane in observations.crossing(each)}
    found = [
        other
        for other in crossing.values()
        if other.lane.address != suspect.lane.address
        and other.lane.role is not Role.CONTROL
        and other.place == suspect.place
        and other.lane.family == suspect.lane.family
        and other.condition is Condition.ANSWERED
    ]

    def promise(other: ObservedLane) -> tuple[bool, int]:
        related = observations.relation(suspect.lane.address, other.lane.address)
        return other.lane.label != suspect.lane.label, -related

    return sorted(found, key=promise)


def services(observations: Observations, suspect: ObservedLane) -> Sequence[Comparison]:
    """Return how a silent lane compares with other services of its own endpoint that answer, the best
    first.
    """
    made = [
        compare(observations, suspect, other)
        for other in observations.siblings(suspect)
        if other.condition is Condition.ANSWERED
    ]
    return sorted(made, key=lambda one: one.rank)


def compare(observations: Observations, suspect: ObservedLane, control: ObservedLane) -> Comparison:
    """Compare a silent lane with another lane."""
    return observations.cache.get(
        (compare, suspect.id, control.id),
        (suspect, control, observations.snapshot.owners),
        lambda: _compare(observations, suspect, control),
        equal=(observations.snapshot.round_s,),
    )


def _compare(observations: Observations, suspect: ObservedLane, control: ObservedLane) -> Comparison:
    fit, relation, ttl, beyond = observations.paths.once(
        (_fit, suspect.id, control.id), lambda: _fit(observations, suspect, control)
    )
    if beyond is None:
        return Comparison(suspect, control, fit, relation, ttl)
    evidence = _in_the_same_rounds(observations, suspect, control, beyond, fit=fit, relation=relation)
    if evidence.p_value >= SIGNIFICANT:
        return Comparison(suspect, control, ControlFit.NOT_CLEAR, relation, ttl)
    return Comparison(suspect, control, fit, relation, ttl, evidence)


class _Fit(NamedTuple):
    """The comparison of two lanes, without their counts."""

    fit: ControlFit
    relation: Relation
    ttl: int | None = None
    beyond: PathBeyond | None = None
    """The TTLs at which their counts can be compared."""


def _fit(observations: Observations, suspect: ObservedLane, control: ObservedLane) -> _Fit:
    unfit = _unfit(observations, suspect, control)
    if unfit is not None:
        return _Fit(unfit, Relation.OTHER)
    relation = observations.relation(suspect.lane.address, control.lane.address)
    fit, ttl, beyond = _beyond(observations, suspect, control)
    if beyond is None:
        return _Fit(fit, relation, ttl)
    if control.condition is not Condition.ANSWERED:
        return _Fit(ControlFit.FAILS_ITSELF, relation, ttl)
    if beyond.following is None or beyond.following.address == control.lane.address:
        return _Fit(ControlFit.NO_ROUTER_BEYOND, relation, ttl)
    return _Fit(_fit_by_kind(observations, suspect, control), relation, ttl, beyond)


def _unfit(observations: Observations, suspect: ObservedLane, control: ObservedLane) -> ControlFit | None:
    """Return why two lanes cannot be compared at all."""
    if control.place != suspect.place:
        return ControlFit.OTHER_VANTAGE
    if control.lane.family != suspect.lane.family:
        return ControlFit.OTHER_FAMILY
    if not control.outcomes or not suspect.outcomes:
        return ControlFit.NO_ROUNDS
    if stops_at_same_place(observations, suspect, control):
        return ControlFit.STOPS_TOO
    return ControlFit.NO_LAST_HOP if not suspect.silence.last_ttl else None


def _beyond(
    observations: Observations, suspect: ObservedLane, control: ObservedLane
) -> tuple[ControlFit, int | None, PathBeyond | None]:
    """Return how the control passes hop L; without that, why it does not."""
    silence = suspect.silence
    if not observations.last_hop_identified(suspect):
        return ControlFit.UNIDENTIFIED_LAST_HOP, None, None
    beyond = control.path.beyond(silence.addresses)
    if beyond is not None:
        return ControlFit.VALID, beyond.ttl, beyond
    parts = parts_before(suspect, control)
    if parts is not None:
        return ControlFit.PARTS_BEFORE, parts, None
    return ControlFit.NOT_THROUGH_LAST_HOP, None, None


def _fit_by_kind(observations: Observations, suspect: ObservedLane, control: ObservedLane) -> ControlFit:
    if control.lane.label != suspect.lane.label:
        return ControlFit.OTHER_SERVICE
    same = set(observations.origins(suspect.lane.address)) & set(observations.origins(control.lane.address))
    return ControlFit.VALID if same else ControlFit.OTHER_ORIGIN


def _in_the_same_rounds(
    observations: Observations,
    suspect: ObservedLane,
    control: ObservedLane,
    beyond: PathBeyond,
    *,
    fit: ControlFit,
    relation: Relation,
) -> RoutersAnswerControl:
    """Count in how many rounds routers beyond L answered the control while none answered the suspect."""
    silence = suspect.silence
    half_ns = int(observations.snapshot.round_s * 5e8)
    start_ns = max(suspect.outcomes[silence.first].monotonic_ns, control.outcomes[0].monotonic_ns) - half_ns
    end_ns = min(suspect.outcomes[-1].monotonic_ns, control.outcomes[-1].monotonic_ns) + half_ns
    first, last = suspect.rounds_between(start_ns, end_ns)
    rounds = max(0, last - max(first, silence.first))
    first, last = control.rounds_between(start_ns, end_ns)
    hits = control.router_hits_beyond(beyond.ttl, first, last)
    step = beyond.following
    following = None
    if step is not None:
        ttl = silence.last_ttl + step.ttl - beyond.ttl
        following = Candidate(ttl, Address(step.address), observations.system_at(control, step.address))
    return RoutersAnswerControl(
        control=control.id,
        fit=fit,
        relation=relation,
        ttl=beyond.ttl,
        hits=hits,
        rounds=last - first,
        p_value=fisher_less(0, rounds, hits, last - first),
        following=following,
        gap=step.ttl - beyond.ttl - 1 if step is not None else 0,
    )


def stops_at_same_place(observations: Observations, suspect: ObservedLane, other: ObservedLane) -> bool:
    """Tell whether another lane goes silent at the same router."""
    return other.condition is Condition.SILENT and observations.same_last_hop(suspect, other)


def parts_before(suspect: ObservedLane, control: ObservedLane) -> int | None:
    """Return the TTL at which a control leaves the path of a silent lane; None where that does not show."""
    for step in suspect.path.steps:
        at_ttl = control.path.routers.get(step.ttl)
        if at_ttl and set(at_ttl).isdisjoint(suspect.path.routers[step.ttl]):
            return step.ttl
    return None

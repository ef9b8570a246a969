"""The one table of what each kind of evidence does to each explanation; all conclusions follow from it.

A new kind of evidence is one more row here, and whoever makes it; no row that is here already changes.
`docs/findings.md` has the same table with the reasons.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from tracetui.analysis.findings.dead_branch import UNLIKELY
from tracetui.model import Evidence, ExplanationKind, ExplanationState, Relation, ReplyKind
from tracetui.model.evidence import (
    AnsweredNearer,
    AnsweredTwice,
    ControlFarther,
    CrossesPass,
    FlowsSplit,
    GoesFarther,
    LateReplies,
    NeighbourPasses,
    NoProbeArrives,
    NothingBehind,
    OtherWayArrivals,
    OwnProbesGoFarther,
    PassesRouter,
    PrefixesAnswerBehind,
    PrefixUpdated,
    ProbesArrive,
    ReachedElsewhere,
    ReverseTrace,
    RoutersAnswerControl,
    RoutesDiffer,
    SameNextAs,
    ServiceAnswers,
    StopsElsewhere,
    WayShown,
)

E = ExplanationKind
_LEFT, _STRAINED, _OUT = (ExplanationState.LEFT, ExplanationState.STRAINED, ExplanationState.RULED_OUT)


def _always(_: Any) -> bool:  # noqa: ANN401  (the type is the rule's own)
    return True


def _two_responders(seen: AnsweredTwice) -> bool:
    """One probe cannot both be delivered and run out of TTL, nor does one endpoint both accept and refuse
    it.
    """
    kinds = {seen.first, seen.second}
    return ReplyKind.TIME_EXCEEDED in kinds or kinds == {ReplyKind.RST, ReplyKind.SYN_ACK}


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of evidence, and what it does to one explanation."""

    explanation: ExplanationKind
    state: ExplanationState
    evidence: type[Evidence]
    when: Callable[[Any], bool] = _always
    """Which evidence of that kind."""

    unless: type[Evidence] | tuple[type[Evidence], ...] | None = None
    """Kinds of evidence beside which it does nothing."""


RULES: Final[Sequence[Rule]] = (
    # Silence after L
    Rule(E.DROPPED_AT_LAST, _STRAINED, ReachedElsewhere, lambda seen: seen.through_last),
    Rule(E.DROPPED_BEYOND, _STRAINED, ReachedElsewhere, lambda seen: seen.through_next),
    Rule(E.DROPPED_IN_NEXT_AS, _STRAINED, SameNextAs, lambda way: way.next_is_strained),
    Rule(E.OTHER_WAY, _STRAINED, WayShown),
    Rule(E.OTHER_WAY, _STRAINED, SameNextAs),
    Rule(E.OTHER_WAY, _LEFT, RoutesDiffer),
    Rule(E.OTHER_WAY, _LEFT, PrefixUpdated, unless=(NeighbourPasses, CrossesPass)),
    Rule(E.ENDPOINT_SILENT, _OUT, WayShown, unless=ProbesArrive),
    Rule(E.ENDPOINT_SILENT, _STRAINED, ReachedElsewhere),
    Rule(E.ENDPOINT_SILENT, _STRAINED, SameNextAs),
    Rule(E.RARE_OR_LATE, _OUT, RoutersAnswerControl, unless=LateReplies),
    Rule(E.LOST_ON_RETURN, _OUT, WayShown, unless=ProbesArrive),
    Rule(E.LOST_ON_RETURN, _STRAINED, OtherWayArrivals, lambda seen: seen.speaks_for_way_back),
    Rule(E.LOST_ON_RETURN, _STRAINED, SameNextAs),
    Rule(E.LOST_ON_RETURN, _STRAINED, ReverseTrace, lambda seen: seen.speaks_for_way_back),
    Rule(E.DEAD_BRANCH, _OUT, FlowsSplit, lambda flows: flows.chance <= UNLIKELY),
    Rule(E.DEAD_BRANCH, _STRAINED, SameNextAs),
    Rule(E.OWN_FILTER, _OUT, RoutersAnswerControl),
    Rule(E.OWN_FILTER, _OUT, StopsElsewhere, lambda seen: seen.same_last_hop),
    Rule(E.TOO_FAR, _OUT, WayShown),
    Rule(E.TOO_FAR, _OUT, AnsweredNearer),
    Rule(E.TOO_FAR, _STRAINED, SameNextAs),
    Rule(E.DROPPED_AT_LAST, _STRAINED, ServiceAnswers, lambda seen: seen.spoke),
    Rule(E.DROPPED_IN_NEXT_AS, _STRAINED, ServiceAnswers, lambda seen: seen.spoke),
    Rule(E.DROPPED_BEYOND, _STRAINED, ServiceAnswers, lambda seen: seen.spoke),
    Rule(E.ENDPOINT_SILENT, _STRAINED, ServiceAnswers, lambda seen: seen.spoke),
    Rule(E.LOST_ON_RETURN, _STRAINED, ServiceAnswers, lambda seen: seen.spoke),
    # Who sees probes arrive
    *(
        Rule(kind, _OUT, ProbesArrive, lambda seen: seen.mostly)
        for kind in (
            E.DROPPED_AT_LAST,
            E.DROPPED_BEYOND,
            E.DROPPED_IN_NEXT_AS,
            E.OTHER_WAY,
            E.DEAD_BRANCH,
            E.TOO_FAR,
        )
    ),
    Rule(E.ENDPOINT_SILENT, _OUT, ProbesArrive, lambda seen: seen.answers_leave),
    Rule(E.LOST_ON_RETURN, _LEFT, ProbesArrive, lambda seen: seen.answers_leave),
    *(
        Rule(kind, _OUT, ProbesArrive, lambda seen: seen.no_answer_leaves)
        for kind in (E.LOST_ON_RETURN, E.OWN_FILTER)
    ),
    Rule(
        E.RARE_OR_LATE,
        _OUT,
        ProbesArrive,
        lambda seen: seen.answers_leave or seen.no_answer_leaves,
        LateReplies,
    ),
    Rule(E.RARE_OR_LATE, _OUT, NoProbeArrives, unless=LateReplies),
    *(Rule(kind, _OUT, NoProbeArrives) for kind in (E.ENDPOINT_SILENT, E.LOST_ON_RETURN)),
    # A router's message
    Rule(E.HOST_OFF, _LEFT, NothingBehind),
    Rule(E.HOST_OFF, _OUT, ReverseTrace, lambda seen: seen.relation is Relation.SAME_ADDRESS),
    Rule(E.HOST_OFF, _OUT, PassesRouter, lambda seen: seen.not_last),
    # An answer in the endpoint's name
    Rule(E.ENDPOINT_ANSWERS, _OUT, GoesFarther, lambda seen: seen.hops > 1),
    Rule(E.ENDPOINT_ANSWERS, _OUT, OwnProbesGoFarther),
    Rule(E.ENDPOINT_ANSWERS, _OUT, AnsweredTwice, lambda seen: seen.times > 1 and _two_responders(seen)),
    Rule(E.BOX_ANSWERS, _LEFT, GoesFarther),
    Rule(E.BOX_ANSWERS, _LEFT, OwnProbesGoFarther),
    Rule(E.BOX_ANSWERS, _LEFT, AnsweredTwice, lambda seen: seen.times > 1),
    Rule(E.BOX_ANSWERS, _LEFT, PrefixesAnswerBehind),
    Rule(E.BOX_ANSWERS, _LEFT, ControlFarther, lambda seen: seen.routers > 1),
)

SELDOM: Final = frozenset({E.BOX_ANSWERS, E.FORGED_MESSAGE})
"""Explanations that are strained from the start: evidence may leave them."""


def state_of(kind: ExplanationKind, evidence: Sequence[Evidence]) -> tuple[ExplanationState, tuple[int, ...]]:
    """Return what evidence does to an explanation, and the places in `evidence` of what does it.

    What rules out counts before what leaves, and that before what strains.
    """
    found: dict[ExplanationState, set[int]] = {}
    for rule, places in _rules_for(kind, tuple(map(type, evidence))):
        by = [place for place in places if rule.when(evidence[place])]
        if by:
            found.setdefault(rule.state, set()).update(by)
    for state in (_OUT, _LEFT, _STRAINED):
        if state in found:
            return state, tuple(sorted(found[state]))
    return (_STRAINED if kind in SELDOM else _LEFT), ()


@lru_cache(maxsize=1024)
def _rules_for(
    kind: ExplanationKind, types: tuple[type[Evidence], ...]
) -> Sequence[tuple[Rule, Sequence[int]]]:
    """Return the rules of an explanation that evidence of these types brings in, each with its places."""

    def places(wanted: type[Evidence] | tuple[type[Evidence], ...]) -> Sequence[int]:
        return [place for place, one in enumerate(types) if issubclass(one, wanted)]

    return [
        (rule, found)
        for rule in RULES
        if rule.explanation is kind
        and (found := places(rule.evidence))
        and (rule.unless is None or not places(rule.unless))
    ]

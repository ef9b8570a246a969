"""Sentences about what follows from a finding's explanations: what is left and where, direction, intent."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.model import (
    Confidence,
    ControlFit,
    Explanation,
    ExplanationKind,
    ExplanationState,
    Finding,
    FindingKind,
    Place,
    PlaceKind,
    Relation,
    Snapshot,
    counted,
)
from tracetui.model.evidence import ReachedElsewhere, RoutersAnswerControl, StopsElsewhere
from tracetui.model.finding import CannotSend, SilentAfter
from tracetui.words.explanations import explanation_words, places_words
from tracetui.words.other_direction import UNKNOWN_DIRECTION, direction_sentence

DELIBERATE: Final = (
    "This is consistent with deliberate filtering; it shows no intent, and a mistake can look the same."
)
FROM_HERE: Final = "This holds for probes from here; no other vantage was asked."

_CHOSEN: Final = frozenset(
    {FindingKind.EXPLICIT_FILTER, FindingKind.PORT_OR_PROTOCOL_FILTER, FindingKind.RESET_INJECTED}
)
"""Kinds in which something was chosen by its port, protocol or name."""

_NEAR: Final = frozenset({Relation.SAME_PREFIX, Relation.NEIGHBOUR})
_ONE_PLACE: Final = frozenset({PlaceKind.SYSTEM, PlaceKind.ENDPOINT, PlaceKind.HERE})
_MAX_NAMED: Final = 2


def conclusion_sentences(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    """Yield what is left and where, the direction where it is not known, and the caution about intent."""
    explained = not finding.as_expected and not isinstance(finding.fact, CannotSend)
    if finding.left and explained:
        yield _left(finding, snapshot)
    if finding.ases:
        yield from _strained(finding, snapshot)
    if finding.ases and isinstance(finding.fact, SilentAfter) and _from_here_only(finding):
        yield FROM_HERE
    direction = direction_sentence(finding)
    if direction is not None:
        yield direction
    if may_be_deliberate(finding):
        yield DELIBERATE


def conclusion_in_short(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    """Yield the same for a reader who sees the explanations listed: each doubt is told once."""
    if finding.left and not finding.as_expected and not isinstance(finding.fact, CannotSend):
        yield _left(finding, snapshot, named=False)
    if finding.ases and isinstance(finding.fact, SilentAfter) and _from_here_only(finding):
        yield FROM_HERE
    direction = direction_sentence(finding)
    lists_return = any(one.kind is ExplanationKind.LOST_ON_RETURN for one in finding.explanations)
    if direction is not None and not (lists_return and direction == UNKNOWN_DIRECTION):
        yield direction
    if may_be_deliberate(finding):
        yield DELIBERATE


def may_be_deliberate(finding: Finding) -> bool:
    """Tell whether a finding may speak of deliberate filtering: it is sure, and something was chosen.

    By its port, protocol or name; or, in a silence, by its address: a control in the same prefix passes.
    """
    if finding.confidence is not Confidence.HIGH:
        return False
    if finding.kind is not FindingKind.BLACKHOLE_IN_AS:
        return finding.kind in _CHOSEN
    return any(
        isinstance(one, RoutersAnswerControl) and one.fit is ControlFit.VALID and one.relation in _NEAR
        for one in finding.evidence
    )


def _left(finding: Finding, snapshot: Snapshot, *, named: bool = True) -> str:
    """Say where what is left lies; with what it is, if `named`."""
    left = finding.left
    places = tuple(dict.fromkeys(place for one in left for place in one.places))
    if finding.confidence is Confidence.LOW:
        return _nobody_named(left, places)
    ways = f": {_ways(left, finding, snapshot)}" if named else ""
    strained = _are_strained(left)
    if not finding.ases and not {place.kind for place in places} <= {PlaceKind.ENDPOINT, PlaceKind.HERE}:
        return f"No network is named{f'; what is left{strained} is that {ways[2:]}' if named else ''}."
    what = "The one explanation" if len(left) == 1 else "All explanations"
    lies = "lies" if len(left) == 1 else "lie"
    return f"{what} left{strained} {lies} {_where(places, snapshot)}{ways}."


def _strained(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    """Say what is strained beside what is left: those named may want to know."""
    strained = [one for one in finding.explanations if one.state is ExplanationState.STRAINED]
    if strained and finding.left[0].state is ExplanationState.LEFT:  # else they stand as what is left
        are = "One explanation is" if len(strained) == 1 else f"{len(strained)} explanations are"
        yield f"{are} strained, not ruled out: {_ways(strained, finding, snapshot)}."


def _ways(explanations: Sequence[Explanation], finding: Finding, snapshot: Snapshot) -> str:
    words = list(dict.fromkeys(explanation_words(one.kind, finding, snapshot) for one in explanations))
    return words[0] if len(words) == 1 else f"{'; '.join(words[:-1])}; or {words[-1]}"


def _nobody_named(left: Sequence[Explanation], places: Sequence[Place]) -> str:
    """Say why no network is named: too much is left, or too little was measured."""
    strained = _are_strained(left)
    start = "One explanation is" if len(left) == 1 else f"{counted(len(left), 'explanation')} are"
    kinds = {place.kind for place in places}
    if len(kinds) == 1 and kinds <= _ONE_PLACE and len(places) <= _MAX_NAMED:
        need = "it takes more rounds or a clearer comparison to say where"
        return f"{start} left{strained}, but {need}."
    if len(left) == 1:
        return f"{start} left{strained}, but it points to no single known place, so no network is named."
    return f"{start} left{strained}, so no network is named."


def _are_strained(left: Sequence[Explanation]) -> str:
    strained = all(one.state is ExplanationState.STRAINED for one in left)
    return " (strained, as all are)" if strained else ""


def _where(places: Sequence[Place], snapshot: Snapshot) -> str:
    kinds = {place.kind for place in places}
    if kinds == {PlaceKind.ENDPOINT}:
        return "at the endpoint"
    if kinds == {PlaceKind.HERE}:
        return "here, in this machine or its own network"
    return f"in {places_words(places, snapshot)}"


def _from_here_only(finding: Finding) -> bool:
    return not any(isinstance(one, ReachedElsewhere | StopsElsewhere) for one in finding.evidence)

"""What no sentence about a finding may say, and what some must: checked on every finding that tests make."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from tracetui.model import (
    Asn,
    Confidence,
    ControlFit,
    Direction,
    ExplanationKind,
    Finding,
    FindingKind,
    PlaceKind,
    Relation,
    Snapshot,
)
from tracetui.model.evidence import RoutersAnswerControl
from tracetui.words import (
    evidence_words,
    explanation_words,
    headline_of,
    places_words,
    state_words,
    statement,
    step_words,
    tells_words,
)

K = FindingKind
NEVER = (
    "censor",
    "blocked by",
    "not blocking",
    "stops inside",
    "stop inside",
    "routing error",
    "error in routing",
    "likely its own firewall",
    "nothing here points at",
    "culprit",
    "guilty",
    "to blame",
    "prove",
    "None",
    "  ",
    "..",
    " ,",
    " ;",
    "{",
    "}",
)
CHOSE = {K.EXPLICIT_FILTER, K.RESET_INJECTED, K.PORT_OR_PROTOCOL_FILTER}
"""Kinds in which something was chosen by its port, protocol or name."""


def check(finding: Finding, snapshot: Snapshot) -> Finding:
    """Assert the rules; return the finding."""
    sentences = statement(finding, snapshot)
    evidence = [evidence_words(one, snapshot) for one in finding.evidence]
    steps = [step_words(step, snapshot) for step in finding.next_steps]
    clauses = [explanation_words(one.kind, finding, snapshot) for one in finding.explanations]
    labels = [
        *(places_words(one.places, snapshot) for one in finding.explanations),
        *(state_words(one) for one in finding.explanations),
        *filter(None, (tells_words(one, finding) for one in finding.explanations)),
    ]
    assert sentences
    assert sentences[0] == headline_of(finding, snapshot)
    for text in (*sentences, *evidence, *steps, *clauses, *labels):
        check_text(text)
    for text in (*sentences, *evidence):
        check_sentence(text)
    for text in (*steps, *clauses):
        assert not text.endswith("."), text
        assert text[0].islower() or not text[0].isalpha(), text
    check_places(finding, sentences)
    check_numbers(finding)
    return finding


def check_text(text: str) -> None:
    assert text
    assert text.isprintable(), text
    assert text == text.strip(), text
    assert not [word for word in NEVER if word in text], text


def check_sentence(text: str) -> None:
    assert text.endswith("."), text
    assert not text.endswith(".."), text
    assert not text[0].islower(), text


def check_places(finding: Finding, sentences: tuple[str, ...]) -> None:
    """No network is named that the finding does not stand for; direction and intent as far as they go."""
    text = " ".join(sentences)
    said = "direction unknown" in text.lower()
    assert said == (finding.direction is Direction.UNKNOWN), text
    if "deliberate" in text:
        assert finding.confidence is Confidence.HIGH, text
        assert finding.kind in CHOSE or (finding.kind is K.BLACKHOLE_IN_AS and chosen_by_address(finding)), (
            text
        )
    if finding.confidence is Confidence.LOW:
        assert finding.ases == (), finding.kind
        assert "lie in AS" not in text, text
        assert "lies in AS" not in text, text
    else:
        named = {int(number) for number in re.findall(r"\bAS(\d+)", text)}
        assert named <= {*finding.ases, *systems(finding)}, (named, finding.ases, text)
    for asn in finding.ases:
        assert f"AS{asn}" in text, (asn, text)
    if finding.ases:
        places = {place for one in finding.left for place in one.places}
        assert {place.kind for place in places} <= {PlaceKind.SYSTEM}, places
        assert {place.asn for place in places} <= set(finding.ases), places


def check_numbers(finding: Finding) -> None:
    for one in finding.explanations:
        assert one.places, one
        assert all(0 <= place < len(finding.evidence) for place in one.by), one
    kinds = [one.kind for one in finding.explanations]
    assert len(kinds) == len(set(kinds)), kinds
    assert set(kinds) <= set(ExplanationKind)
    assert len(set(finding.lanes)) == len(finding.lanes)


def chosen_by_address(finding: Finding) -> bool:
    return any(
        isinstance(one, RoutersAnswerControl)
        and one.fit is ControlFit.VALID
        and one.relation in {Relation.SAME_PREFIX, Relation.NEIGHBOUR}
        for one in finding.evidence
    )


def systems(value: object) -> Iterator[int]:
    """Yield every AS number in a finding's facts."""
    if isinstance(value, Asn):
        yield int(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from systems(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            found = getattr(value, field.name)
            if field.name in {"asn", "inside"} and isinstance(found, int):
                yield found
            yield from systems(found)

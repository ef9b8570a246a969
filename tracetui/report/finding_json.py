"""Findings, evidence, next steps and controls as JSON values: facts, each with a sentence."""

from collections.abc import Collection
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum, IntEnum

from tracetui.model import (
    ControlCheck,
    Explanation,
    Finding,
    NextStep,
    Place,
    PlaceKind,
    Snapshot,
    safe_text,
)
from tracetui.model.imported_trace import is_stand_in
from tracetui.report.owner_json import Json
from tracetui.words import control_words, evidence_words, statement, step_words


def finding_json(finding: Finding, snapshot: Snapshot) -> Json:
    """Return a finding. Evidence is numbered from 1; explanations refer to it by these numbers."""
    return {
        "kind": finding.kind.value,
        "since": None if finding.since is None else time_json(finding.since),
        "confidence": finding.confidence.value,
        "lanes": list(finding.lanes),
        "controls": list(finding.controls),
        "ases": list(finding.ases),
        "candidates": [value_json(candidate) for candidate in finding.candidates],
        "direction": None if finding.direction is None else finding.direction.value,
        "other_direction": None if finding.other_direction is None else finding.other_direction.value,
        "text": text_json(" ".join(statement(finding, snapshot))),
        "explanations": [_explanation(one) for one in finding.explanations],
        "evidence": [
            {
                "id": number,
                "kind": one.name,
                "facts": facts_json(one),
                "text": text_json(evidence_words(one, snapshot)),
            }
            for number, one in enumerate(finding.evidence, start=1)
        ],
        "next_steps": [_step(step, snapshot) for step in finding.next_steps],
        "p_value": finding.p_value,
    }


def control_json(check: ControlCheck, snapshot: Snapshot) -> Json:
    """Return whether a lane can serve as the control of a silent one."""
    return {**facts_json(check), "text": text_json(control_words(check, snapshot))}


def facts_json(value: object, *, without: Collection[str] = ()) -> dict[str, Json]:
    """Return the fields of a dataclass."""
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"no facts: {value!r}")
    return {
        field.name: value_json(getattr(value, field.name))
        for field in fields(value)
        if field.name not in without
    }


def value_json(value: object) -> Json:
    """Return a fact: enums by value (those that are numbers by name), moments in UTC, tuples and sets as
    lists.
    """
    match value:
        case IntEnum():
            found: Json = value.name.lower()
        case Enum():
            found = value_json(value.value)
        case None | bool() | int() | float():
            found = value
        case str():
            found = None if is_stand_in(value) else text_json(value)
        case datetime():
            found = time_json(value)
        case frozenset():
            found = [*sorted(map(str, value))]
        case tuple():
            found = [value_json(item) for item in value]
        case _:
            found = facts_json(value)
    return found


def time_json(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text_json(text: str) -> str:
    """Return text as one printable line."""
    return safe_text(text, limit=4000)


def _explanation(one: Explanation) -> Json:
    return {
        "kind": one.kind.value,
        "places": [_place(place) for place in one.places],
        "state": one.state.value,
        "by": [place + 1 for place in one.by],
        "would_tell": [kind.value for kind in one.would_tell],
    }


def _place(place: Place) -> Json:
    """Return the number of an AS (null where a mask hides it), or what other place it is."""
    return place.asn if place.kind is PlaceKind.SYSTEM else place.kind.value


def _step(step: NextStep, snapshot: Snapshot) -> Json:
    facts = facts_json(step, without=("kind",))
    return {
        "kind": step.kind.value,
        "facts": {**facts, "target": step.target},
        "text": text_json(step_words(step, snapshot)),
    }

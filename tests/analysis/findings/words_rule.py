"""What no text of a finding may say, and what some must: checked on every finding that any test makes."""

import re

from tracetui.model import Confidence, Direction, Finding, FindingKind, StepKind

K = FindingKind
NEVER = ("censor", "blocked by", "culprit", "guilty", "to blame", "prove", "None", "  ", "..", " ,", "{", "}")
MAY_BE_DELIBERATE = {K.EXPLICIT_FILTER, K.RESET_INJECTED, K.PORT_OR_PROTOCOL_FILTER}
SILENCE = {
    K.BLACKHOLE_IN_AS,
    K.BLACKHOLE_AT_BORDER,
    K.SILENT_EDGE,
    K.BLACKHOLE_UNLOCALISED,
    K.GENERAL_FAILURE,
    K.RETURN_PATH_SUSPECT,
}
NO_AS = {
    K.GENERAL_FAILURE,
    K.LOCAL_PROBLEM,
    K.BLACKHOLE_UNLOCALISED,
    K.RETURN_PATH_SUSPECT,
    K.MIDDLEBOX_ANSWERS,
    K.INTERMITTENT,
    K.REACHABLE,
    K.CLOSED_PORT,
    K.INSUFFICIENT,
}
AT_MOST = {
    K.GENERAL_FAILURE: "medium",
    K.MIDDLEBOX_ANSWERS: "medium",
    K.BLACKHOLE_AT_BORDER: "medium",
    K.SILENT_EDGE: "low",
    K.BLACKHOLE_UNLOCALISED: "low",
    K.RETURN_PATH_SUSPECT: "low",
    K.INTERMITTENT: "medium",
    K.INSUFFICIENT: "low",
}
"""Design section 5; the other kinds can be high."""

WELL = {K.REACHABLE, K.CLOSED_PORT}


def check(finding: Finding) -> Finding:
    """Assert the rules; return the finding."""
    steps = [step.text for step in finding.missing]
    texts = [*finding.sentences, *finding.evidence, *finding.counter_evidence, *steps]
    for text in texts:
        assert not [word for word in NEVER if word in text], (finding.kind, text)
        assert text.isprintable(), text
    for text in (*finding.sentences, *finding.evidence, *finding.counter_evidence):
        assert text.endswith("."), text
    for text in finding.sentences:
        assert not re.match(r"(the|a|this|that|every|each|some|router) ", text), text
    assert not any(text.endswith(".") for text in steps), steps
    for step in finding.missing:
        assert step.target or step.kind in {None, StepKind.KEEP_RUNNING, StepKind.ADD_VANTAGE}, step
    deliberate = any("deliberate" in text for text in texts)
    if deliberate:
        high_in_as = finding.kind is K.BLACKHOLE_IN_AS and finding.confidence is Confidence.HIGH
        assert finding.kind in MAY_BE_DELIBERATE or high_in_as, finding.text
    assert finding.confidence.level <= Confidence(AT_MOST.get(finding.kind, "high")).level
    check_places(finding)
    assert finding.evidence or finding.kind in {K.INSUFFICIENT, K.INTERMITTENT}, finding.kind
    assert finding.missing or finding.kind in WELL, finding.kind
    assert len(set(finding.lanes)) == len(finding.lanes)
    return finding


def check_places(finding: Finding) -> None:
    """No router stands alone where two may be the one; no AS is named that the finding does not stand for."""
    if finding.kind in SILENCE:
        said = "direction unknown" in finding.text.lower()
        assert said == (finding.direction is Direction.UNKNOWN), finding.text
    if finding.kind in NO_AS:
        assert finding.ases == (), finding.kind
    if finding.kind in {K.BLACKHOLE_IN_AS, K.BLACKHOLE_AT_BORDER} or (
        finding.kind is K.PORT_OR_PROTOCOL_FILTER and finding.ases and "own firewall" not in finding.text
    ):
        assert len(finding.candidates) == 2
        for candidate in finding.candidates:
            assert candidate.address is not None
            assert candidate.address in finding.text
    if finding.confidence is not Confidence.LOW:
        named = {int(number) for number in re.findall(r"\bAS(\d+)", finding.text)}
        assert named <= set(finding.ases), (named, finding.ases, finding.text)

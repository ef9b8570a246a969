"""Every fact, piece of evidence, explanation, step and control has words, and they keep the rules."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from tracetui.model import (
    Confidence,
    ControlCheck,
    ControlFit,
    Direction,
    Evidence,
    Explanation,
    ExplanationKind,
    ExplanationState,
    FindingKind,
    ForeignText,
    LaneId,
    NextStep,
    Place,
    PlaceKind,
    Relation,
    StepKind,
)
from tracetui.model import evidence as evidence_model
from tracetui.model.event import Event, EventKind, FindingChange
from tracetui.model.evidence import EarlierOutages, ReachedElsewhere, RoutersAnswerControl, Silence
from tracetui.model.finding import AnswersAgain, Fact
from tracetui.model.reference import replace_references
from tracetui.words import (
    control_words,
    event_words,
    evidence_words,
    explanation_words,
    headline_of,
    places_words,
    state_words,
    statement,
    step_words,
    tells_words,
)
from words.rules import check, check_sentence, check_text
from words.samples import (
    AT,
    AT_L,
    BESIDE,
    GONE,
    GUIDE,
    MTS,
    MX,
    OUTAGE,
    STEPS,
    T25,
    T443,
    L,
    board,
    evidence,
    findings,
    in_mts,
    silent,
)


def kinds_of(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        if kind is getattr(evidence_model, kind.__name__, None):  # not what a slotted class was made from
            yield kind
        yield from kinds_of(kind)


@pytest.mark.parametrize("finding", list(findings()))
def test_findings_keep_the_rules(finding):
    check(finding, board())


def test_there_is_a_finding_of_every_kind_and_fact():
    assert {type(finding.fact) for finding in findings()} == set(get_args(Fact))
    assert {finding.kind for finding in findings()} == set(FindingKind)


def test_evidence_of_every_kind_has_words():
    assert {type(one) for one in evidence()} == set(kinds_of(Evidence))
    for one in evidence():
        words = evidence_words(one, board())
        check_text(words)
        check_sentence(words)


def test_explanations_of_every_kind_have_words():
    for kind in ExplanationKind:
        for finding in findings():
            check_text(explanation_words(kind, finding, board()))


def test_a_change_says_what_a_finding_of_every_kind_was_before():
    now = replace(in_mts(), confidence=Confidence.HIGH)
    for kind in FindingKind:
        before = replace(now, kind=kind, confidence=Confidence.LOW)
        words = event_words(Event(AT, EventKind.FINDING_CHANGED, FindingChange(now, before)), board())
        check_text(words)
        said = words.partition("; previously: ")[2]
        assert said.endswith(" (low)")
        assert "blackhole" not in said
    before = replace(before, kind=FindingKind.BLACKHOLE_UNLOCALISED)
    words = event_words(Event(AT, EventKind.FINDING_CHANGED, FindingChange(now, before)), board())
    assert words.endswith("(high); previously: silent, location unknown (low)")


def test_steps_of_every_kind_have_words():
    assert {step.kind for step in STEPS} == set(StepKind)
    for step in STEPS:
        words = step_words(step, board())
        check_text(words)
        assert not words.endswith(".")


def test_what_would_tell_is_of_the_steps_offered_where_any_of_them_does():
    finding = replace(in_mts(), next_steps=())
    left = replace(finding.left[0], state=ExplanationState.LEFT, would_tell=tuple(StepKind))
    every = tells_words(left, finding).split(", ")
    assert len(every) == len(StepKind) - 1, "a control is called so whether it is traced already or not"
    assert all(1 < len(words.split()) < 6 for words in every)
    vantage = NextStep(StepKind.ADD_VANTAGE)
    assert tells_words(left, replace(finding, next_steps=(vantage,))) == "second vantage"
    assert tells_words(replace(left, state=ExplanationState.RULED_OUT), finding) == ""


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("fit", ControlFit)
def test_controls_of_every_fit_have_words(fit, relation):
    for ttl, last in ((3, L), (2, L), (None, L), (None, None)):
        words = control_words(ControlCheck(T25, GUIDE, fit, relation, True, ttl, last), board())
        check_text(words)
        assert not words.endswith(".")


def hidden(reference):
    """What stands in place of a reference; of what the system said, a mask leaves the rest."""
    return ForeignText("hidden.") if isinstance(reference, ForeignText) else None


def test_what_a_mask_hides_leaves_words():
    for finding in findings():
        masked = replace_references(replace(finding, ases=()), hidden)
        for text in statement(masked, board()):
            check_text(text)
    for one in evidence():
        check_text(evidence_words(replace_references(one, hidden), board()))
    for step in STEPS:
        check_text(step_words(replace_references(step, hidden), board()))


def test_what_is_said_of_a_silence_first():
    assert statement(silent(), board()) == (
        "TCP/25 and ICMP to mail.example go silent after 198.51.100.2 (hop 2, AS8359 MTS); the control "
        "web.example passes it.",
        "Silent since 03:55:20 UTC.",
        "9 explanations are left, so no network is named.",
        "Direction unknown: the probes may be lost on the way out, or the answers on the way back.",
    )


def test_what_is_left_in_one_network_is_said_with_its_name():
    assert statement(in_mts(), board())[2:] == (
        "All explanations left lie in AS8359 MTS: dropped at 198.51.100.2 (hop 2), after its TTL check; or "
        "dropped at the next router, 198.51.100.3 (hop 3), before its TTL check.",
        "One explanation is strained, not ruled out: the path after 198.51.100.2 (hop 2) differs from the "
        "control's.",
        "This holds for probes from here; no other vantage was asked.",
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"late": True},
            "(hop 2, AS8359 MTS); answers arrive, but too late to count; the control web.example",
        ),
        ({"last": None, "passing": ()}, "ICMP to mail.example: nothing answers, not even the first hop."),
        ({"passing": (), "stopping": (GUIDE,)}, "MTS); the control web.example goes silent there too."),
        ({"passing": (LaneId(BESIDE.id),)}, "; 203.0.113.81 passes it."),
        ({"passing": (LaneId(BESIDE.id), GUIDE)}, "; the control web.example passes it."),
        ({"passing": (), "services_answered": (T443,)}, "; TCP/443 to the same address is answered."),
    ],
)
def test_what_stands_beside_a_silence(facts, words):
    assert words in headline_of(silent(**facts), board())


def test_exchangers_are_counted():
    lanes = tuple(LaneId(lane.id) for lane in MX)
    two = headline_of(replace(silent(), lanes=lanes[:2]), board())
    assert two.startswith("2 of 3 mail exchangers of example.org (TCP/25) go silent after")
    one = headline_of(replace(silent(), lanes=lanes[:1]), board())
    assert one.startswith("TCP/25 to mx1.example.org goes silent after"), "it is told from the others"


def test_a_lane_to_one_of_two_endpoints_is_not_said_of_both():
    lanes = (T25, LaneId(BESIDE.id), silent().lanes[1])
    words = headline_of(replace(silent(), lanes=lanes), board())
    assert words.startswith("TCP/25 and ICMP to mail.example, and TCP/25 to 203.0.113.81 go silent")


def test_vantages_are_told_where_there_are_several():
    moment = board()
    away = replace(moment.lanes[0].trace, lane=replace(moment.lanes[0].lane, vantage="192.0.2.20"))
    moment = replace(moment, lanes=(*moment.lanes, replace(moment.lanes[0], trace=away)))
    assert "mail.example from 192.0.2.10 go silent" in headline_of(silent(), moment)


def test_since_is_said_with_the_day_where_that_is_another_and_with_the_first_round():
    moment = board()
    yesterday = replace(silent(), since=AT - timedelta(days=1))
    start = moment.lanes[0].trace.started_ns / 1e9
    first = replace(silent(), since=AT.fromtimestamp(start, tz=AT.tzinfo))
    assert statement(first, moment)[1].startswith("Silent since the first round, ")
    lanes = [replace(lane, trace=replace(lane.trace, started_ns=0)) for lane in moment.lanes]
    assert (
        statement(yesterday, replace(moment, lanes=tuple(lanes)))[1]
        == "Silent since 2026-11-23 03:55:20 UTC."
    )


def test_an_outage_that_is_over():
    finding = next(one for one in findings() if isinstance(one.fact, AnswersAgain))
    assert statement(finding, board()) == (
        "TCP/443 to mail.example is answered again; it was silent from 03:54:50 to 03:55:20 UTC, after "
        "198.51.100.2 (hop 2, AS8359 MTS).",
    )


def test_deliberate_filtering_only_where_something_was_chosen():
    sure = in_mts(Confidence.HIGH)
    assert any("deliberate" in text for text in statement(sure, board()))
    assert not any("deliberate" in text for text in statement(in_mts(), board()))
    near = sure.evidence[1]
    assert isinstance(near, RoutersAnswerControl)
    far = replace(near, relation=Relation.SAME_ORIGIN)
    assert not any("deliberate" in text for text in statement(replace(sure, evidence=(far,)), board()))


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (
            silent(left={ExplanationKind.OTHER_WAY}),
            "One explanation is left, but it points to no single known place, so",
        ),
        (
            silent(left=set()),
            "One explanation is left (strained, as all are), but it points to no single known place",
        ),
        (
            silent(left={ExplanationKind.DROPPED_AT_LAST, ExplanationKind.DROPPED_BEYOND}),
            "2 explanations are left, but it takes more rounds or a clearer comparison to say where.",
        ),
    ],
)
def test_why_nobody_is_named(finding, words):
    assert words in " ".join(statement(finding, board()))


def test_other_vantages_end_the_remark_that_none_was_asked():
    asked = ReachedElsewhere(AT_L, (T25,), (MTS,), False, False)
    finding = replace(in_mts(), evidence=(*in_mts().evidence, asked))
    assert not any("no other vantage" in text for text in statement(finding, board()))


def test_the_direction_is_said_to_be_unknown_only_then():
    for finding in findings():
        for direction in (*Direction, None):
            said = any(
                "Direction unknown" in text
                for text in statement(replace(finding, direction=direction), board())
            )
            assert said == (direction is Direction.UNKNOWN)


def test_places_and_states():
    places = (Place(PlaceKind.SYSTEM, MTS), Place(PlaceKind.SYSTEM, None), Place(PlaceKind.UNKNOWN))
    assert places_words(places, board()) == "AS8359 MTS, a hidden AS or unknown"
    one = (Place(PlaceKind.ENDPOINT),)
    assert places_words(one, board()) == "the endpoint"
    states = [state_words(Explanation(ExplanationKind.OTHER_WAY, state, one)) for state in ExplanationState]
    assert states == ["left", "strained", "ruled out"]


def test_a_removed_lane_is_said_to_be_removed():
    assert evidence_words(Silence((GONE,), 2, 5, 5.0, 0.45), board()).startswith(
        "A removed lane: nothing beyond"
    )
    words = evidence_words(EarlierOutages(GONE, (OUTAGE,)), board())
    assert words == "A removed lane was silent before, from 03:54:50 to 03:55:20 UTC (30 rounds)."


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        (ControlFit.VALID, "it passes 198.51.100.2 (hop 2) at its hop 3 and is answered from beyond"),
        (ControlFit.STOPS_TOO, "it goes silent after the same router, 198.51.100.2 (hop 2)"),
        (ControlFit.PARTS_BEFORE, "its path differs from hop 3 on, before 198.51.100.2 (hop 2)"),
        (ControlFit.FAILS_ITSELF, "its own endpoint does not answer, so it cannot serve as a control"),
    ],
)
def test_why_a_control_fits_or_not(fit, words):
    check_ = ControlCheck(T25, GUIDE, fit, Relation.OTHER, True, 3, L)
    assert control_words(check_, board()) == words


def test_a_hostile_reason_is_one_line():
    finding = next(one for one in findings() if one.kind is FindingKind.LOCAL_PROBLEM and one.since is None)
    fact: Any = finding.fact
    words = headline_of(replace(finding, fact=replace(fact, reason="a\x1b[31m\nb")), board())
    check_text(words)

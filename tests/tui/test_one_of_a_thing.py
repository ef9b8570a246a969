"""One lane, one round, one hop: no word for many beside a 1, and none for one beside more."""

import re
from dataclasses import replace

import pytest

from tracetui.cli.closing_summary import closing_summary
from tracetui.model import (
    Confidence,
    Event,
    EventKind,
    Finding,
    FindingKind,
    LaneId,
    ReceiveCounters,
    ReplyKind,
    counted,
)
from tracetui.model.event import FindingChange, PaceChange
from tracetui.model.evidence import Answers
from tracetui.model.finding import AnsweredFrom
from tracetui.model.span import Span
from tracetui.report import render
from tracetui.report.report_header import receiver_words
from tracetui.tui.timeline.axis import span_words
from tui.scenes import FakeBoard, lane, snapshot
from tui.screens import shown, text

THINGS = (
    "round|lane|hop|probe|target|endpoint|control|router|answer|second|minute|note|finding|line|event|vantage"
    "|message|column|exchanger"
)
MANY = re.compile(rf"(?<!hop )(?<![\d.,/–\-×])1 (?:\w+ )?(?:(?:{THINGS})s|replies|addresses)\b")
ONE = re.compile(rf"(?<![.,/–\-×])\b(?:0|[2-9]|\d\d+) (?:more |complete )?(?:{THINGS}|reply|address)\b(?!')")


def wrong(told):
    return [found[0] for found in (*MANY.finditer(told), *ONE.finditer(told))]


def one():
    each = lane("a.example", "95.220.0.1", "ICMP", ["95.220.0.1"], rounds=1)
    made = snapshot([each], rounds=1)
    answers = Answers(LaneId(each.id), ReplyKind.ECHO_REPLY, 1, 1, 1)
    fact = AnsweredFrom(ReplyKind.ECHO_REPLY, 1)
    found = Finding(FindingKind.REACHABLE, Confidence.LOW, (LaneId(each.id),), fact, evidence=(answers,))
    events = (
        Event(made.created_at, EventKind.FINDING_APPEARED, FindingChange(found, None), found.lanes[0]),
        Event(made.created_at, EventKind.SETTINGS_CHANGED, PaceChange(1, 1)),
    )
    return replace(
        made,
        max_hops=1,
        findings=(found,),
        events=events,
        addresses={"a.example": ("95.220.0.1", "95.220.0.2")},
    )


def test_the_patterns_see_what_is_wrong():
    assert wrong("0 of 1 rounds, 1 complete rounds, 2 hop, 1 addresses, 12 more lane") == [
        "1 rounds",
        "1 complete rounds",
        "1 addresses",
        "2 hop",
        "12 more lane",
    ]
    assert not wrong("1 round, 2 rounds, 0–1 hops, 21 hops, hop 1 answers, 0.1 seconds, p50 of 2 answers")


def test_counts():
    assert [counted(number, "round") for number in (0, 1, 2)] == ["0 rounds", "1 round", "2 rounds"]
    assert [counted(number, "reply", "replies") for number in (1, 2)] == ["1 reply", "2 replies"]


@pytest.mark.parametrize("form", ["markdown", "text"])
def test_reports(form):
    assert not wrong(render(one(), form))


def test_the_summary_at_the_end():
    lanes = [
        lane(f"h{number}.example", f"95.220.1.{number}", "ICMP", [f"95.220.1.{number}"])
        for number in range(41)
    ]
    findings = one().findings * 11
    told = "\n".join(closing_summary(replace(snapshot(lanes), findings=findings), [], width=80))
    assert "and 1 more lane\n" in told
    assert "and 1 more finding" in told
    assert not wrong(told)


def test_stretches_of_time():
    nothing = Span(0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, None, None)
    for changes in ({"reached": 1}, {"refused": 1}, {"failed": 1}, {}):
        told = span_words(replace(nothing, **changes))
        assert "of 1 round" in told
        assert not wrong(told)


def test_what_was_received():
    told = receiver_words(replace(one(), counters=ReceiveCounters(matched=1, foreign=1)))
    assert told is not None
    assert told == "1 reply matched; 1 unrelated packet ignored"


def test_many_that_were_received():
    told = receiver_words(replace(one(), counters=ReceiveCounters(matched=40, foreign=5164, dropped=2)))
    assert told is not None
    assert told.startswith("40 replies matched; 5,164 unrelated packets ignored; 2 lost in the kernel")


WAYS = (
    "1",
    "v",
    "2",
    "3",
    "4",
    "1 enter",
    "1 i",
    "f",
    "o",
    "y",
    "slash x",
    "question_mark end",
    "p",
    "t",
    "P",
)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_screen(size):
    async with shown(FakeBoard(one()), size) as pilot:
        for way in WAYS:
            for key in way.split():
                await pilot.press(key)
                for _ in range(4):
                    await pilot.pause()
                assert not wrong(text(pilot)), way
            await pilot.press("escape", "escape", "1")
            assert pilot.app.screen is pilot.app.board_screen, way

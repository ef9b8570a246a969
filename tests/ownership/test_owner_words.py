"""The words about owners that rows, details and reports share."""

from dataclasses import replace

import pytest

from tracetui.model import Attribution, RecordedAs
from tracetui.words import (
    confirmation_words,
    holder_words,
    owner_remarks,
    recorded_words,
    recording_differs,
)

MTS = Attribution((8359,), "MTS PJSC", "195.34.32.0/19", "plevin", "2026-10-04")
LAN = Attribution((), "TEST-IX", "9.1.0.0/22", "peeringdb", "2026-01-01", exchange=True, member=64500)
FREE = Attribution((), "", "6.0.0.0/8", "plevin", "2026-10-04")
UNKNOWN = Attribution((), "", None, "")


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        (MTS, "MTS PJSC"),
        (LAN, "exchange TEST-IX"),
        (replace(LAN, name=""), "exchange"),
        (replace(LAN, name="internet exchange"), "internet exchange"),
        (FREE, "not announced"),
        (Attribution((), "Registered Holder", "6.0.0.0/8", "plevin"), "not announced (Registered Holder)"),
        (UNKNOWN, "unknown: no source has it"),
        (Attribution((), "private-use (RFC 1918)", "10.0.0.0/8", "s", special="x"), "private-use (RFC 1918)"),
    ],
)
def test_unannounced_is_not_unknown_and_an_exchange_is_not_a_member(owner, words):
    assert holder_words(owner) == words


def test_what_is_in_doubt_is_said():
    moas = Attribution((64496, 64497), "Two", "9.0.0.0/16", "a", others=(MTS, FREE, LAN))
    assert list(owner_remarks(moas)) == [
        "announced by 2 ASes (MOAS)",
        "disagrees: plevin of 2026-10-04 says AS8359 MTS PJSC",
        "disagrees: plevin of 2026-10-04 says not announced",
        "disagrees: peeringdb of 2026-01-01 says exchange TEST-IX",
    ]
    assert list(owner_remarks(LAN)) == ["port of AS64500"]
    assert list(owner_remarks(MTS)) == []


RECORDED = RecordedAs((19905,), "Neustar", "2019", "trace.json")
SAME = Attribution((19905,), "Neustar", "156.154.0.0/16", "plevin", "2026-10-04")


@pytest.mark.parametrize(
    ("recorded", "owner", "words", "differs"),
    [
        (replace(RECORDED, asns=(8359,)), MTS, "8359 as recorded in 2019, 8359 today", False),
        (
            RECORDED,
            Attribution((62371,), "Proton", None, "plevin"),
            "19905 as recorded in 2019, 62371 today",
            True,
        ),
        (RECORDED, FREE, "19905 as recorded in 2019, not announced today", True),
        (RECORDED, replace(FREE, name="Holder"), "19905 as recorded in 2019, not announced today", True),
        (RECORDED, LAN, "19905 as recorded in 2019, exchange TEST-IX today", True),
        (
            RECORDED,
            replace(UNKNOWN, source="s", special="private-use"),
            "19905 as recorded in 2019, private-use today",
            True,
        ),
        (RECORDED, UNKNOWN, "19905 as recorded in 2019, unknown today", True),
        (RECORDED, RECORDED.stand_in(), "19905 as recorded in 2019, unknown today", True),
        (RECORDED, replace(SAME, source="trace.json"), "19905 as recorded in 2019", False),
        (RECORDED, None, "19905 as recorded in 2019", False),
        (replace(RECORDED, when="2019-03"), SAME, "19905 as recorded in 2019-03, 19905 today", False),
        (replace(RECORDED, when="2019-03-12"), SAME, "19905 as recorded on 2019-03-12, 19905 today", False),
        (
            replace(RECORDED, asns=(64497, 64496)),
            replace(SAME, asns=(64496, 64497)),
            "64497 64496 as recorded in 2019, 64496 64497 today",
            False,
        ),
    ],
)
def test_what_a_trace_recorded_stands_beside_what_is_known_today(recorded, owner, words, differs):
    assert recorded_words(recorded, owner) == words
    assert recording_differs(recorded, owner) is differs


def test_three_things_to_say_of_a_name():
    assert [confirmation_words(value) for value in (True, False, None)] == [
        "confirmed",
        "does not have this address",
        "",
    ]

"""The words about owners that rows, details and reports share."""

from dataclasses import replace

import pytest

from tracetui.analysis.owner_words import confirmation_words, holder_words, owner_remarks
from tracetui.model import Attribution

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


def test_three_things_to_say_of_a_name():
    assert [confirmation_words(value) for value in (True, False, None)] == [
        "confirmed",
        "does not have this address",
        "",
    ]

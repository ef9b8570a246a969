"""What the limits did to a run, in words: on the first line, while one waits, in reports."""

from dataclasses import replace

import pytest
from rich.style import Style
from textual.color import Color

from tracetui.report.report_header import method_words
from tracetui.tui.lines.progress import progress_pieces
from tracetui.tui.lines.status_line import status_pieces
from tracetui.tui.paint.ink import Ink
from tracetui.words import headline, stretched_words, unlisted_words
from tui.scenes import protonmail

INK = Ink(lambda _role: Style.null(), Color(0, 0, 0), sixteen=False)
STRETCHED = "interval stretched to 3.2 s by the limit of 1,000 packets per second (--max-rate)"


@pytest.fixture
def slowed():
    return replace(protonmail(), stretched_s=3.2, max_rate=1000)


def line(pieces) -> str:
    return "".join(text for text, _ in pieces)


def test_a_stretched_interval_is_told_on_the_first_line_and_in_reports(slowed):
    assert stretched_words(slowed) == STRETCHED
    assert f"one every 1 s, {STRETCHED}" in method_words(slowed)
    assert STRETCHED in line(status_pieces(slowed, INK, 200, "t"))
    for width in (80, 120):
        assert "every 3.2 s: 1,000 packets/s" in line(status_pieces(slowed, INK, width, "t"))


def test_an_interval_that_is_kept_is_not_spoken_of():
    usual = protonmail()
    assert stretched_words(usual) is None
    assert "stretched" not in method_words(usual)
    assert "packets" not in line(status_pieces(usual, INK, 200, "t"))


def test_rounds_are_as_long_as_they_are(slowed):
    assert (slowed.interval_s, slowed.round_s, protonmail().round_s) == (1, 3.2, 1)


def test_lanes_that_wait_for_a_socket_are_named():
    seen = protonmail()
    first, *others = seen.lanes
    held = replace(first, trace=replace(first.trace, waiting="waits for a free socket", held_back=3))
    some = replace(seen, lanes=(held, *others))
    assert f"{first.lane.host} {first.lane.label} waits for a free socket" in line(
        progress_pieces(some, (), INK, 0)
    )
    assert headline(held, some).endswith("waits for a free socket")
    over = replace(held, trace=replace(held.trace, waiting=None))
    assert headline(over, some).endswith("3 probes waited for a free socket ('ulimit -n')")


def test_replies_whose_senders_are_not_listed_are_counted():
    words = "17,403 more replies not listed: from too many addresses, or too many to one probe"
    assert unlisted_words(17_403) == words
    assert unlisted_words(1).startswith("1 more reply not listed")

"""Round and time stand in the first line whatever is said there, and whatever moment is shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tracetui.tui.lines.status_line import ViewState, least_width, status_pieces
from tui.scenes import START, FakeBoard, eight, protonmail
from tui.screens import hush, lines, shown, text
from tui.test_lines import INK, plain

LONG = (
    "control.example.com as a control: not valid, its path is another from hop 3 on, before 195.34.53.4 (hop"
    " 4); wrote tracetui-mail.protonmail.ch-20190312T093042Z.md in /srv/a-directory-without-a-space/tickets"
)
SHORT = "loss and RTT over all time"
ROUND = re.compile(r"round \d+ · \d+:\d\d")


async def settle(pilot, times=3):
    for _ in range(times):
        await pilot.pause()


@pytest.fixture(scope="module")
def long_run():
    """More than an hour of eight endpoints."""
    return eight(rounds=4000)


def words_of(screen: str) -> str:
    return "".join(screen.split())


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_no_notice_covers_round_and_time(width, long_run):
    async with shown(FakeBoard(long_run), (width, 24)) as pilot:
        for key in ("1", "v", "2", "3", "4"):
            await pilot.press(key)
            await settle(pilot)
            hush(pilot)
            await settle(pilot)
            before = lines(pilot)[0]
            for words in (SHORT, LONG):
                for severity in ("information", "warning", "error"):
                    pilot.app.board_screen.say(words, severity)
                    await settle(pilot)
                    assert "round 4000 · 1:06:40" in lines(pilot)[0], (key, severity)
                    assert cell_len(lines(pilot)[0]) <= width, (key, severity)
                    assert words_of(words[:30]) in words_of(text(pilot)), (key, severity)
                hush(pilot)
                await settle(pilot)
                assert lines(pilot)[0] == before, key


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_no_notice_covers_a_past_moment_or_a_frozen_display(width, past):
    async with shown(past, (width, 24)) as pilot:
        for keys, found in ((("space",), "FROZEN"), (("space", "{"), " UTC · 0:15 ago ")):
            await pilot.press(*({"{": "left_curly_bracket"}.get(key, key) for key in keys))
            await settle(pilot)
            for words in (SHORT, LONG):
                pilot.app.board_screen.say(words)
                await settle(pilot)
                assert found in lines(pilot)[0]
                assert ROUND.search(lines(pilot)[0])
                assert words_of(words[:30]) in words_of(text(pilot))


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_no_notice_over_a_dialog_covers_round_and_time(width):
    async with shown(FakeBoard(protonmail()), (width, 24)) as pilot:
        board = pilot.app.screen
        for key in ("question_mark", "f", "a", "y", "slash"):
            await pilot.press(key)
            await settle(pilot)
            assert pilot.app.screen is not board, key
            pilot.app.board_screen.say(LONG)
            await settle(pilot, 5)
            assert words_of(LONG[:30]) in words_of(text(pilot)), key
            assert "round 42 · 0:42" in lines(pilot)[0], key
            await pilot.press("escape")
            hush(pilot)
            await settle(pilot)
            assert pilot.app.screen is board, key
            assert words_of(LONG[:30]) not in words_of(text(pilot)), key


async def test_a_notice_finds_its_place_again_when_the_terminal_changes():
    async with shown(FakeBoard(protonmail()), (200, 24)) as pilot:
        for width in (80, 120, 62, 200):
            pilot.app.board_screen.say(LONG, "error")  # again: a busy machine must not take it for run out
            await pilot.resize_terminal(width, 24)
            for _ in range(50):  # laid out, filled, laid out again: more on a busy machine
                await pilot.pause()
                if words_of(LONG[:30]) in words_of(text(pilot)) and len(lines(pilot)[0]) <= width:
                    break
            assert "round 42 · 0:42" in lines(pilot)[0]
            assert words_of(LONG[:30]) in words_of(text(pilot))


@given(
    st.integers(60, 200),
    st.one_of(st.none(), st.integers(0, 999)),
    st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=60),
    st.integers(0, 15),
    st.booleans(),
)
def test_round_and_time_stand_in_any_width(width, behind, words, failing, private):
    state = ViewState(
        rounds_behind=behind, filter=words, failing_first=failing, private=private, window_s=60.0
    )
    drawn = plain(status_pieces(protonmail(), INK, width, "a title", state))
    assert "round 42 · 0:42" in drawn
    assert cell_len(drawn) <= width
    least = least_width(protonmail(), state, INK)
    assert "round 42 · 0:42" in plain(status_pieces(protonmail(), INK, least, "a title", state))


@pytest.fixture(scope="module")
def past():
    """The demo after 60 rounds, which can be looked back into."""
    from tracetui.investigation.demo_investigation import demo_investigation
    from tracetui.investigation.investigation_settings import Settings
    from tracetui.model import Tool
    from tracetui.probing.pace import Pace

    investigation, run_rounds = demo_investigation(
        "protonmail-2019", Settings(pace=Pace(rounds=60)), Tool("0", "tracetui demo protonmail-2019"),
        controls=(), pointers=True, virtual=True, seed=3,
    )  # fmt: skip
    run_rounds(lambda: False)
    yield investigation
    investigation.close()


def test_the_start_of_a_past_moment_is_whole_at_eighty_columns():
    state = ViewState(moment=START, age_s=7200.0)
    drawn = plain(status_pieces(protonmail(), INK, 80, "protonmail 2019", state))
    assert " 09:30:00 UTC · 2:00:00 ago " in drawn
    assert "round 42 · 0:42" in drawn

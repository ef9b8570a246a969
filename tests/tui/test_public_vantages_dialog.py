"""The dialog of public vantages, its key, and the steps of findings that lead to it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from evidence.platforms.asking import wait
from evidence.platforms.local_platforms import local_platforms
from evidence.platforms.platform_server import PlatformServer
from tracetui.model import Asn, ControlFit, NextStep, StepKind
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.public_vantage import AskStage, parse_public_vantage
from tracetui.model.reference import LaneId
from tui.scenes import FakeBoard, protonmail
from tui.screens import shown, text
from tui.typed_findings import FINDING

PATIENCE_S = 20


class Asking(FakeBoard):
    """A board whose platforms are on loopback."""

    def __init__(self, server: PlatformServer, every_s: float = 0.01) -> None:
        super().__init__(protonmail())
        self.taken: list[ImportedTrace] = []
        self.public = local_platforms(server, every_s=every_s)
        self.public.attach(
            lambda: [lane.lane for lane in self.current.lanes],
            lambda traces, _: self.taken.extend(traces),
        )


@pytest.fixture
def board(platforms: PlatformServer) -> Iterator[Asking]:
    made = Asking(platforms)
    yield made
    made.public.close()


async def typed(pilot, line: str) -> None:
    await pilot.press("W")
    await pilot.pause()
    pilot.app.screen.query_one("Input").value = line
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


async def test_the_key_asks_for_the_chosen_endpoint_and_shows_the_answer(board, platforms):
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("W")
        await pilot.pause()
        assert "Traced to: TCP/25 mail.protonmail.ch" in text(pilot)
        assert "where others can read" in text(pilot)
        pilot.app.screen.query_one("Input").value = "globalping:AS8359,limit=2"
        await pilot.press("enter")
        board.public.settle(PATIENCE_S)
        pilot.app.screen._show()
        await pilot.pause()
        assert "globalping:AS8359,limit=2: " in text(pilot)
        assert "traces from 2 probes; " in text(pilot)
        assert "of 250 tests an hour are left" in text(pilot)
    asked = {one.body["target"] for one in platforms.asked if one.method == "POST"}
    assert "185.70.40.101" in asked
    suspects = {check.suspect for check in board.current.controls if check.fit is ControlFit.VALID}
    assert len(asked) == (2 if suspects else 1)
    assert board.taken


async def test_credits_are_shown_first_and_enter_again_spends_them(board, platforms):
    async with shown(board, (120, 40)) as pilot:
        await typed(pilot, "atlas:AS8359,limit=2")
        wait(lambda: board.public.balance is not None)
        pilot.app.screen._show()
        await pilot.pause()
        assert "you have 1000000" in text(pilot)
        assert platforms.paths("POST") == []
        pilot.app.screen.query_one("Input").value = "atlas:AS8359,limit=3"
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert platforms.paths("POST") == []  # another line, another cost
        await pilot.press("enter")
        await pilot.pause()
        board.public.settle(PATIENCE_S)
        assert [ask.stage for ask in board.public.asks] == [AskStage.DONE]
    (request,) = (one for one in platforms.asked if one.method == "POST")
    assert request.body["probes"][0]["requested"] == 3


async def test_a_key_cancels(platforms):
    platforms.polls = 10**9
    board = Asking(platforms, every_s=600)
    with closing(board.public):
        async with shown(board, (120, 40)) as pilot:
            await typed(pilot, "globalping:AS8359")
            await pilot.press("ctrl+x")
            assert board.public.settle(PATIENCE_S)
            pilot.app.screen._show()
            await pilot.pause()
            assert "cancelled" in text(pilot)


async def test_a_mistake_is_a_line(board, platforms):
    async with shown(board, (120, 40)) as pilot:
        for line, problem in (
            ("globalping:Moscow", "is no country of two letters"),
            ("", "is no public vantage"),
            ("ssh://user@host", "is no public vantage"),
        ):
            assert problem not in text(pilot), line
            await typed(pilot, line)
            assert problem in text(pilot), line
            await pilot.press("escape")
            await pilot.pause()
    assert platforms.asked == []


async def test_a_simulated_internet_has_no_platforms():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        await typed(pilot, "globalping:AS8359")
        assert "is not asked here: offline, or a simulated internet" in text(pilot)


@pytest.mark.parametrize("width", [80, 200])
async def test_other_widths(board, width):
    async with shown(board, (width, 24)) as pilot:
        await pilot.press("W")
        await pilot.pause()
        assert "Trace from other networks" in text(pilot)


async def test_a_step_of_a_finding_leads_there(board):
    lane = LaneId(board.current.lanes[0].id)
    steps = (NextStep(StepKind.ADD_VANTAGE, lane), NextStep(StepKind.VANTAGE_INSIDE, lane, asn=Asn(8359)))
    board.current = replace(board.current, findings=(replace(FINDING, next_steps=steps),))
    for key, line in (("1", "globalping:"), ("2", "globalping:AS8359")):
        async with shown(board, (120, 50)) as pilot:
            await pilot.press("f")
            await pilot.pause()
            assert f"{key} " in text(pilot)
            await pilot.press(key)
            await pilot.pause()
            assert "Trace from other networks" in text(pilot)
            assert pilot.app.screen.query_one("Input").value == line


async def test_an_answer_is_a_notice_too(board):
    async with shown(board, (120, 40)) as pilot:
        board.public.ask(parse_public_vantage("globalping:AS8359"))
        board.public.settle(PATIENCE_S)
        pilot.app.screen.pull()
        await pilot.pause()
        assert "globalping:AS8359,limit=3: " in text(pilot)

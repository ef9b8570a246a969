"""The step "trace back" of a finding, where a vantage stands near the endpoint, and both directions by AS."""

from importlib.resources import files
from pathlib import Path

import pytest

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import CannotRunError, Snapshot, StepKind, Tool
from tracetui.probing.pace import Pace
from tui.scenes import FakeBoard
from tui.screens import shown, text


def traced(folder: Path, *, both_ways: bool) -> Snapshot:
    """The shipped scenario, its outage from the start and without the control, which leaves more to ask."""
    scenario = (files("tracetui.simulation") / "scenarios" / "both-ways.toml").read_text()
    scenario = scenario.replace("from = 20", "").replace('controls = ["www.hosting.example"]', "")
    if not both_ways:
        scenario = scenario.replace("both_ways = true", "")
    file = folder / "internet.toml"
    file.write_text(scenario)
    investigation, run = demo_investigation(
        str(file),
        Settings(pace=Pace(1, 2, 30, rounds=20)),
        Tool("0", "test"),
        controls=(),
        pointers=False,
        virtual=True,
        seed=1,
    )
    try:
        return run(lambda: False)
    finally:
        investigation.close()


class Refusing(FakeBoard):
    """A board whose machine has no address outside that it knows of."""

    def trace_back(self) -> None:
        raise CannotRunError("the address of this machine is private: start with --public-address")


async def settle(pilot):
    for _ in range(3):
        await pilot.pause()


async def take_step(pilot, snapshot: Snapshot) -> None:
    kinds = {
        StepKind.ADD_CONTROL, StepKind.MARK_CONTROL, StepKind.CONTROL_SERVICE, StepKind.ADD_SERVICE,
        StepKind.BGP_PATH, StepKind.REVERSE_TRACE, StepKind.ADD_VANTAGE, StepKind.VANTAGE_INSIDE,
    }  # fmt: skip
    offered = [step.kind for step in snapshot.findings[0].next_steps if step.kind in kinds]
    await pilot.press("f")
    await settle(pilot)
    assert "trace back from shell to this address" in " ".join(text(pilot).split())
    await pilot.press(str(offered.index(StepKind.REVERSE_TRACE) + 1))
    await settle(pilot)


async def test_the_number_of_the_step_starts_it(tmp_path):
    snapshot = traced(tmp_path, both_ways=False)
    board = FakeBoard(snapshot)
    async with shown(board, (120, 60)) as pilot:
        await take_step(pilot, snapshot)
        assert board.asked == [("trace_back",)]


async def test_without_a_known_address_it_says_what_is_missing(tmp_path):
    snapshot = traced(tmp_path, both_ways=False)
    async with shown(Refusing(snapshot), (120, 60)) as pilot:
        await take_step(pilot, snapshot)
        assert "--public-address" in text(pilot)


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_paths_have_both_directions_under_each_other(width, tmp_path):
    async with shown(FakeBoard(traced(tmp_path, both_ways=True)), (width, 50)) as pilot:
        await pilot.press("2")
        await settle(pilot)
        lines = text(pilot).splitlines()
        (out,) = [line for line in lines if " out  → " in line]
        (back,) = [line for line in lines if " back ← " in line]
        assert out.index(" B") == back.index(" B"), "one AS, one column"
        assert "✖" in out
        assert back.index("●") < back.index(" A"), "the way back ends at its left"

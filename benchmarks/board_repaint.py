"""CPU of one repaint of the board: 8 panels of 30 hops, a tenth of the hops changed since the last."""

import asyncio
import gc
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from textual.pilot import Pilot
from textual.screen import Screen

from table import Line, Samples
from tracetui import tui
from tracetui.model import Hop, LaneSnapshot, Snapshot
from tracetui.tui.app import TracetuiApp
from tui.painting import counted_rows
from tui.scenes import FakeBoard, eight

SIZE: Final = (200, 80)
"""All eight panels with all their hops are in sight."""

REPAINTS: Final = 100
_CHANGED: Final = 0.1


class _PaintedApp(TracetuiApp):
    """Makes the bytes that a terminal would get, which Textual leaves out without one."""

    CSS_PATH = str(Path(tui.__file__).with_name("tracetui.tcss"))

    def _display(self, screen: Screen[object], renderable: Any) -> None:  # noqa: ANN401  (as Textual has it)
        super()._display(screen, renderable)
        if hasattr(renderable, "render_segments"):
            renderable.render_segments(self.console)


def measure(repetitions: int) -> list[Line]:
    """Time `REPAINTS` repaints, `repetitions` times."""
    costs_ms, rows = zip(*(asyncio.run(_repaint()) for _ in range(repetitions)), strict=True)
    return [
        Line(
            "repaint, 8 panels × 30 hops, a tenth changed",
            "ms CPU",
            Samples(costs_ms),
            budget=10,
            remarks=(
                f"{rows[0]:.0f} of 240 rows painted; from snapshot to bytes, {SIZE[0]} × {SIZE[1]} cells",
            ),
        )
    ]


async def _repaint() -> tuple[float, float]:
    """Return milliseconds of CPU and rows painted, a repaint."""
    board = FakeBoard(eight())
    app = _PaintedApp(board, export_directory=Path())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        screen = app.board_screen
        snapshots = list(_changes(board.current))
        views = [view.hops for view in screen.grid.shown]
        gc.collect()
        spent_s = -await _waiting_s(pilot)
        with counted_rows() as rows:
            started = time.process_time()
            for snapshot in snapshots:
                board.current = snapshot
                screen.pull()
                await pilot.pause()
            spent_s += time.process_time() - started
        painted = sum(rows[view] for view in views)
    return 1000 * spent_s / REPAINTS, painted / REPAINTS


async def _waiting_s(pilot: Pilot[None]) -> float:
    """Return the CPU seconds of waiting for as many repaints when there are none: no part of a repaint."""
    started = time.process_time()
    for _ in range(REPAINTS):
        await pilot.pause()
    return time.process_time() - started


def _changes(snapshot: Snapshot) -> Iterator[Snapshot]:
    chance = random.Random(1)
    for _ in range(REPAINTS):
        snapshot = replace(snapshot, lanes=tuple(_changed(lane, chance) for lane in snapshot.lanes))
        yield snapshot


def _changed(lane: LaneSnapshot, chance: random.Random) -> LaneSnapshot:
    trace = lane.trace
    hops = tuple(_answered(hop, chance) if chance.random() < _CHANGED else hop for hop in trace.hops)
    if hops == trace.hops:
        return lane
    return replace(lane, trace=replace(trace, hops=hops, version=trace.version + 1), hops=hops)


def _answered(hop: Hop, chance: random.Random) -> Hop:
    if hop.rtt is None:
        return hop
    rtt_ns = int((hop.rtt.last_ns or 0) * (0.9 + chance.random() / 5))
    return replace(hop, recent=(*hop.recent[1:], rtt_ns), rtt=replace(hop.rtt, last_ns=rtt_ns))

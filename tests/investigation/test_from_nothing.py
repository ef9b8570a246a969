"""A snapshot made from the last one says what one made from nothing says, whatever happens in between."""

import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracetui.analysis.as_path import as_path
from tracetui.analysis.findings import find
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Role, TargetError, Tool
from tracetui.ownership.background_lookup import Answers
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.probing.pace import Pace
from tracetui.simulation.catalogue import available

STEPS = 60
SHIPPED = [scenario.name for scenario in available()]
WATCHED_S = 240
MOMENTS_S = {12, 40, 75, 130, WATCHED_S}
INTERNETS = Path(__file__).parents[1] / "analysis" / "findings" / "internets"
MORE_INTERNETS = os.environ.get("TRACETUI_INTERNETS")
"""A folder with scenarios of one's own, to be watched too."""

AT_ONCE = {"rate-limited-last-hop", "moving-silence", "route-change-then-silence"}
"""Internets in which the place of a silence moves, in truth or in appearance."""


class SlowOwners(ImmediateOwners):
    """Answers some of what it was asked when it is told to."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self._arrived = Answers()
        self.arrivals = 0

    def arrive(self, chance):
        for address, owner in super().owners().items():
            if address not in self._arrived.view() and chance.random() < 0.3:
                self._arrived.put(address, owner)
                self.arrivals += 1

    @property
    def version(self):
        return self.arrivals

    def owners(self):
        return self._arrived.view()


def from_nothing(snapshot):
    """Judge every lane of a snapshot on its own."""
    judged = []
    for lane in snapshot.lanes:
        siblings = [
            other.trace
            for other in snapshot.lanes
            if other is not lane and other.lane.panel == lane.lane.panel
        ]
        verdict = path_verdict(lane.trace, siblings)
        since = replace(lane.trace, hops=lane.hops)  # the path is that since the last lasting change
        judged.append((lane.id, verdict, as_path(since, snapshot.owners, verdict)))
    return judged


def investigate(name):
    """A scenario by its name, or by its file, on a virtual clock."""
    investigation, _ = demo_investigation(
        name, Settings(pace=Pace()), Tool("0", "t"), controls=(), pointers=False, virtual=True, seed=3
    )
    return investigation


def run_for(investigation, step_ns):
    investigation.engine.run_until(investigation._clock.monotonic_ns() + step_ns)
    return investigation.snapshot()


def happen(investigation, chance, owners):
    """Let the user, or whoever knows owners, do something."""
    panels = list(dict.fromkeys(lane.lane.panel for lane in investigation.snapshot().lanes))
    what = chance.randrange(12)
    if what == 0:
        owners.arrive(chance)
    elif what == 1 and len(panels) > 1:
        investigation.remove(chance.choice(panels))
    elif what == 2:
        try:
            investigation.undo_removal()
        except TargetError:
            return
    elif what == 3 and panels:
        investigation.set_role(chance.choice(panels), chance.choice(list(Role)))
    elif what == 4 and panels:
        investigation.move(chance.choice(panels), chance.choice([-1, 1]))
    elif what == 5 and chance.random() < 0.3:
        investigation.restart_statistics()
    elif what == 6 and panels and chance.random() < 0.5:
        investigation.set_services(chance.choice(panels), chance.choice(["icmp", "tcp/443 icmp"]))


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_kept_from_before_changes_nothing(name, monkeypatch):
    monkeypatch.setattr("tracetui.investigation.demo_investigation.ImmediateOwners", SlowOwners)
    investigation = investigate(name)
    chance = random.Random(f"{name} 2")
    for _ in range(STEPS):
        happen(investigation, chance, investigation.owners)
        now = run_for(investigation, chance.choice([50_000_000, 200_000_000, 700_000_000, 3_000_000_000]))
        assert [(lane.id, lane.verdict, lane.as_path) for lane in now.lanes] == from_nothing(now)
        assert now.findings == find(now)
    owners: Any = investigation.owners
    assert owners.arrivals
    investigation.close()


def internets():
    own = Path(MORE_INTERNETS).glob("*.toml") if MORE_INTERNETS else ()
    return [
        pytest.param(path, id=path.stem, marks=() if path.stem in AT_ONCE else pytest.mark.slow)
        for path in sorted([*INTERNETS.glob("*.toml"), *own])
    ]


@pytest.mark.parametrize("path", internets())
def test_who_watched_all_the_time_finds_what_a_first_look_finds(path, tmp_path):
    scenario = tmp_path / path.name
    scenario.write_text(path.read_text(encoding="utf-8").partition("\n[expect]\n")[0], encoding="utf-8")
    investigation = investigate(str(scenario))
    for second in range(1, WATCHED_S + 1):
        now = run_for(investigation, 1_000_000_000)
        if second in MOMENTS_S:
            assert now.findings == find(now), second
    investigation.close()

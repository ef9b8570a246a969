"""A snapshot made from the last one says what one made from nothing says, whatever happens in between."""

import random
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

STEPS = 60
SCENARIOS = [
    "protonmail-2019",
    "border-drop",
    "injected-reset",
    "middlebox",
    "ecmp-dead-branch",
    "rate-limited-router",
    "routing-loop",
    "port-filter",
    "admin-reject",
    "home-outage",
    "return-path",
    "closed-port",
    "ipv6",
]


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
        judged.append((lane.id, verdict, as_path(lane.trace, snapshot.owners, verdict)))
    return judged


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


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_kept_from_before_changes_nothing(name, monkeypatch):
    monkeypatch.setattr("tracetui.investigation.demo_investigation.ImmediateOwners", SlowOwners)
    investigation, _ = demo_investigation(
        name, Settings(pace=Pace()), Tool("0", "t"), controls=(), pointers=False, virtual=True, seed=3
    )
    chance = random.Random(name)
    for _ in range(STEPS):
        happen(investigation, chance, investigation.owners)
        step_ns = chance.choice([50_000_000, 200_000_000, 700_000_000, 3_000_000_000])
        investigation.engine.run_until(investigation._clock.monotonic_ns() + step_ns)
        now = investigation.snapshot()
        assert [(lane.id, lane.verdict, lane.as_path) for lane in now.lanes] == from_nothing(now)
        assert now.findings == find(now)
    owners: Any = investigation.owners
    assert owners.arrivals
    investigation.close()

"""Traces back from a vantage next to the endpoint: what they say of the direction, and whom they accuse.

In each internet, what drops is known: on the way out or back, inside one AS, at its border, on one branch.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import (
    Confidence,
    Direction,
    ExplanationKind,
    ExplanationState,
    Finding,
    OtherDirection,
    Snapshot,
    StepKind,
    Tool,
)
from tracetui.model.evidence import ReverseTrace
from tracetui.probing.pace import Pace

SEEDS = int(os.environ.get("TRACETUI_BOTH_WAYS_SEEDS", "8"))
"""Runs of each case in the slow tests; a hundred take ten minutes."""

HOME, CABLE, TRANSIT, FAR, HOSTING = 64500, 64501, 64502, 64503, 64504

INTERNET = """
title = "three vantages"
paths = [
  ["home", "a1", "a2", "t1", ["t2a", "t2b"], "t3", "t4", "b1", "b2", "mx"],
  ["cable", "c1", "t1"],
  ["far", "f1", "b1"],
  ["b2", "web"],
  ["b2", "shell"],
]
[source]
home = { address = "192.0.2.10", as = 64500 }
cable = { address = "198.51.100.10", as = 64501 }
far = { address = "203.0.113.10", as = 64503 }
shell = { address = "198.18.4.22", as = 64504 }
[as]
64500 = { prefixes = "192.0.2.0/24", routers = ["a1", "a2"] }
64501 = { prefixes = "198.51.100.0/24", routers = ["c1"] }
64502 = { prefixes = "198.18.2.0/24", routers = ["t1", "t2a", "t2b", "t3", "t4"] }
64503 = { prefixes = "203.0.113.0/24", routers = ["f1"] }
64504 = { prefixes = "198.18.4.0/24", routers = ["b1", "b2"], hosts = ["mx", "web"] }
[host]
mx = { address = "198.18.4.25", open = [25] }
web = { address = "198.18.4.80", open = [25] }
[demo]
targets = ["mx"]
controls = ["web"]
ports = 25
vantages = [VANTAGES]
both_ways = true
"""

ALL_HOSTING = '["mx", "web", "shell"]'


def out(at: str, to: str, more: str = "", before: str = "") -> str:
    """Packets from everybody on that side `to` somebody are dropped, answers to the vantage there too."""
    made = f'[[policy]]\nat = {at}\naction = "drop"\ndestination = {to}\n{before}\n{more}\n'
    if "shell" in to:
        made += f'[[policy]]\nat = {at}\naction = "drop"\ndirection = "return"\nsource = "shell"\n{more}\n'
    return made


def back(at: str, sender: str | None, more: str = "") -> str:
    """Packets of `sender`, or of everybody beyond, to us are dropped, and those of the vantage there."""
    who = "" if sender is None else f"destination = {sender}\n"
    made = f'[[policy]]\nat = {at}\naction = "drop"\ndirection = "return"\nsource = "home"\n{who}{more}\n'
    if sender is None or "shell" in sender:
        made += f'[[policy]]\nat = {at}\naction = "drop"\nsource = "shell"\ndestination = "home"\n{more}\n'
    return made


@dataclass(frozen=True)
class Case:
    policies: str
    may_be_named: frozenset[int]
    """ASes in which packets are dropped, or at the border of which."""

    back_passes: bool | None
    """Whether what the vantage next to the endpoint sends arrives here; None: by its flow."""

    lost_on_way_out: bool


INSIDE, BORDER, BRANCH = '"t3"', '"b1"', '"t2a"'
BEFORE = "before_ttl = true"
LATER = "from = 15"
IN_TRANSIT, AT_BORDER = frozenset({TRANSIT}), frozenset({TRANSIT, HOSTING})
CASES = {
    "out, inside, one address": Case(out(INSIDE, '"mx"'), IN_TRANSIT, True, True),
    "out, inside, one address, later": Case(out(INSIDE, '"mx"', LATER), IN_TRANSIT, True, True),
    "out, inside, all": Case(out(INSIDE, ALL_HOSTING), IN_TRANSIT, True, True),
    "out, inside, all, later": Case(out(INSIDE, ALL_HOSTING, LATER), IN_TRANSIT, True, True),
    "out, border, one address": Case(out(BORDER, '"mx"', before=BEFORE), AT_BORDER, True, True),
    "out, border, all": Case(out(BORDER, ALL_HOSTING, before=BEFORE), AT_BORDER, True, True),
    "out, branch": Case(out(BRANCH, '"mx"'), IN_TRANSIT, True, True),
    "out, branch, all": Case(out(BRANCH, ALL_HOSTING), IN_TRANSIT, None, True),
    "back, inside, one address": Case(back(INSIDE, '"mx"'), IN_TRANSIT, True, False),
    "back, inside, one address, later": Case(back(INSIDE, '"mx"', LATER), IN_TRANSIT, True, False),
    "back, inside, all": Case(back(INSIDE, None), IN_TRANSIT, False, False),
    "back, inside, all, later": Case(back(INSIDE, None, LATER), IN_TRANSIT, False, False),
    "back, border, all": Case(back(BORDER, None), AT_BORDER, False, False),
    "back, branch": Case(back(BRANCH, None), IN_TRANSIT, None, False),
}


def run(
    tmp_path: Path,
    policies: str,
    seed: int,
    *,
    rounds: int = 14,
    interval_s: float = 6,
    vantages: str = '"cable", "far", "shell"',
) -> Snapshot:
    """Look at it once a round; more often costs more and shows no more."""
    file = tmp_path / "internet.toml"
    file.write_text(INTERNET.replace("VANTAGES", vantages) + policies)
    settings = Settings(pace=Pace(interval_s, 2, 30, rounds=rounds))
    investigation, rounds_done = demo_investigation(
        str(file), settings, Tool("0", "test"), controls=(), pointers=False, virtual=True, seed=seed
    )
    try:
        with patch("tracetui.investigation.run_headless._LOOK_EVERY_S", interval_s):
            return rounds_done(lambda: False)
    finally:
        investigation.close()


def from_home(snapshot: Snapshot) -> list[Finding]:
    """The findings about the suspect as seen from here."""
    ids = {lane.id for lane in snapshot.lanes if lane.lane.via is None and lane.lane.address == "198.18.4.25"}
    return [finding for finding in snapshot.findings if ids & set(finding.lanes)]


def check(case: Case, snapshot: Snapshot) -> int:
    """Check one run; return how many findings had a trace back."""
    told = 0
    for finding in snapshot.findings:
        accused = set(finding.ases) if finding.confidence is not Confidence.LOW else set()
        assert accused <= case.may_be_named, (finding.kind, accused)
    for finding in from_home(snapshot):
        seen = [one for one in finding.evidence if isinstance(one, ReverseTrace)]
        if not seen:
            continue
        told += 1
        assert all(one.back for one in seen)
        passes = finding.other_direction is OtherDirection.PASSES
        if case.back_passes is not None:
            assert passes == case.back_passes
        if not case.lost_on_way_out:
            assert finding.direction is not Direction.FORWARD
            state = {one.kind: one.state for one in finding.explanations}[ExplanationKind.LOST_ON_RETURN]
            assert state is not ExplanationState.RULED_OUT
        assert all(step.kind is not StepKind.REVERSE_TRACE for step in finding.next_steps)
    return told


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_direction_and_place(name, seed, tmp_path):
    case = CASES[name]
    told = check(case, run(tmp_path, case.policies, seed))
    if "branch" not in name:
        assert told


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_direction_and_place_with_many_seeds(name, tmp_path):
    case = CASES[name]
    told = named = 0
    for seed in range(SEEDS):
        snapshot = run(tmp_path, case.policies, seed)
        told += check(case, snapshot)
        named += any(finding.ases for finding in from_home(snapshot))
    assert told >= SEEDS // 5
    if name == "out, inside, one address, later":  # seen beyond, with a control that goes on
        assert named

"""Random loss changes how sure a finding is, never what it says: every shipped scenario, a hundred seeds."""

import pytest

from analysis.findings.simulated import lossy, run
from analysis.words.rules import check
from tracetui.analysis.findings import find
from tracetui.simulation.catalogue import available

SEEDS = 100
ROUNDS, INTERVAL_S = 22, 3.5
MOST_LOSS = 0.20


def kinds(scenario, **options):
    """Return what is found of which lanes."""
    snapshot = run(scenario, rounds=ROUNDS, interval_s=INTERVAL_S, **options)
    return {
        (lane, check(finding, snapshot).kind.value) for finding in find(snapshot) for lane in finding.lanes
    }


@pytest.mark.slow
@pytest.mark.parametrize("scenario", available(), ids=lambda scenario: scenario.name)
def test_loss_changes_no_kind(scenario):
    expected = kinds(scenario, loss_seed=0)
    wrong = {}
    for seed in range(SEEDS):
        loss = MOST_LOSS * seed / (SEEDS - 1)
        found = kinds(lossy(scenario, loss), loss_seed=seed)
        if found != expected:
            wrong[f"seed {seed}, {loss:.0%} lost"] = found ^ expected
    assert not wrong

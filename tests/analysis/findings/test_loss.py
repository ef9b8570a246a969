"""Random loss changes how sure a finding is, never what it says: every shipped scenario, a hundred seeds.

Loss can silence an endpoint for five rounds among seventeen that it answered, once in some thousand runs.
That is told as the silence that it was; nothing could tell it from an outage.
"""

import pytest

from analysis.findings.simulated import lossy, run
from tracetui.analysis.findings import find
from tracetui.model import FindingKind
from tracetui.simulation.catalogue import available
from words.rules import check

SEEDS = 100
ROUNDS, INTERVAL_S = 22, 3.5
MOST_LOSS = 0.20
REACHABLE, OUTAGE_ENDED = FindingKind.REACHABLE, FindingKind.OUTAGE_ENDED


def kinds(scenario, **options):
    """Return what is found of which lanes."""
    snapshot = run(scenario, rounds=ROUNDS, interval_s=INTERVAL_S, **options)
    found = [check(finding, snapshot) for finding in find(snapshot)]
    return {(lane, finding.kind) for finding in found for lane in finding.lanes}


def but_for_outages(found):
    """Take an endpoint that answers again for one that answers."""
    return {(lane, REACHABLE if kind is OUTAGE_ENDED else kind) for lane, kind in found}


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario",
    # In one the silence begins within these rounds; the other has thirty lanes, of kinds that others have.
    [one for one in available() if one.name not in {"both-ways", "fifteen-servers"}],
    ids=lambda scenario: scenario.name,
)
def test_loss_changes_no_kind(scenario):
    expected = kinds(scenario, loss_seed=0)
    wrong, outages = {}, 0
    for seed in range(SEEDS):
        loss = MOST_LOSS * seed / (SEEDS - 1)
        found = kinds(lossy(scenario, loss), loss_seed=seed)
        outages += any(kind is OUTAGE_ENDED for _, kind in found - expected)
        if but_for_outages(found) != but_for_outages(expected):
            wrong[f"seed {seed}, {loss:.0%} lost"] = found ^ expected
    assert not wrong
    assert outages <= SEEDS // 50

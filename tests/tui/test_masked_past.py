"""The privacy mask over an earlier moment: the same words, and the findings that there were."""

from datetime import timedelta

import pytest

from analysis.findings.simulated import shipped
from tracetui.simulation.catalogue import available
from tracetui.tui.view_options import ViewOptions


@pytest.mark.parametrize("window_s", [None, 60.0])
@pytest.mark.parametrize("name", [scenario.name for scenario in available()])
def test_the_past_says_under_a_mask_what_it_says_without(name, window_s):
    value = shipped(name, 70)
    open_eyed, private = ViewOptions(masked_hops=3, private=False), ViewOptions(masked_hops=3, private=True)
    for view_options in (open_eyed, private):
        view_options.moment = value.created_at - timedelta(seconds=5)
        view_options.window_s = window_s
    plain, shown = open_eyed.scene(value, None), private.scene(value, None)
    assert [finding.kind for finding in shown.snapshot.findings] == [
        finding.kind for finding in plain.snapshot.findings
    ]
    hidden = {
        responder.address
        for lane in value.lanes
        for hop in lane.trace.hops[:3]
        for responder in hop.responders
        if responder.address != lane.lane.address
    }
    assert hidden
    told = repr(shown)
    assert not any(f"'{address}'" in told for address in hidden)
    for before, after in zip(plain.lanes, shown.lanes, strict=True):
        assert private.real(after.lane.panel) == before.lane.panel


def test_a_window_alone_is_masked_too():
    value = shipped("border-drop", 70)
    view_options = ViewOptions(masked_hops=2, private=True)
    view_options.window_s = 60.0
    scene = view_options.scene(value, None)
    first = scene.snapshot.lanes[0].trace.hops[0]
    assert first.main.address.startswith("hidden-")
    assert first.main.address == scene.newest.lanes[0].trace.hops[0].main.address

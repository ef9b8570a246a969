"""The demo: the same run for the same seed, on virtual time and on real time."""

import time

import pytest

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Role, ScenarioError, TargetError, Tool
from tracetui.probing.pace import Pace
from tracetui.report import json_text


def demo(scenario=None, *, rounds=8, seed=3, controls=(), virtual=True, interval_s=1.0):
    return demo_investigation(
        scenario,
        Settings(pace=Pace(interval_s=interval_s, rounds=rounds)),
        Tool("0", "tracetui demo"),
        controls=controls,
        pointers=True,
        virtual=virtual,
        seed=seed,
    )


def run(scenario=None, **options):
    investigation, rounds = demo(scenario, **options)
    try:
        return rounds(lambda: False)
    finally:
        investigation.close()


@pytest.mark.parametrize("scenario", ["protonmail-2019", "ecmp-dead-branch", "rate-limited-router"])
def test_a_seed_is_a_run(scenario):
    first, again = (json_text(run(scenario)) for _ in range(2))
    assert first == again
    assert json_text(run(scenario, seed=4)) != first


def test_controls_of_the_command_line_join():
    snapshot = run(controls=("mailsec.protonmail.ch:443",))
    roles = {lane.lane.role for lane in snapshot.lanes if lane.lane.host == "mailsec.protonmail.ch"}
    assert Role.CONTROL in roles


def test_an_unknown_scenario_gets_the_nearest_name():
    with pytest.raises(ScenarioError, match="protonmail-2019"):
        demo("protonmial-2019")


def test_a_control_that_makes_no_sense_is_refused():
    with pytest.raises(TargetError):
        demo(controls=("host:99999",))


def test_it_can_be_stopped_and_says_what_it_has():
    investigation, rounds = demo(rounds=10_000)
    asked = []

    def stopped():
        asked.append(1)
        return len(asked) > 20

    snapshot = rounds(stopped)
    investigation.close()
    assert 0 < snapshot.rounds < 30


def test_in_real_time_first_hops_are_there_long_before_the_round_is_over():
    investigation, _ = demo(virtual=False, rounds=None)
    investigation.engine.start()
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            snapshot = investigation.snapshot()
            if any(hop.answered for lane in snapshot.lanes for hop in lane.trace.hops):
                break
            time.sleep(0.02)
        assert snapshot.rounds == 0
        assert snapshot.ases
    finally:
        investigation.close()


def test_a_target_whose_lanes_have_not_begun_is_on_its_way():
    investigation, rounds = demo(rounds=1)
    try:
        before = investigation.snapshot()
        assert before.lanes == ()
        assert before.unresolved
        assert all(each.problem is None for each in before.unresolved)
        after = rounds(lambda: False)
        assert after.lanes
        assert after.unresolved == ()
    finally:
        investigation.close()

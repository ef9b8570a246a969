"""What a user changes while an investigation runs, on a simulated internet and a virtual clock."""

import pytest

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import EventKind, Role, TargetError, Tool
from tracetui.probing.pace import Pace
from tracetui.report import render
from tracetui.words import event_words


@pytest.fixture
def running():
    investigation, _ = demo_investigation(
        "protonmail-2019", Settings(pace=Pace()), Tool("0", "tracetui demo"),
        controls=(), pointers=True, virtual=True, seed=7,
    )  # fmt: skip

    def run(seconds):
        clock = investigation._clock
        investigation.engine.run_until(clock.monotonic_ns() + int(seconds * 1e9))
        return investigation.snapshot()

    investigation.run = run  # type: ignore[attr-defined]  # for the tests alone
    yield investigation
    investigation.close()


def test_a_removed_endpoint_comes_back_with_its_measurements_and_place(running):
    before = running.run(12)
    panel = before.lanes[0].lane.panel
    running.remove(panel)
    assert panel not in {lane.lane.panel for lane in running.run(3).lanes}
    assert running.undo_removal() == before.lanes[0].lane
    after = running.run(8)
    assert after.lanes[0].id == before.lanes[0].id
    assert after.lanes[0].trace.rounds > before.lanes[0].trace.rounds
    assert after.lanes[0].verdict.state is before.lanes[0].verdict.state
    with pytest.raises(TargetError):
        running.undo_removal()


def test_other_ports_and_another_pace(running):
    before = running.run(5)
    panel = before.lanes[0].lane.panel
    running.set_services(panel, "tcp/443")
    running.set_pace(0.5, 20)
    after = running.run(6)
    own = [lane for lane in after.lanes if lane.lane.panel == panel]
    assert [lane.lane.label for lane in own] == ["TCP/443"]
    assert own[0].trace.rounds >= 8
    assert (after.interval_s, after.max_hops) == (0.5, 20)
    told = [event_words(event, after) for event in after.events if event.kind is EventKind.SETTINGS_CHANGED]
    assert told == [
        f"{before.lanes[0].lane.host} ({panel[0]}) probed with tcp/443",
        "from now on a round every 0.5 s, up to hop 20",
    ]


def test_notes_are_in_the_report(running):
    running.add_note("called the NOC: *they* know [nothing](http://x) \x1b[2J")
    running.add_note("   ")
    snapshot = running.run(2)
    assert len(snapshot.notes) == 1
    text = render(snapshot, "markdown")
    assert "## Notes" in text
    assert "called the NOC" in text
    assert "\x1b" not in text
    running.remove_note(0)
    assert running.snapshot().notes == ()


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.4, 0.7, 1.5])
def test_a_snapshot_between_the_wish_to_restart_and_the_restart(running, seconds):
    before = running.run(12)
    running.restart_statistics()
    assert running.snapshot().lanes[0].trace.rounds == before.lanes[0].trace.rounds
    after = running.run(seconds)
    assert after.lanes[0].trace.rounds < 3
    assert running.run(8).lanes[0].verdict.state is before.lanes[0].verdict.state


def test_events_say_something_new_each_time(running):
    running.add("192.0.2.77")
    running.wait_resolved()
    running.run(8)
    running.remove(("192.0.2.77", None))
    running.undo_removal()
    after = running.run(8)
    texts = [event_words(event, after) for event in after.events]
    assert "192.0.2.77 removed" in texts
    assert "192.0.2.77 restored" in texts
    for text in texts:
        now, _, before = text.rpartition(": ")[2].partition(" (previously: ")
        assert now != before.rstrip(")")


def test_a_line_of_targets_with_their_own_source_and_ports(running):
    there = {lane.id for lane in running.run(2).lanes}
    running.add("mail.protonmail.ch -c control.neustar.example -p tcp --port 587 -s 95.47.236.74")
    running.wait_resolved()
    added = [lane.lane for lane in running.run(3).lanes if lane.id not in there]
    assert [(lane.host, lane.label, lane.vantage, lane.role) for lane in added] == [
        ("mail.protonmail.ch", "TCP/587", "95.47.236.74", Role.SUSPECT),
        ("control.neustar.example", "TCP/587", "95.47.236.74", Role.CONTROL),
    ]
    with pytest.raises(TargetError, match="is already on the board"):
        running.add("mail.protonmail.ch -c control.neustar.example -p tcp --port 587 -s 95.47.236.74")
    running.add("mail.protonmail.ch mailsec.protonmail.ch -p tcp --port 587 -s 95.47.236.74")
    running.wait_resolved()
    assert "mailsec.protonmail.ch" in {lane.lane.host for lane in running.run(1).lanes}

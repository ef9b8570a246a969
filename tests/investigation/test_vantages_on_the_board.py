"""Adding and removing places while an investigation runs. No connection stands: nothing is sent."""

import time

import pytest

from tracetui.config import Session
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.session_targets import session_of
from tracetui.model import CannotRunError, EventKind, Tool
from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.probing.clock import SystemClock
from tracetui.probing.pace import Pace
from tracetui.vantage.remote_engine import RemoteEngine
from tracetui.words import event_words, vantage_states_words


def opened(word: str) -> RemoteEngine:
    if word == "nowhere":
        raise CannotRunError("no such vantage")
    name = word.removeprefix("ssh://")
    argv = ["sh", "-c", "echo Host key verification failed. >&2; exit 255"]
    return RemoteEngine(RemoteVantage(name, f"ssh {name}"), argv, SystemClock(), Pace())


@pytest.fixture
def running():
    investigation, _ = demo_investigation(
        "protonmail-2019", Settings(pace=Pace()), Tool("0", "tracetui demo"),
        controls=(), pointers=True, virtual=True, seed=7,
    )  # fmt: skip
    investigation.engine._open_vantage = opened
    investigation.engine.run_until(3_000_000_000)
    yield investigation
    investigation.close()


def lost(investigation):
    """The first snapshot with lanes from there after the connection has failed."""
    end_s = time.monotonic() + 30
    while time.monotonic() < end_s:
        snapshot = investigation.snapshot()
        failed = snapshot.vantages and snapshot.vantages[0].state is ConnectionState.LOST
        if failed and of_office(snapshot):
            return snapshot
        time.sleep(0.02)
    raise AssertionError(snapshot.vantages)


def of_office(snapshot):
    return [lane for lane in snapshot.lanes if lane.lane.via == "me@office"]


def test_every_endpoint_gets_a_panel_from_there_and_the_loss_is_told(running):
    before = running.snapshot()
    assert running.add_vantage("ssh://me@office") == "me@office"
    after = lost(running)
    here = {(one.lane.address, one.lane.label) for one in before.lanes}
    assert {(one.lane.address, one.lane.label) for one in of_office(after)} == here
    assert all("no connection to me@office" in (one.trace.failure or "") for one in of_office(after))
    told = [event_words(event, after) for event in after.events if "vantage" in event.kind.value]
    assert told == [
        "me@office: vantage added",
        "me@office: no connection: Host key verification failed.",
    ]
    assert vantage_states_words(after) == "me@office: no connection"


def test_new_ports_are_probed_from_there_too(running):
    running.add_vantage("ssh://me@office")
    assert running.settings.vantages == ("me@office",)
    panel = of_office(lost(running))[0].lane.panel
    running.set_services(panel, "tcp/443,80")
    end_s = time.monotonic() + 30
    labels: list[str] = []
    while time.monotonic() < end_s and labels != ["TCP/443", "TCP/80"]:
        labels = [one.lane.label for one in of_office(running.snapshot()) if one.lane.panel == panel]
        time.sleep(0.02)
    assert labels == ["TCP/443", "TCP/80"]


def test_a_vantage_is_removed_and_its_endpoints_are_restored(running):
    running.add_vantage("ssh://me@office")
    panels = {one.lane.panel for one in of_office(lost(running))}
    running.remove_vantage("me@office")
    gone = running.snapshot()
    assert (gone.vantages, of_office(gone), running.settings.vantages) == ((), [], ())
    assert EventKind.VANTAGE_REMOVED in {event.kind for event in gone.events}
    assert running.undo_removal().via == "me@office"
    assert running.settings.vantages == ("me@office",)
    back = {one.lane.panel for one in of_office(lost(running))}
    assert back
    assert back <= panels


@pytest.mark.parametrize("word", ["nowhere", "ssh://me@office"])
def test_mistakes_change_nothing(running, word):
    running.add_vantage("ssh://me@office")
    with pytest.raises(CannotRunError):
        running.add_vantage(word)
    with pytest.raises(CannotRunError, match="is no vantage here"):
        running.remove_vantage("elsewhere")
    assert running.settings.vantages == ("me@office",)


def test_a_session_keeps_them_as_via_takes_them():
    settings = Settings(pace=Pace(), vantages=("office", "me@mx1", "mx2"))
    kept: Session = session_of((), settings, configured={"office": None})
    assert kept.vantages == ("office", "ssh://me@mx1", "ssh://mx2")

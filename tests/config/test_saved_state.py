"""What is remembered from run to run, and that nothing about it can go wrong loudly."""

import json
import os
import threading
from pathlib import Path

import pytest

from tracetui.config import SavedState, Session, SessionTarget
from tracetui.config import saved_state as module
from tracetui.files.owner import Owner
from tracetui.model import ProbeProtocol, Role

SESSION = Session(
    (SessionTarget("mx:example.org"), SessionTarget("192.0.2.1:25", Role.CONTROL)),
    (ProbeProtocol.TCP,),
    (25, 587),
    0.5,
    20,
    timeout_s=3.5,
    prober="rootless",
    sources=("192.0.2.7", "2001:db8::7"),
    interface="wg0",
    families=(6, 4),
    all_addresses=True,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tracetui" / "memory.json"


def test_everything_comes_back(path):
    saved_state = SavedState(path)
    assert (saved_state.theme, saved_state.targets, saved_state.session) == (None, (), None)
    saved_state.remember_theme("tracetui-light")
    saved_state.remember_target("a.example")
    saved_state.remember_target(" b.example\n")
    saved_state.remember_target("a.example")
    saved_state.remember_session(SESSION)
    for each in (saved_state, SavedState(path)):
        assert (each.theme, each.targets) == ("tracetui-light", ("a.example", "b.example"))
        assert each.session == SESSION
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_reading_makes_no_file(path):
    assert SavedState(path).targets == ()
    assert not path.parent.exists()


def test_targets_are_few_and_the_oldest_go(path):
    saved_state = SavedState(path)
    for number in range(module.MAX_TARGETS + 5):
        saved_state.remember_target(f"h{number}.example")
    saved_state.remember_target("")
    assert len(saved_state.targets) == module.MAX_TARGETS
    assert saved_state.targets[0] == f"h{module.MAX_TARGETS + 4}.example"
    assert saved_state.targets[-1] == "h5.example"


def test_two_programs_lose_nothing_of_each_other(path):
    one, other = SavedState(path), SavedState(path)
    assert one.targets == other.targets == ()
    one.remember_target("a.example")
    other.remember_theme("nord")
    other.remember_target("b.example")
    one.remember_target("c.example")
    assert SavedState(path).targets == ("c.example", "b.example", "a.example")
    assert SavedState(path).theme == "nord"


def test_a_file_is_never_torn(path):
    """Readers beside two writers find whole files only."""
    SavedState(path).remember_target("x.example")
    done = threading.Event()

    def write(name: str) -> None:
        saved_state = SavedState(path)
        for number in range(60):
            saved_state.remember_target(f"{name}{number}.example")

    writers = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        json.loads(path.read_bytes())
    done.set()
    assert not list(path.parent.glob("*.broken"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"theme": 5}',
        b'{"targets": "a"}',
        b'{"targets": [1]}',
        b'{"session": {"targets": [], "protocols": []}}',
        b'{"session": {"targets": [], "protocols": ["udp"]}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "ports": [0]}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "max_hops": 65}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "interval_s": 1e-9}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "timeout_s": 0}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "timeout_s": "2"}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "prober": "scapy"}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "sources": ["a.example"]}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "sources": "192.0.2.1"}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "sources": ["192.0.2.1"'
        + b', "192.0.2.2"' * 64
        + b"]}}",
        b'{"session": {"targets": [], "protocols": ["tcp"], "interface": ["eth0"]}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "interface": "eth\\u001b[0m"}}',
        b'{"session": {"targets": [], "protocols": ["tcp"], "families": [5]}}',
        b'{"session": {"targets": [{"text": "a"}' + b', {"text": "a"}' * 1000 + b'], "protocols": ["tcp"]}}',
        b'{"newer": ' + b"[" * 100_000,
        b'{"targets": ["' + b"x" * 1_000_000 + b'"]}',
    ],
)
def test_a_broken_file_is_set_aside(path, content):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    saved_state = SavedState(path)
    assert (saved_state.theme, saved_state.targets, saved_state.session) == (None, (), None)
    assert path.with_name("memory.json.broken").read_bytes() == content
    assert saved_state.problem.startswith(f"{path} is damaged: ")
    assert saved_state.problem.endswith("; it was renamed to memory.json.broken")
    assert saved_state.problem.isprintable()
    saved_state.remember_target("a.example")
    assert SavedState(path).targets == ("a.example",)


def test_names_in_the_file_are_made_safe(path):
    path.parent.mkdir(parents=True)
    path.write_text('{"targets": ["a\\u001b[31m.example", "", "b.example"], "newer": 1}')
    assert SavedState(path).targets == ("a�[31m.example", "b.example")


def test_a_session_of_an_older_version_is_read(path):
    path.parent.mkdir(parents=True)
    path.write_text(
        '{"session": {"targets": [{"text": "a"}], "protocols": ["tcp"], "interval_s": 0.5, "max_hops": 9}}'
    )
    saved_state = SavedState(path)
    session = saved_state.session
    assert session == Session((SessionTarget("a"),), (ProbeProtocol.TCP,), (), 0.5, 9)
    assert (session.timeout_s, session.prober, session.interface) == (None, None, None)
    assert saved_state.problem == ""


def test_a_pipe_or_directory_in_place_of_the_file_holds_nobody_up(path):
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert "named pipe" in SavedState(path).problem
    path.unlink()
    path.mkdir()
    assert "cannot be read" in SavedState(path).problem


def test_without_a_file_it_lasts_for_the_run():
    saved_state = SavedState(None)
    saved_state.remember_target("a.example")
    saved_state.remember_target("b.example")
    saved_state.remember_theme("nord")
    assert (saved_state.targets, saved_state.theme) == (("b.example", "a.example"), "nord")


def test_a_directory_that_cannot_be_written_harms_nothing(tmp_path, monkeypatch):
    path = tmp_path / "memory.json"
    SavedState(path).remember_target("old.example")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(module, "write_atomically", refuse)
    saved_state = SavedState(path)
    saved_state.remember_target("a.example")
    saved_state.remember_target("b.example")
    assert saved_state.targets == ("b.example", "a.example", "old.example")
    monkeypatch.undo()
    assert SavedState(path).targets == ("old.example",)


def test_a_file_in_place_of_the_directory_harms_nothing(tmp_path):
    (tmp_path / "state").write_text("")
    saved_state = SavedState(tmp_path / "state" / "memory.json")
    saved_state.remember_theme("nord")
    assert saved_state.theme == "nord"


def test_in_a_demo_targets_are_neither_read_nor_kept(path):
    SavedState(path).remember_target("mine.example")
    SavedState(path).remember_session(SESSION)
    demo = SavedState(path, targets=False)
    assert (demo.targets, demo.session) == ((), None)
    demo.remember_target("198.18.0.1")
    demo.remember_theme("nord")
    assert demo.targets == ("198.18.0.1",)
    after = SavedState(path)
    assert (after.theme, after.targets, after.session) == ("nord", ("mine.example",), SESSION)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_under_sudo_files_and_directories_are_the_users(user_home):
    path = user_home / ".local" / "state" / "tracetui" / "memory.json"
    SavedState(path, owner=Owner(65534, 65534, user_home)).remember_theme("nord")
    made = [path, *list(path.parents)[:3]]
    assert {(each.stat().st_uid, each.stat().st_gid) for each in made} == {(65534, 65534)}
    assert os.geteuid() == 0
    assert SavedState(path, owner=Owner(65534, 65534, user_home)).theme == "nord"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root acts for others")
def test_under_sudo_no_link_of_the_users_is_followed(user_home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (user_home / ".local").symlink_to(elsewhere)
    saved_state = SavedState(user_home / ".local/state/memory.json", owner=Owner(65534, 65534, user_home))
    saved_state.remember_theme("nord")
    assert saved_state.theme == "nord"  # for this run
    assert list(elsewhere.iterdir()) == []

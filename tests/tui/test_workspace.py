"""Working on the board: overview, filter, order, undo, windows, looking back, notes, copies, privacy."""

import asyncio
import gc
import sys
import threading
import weakref
from dataclasses import replace
from datetime import timedelta

import pytest

from tracetui.config import Keys, SavedState
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import EvidenceError, Note, PathState, Role, Tool, Unresolved
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.probing.pace import Pace
from tracetui.tui.dialogs.findings import FindingsDialog
from tracetui.tui.keymap import effective_commands
from tracetui.tui.view import ViewName
from tui.scenes import SHARED, START, FakeBoard, eight, lane, protonmail, snapshot
from tui.screens import hush, lines, shown, text
from words.samples import register_answers

SUSPECT, CONTROL = ("185.70.40.101", None), ("156.154.64.10", None)


async def settle(pilot, times=3):
    for _ in range(times):
        await pilot.pause()


def chosen(pilot):
    return pilot.app.board_screen.grid.chosen


def scene(pilot):
    return pilot.app.board_screen.scene


@pytest.fixture(scope="module")
def measured():
    """The demo after 60 rounds."""
    investigation, run_rounds = demo_investigation(
        "protonmail-2019", Settings(pace=Pace(rounds=60)), Tool("0", "tracetui demo protonmail-2019"),
        controls=(), pointers=True, virtual=True, seed=3,
    )  # fmt: skip
    run_rounds(lambda: False)
    yield investigation
    investigation.close()


# Many targets


async def test_the_overview_has_a_line_a_lane_and_leads_back_to_the_panel():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        await pilot.press("v")
        await settle(pilot)
        found = [line for line in lines(pilot) if "TCP/25" in line or "ICMP " in line]
        assert sum("silent after hop 4" in line for line in found) == 2
        assert sum("reached at hop 9" in line for line in found) == 2
        await pilot.press("j", "j")
        assert chosen(pilot) == CONTROL
        await pilot.press("enter")
        await settle(pilot)
        assert "control.example.com · 156.154.64.10" in text(pilot)
        assert chosen(pilot) == CONTROL


async def test_sorting_goes_round_and_holds_in_every_view():
    async with shown(FakeBoard(eight()), (120, 40)) as pilot:

        def order():
            return list(dict.fromkeys(each.lane.host for each in scene(pilot).lanes))

        asked = [f"mx{number}.example.org" for number in range(8)]
        first = order()
        assert first == [
            *(asked[number] for number in (0, 3, 6)),
            *(asked[number] for number in (1, 2, 4, 5, 7)),
        ]
        assert "3 failing first" in lines(pilot)[0]
        await pilot.press("s")
        await settle(pilot)
        assert order() == first
        assert "endpoints by state" in text(pilot)
        await pilot.press("s", "s", "s", "s")
        await settle(pilot)
        assert order() == asked
        hush(pilot)
        await settle(pilot)
        assert "failing first" not in lines(pilot)[0]
        await pilot.press("s")
        await settle(pilot)
        assert order() == first
        assert "endpoints failing first" in text(pilot)


FILTERS = {
    "silent": {"mx0", "mx3", "mx6"},
    "!silent": {"mx1", "mx2", "mx4", "mx5", "mx7"},
    "state:reached mx1": {"mx1"},
    "as:8359 address:185.70.40.103": {"mx2"},
    "MTS control": {"mx7"},
    "as835": set(),
    "AS8359 mx1": {"mx1"},
    "nothing-has-this": set(),
}


async def test_a_filter_follows_what_is_typed():
    async with shown(FakeBoard(eight(hops=8)), (120, 40)) as pilot:
        for words, hosts in FILTERS.items():
            await pilot.press("slash", words[0])
            pilot.app.screen.query_one("Input").insert_text_at_cursor(words[1:-1])
            await pilot.press(words[-1])
            await settle(pilot)
            found = {each.lane.host.partition(".")[0] for each in scene(pilot).lanes}
            assert found == hosts, words
            await pilot.press("enter")
            await settle(pilot)
            assert f"{len(hosts)} of 8" in lines(pilot)[0], words
            assert ("No endpoint matches" in text(pilot)) == (not hosts), words
            await pilot.press("escape")
            await settle(pilot)
            assert len(scene(pilot).lanes) == 16, words


async def test_leaving_the_filter_line_shows_all():
    async with shown(FakeBoard(eight()), (120, 40)) as pilot:
        await pilot.press("slash", *"mx3", "escape")
        await settle(pilot)
        assert len(scene(pilot).lanes) == 16


async def test_hidden_endpoints_are_traced_on_and_still_compared_with():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        await pilot.press("tab", "minus")
        await settle(pilot)
        found = text(pilot)
        assert "control.example.com ·" not in found
        assert "┄ control: " in found
        assert "1 hidden" in lines(pilot)[0]
        await pilot.press("plus")
        await settle(pilot)
        assert "control.example.com ·" in text(pilot)


async def test_one_endpoint_can_have_the_whole_board():
    async with shown(FakeBoard(protonmail()), (200, 60)) as pilot:
        await pilot.press("tab", "z")
        await settle(pilot)
        assert "mail.protonmail.ch · 185" not in text(pilot)
        assert "control.example.com · 156.154.64.10" in text(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert "mail.protonmail.ch · 185" in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "control.example.com · 156.154.64.10" in text(pilot)
        assert "mail.protonmail.ch · 185" in text(pilot)


async def test_endpoints_move():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("greater_than_sign", "less_than_sign")
        assert board.asked == [("move", SUSPECT, 1, SUSPECT, CONTROL), ("move", SUSPECT, -1)]


# While running


async def test_probes_and_pace_are_changed_and_mistakes_stay_in_place():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("p")
        await settle(pilot)
        line = pilot.app.screen.query_one("#services")
        assert line.value == "tcp/25 icmp"
        line.value = "udp/53"
        await pilot.press("enter")
        await settle(pilot)
        assert "'udp/53' is not a probe" in text(pilot)
        line.value = "tcp/443"
        await pilot.press("tab", "tab", *["backspace"] * 3, *"0.5", "enter")
        await settle(pilot)
        assert board.asked == [("set_services", SUSPECT, "tcp/443"), ("set_pace", 0.5, 30)]
        await pilot.press("p", "tab", "space", "enter")
        await settle(pilot)
        assert [asked for asked in board.asked[2:] if asked[0] == "set_services"] == [
            ("set_services", SUSPECT, "tcp/25 icmp"),
            ("set_services", CONTROL, "tcp/25 icmp"),
        ]


@pytest.mark.parametrize(("field", "value"), [("interval", "0"), ("max-hops", "65"), ("interval", "soon")])
async def test_a_pace_that_cannot_be_says_its_limits(field, value):
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("p")
        await settle(pilot)
        pilot.app.screen.query_one(f"#{field}").value = value
        await pilot.press("enter")
        await settle(pilot)
        assert f"'{value}' is not a number from" in text(pilot)
    assert board.asked == []


async def test_what_was_typed_before_comes_back():
    board, saved_state = FakeBoard(protonmail()), SavedState()
    async with shown(board, (120, 40), saved_state=saved_state) as pilot:
        await pilot.press("a", *"192.0.2.77", "enter")
        await settle(pilot)
        await pilot.press("c", *"192.0.2.78", "enter")
        await settle(pilot)
        assert saved_state.targets == ("192.0.2.78", "192.0.2.77")
        await pilot.press("a", "up", "up")
        assert pilot.app.screen.query_one("Input").value == "192.0.2.77"
        await pilot.press("down", "down")
        assert pilot.app.screen.query_one("Input").value == ""
        await pilot.press(*"192.0.2.7")
        await settle(pilot, 6)
        await pilot.press("right")
        assert pilot.app.screen.query_one("Input").value == "192.0.2.78"


async def test_resolving_turns_and_can_be_stopped():
    waiting = snapshot([], unresolved=(Unresolved("slow.example", None),))
    board = FakeBoard(waiting)
    async with shown(board, (80, 24)) as pilot:
        screen = pilot.app.board_screen
        seen = set()
        for _ in range(4):
            screen.pull()
            await pilot.pause()
            seen.add(next(line for line in lines(pilot) if "slow.example" in line))
        assert len(seen) > 1
        await pilot.press("x")
        await settle(pilot)
        assert board.asked == [("dismiss", "slow.example")]


async def test_the_first_round_and_look_ups_say_how_far_they_are():
    begun = protonmail()
    lanes = tuple(replace(each, trace=replace(each.trace, rounds=0)) for each in begun.lanes)
    known = {address: owner for address, owner in begun.owners.items() if not address.startswith("195.34.")}
    async with shown(FakeBoard(replace(begun, lanes=lanes, owners=known)), (120, 40)) as pilot:
        assert "first round of 4 lanes: " in text(pilot)
        assert "looking up 4 of 8 addresses" in text(pilot)


# Time


async def test_windows_count_loss_and_rtt_over_the_last_minutes(measured):
    async with shown(measured, (120, 40)) as pilot:
        assert scene(pilot).lanes[0].trace.hops[0].sent == 60
        await pilot.press("t")
        await settle(pilot)
        assert "last 1 min" in lines(pilot)[0]
        assert "loss and RTT over the last 1 min" in text(pilot)
        assert scene(pilot).lanes[0].trace.hops[0].sent <= 60
        await pilot.press("t", "t", "t")
        await settle(pilot)
        assert "last" not in lines(pilot)[0]


async def test_looking_back_shows_what_was_known_then(measured):
    async with shown(measured, (120, 40)) as pilot:
        newest = scene(pilot).newest
        await pilot.press(*["left_curly_bracket"] * 4)
        await settle(pilot)
        then = scene(pilot).snapshot
        assert then.lanes[0].trace.rounds < 5
        assert then.lanes[0].verdict.state is PathState.INSUFFICIENT or then.lanes[0].trace.rounds >= 5
        assert " UTC · " in lines(pilot)[0]
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert scene(pilot).moment - then.created_at == timedelta(seconds=1)
        await pilot.press("full_stop")
        await settle(pilot)
        assert scene(pilot).moment is None
        assert scene(pilot).snapshot.lanes[0].trace.rounds == newest.lanes[0].trace.rounds


async def test_the_timeline_takes_the_board_along(measured):
    async with shown(measured, (120, 40)) as pilot:
        await pilot.press("3")
        await settle(pilot, 6)
        await pilot.press(*["h"] * 20)
        await settle(pilot, 6)
        moment = scene(pilot).moment
        assert moment is not None
        await pilot.press("1")
        await settle(pilot, 6)
        assert f"{moment:%H:%M:%S} UTC" in lines(pilot)[0]
        assert 30 <= scene(pilot).snapshot.lanes[0].trace.rounds <= 45
        await pilot.press("escape")
        await settle(pilot)
        assert scene(pilot).moment is None


# What leaves the screen


async def test_a_register_is_added_by_its_file_and_told_of_when_it_is_read():
    class Board(FakeBoard):
        def add_register(self, text: str) -> None:
            super().add_register(text)
            if "missing" in text:
                raise EvidenceError("missing: cannot be read (no such file or directory)")
            answers = tuple(register_answers()[:1])
            outside = OutsideEvidence(register_files=(answers[0].register,), registers=answers)
            self.current = replace(self.current, outside=outside)

    board = Board(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("B", *"missing", "enter")
        await settle(pilot)
        assert "missing: cannot be read" in text(pilot)
        await pilot.press("ctrl+u", *"a.csv", "enter")
        await settle(pilot)
        assert board.asked == [("add_register", "missing"), ("add_register", "a.csv")]
        assert "dump.csv read: lists 1 of 1 endpoints" in text(pilot)


async def test_notes_are_kept_with_their_time():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("N", *"called", "space", *"the", "space", *"NOC", "enter")
        await settle(pilot)
        assert board.asked == [("add_note", "called the NOC")]
        await pilot.press("N", "enter")
        await settle(pilot)
        assert len(board.asked) == 1


async def test_an_export_that_is_written_is_over(tmp_path):
    async with shown(FakeBoard(protonmail()), (120, 40), tmp_path) as pilot:
        await pilot.press("e")
        await pilot.app.workers.wait_for_complete()
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert "wrote tracetui-" in text(pilot)
        assert "writing markdown" not in text(pilot)
        assert pilot.app.board_screen.export_jobs.progress == ""


async def test_an_export_that_takes_its_time_can_be_stopped(tmp_path, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(snapshot, output_format, *, full):
        begun.set()
        assert go_on.wait(30)
        return "report"

    monkeypatch.setattr("tracetui.tui.commands.export.render", slow)
    async with shown(FakeBoard(protonmail()), (120, 40), tmp_path) as pilot:
        await pilot.press("e")
        await asyncio.to_thread(begun.wait, 30)
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert "writing markdown (esc stops it)" in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "export stopped" in text(pilot)
        go_on.set()
        for _ in range(50):
            await asyncio.sleep(0.01)
            if not any(worker.is_running for worker in pilot.app.workers):
                break
    assert list(tmp_path.iterdir()) == []


def is_writing(thread):
    frame = sys._current_frames().get(thread)
    while frame is not None and frame.f_code.co_name != "_write":
        frame = frame.f_back
    return frame is not None


async def test_the_line_of_two_exports_stands_until_both_are_written(tmp_path, monkeypatch):
    gates = {"markdown": threading.Event(), "json": threading.Event()}

    def slow(snapshot, output_format, *, full):
        assert gates[output_format].wait(30)
        return "report"

    monkeypatch.setattr("tracetui.tui.commands.export.render", slow)
    async with shown(FakeBoard(protonmail()), (120, 40), tmp_path) as pilot:
        board = pilot.app.board_screen
        await pilot.press("e", "E")
        for gate, left in ((gates["json"], True), (gates["markdown"], False)):
            written = len(board.reports)
            gate.set()
            for _ in range(300):
                await asyncio.sleep(0.01)
                if len(board.reports) > written and bool(board.export_jobs.progress) == left:
                    break
            assert len(board.reports) == written + 1
            assert bool(board.export_jobs.progress) == left


async def test_an_export_that_ends_while_it_is_stopped_ends_nothing_else(tmp_path, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr("tracetui.tui.commands.export.render", lambda *_, full: gate.wait(30) and "report")
    async with shown(FakeBoard(protonmail()), (120, 40), tmp_path) as pilot:
        board = pilot.app.board_screen
        board.action_run_command("export_markdown")
        (ending,) = board.export_jobs._awaited
        board.action_run_command("clear")
        board.action_run_command("export_markdown")
        board.export_jobs.finish(ending)
        assert board.export_jobs.progress
        gate.set()
        for _ in range(300):
            await asyncio.sleep(0.01)
            if not board.export_jobs.progress:
                break
        assert not board.export_jobs.progress


async def test_an_export_that_was_stopped_does_not_end_the_next_one(tmp_path, monkeypatch):
    gates = [threading.Event(), threading.Event()]
    begun = [threading.Event(), threading.Event()]
    threads = []

    def slow(snapshot, output_format, *, full):
        place = len(threads)
        threads.append(threading.get_ident())
        begun[place].set()
        assert gates[place].wait(30)
        return "report"

    monkeypatch.setattr("tracetui.tui.commands.export.render", slow)
    async with shown(FakeBoard(protonmail()), (120, 40), tmp_path) as pilot:
        board = pilot.app.board_screen
        await pilot.press("e")
        await asyncio.to_thread(begun[0].wait, 30)
        await pilot.press("escape", "e")
        await asyncio.to_thread(begun[1].wait, 30)
        ended = threading.Event()
        over = board.export_jobs.finish
        monkeypatch.setattr(board.export_jobs, "finish", lambda worker: (over(worker), ended.set()))
        gates[0].set()
        for _ in range(3000):
            await asyncio.sleep(0.01)
            if not is_writing(threads[0]):
                break
        assert board.export_jobs.progress
        assert not ended.is_set()
        gates[1].set()
        await asyncio.to_thread(ended.wait, 30)
        assert not board.export_jobs.progress
    assert len(list(tmp_path.iterdir())) == 1


async def test_copies_go_to_the_terminals_clipboard(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        await pilot.press("j", "j")
        for key, *found in (
            ("1", "hop 3", "195.34.50.1"),
            ("2", "| hop |"),
            ("3", "silent after hop 4"),
            ("4", "### `mail.protonmail.ch`"),
        ):
            hush(pilot)
            await settle(pilot)
            assert "OSC 52" not in text(pilot), key
            await pilot.press("y", key)
            await settle(pilot)
            assert any(words in pilot.app.clipboard for words in found), key
            assert "OSC 52" in text(pilot), key


@pytest.mark.parametrize(("terminal", "keys"), [("linux", ("y", "1")), ("xterm", ("y", "f"))])
async def test_a_copy_becomes_a_file_where_there_is_no_clipboard_or_on_request(
    terminal, keys, tmp_path, monkeypatch
):
    monkeypatch.setenv("TERM", terminal)
    async with shown(FakeBoard(protonmail()), (120, 40), tmp_path) as pilot:
        await pilot.press("j", "j", *keys)
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        assert "195.34.50.1" in (tmp_path / "tracetui-copy.txt").read_text()
        assert "wrote tracetui-copy.txt in" in text(pilot)
        assert pilot.app.clipboard == ""


async def test_privacy_hides_own_addresses_and_first_hops_on_the_screen_and_in_exports(measured, tmp_path):
    async with shown(measured, (200, 60), tmp_path) as pilot:
        own = scene(pilot).newest.lanes[0].trace.source
        first = scene(pilot).newest.lanes[0].trace.hops[0].main.address
        assert first in text(pilot)
        await pilot.press("P")
        await settle(pilot)
        assert first not in text(pilot)
        assert own not in text(pilot)
        assert "hidden-" in text(pilot)
        await pilot.press("e")
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        report = next(tmp_path.glob("*.md")).read_text()
        assert first not in report
        assert own not in report
        await pilot.press("m")  # commands still find what they are about
        await settle(pilot)
        assert measured._targets.lanes[0].role is Role.CONTROL
        await pilot.press("m", "P")
        await settle(pilot)
        assert first in text(pilot)


# Views


async def test_an_unseen_view_draws_nothing(measured, rows_painted):
    async with shown(measured, (120, 40)) as pilot:
        screen = pilot.app.board_screen
        await pilot.press("2", "3", "4", "5")
        looked_at = set()
        for key in ("v", "1", "2", "3", "4", "5"):
            await pilot.press(key)
            await settle(pilot, 4)
            looked_at.add(screen.view_name)
            unseen = {name: each for name, each in screen.views.views.items() if each is not screen.view}
            before = {name: painted(each, rows_painted) for name, each in unseen.items()}
            measured.add_note("something changes")
            screen.pull()
            await settle(pilot)
            assert {name: painted(each, rows_painted) for name, each in unseen.items()} == before, key
            assert all(before.values()), key
        assert looked_at == set(ViewName)


def painted(view, rows_painted):
    return sum(rows_painted[widget] for widget in view.walk_children())


async def test_every_view_stands_an_empty_board_and_sudden_lanes():
    board = FakeBoard(snapshot([], unresolved=(Unresolved("x.example", None),)))
    async with shown(board, (80, 24)) as pilot:
        for key in ("2", "3", "4", "v", "1"):
            await pilot.press(key)
            await settle(pilot, 4)
        for key in ("2", "3", "4", "v", "1"):
            board.current = snapshot([lane("y.example", "185.70.40.8", "ICMP", [*SHARED, "185.70.40.8"])])
            await pilot.press(key)
            pilot.app.board_screen.pull()
            await settle(pilot, 4)
            assert "y.example" in text(pilot) or key == "4"
            board.current = snapshot([])
            pilot.app.board_screen.pull()
            await settle(pilot, 4)
    assert START


async def test_in_the_evidence_enter_goes_to_what_is_chosen_and_a_note_can_be_taken_back():
    board = FakeBoard(replace(protonmail(), notes=(Note(START, "called the NOC"),)))
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("4")
        await settle(pilot, 4)
        view = pilot.app.board_screen.view
        while view.chosen.kind != "control":
            await pilot.press("j")
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.board_screen.view_name == "board"
        assert chosen(pilot) == CONTROL
        await pilot.press("4", "G")
        await settle(pilot, 4)
        while view.chosen.kind != "note":
            await pilot.press("k")
        await pilot.press("d")
        await settle(pilot)
        assert board.asked == [("remove_note", 0)]


async def test_ctrl_c_leaves_a_dialog_not_the_program():
    async with shown(FakeBoard(protonmail()), (100, 30)) as pilot:
        for key in ("a", "c", "question_mark", "f", "o", "p", "y", "N", "slash", "enter"):
            await pilot.press(key)
            await settle(pilot)
            assert pilot.app.screen is not pilot.app.board_screen, key
            await pilot.press("ctrl+c")
            await settle(pilot)
            assert pilot.app.screen is pilot.app.board_screen, key
            assert pilot.app.is_running, key


@pytest.mark.parametrize("key", ["f", "y"])
async def test_a_list_pages_in_a_terminal_made_tiny_too(key):
    async with shown(FakeBoard(protonmail()), (100, 30)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        for size in ((30, 8), (10, 3), (1, 1), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.press("pagedown", "pageup", "end", "home", "down")
            await settle(pilot)
        assert pilot.app.is_running


async def test_a_view_with_nothing_to_show_says_why_and_which_key_leads_on():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        for key in ("1", "v", "2", "3"):
            await pilot.press(key, "slash", *"qqq", "enter")
            await settle(pilot)
            assert "No endpoint matches 'qqq'." in text(pilot), key
            assert "esc clears the filter" in text(pilot), key
            await pilot.press("escape")
            await settle(pilot, 6)
            assert "mail.protonmail.ch" in text(pilot), key
            assert "No endpoint" not in text(pilot), key


async def test_a_click_on_a_sentence_at_the_foot_leads_to_its_finding(measured):
    async with shown(FakeBoard(measured.snapshot()), (120, 40)) as pilot:
        foot = pilot.app.screen.query_one("#findings")
        await pilot.click(foot, offset=(20, 0))
        await settle(pilot)
        assert isinstance(pilot.app.screen, FindingsDialog)


async def test_hints_name_the_keys_that_the_user_wants(measured):
    own = {"add_target": ("f2",), "show_findings": ("f3",), "clear": ("f4",), "undo_removal": ("f5",),
           "show_hidden": ("f6",), "hide_target": ("f7",), "dismiss_target": ("f8",)}  # fmt: skip
    commands = effective_commands(Keys(own, ""))
    board = FakeBoard(replace(measured.snapshot(), unresolved=(Unresolved("x.example", "no such name"),)))
    async with shown(board, (120, 40), commands=commands) as pilot:
        assert "f3 details" in text(pilot)
        assert "f8 dismisses" in text(pilot)
        for _ in range(4):
            await pilot.press("f7")
            await settle(pilot)
        assert "All endpoints are hidden." in text(pilot)
        assert "f6 shows them again." in text(pilot)
        await pilot.press("f6", "d")
        await pilot.pause()
        assert "f5 restores it" in text(pilot)
    async with shown(FakeBoard(snapshot([])), (80, 24), commands=commands) as pilot:
        await pilot.press("escape")
        await pilot.pause()
        assert "Press f2 to add one" in text(pilot)


@pytest.mark.parametrize("action", ["help", "show_log", "show_findings"])
async def test_the_key_that_opens_a_dialog_closes_it_whichever_it_is(action):
    commands = effective_commands(Keys({action: ("f9",)}, ""))
    async with shown(FakeBoard(protonmail()), (80, 24), commands=commands) as pilot:
        for _ in range(2):
            await pilot.press("f9")
            await settle(pilot)
            assert len(pilot.app.screen_stack) == 2
            await pilot.press("f9")
            await settle(pilot)
            assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_the_help_goes_from_heading_to_heading_and_is_wrapped_once(size):
    async with shown(FakeBoard(protonmail()), size) as pilot:
        await pilot.press("f1")
        await settle(pilot)
        scroll = pilot.app.screen.query_one("VerticalScroll")
        width = scroll.scrollable_content_region.width
        drawn = pilot.app.screen.lines(width)
        assert scroll.virtual_size.height == len(drawn)  # no line is wrapped a second time
        seen = []
        for _ in range(3):
            seen.append(drawn[int(scroll.scroll_y)].plain)
            await pilot.press("right")
            await settle(pilot)
        assert seen[0].startswith("  ^p ")
        assert seen[1:] == ["Target", "View"]
        await pilot.press("left", "left", "left")
        await settle(pilot)
        assert "The palette" in text(pilot)
        assert "Trace another target" in text(pilot)


async def test_keys_of_mtr_and_trippy_freeze_and_restart():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("ctrl+f")
        await settle(pilot)
        assert pilot.app.board_screen.frozen
        await pilot.press("ctrl+f", "ctrl+r")
        await settle(pilot)
        assert not pilot.app.board_screen.frozen
        assert ("restart_statistics",) in board.asked


@pytest.mark.parametrize("size", [(80, 24), (170, 50)])
async def test_an_endpoint_has_details_too(size):
    async with shown(FakeBoard(protonmail()), size) as pilot:
        await pilot.press("i")
        await settle(pilot, 4)
        assert "mail.protonmail.ch · 185.70.40.101" in text(pilot)
        assert "Endpoint" in text(pilot)
        if size[0] > 100:
            await pilot.press("enter")
            await settle(pilot, 4)
            assert "hop 1 · mail.protonmail.ch" in text(pilot)
            await pilot.press("i", "i")
        else:
            await pilot.press("down")
            await settle(pilot, 4)
            assert "control.example.com" in text(pilot)
            await pilot.press("escape")
        await settle(pilot, 4)
        assert "Endpoint" not in text(pilot)
        await pilot.press("v", "j", "j", "i")
        await settle(pilot, 4)
        assert "control · control.example.com" in text(pilot)


async def test_a_screen_that_is_closed_is_not_kept():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        kept = []
        for _ in range(3):
            await pilot.press("enter")
            await settle(pilot, 4)
            kept.append(weakref.ref(pilot.app.screen))
            await pilot.press("escape")
            await settle(pilot, 4)
        await pilot.press("j")
        await settle(pilot, 4)
        gc.collect()
        assert sum(each() is not None for each in kept) <= 1  # the last may still be on its way


async def test_a_vantage_is_added_and_removed_in_one_dialog():
    board = FakeBoard(protonmail())
    board.current = replace(
        board.current,
        vantages=(RemoteVantage("office", "ssh mx1", ConnectionState.LOST),),
    )
    async with shown(board, (120, 40)) as pilot:
        assert "office: no connection" in lines(pilot)[0]
        await pilot.press("V")
        await pilot.pause()
        assert "type: remove office" in text(pilot)
        await pilot.press(*"ssh://me@b", "enter")
        await pilot.pause()
        assert "connecting to ssh://me@b" in text(pilot)
        await pilot.press("V", *"remove office", "enter")
        await pilot.pause()
        assert board.asked == [("add_vantage", "ssh://me@b"), ("remove_vantage", "office")]

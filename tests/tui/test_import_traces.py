"""Traces of other tools on the screen: the dialog says what it recognises; imported lanes look imported."""

import os
from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Input

from analysis.findings.simulated import AS_THE_PROGRAM_S
from analysis.imports import BLOCKED, REFERENCE, SUSPECT, imported, run
from tracetui.evidence.bgp.found_routes import ReadRoutes
from tracetui.model import Snapshot
from tracetui.model.imported_trace import Untold
from tracetui.tui.dialogs.import_traces import MAX_SHOWN, PASTED, PasteArea, preview_lines, recognise
from tui.scenes import FakeBoard, protonmail
from tui.screens import lines, shown, text

ROUTER = """\
> Hi, this is what our router says:
GW-Core-R3#traceroute ip 185.70.40.101 probe 2 timeout 3
Type escape sequence to abort.
Tracing the route to mail.protonmail.ch (185.70.40.101)
VRF info: (vrf in name/id, vrf out name/id)
  1 192.0.2.1 [AS 57681] 2 msec 2 msec
  2 195.34.50.1 [AS 8359] 3 msec *
  3  *  *
  4  *  *
"""
ROUTES = """\
lab-r1#show ip bgp 203.0.113.9
BGP routing table entry for 203.0.113.0/24, version 12
Paths: (1 available, best #1, table default)
  64501 64503
    192.0.2.1 from 192.0.2.1 (192.0.2.1)
      Origin IGP, localpref 100, valid, external, best
"""
NAMELESS = """\
GW-Core-R3#traceroute ip probe 1
Tracing the route to
  1 [AS 57681] 2 msec
  2 [AS 8359] 3 msec
  3  *
"""


async def settle(pilot):
    for _ in range(4):
        await pilot.pause()


async def paste(pilot, words):
    pilot.app.post_message(events.Paste(words))
    await settle(pilot)
    await pilot.app.workers.wait_for_complete()
    await settle(pilot)


def imports(board):
    return [asked for asked in board.asked if asked[0] == "import_traces"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids="{0[0]}x{0[1]}".format)
async def test_the_dialog_says_at_once_what_it_recognises(size, snapshot):
    async with shown(FakeBoard(protonmail()), size) as pilot:
        await pilot.press("I")
        await paste(pilot, ROUTER)
        assert text(pilot) == snapshot


async def test_what_is_recognised_is_imported_with_the_endpoint_that_was_named():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("I")
        assert "Paste the output of traceroute" in text(pilot)
        await paste(pilot, ROUTER)
        assert imports(board) == []
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        ((_, traces, name, about),) = imports(board)
        assert [(trace.vantage, trace.address) for trace in traces] == [("GW-Core-R3", SUSPECT)]
        assert (name, about) == (PASTED, "mail.protonmail.ch")
        assert "1 trace imported: d removes one" in text(pilot)


@pytest.mark.parametrize(("about", "viewer"), [("", None), ("AS8359", 8359), ("as.example.org", None)])
async def test_bgp_routes_are_recognised_too_and_may_be_of_an_as_that_is_named(about, viewer):
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("I")
        await paste(pilot, ROUTES)
        assert "1 BGP route recognised in pasted text" in text(pilot)
        assert "203.0.113.0/24 by 64501 64503" in text(pilot)
        pilot.app.screen.query_one(Input).value = about
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        [(_, found)] = [asked for asked in board.asked if asked[0] == "add_bgp"]
        assert isinstance(found, ReadRoutes)
        assert [(route.prefix, route.viewer) for route in found.routes] == [("203.0.113.0/24", viewer)]
        assert imports(board) == []
        assert "1 BGP route added" in text(pilot)


async def test_what_is_wrong_is_said_and_the_dialog_stays_open():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("I", "ctrl+s")
        await settle(pilot)
        assert "nothing pasted yet" in text(pilot)
        await paste(pilot, "Dear all,\nwe see no trace here\n")
        assert "no trace found" in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "Import traces" not in text(pilot)
        assert imports(board) == []


async def test_a_file_is_read_whose_name_is_typed(tmp_path):
    (tmp_path / "case.txt").write_text(ROUTER + NAMELESS)
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        await pilot.press("I")
        await paste(pilot, str(tmp_path / "case.txt"))
        assert "2 traces recognised in case.txt" in text(pilot)
        await pilot.press("ctrl+a", "ctrl+k")
        await paste(pilot, "/no/such/file")
        assert "cannot read /no/such/file" in text(pilot)


async def test_a_long_paste_is_read_whole_and_not_shown():
    many = ROUTER * (MAX_SHOWN // len(ROUTER) + 20)
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        await pilot.press("I")
        await paste(pilot, many)
        assert f"({many.count(chr(10)) + 1} lines pasted" in text(pilot)
        assert f"{many.count('GW-Core-R3#')} traces recognised" in text(pilot)
        await pilot.press("x")
        await settle(pilot)
        assert len(pilot.app.screen.query_one(PasteArea).whole) < MAX_SHOWN


def test_no_text_does_anything_else_than_be_shown():
    evil = ROUTER.replace("192.0.2.1", "\x1b]0;x\x07[bold]a.example[/]")
    shown_lines = preview_lines(recognise(evil))
    assert not any("\x1b" in line or "\x07" in line for line in shown_lines)


def test_many_traces_are_counted():
    told = preview_lines(recognise(ROUTER * 25))
    assert told[0] == "25 traces recognised in pasted text"
    assert told[-1] == "and 5 more traces"


def test_names_of_files_are_bounded_and_never_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = recognise(str(tmp_path / "pipe"))
    assert found is not None
    assert "is a named pipe" in found.problem
    assert recognise("  \n ") is None
    nobody = recognise("~nobody-of-that-name/x")
    assert nobody is not None
    assert nobody.problem.startswith("cannot read")


# Imported lanes


@pytest.fixture(scope="module")
def article() -> Snapshot:
    return run(
        "protonmail-2019",
        replace(BLOCKED, lines=(3, 12), untold=frozenset({Untold.ADDRESSES, Untold.TARGET})),
        REFERENCE,
        imported(
            f"1 a a a; 2 * b b; 3 {SUSPECT} * *", address=SUSPECT, vantage="", source="9.9.0.7", tool="mtr"
        ),
        rounds=12,
        look_every_s=AS_THE_PROGRAM_S,
    )


async def go_to(pilot, name):
    board = pilot.app.board_screen
    for _ in range(20):
        if board.chosen_lanes and board.chosen_lanes[0].lane.imported == name:
            return
        await pilot.press("tab")
        await settle(pilot)
    pytest.fail(f"no panel of {name}")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids="{0[0]}x{0[1]}".format)
async def test_a_board_with_an_imported_lane(size, snapshot, article):
    async with shown(FakeBoard(article), size) as pilot:
        await pilot.press("1")
        await go_to(pilot, "GW-Core-R3")
        assert text(pilot) == snapshot


async def test_imported_lanes_look_imported_in_every_view(article):
    async with shown(FakeBoard(article), (160, 50)) as pilot:
        await pilot.press("v")
        await settle(pilot)
        assert "mail.protonmail.ch ⇩ GW-Core-R3 " in text(pilot)
        await pilot.press("2")
        await settle(pilot)
        page = text(pilot)
        assert "control.neustar.example ⇩ GW-Core-R3 2" in page
        assert page.count("E 22822 Limelight") >= 4
        await pilot.press("3")
        await settle(pilot)
        (row,) = (line for line in lines(pilot) if "mail.protonmail.ch ⇩ GW-Core-R3" in line)
        assert "imported · GW-Core-R3 · 2019-03-12 · Cisco IOS · silent after 4" in row
        assert "1970" not in text(pilot)


async def test_the_evidence_lists_them_with_what_they_weigh(article):
    async with shown(FakeBoard(article), (120, 120)) as pilot:
        await pilot.press("4")
        await settle(pilot)
        page = text(pilot)
        assert "Imported traces  3" in page
        assert "probes to mail.protonmail.ch: GW-Core-R3 · 2019-03-12 · Cisco IOS" in page
        assert "not stated: some routers' addresses, the address that was traced" in page
        assert "weight: cited in 1 finding, where it rules nothing out" in page
        await pilot.press("I")
        await settle(pilot)
        assert "Import traces" in text(pilot)


async def test_details_say_where_a_trace_comes_from_and_compare_no_times(article):
    async with shown(FakeBoard(article), (120, 60)) as pilot:
        await pilot.press("1")
        await go_to(pilot, "9.9.0.7")
        await pilot.press("i")
        await settle(pilot)
        page = text(pilot)
        assert "made with" in page
        assert "2019-03-12 09:30 UTC" in page
        assert "ago" not in page
        assert "1970" not in page


async def test_what_only_live_lanes_have_is_not_done_to_imported_ones(article):
    board = FakeBoard(article)
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("1")
        await go_to(pilot, "GW-Core-R3")
        await pilot.press("p")
        await settle(pilot)
        assert "an imported trace is not probed" in text(pilot)
        await pilot.press("S")
        await settle(pilot)
        assert not any(asked[0] == "check_services" for asked in board.asked)
        await pilot.press("w")
        await settle(pilot)
        assert "no address to ask a registry about" in text(pilot)
        await pilot.press("m")
        await settle(pilot)
        assert ("set_role", (SUSPECT, "import GW-Core-R3"), "control") in board.asked
        await pilot.press("d")
        await settle(pilot)
        assert ("remove", (SUSPECT, "import GW-Core-R3")) in board.asked


async def test_a_mask_leads_back_to_the_imported_panel(article):
    board = FakeBoard(article)
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("1")
        await go_to(pilot, "GW-Core-R3")
        await pilot.press("P")
        await settle(pilot)
        assert "GW-Core-R3" not in text(pilot)
        await pilot.press("d")
        await settle(pilot)
        assert ("remove", (SUSPECT, "import GW-Core-R3")) in board.asked

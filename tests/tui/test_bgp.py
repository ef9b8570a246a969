"""BGP on the screen: what is expected beyond the last hop, the evidence, and the key that asks."""

from dataclasses import replace
from typing import Any

from tracetui.evidence.bgp.route_tokens import path_of
from tracetui.model import Asn, CannotRunError, ControlFit, Role
from tracetui.model.bgp_route import BgpEvidence, BgpRoute, RouteSource
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.reference import ForeignText, Prefix
from tracetui.tui.board.as_path_line import as_path_lines, as_path_pieces
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.panel_rows import PanelRows
from tracetui.tui.evidence.evidence_view import EvidenceView
from tracetui.tui.paths.paths_view import PathsView
from tui.scenes import CONTROL_PATH, DROPPED, FakeBoard, check, lane, protonmail, snapshot
from tui.screens import shown, text
from tui.test_lines import INK, painted, plain
from tui.view_app import scene_of, viewed
from tui.view_text import text_of

MX = "185.70.40.0/24"


def route(path: str, viewer: int = 8359, **more: Any) -> BgpRoute:
    source = RouteSource("Junos", ForeignText("glass.txt"))
    return BgpRoute(Prefix(MX), path_of(path), source, Asn(viewer), best=True, **more)


def scene(*routes: BgpRoute, fit: ControlFit | None = None):
    """A lane that is silent after hop 4, maybe with a control; and its snapshot."""
    suspect = lane("mail.example", "185.70.40.101", "TCP/25", DROPPED)
    passing = lane("far.example", "68.142.88.99", "TCP/25", CONTROL_PATH[:7], role=Role.CONTROL)
    checks = () if fit is None else (check(suspect.id, passing.id, fit),)
    made = snapshot([suspect, passing], controls=checks)
    return suspect, replace(made, outside=OutsideEvidence(BgpEvidence(routes)))


def path_line(suspect, made) -> str:
    return plain(as_path_pieces(as_path_lines([suspect], Continuations(made)), made, INK, 200))


def rows(suspect, made):
    return PanelRows().lines([suspect], made, Continuations(made))


def test_where_no_control_shows_it_the_bgp_path_goes_on_dotted():
    suspect, made = scene(route("22822 19905"))
    assert path_line(suspect, made).endswith("✖ ┄ C 22822 Limelight ┄ 19905 (BGP)")
    assert "┄ BGP, next AS: C 22822" in painted(rows(suspect, made)[4], 78, 1)
    assert all(row.control is None for row in rows(suspect, made)[5:])


def test_another_ass_path_says_so():
    suspect, made = scene(route("64500 8359 22822 19905", 64500))
    assert path_line(suspect, made).endswith("┄ 19905 (BGP of another AS)")
    assert "another AS's BGP path" in painted(rows(suspect, made)[4], 110, 1)


def test_a_control_that_fits_counts_before_bgp_and_bgp_before_one_that_does_not():
    suspect, made = scene(route("3356 19905"), fit=ControlFit.VALID)
    assert "BGP" not in path_line(suspect, made)
    suspect, made = scene(route("3356 19905"), fit=ControlFit.OTHER_ORIGIN)
    assert path_line(suspect, made).endswith("✖ ┄ 3356 ┄ 19905 (BGP)")


def test_a_path_that_ends_in_the_last_as_shows_nothing():
    suspect, made = scene(route(""))
    assert path_line(suspect, made).endswith("✖")


async def test_as_paths_have_it():
    _, made = scene(route("22822 19905"))
    async with viewed(PathsView, scene_of(made), (120, 30)) as pilot:
        assert "(┄ BGP)" in text_of(pilot.app.view)
        assert "22822" in text_of(pilot.app.view)


async def test_the_evidence_lists_routes_with_their_sources():
    _, made = scene(route("22822 19905"))
    async with viewed(EvidenceView, scene_of(made), (160, 60)) as pilot:
        said = text_of(pilot.app.view)
        assert "BGP  1" in said
        assert "seen by AS8359 MTS: 22822 19905 (best); source: Junos, glass.txt, time unknown" in said


async def test_the_key_asks_about_the_chosen_endpoint_and_its_control():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("b")
        await pilot.pause()
        assert board.asked[0][:2] == ("ask_bgp", "185.70.40.101")
        assert "asking RIPEstat" in text(pilot)


class Refusing(FakeBoard):
    """A board that may ask nobody."""

    def ask_bgp(self, addresses):
        raise CannotRunError("RIPEstat is not asked here: offline, or a simulated internet")


async def test_a_refusal_is_one_line():
    async with shown(Refusing(protonmail()), (120, 40)) as pilot:
        await pilot.press("b")
        await pilot.pause()
        assert "RIPEstat is not asked here: offline" in text(pilot)

"""Checked services and mail domains in the evidence view, and the key that starts checks."""

import pytest

from report.checked_services import with_services
from tracetui.model import CannotRunError
from tracetui.privacy.mask import masked
from tracetui.tui.details.lane_details import lane_rows
from tracetui.tui.evidence.evidence_view import EvidenceView
from tracetui.tui.evidence.findings_and_controls import findings
from tracetui.tui.evidence.service_checks import mail_domains, services
from tui.scenes import FakeBoard, protonmail
from tui.screens import shown, text
from tui.test_details import INK
from tui.view_app import scene_of, simulated, viewed
from tui.view_text import text_of


@pytest.fixture(scope="module")
def found():
    return with_services(simulated("protonmail-2019", 12))


def sections(*builders):
    return lambda: EvidenceView(builders)


async def test_the_sections(found, snapshot):
    async with viewed(sections(services, mail_domains), scene_of(found), (100, 40)) as pilot:
        assert text_of(pilot.app.view) == snapshot


async def test_under_a_mask(found):
    async with viewed(
        sections(findings, services, mail_domains), scene_of(masked(found, 1)), (100, 40)
    ) as pilot:
        plain = text_of(pilot.app.view)
        assert "198.51.100.77" not in plain
        assert "192.0.2.10" not in plain


async def test_the_cursor_stands_on_a_service_and_points_at_its_endpoint(found):
    async with viewed(sections(services), scene_of(found), (100, 40)) as pilot:
        view = pilot.app.view
        assert view.chosen.kind == "service"
        assert view.chosen_panel == found.lanes[0].lane.panel


def test_the_details_of_an_endpoint_have_its_services(found):
    lanes = [lane for lane in found.lanes if lane.lane.panel == found.lanes[2].lane.panel]
    rows = ["".join(text for text, _ in row.pieces) for row in lane_rows(lanes, found, INK, 60)]
    start = rows.index("Services")
    assert rows[start + 1 : start + 4] == [
        "SMTP, port 25: banner 220 in 83 ms, since 23:04:48 UTC (3 of",
        "3)",
        "  connect 40 ms, banner 83 ms, answer to EHLO 41 ms",
    ]
    assert all(len(row) <= 60 for row in rows)


async def test_what_contradicts_a_finding_is_told_first(found):
    async with viewed(sections(findings), scene_of(found), (140, 40)) as pilot:
        plain = " ".join(text_of(pilot.app.view).split())
        assert "against it: SMTP connections to mailsec.protonmail.ch (185.70.40.102)" in plain


async def test_a_key_starts_checks_and_ends_them():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        panel = board.current.lanes[0].lane.panel
        await pilot.press("S")
        await pilot.pause()
        assert board.asked[-1] == ("check_services", panel)
        assert "checking services: 4 shows the results" in text(pilot)
        await pilot.press("S")
        await pilot.pause()
        assert "service checks stopped" in text(pilot)


async def test_why_nothing_is_checked_is_a_line():
    class Refusing(FakeBoard):
        def check_services(self, panel):
            raise CannotRunError("no service is checked here: offline, or a simulated internet")

    async with shown(Refusing(protonmail()), (120, 40)) as pilot:
        await pilot.press("S")
        await pilot.pause()
        assert "no service is checked here" in text(pilot)

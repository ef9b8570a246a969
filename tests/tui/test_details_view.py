"""The details as a panel at the side and as a screen: what they draw, and that they draw nothing unseen."""

from pathlib import Path
from unittest.mock import Mock

import pytest
from textual.app import App
from textual.containers import Horizontal
from textual.widgets import Static

from tracetui.tui import app as tracetui_app
from tracetui.tui.details import details_view
from tracetui.tui.details.details_view import DetailsScreen, DetailsView, details_rows, title_of
from tracetui.tui.paint.inked_screen import InkedScreen
from tui.scenes import lane, protonmail, snapshot
from tui.screens import text

STYLES = Path(tracetui_app.__file__).with_name("tracetui.tcss")


class Side(InkedScreen):
    """A screen with details at its side."""

    def compose(self):
        self.details = DetailsView()
        self.details.styles.width = 58
        self.details.styles.dock = "right"
        yield Horizontal(Static("board"), self.details)


class Small(App):
    CSS_PATH = STYLES

    def __init__(self, screen):
        super().__init__()
        self.first = screen

    def get_default_screen(self):
        return self.first


def of_one(shown, address="185.70.40.101"):
    return [each for each in shown.lanes if each.lane.address == address]


async def test_a_panel_draws_only_while_it_is_seen(rows_painted, monkeypatch):
    made = Mock(wraps=details_rows)
    monkeypatch.setattr(details_view, "details_rows", made)
    shown = protonmail()
    app = Small(Side())
    async with app.run_test(size=(120, 40)) as pilot:
        details = app.query_one(DetailsView)
        details.show(of_one(shown), 3, shown)
        await pilot.pause()
        assert made.call_count == 1
        details.show(of_one(shown), 3, shown)
        assert made.call_count == 1
        details.display = False
        await pilot.pause()
        painted = rows_painted[details.rows]
        details.show(of_one(shown), 4, shown)
        await pilot.pause()
        assert (made.call_count, rows_painted[details.rows]) == (1, painted)
        details.display = True
        await pilot.pause()
        await pilot.pause()
        assert made.call_count == 2
        assert "195.34.53.4" in text(pilot)
        assert "hop 4 · mail.protonmail.ch" in text(pilot)
        details.clear()
        await pilot.pause()
        assert "hop 4" not in text(pilot)


async def test_a_screen_asks_for_other_hops_and_closes():
    shown = protonmail()
    steps = []
    app = Small(Side())
    async with app.run_test(size=(70, 20)) as pilot:
        for key in ("escape", "ctrl+c", "enter"):
            screen = DetailsScreen(steps.append)
            screen.details.show(of_one(shown), 2, shown)
            app.push_screen(screen)
            await pilot.pause()
            await pilot.pause()
            assert "212.188.1.5" in text(pilot)
            assert "esc closes" in text(pilot)
            await pilot.press("down", "up", "j", "k", "J", "K", key)
            await pilot.pause()
            assert app.screen is app.first
    assert steps == [1, -1] * 6


@pytest.mark.parametrize("ttl", [None, 3])
def test_titles(ttl):
    each = lane("192.0.2.7", "192.0.2.7", "ICMP", ["192.0.2.7"])
    assert title_of([], ttl) == ""
    assert title_of(snapshot([each]).lanes, ttl) == ("192.0.2.7" if ttl is None else "hop 3 · 192.0.2.7")

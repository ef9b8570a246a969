"""Scenes for the timeline: a simulated internet's rounds, and a screen with the view alone."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from textual.app import App

from analysis.findings.simulated import AS_THE_PROGRAM_S, run
from tracetui.model import Note, Snapshot
from tracetui.simulation.read_scenario import read_text
from tracetui.tui import app as tracetui_app
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.timeline.timeline_view import TimelineView
from tracetui.tui.view import Scene

STYLES = Path(tracetui_app.__file__).with_name("tracetui.tcss")
INTERNETS = Path(__file__).parents[1] / "analysis" / "findings" / "internets"


@cache
def traced(name: str, rounds: int = 100) -> Snapshot:
    text = (INTERNETS / f"{name}.toml").read_text(encoding="utf-8").partition("\n[expect]\n")[0]
    snapshot = run(read_text(text, name, name), rounds=rounds, look_every_s=AS_THE_PROGRAM_S)
    return replace(
        snapshot, notes=(Note(snapshot.started_at + timedelta(seconds=52), "called the provider"),)
    )


def scene(snapshot: Snapshot, **fields) -> Scene:
    return Scene(**{"snapshot": snapshot, "newest": snapshot, "lanes": snapshot.lanes, **fields})


class _Alone(InkedScreen):
    view: TimelineView

    def compose(self):
        self.view = TimelineView()
        yield self.view

    def repaint(self):
        self.view.repaint()


class TimelineApp(App):
    """The view alone, filling the screen; it remembers the moments that were chosen."""

    CSS_PATH = STYLES

    def __init__(self):
        super().__init__()
        self.moments = []

    def get_default_screen(self):
        return _Alone()

    def run_test(self, **options: Any) -> Any:  # so that pilots know this app's own attributes
        return super().run_test(**options)

    @property
    def view(self) -> Any:
        return self.query_one(TimelineView)

    def on_timeline_view_moment_chosen(self, event):
        self.moments.append(event.moment)

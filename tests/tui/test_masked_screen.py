"""What a privacy mask hides stands nowhere on the screen, whatever one looks at."""

from dataclasses import replace

import pytest

from analysis.hidden import SCENARIOS, holds, investigated, secrets
from tracetui.config.settings import ScreenSettings
from tui.scenes import FakeBoard
from tui.screens import shown, text

SIZE = (150, 64)
"""Room for whole paths, and for most of a long dialog."""

WAYS = {
    "board": (),
    "names of hops": ("n",),
    "addresses and names": ("n",),
    "details of the first hop": ("g", "enter"),
    "details of the endpoint": ("escape", "i"),
    "overview": ("escape", "v"),
    "AS paths": ("2",),
    "timeline": ("3",),
    "an earlier moment": ("left_square_bracket",),
    "evidence": ("full_stop", "4"),
    "findings": ("1", "f"),
    "events": ("escape", "o"),
    "what can be copied": ("escape", "y"),
    "probes": ("escape", "p"),
    "the window of a minute": ("escape", "t"),
}
"""What leads from one to the next."""

QUICK = {"protonmail-2019", "injected-reset", "ipv6"}


async def looked_at(snapshot, **settings):
    """Return what each way of looking shows."""
    found = {}
    async with shown(FakeBoard(snapshot), SIZE, settings=ScreenSettings(**settings)) as pilot:
        for name, keys in WAYS.items():
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            found[name] = text(pilot)
    return found


def left_of(hidden, seen):
    return [secret for secret in hidden if holds(seen, secret)]


@pytest.mark.parametrize(
    "scenario", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SCENARIOS]
)
async def test_nothing_hidden_is_on_the_screen(scenario):
    snapshot = investigated(scenario)
    hidden = secrets(snapshot, 2)
    seen = await looked_at(snapshot, privacy=True, privacy_hops=2)
    assert {name: left for name, each in seen.items() if (left := left_of(hidden, each))} == {}
    assert "hidden-" in "".join(seen.values())


async def test_each_way_of_looking_would_show_something():
    """A test that looks where nothing is says nothing."""
    snapshot = replace(investigated(), registrations={})
    hidden = secrets(snapshot, 2)
    seen = await looked_at(snapshot, privacy=False)
    assert len(set(seen.values())) == len(WAYS)
    assert [name for name, each in seen.items() if not left_of(hidden, each)] == []

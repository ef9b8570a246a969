"""Where OSC 52 is worth trying, and what is said of it."""

import pytest

from tracetui.tui.commands.export import reaches_clipboard, way_to_clipboard


@pytest.mark.parametrize(
    ("environment", "reaches"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux"}, True),
        ({"TERM": "screen", "STY": "1.pts-0"}, False),
        ({"TERM": "tmux-256color", "STY": "1.pts-0", "TMUX": "/tmp/tmux"}, True),
    ],
)
def test_terminals(environment, reaches, monkeypatch):
    for name in ("TERM", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert reaches_clipboard("text") == reaches
    assert not reaches_clipboard("x" * 100_000)
    assert ("set-clipboard" in way_to_clipboard()) == ("TMUX" in environment)

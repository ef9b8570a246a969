"""Escape is told from the beginning of a sequence without waiting long."""

import os
import selectors
import sys
from types import SimpleNamespace

import pytest

from tracetui.tui.textual_patches.escape_delay import ImpatientSelector, shorten_escape_delay


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_after_input_it_waits_shortly_for_a_while(pipe, monkeypatch):
    waits, now_s = [], [5.0]

    def waiting(self, timeout=None):
        waits.append(timeout)
        return original(self, 0)

    original = selectors.SelectSelector.select
    monkeypatch.setattr(selectors.SelectSelector, "select", waiting)
    with ImpatientSelector(lambda: now_s[0]) as selector:
        selector.register(pipe[0], selectors.EVENT_READ)
        assert selector.select(0.1) == []
        os.write(pipe[1], b"\x1b")
        assert len(selector.select(0.1)) == 1
        os.read(pipe[0], 1)
        assert selector.select(0.1) == []
        now_s[0] += 1
        selector.select(0.1)
    assert waits == [0.1, 0.1, 0.005, 0.1]


def test_only_a_driver_that_selects_is_changed(monkeypatch):
    with_selectors = SimpleNamespace(selectors=selectors)
    monkeypatch.setitem(sys.modules, "one_that_selects", with_selectors)
    monkeypatch.setitem(sys.modules, "another", without := SimpleNamespace())
    shorten_escape_delay(type("Selecting", (), {"__module__": "one_that_selects"}))
    shorten_escape_delay(type("Other", (), {"__module__": "another"}))
    assert with_selectors.selectors.SelectSelector is ImpatientSelector
    assert vars(without) == {}

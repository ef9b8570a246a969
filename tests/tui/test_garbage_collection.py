"""When garbage is looked for."""

import gc

import pytest

from tracetui.tui.garbage_collection import IdleCollection, collect_rarely
from tracetui.tui.idle_time import IdleTime


@pytest.mark.parametrize(
    ("new", "searched_s_ago", "idle_s", "expected"),
    [
        (1_000, 10, 3, None),
        (6_000, 10, 0.05, None),
        (6_000, 10, 0.1, 1),
        (6_000, 10, 5, 1),
        (6_000, 40, 3, 1),
        (6_000, 40, 5, 2),
        (1_000, 40, 5, 2),
        (6_000, 70, 0.1, 2),
        (6_000, 70, 0.05, None),
    ],
)
def test_the_search_that_disturbs_nobody(monkeypatch, new, searched_s_ago, idle_s, expected):
    made, now_s = [], [100.0]
    monkeypatch.setattr(gc, "get_count", lambda: (new, 3, 3))
    monkeypatch.setattr(gc, "collect", made.append)
    idle = IdleTime(lambda: now_s[0])
    collection = IdleCollection(idle, lambda: now_s[0])
    now_s[0] += searched_s_ago - idle_s
    idle.pressed()
    now_s[0] += idle_s
    assert collection.tick() == expected
    assert made == ([] if expected is None else [expected])


def test_python_still_looks_when_it_is_overdue():
    before = gc.get_threshold()
    try:
        collect_rarely()
        assert gc.isenabled()
        assert gc.get_threshold()[0] > before[0]
        assert gc.get_freeze_count() > 0
    finally:
        gc.set_threshold(*before)

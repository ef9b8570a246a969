"""When garbage is looked for."""

import gc

import pytest

from tracetui.tui.collection import IdleCollection


@pytest.fixture
def counted(monkeypatch):
    """Collections that were asked for, with the counts that Python is made to report."""
    made, counts = [], [0, 0, 0]
    monkeypatch.setattr(gc, "get_count", lambda: tuple(counts))
    monkeypatch.setattr(gc, "collect", made.append)
    return made, counts


@pytest.mark.parametrize(
    ("counts", "idle_s", "expected"),
    [
        ((1_000, 0, 0), 60, None),
        ((6_000, 0, 0), 0.05, None),
        ((6_000, 0, 0), 0.4, 0),
        ((6_000, 12, 0), 0.4, 0),
        ((6_000, 12, 0), 1.5, 1),
        ((0, 12, 30), 3, 1),
        ((6_000, 12, 30), 5, 2),
    ],
)
def test_the_largest_search_that_disturbs_nobody(counted, counts, idle_s, expected):
    made, reported = counted
    reported[:] = counts
    now_s = [100.0]
    collection = IdleCollection(lambda: now_s[0])
    now_s[0] += 50
    collection.pressed()
    now_s[0] += idle_s
    assert collection.tick() == expected
    assert made == ([] if expected is None else [expected])


def test_python_still_looks_when_it_is_overdue():
    before = gc.get_threshold()
    try:
        IdleCollection().take_over()
        assert gc.isenabled()
        assert gc.get_threshold()[0] > before[0]
        assert gc.get_freeze_count() > 0
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

"""What tests of the screen share: how they wait, and what they count."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tracetui.tui.paint.cached_rows import CachedRows
from tui.idle_app import soon_idle
from tui.painting import counted_rows


@pytest.fixture(scope="session", autouse=True)
def quick_pilots() -> Iterator[None]:
    """Take Textual's long sleeps out of each key and pause."""
    with soon_idle():
        yield


@pytest.fixture
def rows_painted() -> Iterator[Counter[CachedRows]]:
    """Rows painted since the start of the test, by view."""
    with counted_rows() as painted:
        yield painted

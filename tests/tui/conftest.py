"""What tests of the screen count, and how long they wait."""

from collections import Counter
from collections.abc import Iterator

import pytest
from textual import _wait

from tracetui.tui.paint.cached_rows import CachedRows
from tui.painting import counted_rows


@pytest.fixture(scope="session", autouse=True)
def short_waits() -> Iterator[None]:
    """Look every 5 ms whether the screen is idle, not every 20 ms: these tests wait thousands of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_wait, "SLEEP_GRANULARITY", _wait.SLEEP_GRANULARITY / 4)
        patch.setattr(_wait, "SLEEP_IDLE", _wait.SLEEP_IDLE / 4)
        yield


@pytest.fixture
def rows_painted() -> Iterator[Counter[CachedRows]]:
    """Rows painted since the start of the test, by view."""
    with counted_rows() as painted:
        yield painted

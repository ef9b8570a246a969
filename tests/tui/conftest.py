"""What tests of the screen count."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tracetui.tui.paint.cached_rows import CachedRows
from tui.painting import counted_rows


@pytest.fixture
def rows_painted() -> Iterator[Counter[CachedRows]]:
    """Rows painted since the start of the test, by view."""
    with counted_rows() as painted:
        yield painted

"""How many rows views paint: a cost that is counted, not timed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from rich.style import Style
from textual.strip import Strip

from tracetui.tui.paint.cached_rows import CachedRows
from tracetui.tui.paint.pieces import Piece


@contextmanager
def counted_rows() -> Iterator[Counter[CachedRows]]:
    """Rows painted since the start, by view."""
    painted: Counter[CachedRows] = Counter()
    paint = CachedRows._paint

    def spy(view: CachedRows, pieces: Iterable[Piece], base: Style, *, chosen: bool) -> Strip:
        painted[view] += 1
        return paint(view, pieces, base, chosen=chosen)

    with patch.object(CachedRows, "_paint", spy):
        yield painted

"""Decides how many panels stand side by side, and which of them are on the screen."""

import math
from dataclasses import dataclass
from typing import Final

NARROW: Final = 100
"""Columns of the terminal below which one panel is shown at a time."""

COMFORTABLE_WIDTH: Final = 60
"""Columns with which a panel of two lanes has its sparklines; used where all panels fit so."""

MIN_WIDTH: Final = 48
MIN_HEIGHT: Final = 16
"""Cells a panel needs to be of use beside or above another: its head and nine hops."""

SIDE_FROM: Final = 150
"""Columns of the terminal from which details stand beside the board, not over it."""

OVERVIEW_FROM: Final = 9
"""Endpoints that do not fit from which the board opens as the overview."""

SMALLEST: Final = (60, 15)
"""Terminal, columns × rows, below which a message takes the board's place."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A grid of panels, and the page of it that is shown."""

    columns: int
    rows: int
    first: int
    """Index of the first panel shown."""

    count: int
    """Panels there are."""

    @property
    def shown(self) -> range:
        """Indexes of the panels shown."""
        return range(self.first, min(self.count, self.first + self.columns * self.rows))

    @property
    def complete(self) -> bool:
        """True when every panel is shown."""
        return len(self.shown) == self.count


def arrange(width: int, height: int, *, count: int, focused: int) -> Arrangement:
    """Arrange `count` panels in `width` × `height` cells so that panel number `focused` is among them.

    Panels fill whole pages, so that moving the focus within one moves nothing on the screen.
    """
    if not count:
        return Arrangement(1, 1, 0, 0)
    most_rows = max(1, height // MIN_HEIGHT) if width >= NARROW else 1
    columns = 1
    for panel_width in (COMFORTABLE_WIDTH, MIN_WIDTH) if width >= NARROW else ():
        columns = width // panel_width
        if columns * most_rows >= count:
            break
    rows = min(math.ceil(count / columns), most_rows)
    if columns * rows >= count:
        columns = math.ceil(count / rows)
    page = columns * rows
    return Arrangement(columns, rows, focused // page * page, count)

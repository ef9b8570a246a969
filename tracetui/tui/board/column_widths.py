"""Decides which columns a panel has room for, and how wide they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracetui.config.settings import Figure


class HostMode(StrEnum):
    """What the host column shows."""

    ADDRESS = "address"
    NAME = "name"
    BOTH = "both"

    @property
    def words(self) -> str:
        """For the column's heading."""
        return "address, name" if self is HostMode.BOTH else self.value

    @property
    def next(self) -> "HostMode":
        """The mode the key leads to."""
        modes = list(HostMode)
        return modes[(modes.index(self) + 1) % len(modes)]


@dataclass(frozen=True, slots=True)
class ColumnWidths:
    """Widths in cells; 0 stands for a column that is left out.

    A row is: gutter, TTL, space, tag, bar, AS number, [space, holder], [space, host], and for each lane
    a space, a mark, the RTT, [space, sparkline], [space, loss], and of each figure a space and the figure.
    """

    width: int
    ttl: int
    tag: int
    asn: int
    holder: int
    host: int
    lanes: int
    """Lanes shown; there may be more."""

    spark: int
    loss: int
    figures: tuple[Figure, ...] = ()

    @property
    def owner(self) -> int:
        """Tag, bar, AS number and holder together."""
        return self.tag + 1 + self.asn + (self.holder + 1 if self.holder else 0)

    @property
    def before_lanes(self) -> int:
        """Cells left of the first lane."""
        return 1 + self.ttl + 1 + self.owner + (self.host + 1 if self.host else 0)

    @property
    def drawn(self) -> int:
        """Sparkline and RTT of a lane together."""
        return RTT_WIDTH + (self.spark + 1 if self.spark else 0)

    @property
    def lane(self) -> int:
        """One lane, its space and its mark included."""
        return 2 + self.drawn + (self.loss + 1 if self.loss else 0) + sum(map(figure_width, self.figures))


RTT_WIDTH: Final = 4
LOSS_WIDTH: Final = 3
"""`100%` needs no room: a hop that shows figures has answered."""

_MIN_SPARK: Final = 3
_MAX_SPARK: Final = 24
_MIN_HOST: Final = 13
_MIN_NAME: Final = 26
"""Names, where they are wanted, get this much before there are sparklines."""

_ADDRESS: Final = {4: 15, 6: 24}
_WISHED_HOST: Final = {HostMode.ADDRESS: 0, HostMode.NAME: 34, HostMode.BOTH: 50}
_MIN_HOLDER: Final = 6
_WISHED_HOLDER: Final = 14
_LONG_HOLDER: Final = 20
_CHANGE: Final = 27
"""What differs from another moment: `was 192.0.2.100, RTT +12 ms`."""
_LEAST_CHANGE: Final = 12
"""`RTT +12 ms`."""


def figure_width(figure: Figure) -> int:
    """Return the cells of a figure's column, its space included."""
    return max(len(figure), RTT_WIDTH) + 1


def column_widths(
    width: int,
    *,
    lanes: int,
    figures: Sequence[Figure] = (),
    ttl_digits: int = 2,
    tag: int = 1,
    asn_digits: int = 5,
    family: int = 4,
    mode: HostMode = HostMode.ADDRESS,
    comparing: bool = False,
) -> ColumnWidths:
    """Give out `width` cells by priority.

    The RTT of each lane comes first, then its loss, the host (names where they are wanted), a short
    sparkline, the holder, what differs from another moment (`comparing`), the `figures` wanted, the first of
    them first; what is left goes to longer sparklines and a longer holder. It depends on nothing that changes
    from round to round, so columns stand still.
    """
    left = width - (1 + ttl_digits + 1 + tag + 1 + asn_digits)
    shown = max(1, min(lanes, left // (2 + RTT_WIDTH)))
    left -= shown * (2 + RTT_WIDTH)
    loss = spark = holder = host = 0
    if left >= shown * (LOSS_WIDTH + 1):
        loss = LOSS_WIDTH
        left -= shown * (LOSS_WIDTH + 1)
    if left > _MIN_HOST:
        sparks = shown * (_MIN_SPARK + 1)
        names = min(_WISHED_HOST[mode], max(_MIN_NAME, left - 1 - sparks))
        host = min(max(_ADDRESS[family], names), left - 1)
        left -= host + 1
    if left >= shown * (_MIN_SPARK + 1):
        spark = _MIN_SPARK
        left -= shown * (_MIN_SPARK + 1)
    if left > _MIN_HOLDER:
        holder = min(
            _MIN_HOLDER if comparing and left > _MIN_HOLDER + _LEAST_CHANGE else _WISHED_HOLDER, left - 1
        )
        left -= holder + 1
    if comparing and host and left >= _LEAST_CHANGE:
        change = min(_CHANGE, left)
        host += change
        left -= change
    shown_figures = []
    for figure in figures if holder else ():
        if left < shown * figure_width(figure):
            break
        shown_figures.append(figure)
        left -= shown * figure_width(figure)
    if spark:
        longer = min(left // shown, 10 - spark)
        spark += longer
        left -= longer * shown
    if holder:
        longer = max(0, min(left, _LONG_HOLDER - holder))
        holder += longer
        left -= longer
    if spark:
        longer = min(left // shown, _MAX_SPARK - spark)
        spark += longer
        left -= longer * shown
    if holder:
        longer = min(left, 10)
        holder += longer
        left -= longer
    host += left if host else 0
    return ColumnWidths(
        width, ttl_digits, tag, asn_digits, holder, host, shown, spark, loss, tuple(shown_figures)
    )

"""Round-trip times as characters: one a probe, newest last."""

import math
from collections.abc import Sequence
from typing import Final

from tracetui.tui.hop_line import HopLine

BARS: Final = "▁▂▃▄▅▆▇█"
LOST: Final = "!"
"""A lost probe; no bar looks like it, and it needs no colour to be seen."""

_STEPS: Final = (1, 2, 5)


def spark(recent: Sequence[int | None], width: int, scale_ns: int) -> str:
    """Draw the newest `width` probes of `recent`, right-aligned; `scale_ns` is the RTT of a full bar.

    The height grows with the square root of the RTT, so that the near hops of a long path still show
    their variation; what exceeds the scale is a full bar.
    """
    drawn = "".join(
        LOST if rtt is None else BARS[min(7, int(8 * math.sqrt(rtt / scale_ns)))]
        for rtt in recent[max(0, len(recent) - width) :]
    )
    return drawn.rjust(width)


def scale_of(lines: Sequence[HopLine]) -> int:
    """Return the RTT in nanoseconds that fills a bar, for all rows of a panel.

    It is the largest typical RTT with a quarter to spare, rounded up to 1, 2 or 5
    times a power of ten: outliers do not flatten the rest, and small changes do not redraw every row.
    """
    return round_scale(max((cell.typical_ns for line in lines for cell in line.cells), default=0))


def round_scale(typical: int) -> int:
    """Return a scale with a quarter to spare above `typical`, both in nanoseconds."""
    wanted = max(1_000_000, typical * 5 // 4)
    decade = 10 ** (len(str(wanted)) - 1)
    return int(next(step * decade for step in (*_STEPS, 10) if step * decade >= wanted))

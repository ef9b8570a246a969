"""Round-trip times as a sparkline, one character per probe, the newest last."""

import math
from collections.abc import Sequence
from typing import Final

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


def round_scale(typical: int) -> int:
    """Return the RTT of a full bar, ns: a quarter above `typical`, then 1, 2 or 5 times a power of ten."""
    wanted = max(1_000_000, typical * 5 // 4)
    decade = 10 ** (len(str(wanted)) - 1)
    return int(next(step * decade for step in (*_STEPS, 10) if step * decade >= wanted))

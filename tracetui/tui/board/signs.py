"""The signs that the board draws and their meanings, for the help."""

from typing import Final

from tracetui.model import Confidence
from tracetui.tui.board.hop_paint import (
    CANDIDATE,
    CONTROL_SIGN,
    DIFFERS,
    END,
    LOOPS,
    QUIET,
    ROW_CURSOR,
    SILENT,
)
from tracetui.tui.lines.comparison_lines import CHANGED
from tracetui.tui.paint.lane_name import IMPORTED
from tracetui.tui.paint.sparkline import BARS, LOST
from tracetui.tui.paint.state_glyph import ARRIVED, STOPPED

BOARD_SIGNS: Final = (
    (ROW_CURSOR, "the chosen hop"),
    ("A▌8359", "letter, colour and number of the AS that holds the hop's address; the same in every panel"),
    (
        f"█ {END} last reply",
        "last hop that replied on a path that does not reach its endpoint",
    ),
    (CANDIDATE, "one of the two routers that a finding points at"),
    (f"{SILENT} silent", "nothing replies from here on"),
    (f"{QUIET} no reply", "a hop that forwards but does not answer itself: normal"),
    (f"{CONTROL_SIGN} control:", "what a control that passes the last responsive hop shows at this distance"),
    (BARS, "RTT of the last probes, newest on the right; one scale for a panel"),
    (LOST, "a lost probe"),
    ("–", "no figure yet"),
    ("late", "every reply so far came after the timeout"),
    (CHANGED, "differs from the moment that is compared with"),
    ("+2", "two more addresses answer at this TTL (load balancing)"),
    (DIFFERS, "another router answers another protocol here; the details name both"),
    (LOOPS, "part of a routing loop"),
    ("no AS, unknown, …", "no AS announces the address; no source knows it; the look-up is running"),
    (
        f"{ARRIVED}  {STOPPED}  ○",
        "a lane that reaches its endpoint; one that does not; one not measured enough",
    ),
    (f"{IMPORTED} imported", "a panel of a trace that another tool made, at another place or time"),
    ("●○○  ●●○  ●●●", f"how sure a finding is: {', '.join(Confidence)}"),
)

"""The value of one row of a panel; panel_rows.py makes it, hop_paint.py paints it."""

from dataclasses import dataclass
from enum import StrEnum

from tracetui.model import RttStatistics
from tracetui.tui.board.control_continuation import CONTROL
from tracetui.tui.board.hop_owner import NOBODY, Owner


class Mark(StrEnum):
    """What one lane has to say about one TTL."""

    REPLY = "reply"
    LAST = "last"
    """The last responsive hop of a lane that does not arrive."""

    QUIET = "quiet"
    """No reply, which means nothing yet: something beyond answers, or it is too early to tell."""

    SILENT = "silent"
    """No reply, and the path is known to go silent before it."""

    PENDING = "pending"
    NONE = "none"
    """The lane has no such TTL."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One lane at one TTL."""

    mark: Mark
    rtt_ns: int | None = None
    """RTT of the last probe answered in time."""

    rtt: RttStatistics | None = None
    sent: int = 0
    recent: tuple[int | None, ...] = ()
    loss_percent: float | None = None
    differs: bool = False
    """Another router answers this lane than the one the row names."""

    loops: bool = False
    """This hop is part of a routing loop."""

    typical_ns: int = 0
    """Median RTT of the last probes; 0 when none was answered. The scale of sparklines is taken from it."""


@dataclass(frozen=True, slots=True)
class ControlView:
    """What a control that shares the last responsive hop sees at this distance."""

    owner: Owner
    replies: bool
    address: str = ""
    words: tuple[str, str] = (CONTROL, CONTROL)
    """What it is, where there is room and where there is little: `Continuation.words`."""


@dataclass(frozen=True, slots=True)
class HopLine:
    """One row: a TTL of an endpoint."""

    ttl: int
    mark: Mark
    """The strongest of its cells: an answer before silence, silence before quiet."""

    owner: Owner = NOBODY
    address: str = ""
    name: str = ""
    """PTR name; "" when there is none or none yet."""

    more: int = 0
    """Further addresses that answer at this TTL, over all lanes."""

    other: str = ""
    """The address that another lane sees here instead."""

    cells: tuple[Cell, ...] = ()
    control: ControlView | None = None
    candidate: bool = False
    """A finding points at this router, or at the one that a control sees here."""

    changes: tuple[str, ...] = ()
    """What differs from the moment compared with, the longest wording first."""

    until: int = 0
    """The last TTL that the row stands for, of a path that is silent from here on; 0: its own alone."""

    last_answered: str = ""
    """When the hop answered last, of one that has been silent since the path changed: `00:53:18`."""

"""The input that sections of the evidence view are built from, and the rows they return."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from tracetui.investigation.board import Panel
from tracetui.model import Snapshot
from tracetui.tui.paint.fit import wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row


@dataclass(frozen=True, slots=True)
class EvidenceKey:
    """What a row stands for."""

    kind: str
    """`finding`, `control`, `service`, `address`, `register`, `listing`, `registry`, `note`."""

    what: Hashable
    """Place among the findings or notes, address, or service."""

    panel: Panel | None = None
    """The endpoint it is about."""


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """What sections are made from, and how their rows are written."""

    snapshot: Snapshot
    ink: Ink
    width: int
    key_of: Callable[[str], str]
    """Returns the key of a command, as it is printed."""

    def lines(
        self, lead: Sequence[Piece], text: str, style: Style, key: Hashable = None, *, indent: int = 2
    ) -> list[Row]:
        """Return `text` wrapped beside `lead`; the first line has the key."""
        before = indent + sum(cell_len(piece) for piece, _ in lead)
        rows = wrapped(text, self.width - before - 1) or [""]
        first = Row(((" " * indent, self.ink.none), *lead, (rows[0], style)), key)
        return [first, *(Row(((" " * before, self.ink.none), (row, style))) for row in rows[1:])]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of evidence."""

    title: str
    count: int | None
    """None where a number says nothing."""

    rows: Sequence[Row]
    empty: str = ""
    """What would fill it, shown where it has no rows."""


SectionBuilder = Callable[[EvidencePage], Section]

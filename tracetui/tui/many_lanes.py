"""Has the user asked about targets that have very many lanes, each once."""

from collections.abc import Callable, Sequence
from typing import Protocol

from tracetui.investigation.board import Board
from tracetui.model import Unresolved
from tracetui.tui.dialogs.many_lanes import ManyLanesDialog
from tracetui.tui.view_options import ViewOptions


class _Asking(Protocol):
    """The part of the board's screen that is needed to ask."""

    @property
    def board(self) -> Board: ...
    @property
    def view_options(self) -> ViewOptions: ...
    @property
    def is_active(self) -> bool: ...
    def open(self, dialog: ManyLanesDialog, then: Callable[[bool | None], None]) -> None: ...
    def thaw(self) -> None: ...


class ManyLanesQuestions:
    """Asks about each target once."""

    def __init__(self, screen: _Asking) -> None:
        self._screen = screen
        self._asked: set[str] = set()

    def ask(self, unresolved: Sequence[Unresolved]) -> None:
        """Ask about the first target that the user was not asked about yet, if no dialog is open."""
        waiting = [one for one in unresolved if one.lanes and one.target not in self._asked]
        if not waiting or not self._screen.is_active:
            return
        one = waiting[0]
        self._asked.add(one.target)

        def answered(wanted: bool | None) -> None:  # noqa: FBT001
            if wanted:
                self._screen.board.trace_all(self._screen.view_options.real_address(one.target))
            self._screen.thaw()

        self._screen.open(ManyLanesDialog(one.target, one.lanes), answered)

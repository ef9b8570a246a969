"""The parts of the screen that command handlers may touch, and the decorator that declares a command."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

from textual.notifications import SeverityLevel
from textual.screen import Screen

from tracetui.config import SavedState
from tracetui.investigation.board import Board
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.tui.board.grid import BoardGrid
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.command import Command
from tracetui.tui.details.details_view import DetailsDisplay
from tracetui.tui.export_jobs import ExportJobs
from tracetui.tui.view import Scene, View, ViewName
from tracetui.tui.view_options import ViewOptions

Result = TypeVar("Result")


class Notices(Protocol):
    """Short messages to the user."""

    def say(self, words: str, severity: SeverityLevel = "information") -> None:
        """Show a notice."""

    def key_of(self, command_id: str) -> str:
        """Return the key of a command, as it is printed."""


class Dialogs(Protocol):
    """Questions to the user."""

    def open(self, dialog: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
        """Put `dialog` over the board; `then` gets its result."""


class Views(Protocol):
    """The view in the middle of the screen."""

    @property
    def view(self) -> View: ...

    @property
    def view_name(self) -> ViewName: ...

    def show_view(self, name: ViewName) -> None:
        """Show another view."""


class Drawing(Protocol):
    """What is drawn, of which investigation, and from which options."""

    @property
    def board(self) -> Board: ...

    @property
    def view_options(self) -> ViewOptions:
        """What the user chose to see; `draw` applies it."""

    @property
    def scene(self) -> Scene | None: ...

    @property
    def shown(self) -> Snapshot | None: ...

    def draw(self) -> None:
        """Draw the snapshot again, with other options."""

    def pull(self) -> None:
        """Take the newest snapshot, unless the view is held."""

    def thaw(self) -> None:
        """Draw the newest snapshot, after the investigation was changed."""


class Choice(Protocol):
    """The endpoint and the hop under the cursor."""

    @property
    def grid(self) -> BoardGrid:
        """The panels, which keep the choice for all views."""

    @property
    def chosen_lanes(self) -> Sequence[LaneSnapshot]: ...

    @property
    def hop(self) -> HopLine | None: ...

    def draw_choice(self) -> None:
        """Draw what depends on the chosen hop."""


class Display(Drawing, Choice, Views, Notices, Dialogs, Protocol):
    """Which endpoints are shown, and how."""


class Targets(Display, Protocol):
    """What is traced."""

    @property
    def saved_state(self) -> SavedState: ...


class TimeShown(Drawing, Notices, Protocol):
    """Which time is shown."""

    frozen: bool
    """True while the view is held."""

    def draw_status(self) -> None:
        """Draw the first line."""


class DetailsPart(Drawing, Choice, Views, Notices, Protocol):
    """Details of the chosen hop or endpoint."""

    @property
    def details(self) -> DetailsDisplay: ...

    def open_details(self, *, of_endpoint: bool = False) -> None:
        """Show the details of the chosen hop, or endpoint."""


class Exports(Drawing, Choice, Notices, Dialogs, Protocol):
    """What leaves the program: files and the clipboard."""

    @property
    def export_jobs(self) -> ExportJobs:
        """What runs off the screen's thread."""

    @property
    def reports(self) -> list[Path]: ...

    @property
    def export_directory(self) -> Path: ...

    @property
    def full_reports(self) -> bool:
        """Whether Markdown reports are whole, not one page."""

    def copy_to_clipboard(self, text: str) -> None:
        """Send `text` to the terminal's clipboard."""


class Session(Drawing, Notices, Dialogs, Protocol):
    """The program itself."""

    @property
    def commands(self) -> Sequence[Command]:
        """All commands with the keys that the user has for them."""

    def leave(self) -> None:
        """End the program."""

    def redraw(self) -> None:
        """Send the whole screen to the terminal again."""


class Workspace(Targets, TimeShown, DetailsPart, Exports, Session, Protocol):
    """The whole of the screen that commands may touch; each handler asks for the part it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCommand(Command):
    """A command with what it does."""

    handler: Callable[[Workspace], None]


EVERYWHERE: Final = frozenset(ViewName)
BOARD: Final = frozenset({ViewName.BOARD})
OVERVIEW: Final = frozenset({ViewName.OVERVIEW})
LANES: Final = BOARD | OVERVIEW
PATHS: Final = frozenset({ViewName.PATHS})
TIMELINE: Final = frozenset({ViewName.TIMELINE})
EVIDENCE: Final = frozenset({ViewName.EVIDENCE})
SURVEY: Final = frozenset({ViewName.SURVEY})
"""The views whose footer has a command."""


def command(
    keys: str,
    label: str,
    group: str,
    footer: frozenset[ViewName] = frozenset(),
    *,
    id: str = "",  # noqa: A002  (what it is called everywhere)
    shown_key: str = "",
    palette_word: str = "",
    label_elsewhere: str = "",
) -> Callable[[Callable[[Workspace], None]], BoardCommand]:
    """Declare a command over its handler, whose name is its id and whose docstring is its purpose.

    `keys` are separated by spaces; the rest is as in `Command`.
    """

    def declare(handler: Callable[[Workspace], None]) -> BoardCommand:
        return BoardCommand(
            id or handler.__name__,
            tuple(keys.split()),
            label,
            handler.__doc__ or "",
            group,
            footer,
            shown_key,
            palette_word,
            label_elsewhere,
            handler=handler,
        )

    return declare

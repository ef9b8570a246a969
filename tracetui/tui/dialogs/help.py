"""All keys and all signs, made from the same declarations as the bindings."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from tracetui.tui.board.hop_paint import CANDIDATE, CONTROL, DIFFERS, END, LOOPS, QUIET, SILENT
from tracetui.tui.commands import COMMANDS, Command, key_word
from tracetui.tui.dialogs.text import TextDialog, hanging
from tracetui.tui.paint.ends import ARRIVED, STOPPED
from tracetui.tui.paint.sparkline import BARS, LOST

SIGNS: Final = (
    ("A▌8359", "letter, colour and number of the AS that holds the hop's address; the same in every panel"),
    (
        f"█ {END} last reply",
        "last hop that replied on a path that does not arrive; the router that drops is it or the next",
    ),
    (CANDIDATE, "one of the two routers that a finding points at"),
    (f"{SILENT} silent", "nothing replies from here on"),
    (f"{QUIET} no reply", "a hop that forwards but does not answer itself: normal"),
    (f"{CONTROL} control:", "what a control that passes the last responsive hop sees at this distance"),
    (BARS, "RTT of the last probes, newest on the right; one scale for a panel"),
    (LOST, "a lost probe"),
    ("late", "every reply so far came after the timeout"),
    ("+2", "two more addresses answer at this TTL (load balancing)"),
    (DIFFERS, "another protocol is answered by another router here; the details name both"),
    (LOOPS, "part of a routing loop"),
    ("no AS, unknown, …", "no AS announces the address; no source knows it; the look-up is running"),
    (
        f"{ARRIVED}  {STOPPED}  ○",
        "a lane that reaches its endpoint; one that does not; one not measured enough",
    ),
)
_SIGNS_COLUMN: Final = 22
"""Where the explanations of signs begin."""


class HelpDialog(TextDialog):
    """A heading a group of commands, a row a command, then the signs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,tab,l", "heading(1)", "Next heading", show=False),
        Binding("left,shift+tab,h", "heading(-1)", "Heading before", show=False),
    ]
    ACTION = "help"
    HEADING = "keys and signs"
    FOOT = "↑ ↓ scroll · ← → headings · esc closes"

    def __init__(self, commands: Sequence[Command] = COMMANDS) -> None:
        """`commands` with the keys that the user wants."""
        super().__init__()
        self._commands = tuple(commands)

    def lines(self, width: int) -> Sequence[Content]:
        """Return the help."""
        lines: list[Content] = []
        keys = {command.action: "  ".join(map(key_word, command.keys)) for command in self._commands}
        column = min(4 + max(map(cell_len, keys.values())), width // 2)
        for group in dict.fromkeys(command.group for command in self._commands):
            lines.append(Content.styled(group, "bold $accent"))
            for command in self._commands:
                if command.group == group:
                    lines += _row(keys[command.action], command.purpose, width, column)
            lines.append(Content(""))
        lines[-1:] = [*_row("^p", "All commands, and the choice of a theme.", width, column), Content("")]
        lines.append(Content.styled("Signs", "bold $accent"))
        for sign, meaning in SIGNS:
            lines += _row(sign, meaning, width, min(_SIGNS_COLUMN, width // 2))
        return lines

    def action_heading(self, step: int) -> None:
        """Scroll to the next heading, or to the one before."""
        scroll = self.query_one(VerticalScroll)
        top = scroll.scroll_target_y
        lines = self.lines(scroll.scrollable_content_region.width)
        places = [place for place, line in enumerate(lines) if line.plain and not line.plain.startswith(" ")]
        beyond = [place for place in places[::step] if (place - top) * step > 0]
        if beyond:
            scroll.scroll_to(y=beyond[0], animate=False)


def _row(left: str, right: str, width: int, column: int) -> Iterator[Content]:
    return hanging(f"  {left}", right, width, column=column, style="bold")

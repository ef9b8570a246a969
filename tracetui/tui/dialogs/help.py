"""All keys and all signs, made from the same declarations as the bindings."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
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
_COLUMN: Final = 22
"""Where the explanations begin."""


class HelpDialog(TextDialog):
    """A heading a group of commands, a row a command, then the signs."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "leave", "Close")]
    HEADING = "keys and signs"

    def __init__(self, commands: Sequence[Command] = COMMANDS) -> None:
        """`commands` with the keys that the user wants."""
        super().__init__()
        self._commands = tuple(commands)

    def lines(self, width: int) -> Sequence[Content]:
        """Return the help."""
        lines: list[Content] = []
        for group in dict.fromkeys(command.group for command in self._commands):
            lines.append(Content.styled(group, "bold $accent"))
            for command in self._commands:
                if command.group == group:
                    lines += _row("  ".join(map(key_word, command.keys)), command.purpose, width)
            lines.append(Content(""))
        lines[-1:] = [*_row("^p", "All commands, and the choice of a theme.", width), Content("")]
        lines.append(Content.styled("Signs", "bold $accent"))
        for sign, meaning in SIGNS:
            lines += _row(sign, meaning, width)
        return lines


def _row(left: str, right: str, width: int) -> Iterator[Content]:
    return hanging(f"  {left}", right, width, column=min(_COLUMN, width // 2), style="bold")

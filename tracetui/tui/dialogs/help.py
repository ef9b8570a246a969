"""The help: all keys and signs, made from the commands and from what the views draw."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from tracetui.tui.command import Command, key_word
from tracetui.tui.dialogs.text_dialog import TextDialog, hanging

Legend = tuple[str, Sequence[tuple[str, str]]]
"""A heading, and the signs below it with their meanings."""

_SIGNS_COLUMN: Final = 22
"""Where the explanations of signs begin."""


class HelpDialog(TextDialog):
    """The palette's key, one heading per group of commands, one row per command, the signs of each view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,tab,l", "heading(1)", "Next heading", show=False),
        Binding("left,shift+tab,h", "heading(-1)", "Heading before", show=False),
    ]
    OPENED_BY = "help"
    HEADING = "keys and signs"
    FOOT = "↑ ↓ scroll · ← → headings · esc closes"

    def __init__(self, commands: Sequence[Command], legends: Sequence[Legend] = ()) -> None:
        """`commands` with the keys that the user wants; `legends` of the views."""
        super().__init__()
        self._legends = tuple(legends)
        self._commands = tuple(commands)

    def lines(self, width: int) -> Sequence[Content]:
        keys = {command.id: "  ".join(map(key_word, command.keys)) for command in self._commands}
        column = min(4 + max(map(cell_len, keys.values())), width // 2)
        lines = [*_row("^p", "The palette: all commands by name, and the choice of a theme.", width, column)]
        lines.append(Content(""))
        for group in dict.fromkeys(command.group for command in self._commands):
            lines.append(Content.styled(group, "bold $accent"))
            for command in self._commands:
                if command.group == group:
                    lines += _row(keys[command.id], command.purpose, width, column)
            lines.append(Content(""))
        for heading, signs in self._legends:
            lines.append(Content.styled(heading, "bold $accent"))
            for sign, meaning in signs:
                lines += _row(sign, meaning, width, min(_SIGNS_COLUMN, width // 2))
            lines.append(Content(""))
        return lines[:-1]

    def action_heading(self, step: int) -> None:
        """Scroll to the next heading, or to the one before."""
        scroll = self.query_one(VerticalScroll)
        top = scroll.scroll_target_y
        lines = self.lines(scroll.scrollable_content_region.width)
        places = [place for place, line in enumerate(lines) if line.plain and not line.plain.startswith(" ")]
        beyond = [place for place in [0, *places][::step] if (place - top) * step > 0]
        if beyond:
            scroll.scroll_to(y=beyond[0], animate=False)


def _row(left: str, right: str, width: int, column: int) -> Iterator[Content]:
    return hanging(f"  {left}", right, width, column=column, style="bold")

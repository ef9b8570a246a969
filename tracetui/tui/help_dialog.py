"""All keys and all signs, made from the same declarations as the bindings."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tracetui.tui.commands import COMMANDS, key_word
from tracetui.tui.hop_paint import CANDIDATE, CONTROL, DIFFERS, END, LOOPS, QUIET, SILENT
from tracetui.tui.ribbon import ARRIVED, STOPPED
from tracetui.tui.sparkline import BARS, LOST

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
_KEY_WIDTH: Final = 18


def help_text() -> Content:
    """Return the help: a heading a group of commands, a row a command, then the signs."""
    lines: list[Content] = []
    for group in dict.fromkeys(command.group for command in COMMANDS):
        lines.append(Content.styled(group, "bold $accent"))
        lines += [
            _row("  ".join(map(key_word, command.keys)), command.purpose)
            for command in COMMANDS
            if command.group == group
        ]
        lines.append(Content(""))
    lines.insert(-1, _row("^p", "All commands, and the choice of a theme."))
    lines.append(Content.styled("Signs", "bold $accent"))
    lines += [_row(sign, meaning) for sign, meaning in SIGNS]
    return Content("\n").join(lines)


def _row(left: str, right: str) -> Content:
    return Content.assemble(("  " + left.ljust(_KEY_WIDTH), "bold"), right)


class HelpDialog(ModalScreen[None]):
    """Scrollable; any of its keys closes it."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close"),
        Binding("j", "scroll('down')", "Down", show=False),
        Binding("k", "scroll('up')", "Up", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The text."""
        with VerticalScroll(classes="dialog -large") as dialog:
            dialog.border_title = "tracetui · keys and signs"
            dialog.border_subtitle = "esc closes"
            yield Static(help_text())

    def action_scroll(self, direction: str) -> None:
        """Scroll a line."""
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=1 if direction == "down" else -1, animate=False)

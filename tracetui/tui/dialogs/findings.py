"""All findings with their evidence, what speaks against them, and what would make them surer."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tracetui.model import Finding, NextStep, Snapshot, StepKind
from tracetui.report.findings import confidence_marks, parts
from tracetui.tui.dialogs.choices import Choices
from tracetui.tui.dialogs.closing import closing
from tracetui.tui.dialogs.dialog import Dialog
from tracetui.tui.dialogs.flowing import Flowing
from tracetui.tui.dialogs.text import hanging
from tracetui.tui.paint.fit import wrapped
from tracetui.tui.reading import Reading

Choice = Finding | NextStep
"""A finding to jump to, or a step to take."""

_OFFERED: Final = frozenset({StepKind.ADD_CONTROL, StepKind.MARK_CONTROL, StepKind.ADD_TARGET})
"""Steps that the board can take; each waits for the user's key."""

_NOTHING: Final = (
    "No findings yet.",
    "They appear after five rounds, and grow surer with rounds and controls.",
)


class FindingsDialog(Reading[Choice | None], Dialog[Choice | None]):
    """Returns the finding to jump to, the step to take, or nothing."""

    ACTION = "show_findings"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        Binding("J", "scroll(1)", "Scroll down", show=False),
        Binding("K", "scroll(-1)", "Scroll up", show=False),
        Binding("ctrl+d", "page(1)", "Half a page down", show=False),
        Binding("ctrl+u", "page(-1)", "Half a page up", show=False),
        *(Binding(str(number), f"step({number})", f"Step {number}", show=False) for number in range(1, 10)),
    ]

    def __init__(self, snapshot: Snapshot, first: int = 0) -> None:
        """`first`: place of the finding that is shown first."""
        super().__init__()
        self._snapshot = snapshot
        self._place = min(first, len(snapshot.findings) - 1)

    def compose(self) -> ComposeResult:
        """Headlines above, the chosen one's details below."""
        with Vertical(classes="dialog -large") as dialog:
            dialog.border_title = "findings"
            dialog.border_subtitle = "enter hops · 1-9 step · J K scroll · esc closes"
            if self._snapshot.findings:
                yield Choices(*(Option(_headline(finding)) for finding in self._snapshot.findings))
            with VerticalScroll(can_focus=False):
                yield Flowing(self._lines)

    def on_mount(self) -> None:
        """Begin with the finding that was asked for."""
        for options in self.query(OptionList):
            options.highlighted = self._place

    @on(OptionList.OptionHighlighted)
    def chosen(self, event: OptionList.OptionHighlighted) -> None:
        """Show the details of the finding under the cursor."""
        if event.option_index != self._place:
            self._place = event.option_index
            self.query_one(Flowing).tell()
            self.query_one(VerticalScroll).scroll_home(animate=False)

    @property
    def _finding(self) -> Finding | None:
        return self._snapshot.findings[self._place] if self._snapshot.findings else None

    @property
    def _steps(self) -> list[NextStep]:
        missing = self._finding.missing if self._finding is not None else ()
        return [step for step in missing if step.kind in _OFFERED]

    def _lines(self, width: int) -> Sequence[Content]:
        if self._finding is None:  # there are none
            return [Content(line) for words in _NOTHING for line in (*wrapped(words, width), "")]
        return _details(self._finding, self._snapshot, self._steps, width)

    @on(OptionList.OptionSelected)
    def jump(self, event: OptionList.OptionSelected) -> None:
        """Go to the hops it speaks of."""
        self.dismiss(self._snapshot.findings[event.option_index])

    def action_step(self, number: int) -> None:
        """Take step `number` of those offered."""
        if number <= len(self._steps):
            self.dismiss(self._steps[number - 1])

    def action_scroll(self, step: int) -> None:
        """Scroll what the finding says."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def action_page(self, direction: int) -> None:
        """Scroll half a page."""
        scroll = self.query_one(VerticalScroll)
        self.action_scroll(direction * max(1, scroll.size.height // 2))

    def action_move(self, step: int) -> None:
        """Choose the next finding, or the one before."""
        for options in self.query(OptionList):
            if step > 0:
                options.action_cursor_down()
            else:
                options.action_cursor_up()


def _headline(finding: Finding) -> Content:
    marks, _, _ = confidence_marks(finding).partition(" ")
    return Content.assemble((f"{marks} ", "$accent"), finding.headline)


def _details(finding: Finding, snapshot: Snapshot, steps: Sequence[NextStep], width: int) -> list[Content]:
    lines = [Content(line) for sentence in finding.sentences[1:] for line in wrapped(sentence, width)]
    lines.append(Content(f"Confidence: {confidence_marks(finding)}."))
    for heading, words in parts(finding, snapshot):
        lines += [Content(""), Content.styled(heading, "bold $accent")]
        lines += [line for text in words for line in hanging("·", text, width, column=2)]
    if steps:
        lines += [Content(""), Content.styled("Steps to take from here", "bold $accent")]
        lines += [
            line
            for number, step in enumerate(steps[:9], start=1)
            for line in hanging(str(number), step.text, width, column=2)
        ]
    return lines

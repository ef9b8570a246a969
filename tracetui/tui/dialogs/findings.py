"""The dialog of all findings with confidence, next steps, explanations and evidence."""

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
from tracetui.tui.dialogs.finding_text import details, grouped, list_line
from tracetui.tui.dialogs.wrapped_text import WrappedText
from tracetui.tui.modal import Dialog, ReadOnlyModal, closing
from tracetui.tui.paint.fit import wrapped
from tracetui.tui.textual_patches.option_list import SafeOptionList
from tracetui.words import kept_sentence

Choice = Finding | NextStep
"""A finding to jump to, or a step to take."""

_OFFERED: Final = frozenset(
    {
        StepKind.ADD_CONTROL,
        StepKind.MARK_CONTROL,
        StepKind.CONTROL_SERVICE,
        StepKind.ADD_SERVICE,
        StepKind.BGP_PATH,
        StepKind.REVERSE_TRACE,
    }
)
"""Steps that the board can take, or RIPEstat, or a vantage; each waits for the user's key."""

_ELSEWHERE: Final = frozenset({StepKind.ADD_VANTAGE, StepKind.VANTAGE_INSIDE})
"""Steps that public platforms can take."""

_NOTHING: Final = (
    "No findings yet.",
    "They appear after five rounds; more rounds and a control make them firmer.",
)


class FindingsDialog(ReadOnlyModal[Choice | None], Dialog[Choice | None]):
    """Returns the finding to jump to, the step to take, or nothing."""

    OPENED_BY = "show_findings"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
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
        self._groups = grouped(snapshot.findings)
        wanted = snapshot.findings[first : first + 1]
        self._place = next(
            (place for place, group in enumerate(self._groups) if wanted and wanted[0] in group), 0
        )

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -large -wide") as dialog:
            dialog.border_title = "findings"
            dialog.border_subtitle = "enter hops · 1-9 step · J K scroll · esc closes"
            if self._groups:
                yield SafeOptionList(*(Option(list_line(group, self._snapshot)) for group in self._groups))
            with VerticalScroll(can_focus=False):
                yield WrappedText(self._lines)

    def on_mount(self) -> None:
        """Begin with the finding that was asked for."""
        for options in self.query(OptionList):
            options.highlighted = self._place

    @on(OptionList.OptionHighlighted)
    def chosen(self, event: OptionList.OptionHighlighted) -> None:
        """Show the details of the finding under the cursor."""
        if event.option_index != self._place:
            self._place = event.option_index
            self.query_one(WrappedText).tell()
            self.query_one(VerticalScroll).scroll_home(animate=False)

    @property
    def _chosen(self) -> tuple[Finding, ...]:
        """The findings under the cursor: one, or all that are reached."""
        return self._groups[self._place] if self._groups else ()

    @property
    def _steps(self) -> list[NextStep]:
        steps = self._chosen[0].next_steps if len(self._chosen) == 1 else ()
        return [
            step
            for step in steps
            if step.kind in _ELSEWHERE or (step.kind in _OFFERED and (step.target or step.via))
        ]

    def _lines(self, width: int) -> Sequence[Content]:
        if not self._chosen:
            kept = self._snapshot.kept
            sampled = kept is not None and kept.sampled_s is not None
            told = (kept_sentence(kept),) if kept is not None and sampled else _NOTHING
            return [Content(line) for words in told for line in (*wrapped(words, width), "")]
        return details(self._chosen, self._snapshot, self._steps, width)

    @on(OptionList.OptionSelected)
    def jump(self, event: OptionList.OptionSelected) -> None:
        """Go to the hops of the finding."""
        self.dismiss(self._groups[event.option_index][0])

    def action_step(self, number: int) -> None:
        """Take step `number` of those offered."""
        if number <= len(self._steps):
            self.dismiss(self._steps[number - 1])

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False, immediate=True)

    def action_page(self, direction: int) -> None:
        scroll = self.query_one(VerticalScroll)
        self.action_scroll(direction * max(1, scroll.size.height // 2))

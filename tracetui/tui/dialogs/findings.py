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

from tracetui.model import ExplanationState, Finding, NextStep, Snapshot, StepKind
from tracetui.report.finding_rows import confidence_marks
from tracetui.tui.dialogs.text_dialog import hanging
from tracetui.tui.dialogs.wrapped_text import WrappedText
from tracetui.tui.lines.explanation_table import TableLine, Tone, explanation_table, left_words
from tracetui.tui.modal import Dialog, ReadOnlyModal, closing
from tracetui.tui.paint.fit import wrapped
from tracetui.tui.textual_patches.option_list import SafeOptionList
from tracetui.words import evidence_words, headline_of, kept_sentence, statement, step_words

Choice = Finding | NextStep
"""A finding to jump to, or a step to take."""

_OFFERED: Final = frozenset(
    {
        StepKind.ADD_CONTROL,
        StepKind.MARK_CONTROL,
        StepKind.CONTROL_SERVICE,
        StepKind.ADD_SERVICE,
        StepKind.BGP_PATH,
    }
)
"""Steps that the board can take, or RIPEstat; each waits for the user's key."""

_HEADING: Final = "bold $accent"
_MUTED: Final = "$foreground 62%"
_STATES: Final = {
    ExplanationState.LEFT: "bold $accent",
    ExplanationState.STRAINED: "$foreground",
    ExplanationState.RULED_OUT: _MUTED,
}

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
        self._place = min(first, len(snapshot.findings) - 1)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -large -wide") as dialog:
            dialog.border_title = "findings"
            dialog.border_subtitle = "enter hops · 1-9 step · J K scroll · esc closes"
            if self._snapshot.findings:
                yield SafeOptionList(
                    *(Option(_headline(finding, self._snapshot)) for finding in self._snapshot.findings)
                )
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
    def _finding(self) -> Finding | None:
        return self._snapshot.findings[self._place] if self._snapshot.findings else None

    @property
    def _steps(self) -> list[NextStep]:
        steps = self._finding.next_steps if self._finding is not None else ()
        return [step for step in steps if step.kind in _OFFERED and step.target is not None]

    def _lines(self, width: int) -> Sequence[Content]:
        if self._finding is None:  # there are none
            kept = self._snapshot.kept
            sampled = kept is not None and kept.sampled_s is not None
            told = (kept_sentence(kept),) if kept is not None and sampled else _NOTHING
            return [Content(line) for words in told for line in (*wrapped(words, width), "")]
        return _details(self._finding, self._snapshot, self._steps, width)

    @on(OptionList.OptionSelected)
    def jump(self, event: OptionList.OptionSelected) -> None:
        """Go to the hops of the finding."""
        self.dismiss(self._snapshot.findings[event.option_index])

    def action_step(self, number: int) -> None:
        """Take step `number` of those offered."""
        if number <= len(self._steps):
            self.dismiss(self._steps[number - 1])

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False, immediate=True)

    def action_page(self, direction: int) -> None:
        scroll = self.query_one(VerticalScroll)
        self.action_scroll(direction * max(1, scroll.size.height // 2))


def _headline(finding: Finding, snapshot: Snapshot) -> Content:
    marks, _, _ = confidence_marks(finding).partition(" ")
    return Content.assemble((f"{marks} ", "$accent"), headline_of(finding, snapshot))


def _details(finding: Finding, snapshot: Snapshot, steps: Sequence[NextStep], width: int) -> list[Content]:
    """Return the finding without its first sentence, which stands above as a headline."""
    lines = [Content(line) for said in statement(finding, snapshot)[1:] for line in wrapped(said, width)]
    left = left_words(finding)
    lines.append(Content(f"Confidence: {confidence_marks(finding)}{f', {left}' if left else ''}."))
    parts = (
        ("Next steps", _steps(finding, snapshot, steps, width)),
        ("Explanations", _explanations(finding, snapshot, width)),
        ("Evidence", _evidence(finding, snapshot, width)),
    )
    for heading, rows in parts:
        if rows:
            lines += [Content(""), Content.styled(heading, _HEADING), *rows]
    return lines


def _steps(finding: Finding, snapshot: Snapshot, keys: Sequence[NextStep], width: int) -> list[Content]:
    """Return what to measure next, the most telling first; what a key can do has its number."""
    numbers = {id(step): str(number) for number, step in enumerate(keys[:9], start=1)}
    return [
        line
        for step in finding.next_steps
        for line in hanging(numbers.get(id(step), "·"), step_words(step, snapshot), width, column=3)
    ]


def _explanations(finding: Finding, snapshot: Snapshot, width: int) -> list[Content]:
    return [_line(line) for group in explanation_table(finding, snapshot, width) for line in group]


def _line(line: TableLine) -> Content:
    muted = line.state is ExplanationState.RULED_OUT
    styles = {
        Tone.HEAD: _MUTED,
        Tone.STATE: _STATES[line.state] if line.state is not None else _MUTED,
        Tone.MAIN: _MUTED if muted else "$foreground",
        Tone.REST: _MUTED,
    }
    return Content.assemble(*((text, styles[tone]) for text, tone in line.pieces))


def _evidence(finding: Finding, snapshot: Snapshot, width: int) -> list[Content]:
    return [
        line
        for number, evidence in enumerate(finding.evidence, start=1)
        for line in hanging(str(number), evidence_words(evidence, snapshot), width, column=4)
    ]

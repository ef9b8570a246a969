"""The dialog that asks what to copy, as text or as Markdown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tracetui.analysis.findings.what_fails import ticket_finding
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.report import markdown, one_page
from tracetui.report.excerpt import (
    finding_markdown,
    finding_text,
    hop_markdown,
    hop_text,
    lanes_markdown,
    lanes_text,
    ticket_text,
)
from tracetui.tui.lines.shown_findings import shown_findings
from tracetui.tui.modal import Dialog, ReadOnlyModal, closing
from tracetui.tui.paint.fit import fit
from tracetui.tui.textual_patches.option_list import SafeOptionList
from tracetui.words import headline_of


@dataclass(frozen=True, slots=True)
class Copied:
    """Something that can be copied."""

    words: str
    """`hop 4 as text`."""

    make: Callable[[], str]
    suffix: str
    """Of a file that holds it."""

    to_file: bool = False


def copyable(snapshot: Snapshot, lanes: Sequence[LaneSnapshot], ttl: int | None) -> list[Copied]:
    """Return what can be copied: a ticket, the chosen hop, the chosen endpoint, the findings, the report."""
    about = ticket_finding(snapshot)
    found: list[Copied] = []
    if about is not None:
        found.append(Copied("ticket as text", partial(ticket_text, about, snapshot), ".txt"))
    if ttl is not None:
        found += _pair(
            f"hop {ttl}", partial(hop_text, lanes, ttl, snapshot), partial(hop_markdown, lanes, ttl, snapshot)
        )
    found += _pair(
        lanes[0].lane.host, partial(lanes_text, lanes, snapshot), partial(lanes_markdown, lanes, snapshot)
    )
    for finding in shown_findings(snapshot.findings) or snapshot.findings:
        found += _pair(
            f"finding: {headline_of(finding, snapshot)}",
            partial(finding_text, finding, snapshot),
            partial(finding_markdown, finding, snapshot),
        )
    found.append(Copied("one-page report as Markdown", partial(one_page, snapshot), ".md"))
    found.append(Copied("full report as Markdown", partial(markdown, snapshot), ".md"))
    return found


def _pair(words: str, text: Callable[[], str], markdown: Callable[[], str]) -> list[Copied]:
    return [Copied(f"{words} as text", text, ".txt"), Copied(f"{words} as Markdown", markdown, ".md")]


class CopyDialog(ReadOnlyModal[Copied | None], Dialog[Copied | None]):
    """Returns what was chosen."""

    OPENED_BY = "copy"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("f", "file", "To a file"),
        *(Binding(str(number), f"take({number})", f"Copy {number}", show=False) for number in range(1, 10)),
    ]

    def __init__(self, choices: Sequence[Copied]) -> None:
        super().__init__()
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as dialog:
            dialog.border_title = "Copy"
            dialog.border_subtitle = "enter or 1-9 copies · f to a file · esc closes"
            yield SafeOptionList(*(Option(self._line(place)) for place in range(len(self._choices))))

    def _line(self, place: int) -> Content:
        what, _, form = self._choices[place].words.rpartition(" as ")
        number = f"{place + 1}  " if place < 9 else "   "
        return Content.assemble((number, "$accent"), f"{form:<9} {fit(what, 56).rstrip()}")

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """Copy it."""
        self.dismiss(self._choices[event.option_index])

    def action_take(self, number: int) -> None:
        if number <= len(self._choices):
            self.dismiss(self._choices[number - 1])

    def action_file(self) -> None:
        """Write the one under the cursor to a file."""
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self.dismiss(replace(self._choices[place], to_file=True))

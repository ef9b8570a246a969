"""The section of the evidence view about block registers: each file, and its answer for every endpoint."""

from collections.abc import Iterator, Mapping

from rich.style import Style

from tracetui.investigation.board import Panel
from tracetui.model.register_answer import Listing, RegisterAnswer, RegisterFile
from tracetui.tui.evidence.page import EvidenceKey, EvidencePage, Section
from tracetui.tui.paint.rows_view import Row
from tracetui.words import answer_words, caution, entry_words, register_words


def register_answers(page: EvidencePage) -> Section:
    """What block registers list."""
    outside, ink = page.snapshot.outside, page.ink
    panels = {lane.lane.address: lane.lane.panel for lane in page.snapshot.lanes}
    rows: list[Row] = []
    for file in outside.register_files:
        style = ink.plain if file.problem is None else ink.lost
        rows += page.lines((), register_words(file), style, EvidenceKey("register", file.name))
        rows += _answers(page, file, panels)
    said = caution(outside.registers)
    if said:
        rows += page.lines((), said, ink.muted)
    key = page.key_of("add_register")
    empty = f"none: {key} reads a register file and looks up every endpoint in it"
    return Section("Block registers", len(outside.register_files), rows, empty)


def _answers(page: EvidencePage, file: RegisterFile, panels: Mapping[str, Panel]) -> Iterator[Row]:
    if not file.is_read:
        return
    for answer in page.snapshot.outside.registers:
        if answer.register == file:
            what = EvidenceKey("listing", (file.name, answer.address), panels.get(answer.address))
            yield from page.lines((), answer_words(answer), _style(answer, page), what, indent=4)
            for entry in answer.entries:
                yield from page.lines((), entry_words(entry), page.ink.muted, indent=6)
            if answer.further:
                yield from page.lines((), f"{answer.further} more", page.ink.muted, indent=6)


def _style(answer: RegisterAnswer, page: EvidencePage) -> Style:
    return page.ink.lost if answer.listing is Listing.LISTED else page.ink.plain

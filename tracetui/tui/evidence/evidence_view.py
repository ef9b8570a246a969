"""The evidence view: all sections of evidence, each with the key that adds to it."""

from collections.abc import Hashable, Sequence
from functools import partial

from tracetui.investigation.board import Panel
from tracetui.tui.command import key_of
from tracetui.tui.evidence.page import EvidenceKey, EvidencePage, SectionBuilder
from tracetui.tui.evidence.sections import SECTIONS, evidence_rows
from tracetui.tui.list_view import ListView
from tracetui.tui.view import Scene


class EvidenceView(ListView):
    """Sections of rows; the cursor stands on a finding, a control, an address, an answer or a note."""

    def __init__(self, sections: Sequence[SectionBuilder] = SECTIONS) -> None:
        super().__init__()
        self._sections = sections

    def fill(self, scene: Scene, width: int) -> None:
        """Draw all sections; evidence is of the whole investigation, filtered or not."""
        page = EvidencePage(scene.snapshot, self.rows.ink, width, partial(key_of, self.app))
        self.rows.show(evidence_rows(page, self._sections))

    def panel_of(self, key: Hashable) -> Panel | None:
        return key.panel if isinstance(key, EvidenceKey) else None

    @property
    def chosen(self) -> EvidenceKey | None:
        """What the cursor stands on."""
        key = self.rows.chosen
        return key if isinstance(key, EvidenceKey) else None

    @property
    def chosen_finding(self) -> int | None:
        return self._place("finding")

    @property
    def chosen_note(self) -> int | None:
        return self._place("note")

    def _place(self, kind: str) -> int | None:
        chosen = self.chosen
        what = chosen.what if chosen is not None and chosen.kind == kind else None
        return what if isinstance(what, int) else None

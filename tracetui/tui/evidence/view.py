"""The evidence view: everything gathered, in sections, and which key adds to each."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from tracetui.analysis.findings.control_check import ControlChecks
from tracetui.investigation.board import Panel
from tracetui.tui.commands import key_of
from tracetui.tui.evidence.rows import SECTIONS, Evidence, EvidenceKey, SectionBuilder, evidence_rows
from tracetui.tui.paint.rows_view import RowsView
from tracetui.tui.view import Scene, View


class EvidenceView(View):
    """Sections of rows; the cursor stands on a finding, a control, an address, an answer or a note."""

    DEFAULT_CSS: ClassVar[str] = """
    EvidenceView {
        RowsView { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size: 0 0; }
    }
    """

    def __init__(self, sections: Sequence[SectionBuilder] = SECTIONS) -> None:
        super().__init__()
        self.rows = RowsView()
        self._sections = sections
        self._scene: Scene | None = None
        self._checks = ControlChecks()

    def compose(self) -> ComposeResult:
        """Rows, nothing else."""
        yield self.rows

    @property
    def plain(self) -> str:
        """What is shown, without styles, scrolled out of sight or not; for tests."""
        return self.rows.plain

    def show(self, scene: Scene) -> None:
        """Draw `scene`; evidence is of the whole investigation, filtered or not."""
        self._scene = scene
        self._draw()

    def _draw(self) -> None:
        scene, width = self._scene, self.size.width
        if scene is None or not width:
            return
        evidence = Evidence(
            scene.snapshot,
            self._checks.update(scene.snapshot),
            self.rows.ink,
            width,
            partial(key_of, self.app),
        )
        self.rows.show(evidence_rows(evidence, self._sections))

    def repaint(self) -> None:
        """Draw everything again: the colours are different."""
        self.rows.repaint()
        self._draw()

    def on_resize(self) -> None:
        """Wrap for the new width."""
        if self.display:
            self.call_after_refresh(self._draw)

    def take_focus(self) -> None:
        """Give the keyboard to the rows."""
        self.rows.focus(scroll_visible=False)

    @property
    def chosen(self) -> EvidenceKey | None:
        """What the cursor stands on."""
        key = self.rows.chosen
        return key if isinstance(key, EvidenceKey) else None

    @property
    def chosen_panel(self) -> Panel | None:
        """The endpoint that the row under the cursor is about."""
        return self.chosen.panel if self.chosen is not None else None

    @property
    def chosen_finding(self) -> int | None:
        """Place of the finding under the cursor."""
        return self._place("finding")

    @property
    def chosen_note(self) -> int | None:
        """Place of the note under the cursor."""
        return self._place("note")

    def _place(self, kind: str) -> int | None:
        chosen = self.chosen
        what = chosen.what if chosen is not None and chosen.kind == kind else None
        return what if isinstance(what, int) else None

    def move_by(self, step: int) -> None:
        """Go `step` rows down."""
        self.rows.move_by(step)

    def move_first(self) -> None:
        """To the first row."""
        self.rows.move_first()

    def move_last(self) -> None:
        """To the last row."""
        self.rows.move_last()

    def move_page(self, direction: int) -> None:
        """Half a page on."""
        self.rows.move_page(direction)

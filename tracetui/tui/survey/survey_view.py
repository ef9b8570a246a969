"""The survey view: from how many of how many places each endpoint is reached, and in which AS paths stop."""

from collections.abc import Hashable
from functools import partial
from typing import Final

from tracetui.analysis.cache import Remembered
from tracetui.analysis.survey.make_survey import MIN_VANTAGES
from tracetui.analysis.survey.survey_lanes import LaneSurveys
from tracetui.investigation.board import Panel
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.command import key_of
from tracetui.tui.list_view import ListView
from tracetui.tui.paint.fit import wrapped
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.survey.survey_page import SURVEY_SIGNS, SurveyKey, SurveyPage
from tracetui.tui.view import Scene

_FEW: Final = (
    f"A survey compares many places; {MIN_VANTAGES} are the least. "
    "{public} has public probes trace, {own} adds a place of your own, "
    "{imports} takes results of RIPE Atlas or Globalping that you have."
)


class SurveyView(ListView):
    """Counts over all lanes of the snapshot; the cursor stands on endpoints, ASes and branches of paths."""

    def __init__(self) -> None:
        super().__init__()
        self._surveys = LaneSurveys()
        self._made = Remembered[list[Row]]()

    def fill(self, scene: Scene, width: int) -> None:
        """Draw the survey of the moment shown; it is of the whole investigation, filtered or not."""
        snapshot, ink = scene.snapshot, self.rows.ink
        made = self._surveys.of(snapshot)
        rows = self._made.get(
            (made, ink, snapshot.ases),
            lambda: [
                *self._hint(len(made.origins), width),
                *SurveyPage(made, systems_by_number(snapshot), ink, width).rows(),
            ],
            equal=(width,),
        )
        signs: list[Piece] = [(" ", ink.none)]
        for sign, short, _ in SURVEY_SIGNS:
            signs += [(f" {sign} ", ink.plain), (f"{short} ", ink.muted)]
        self.heading(signs)
        self.rows.show(rows)

    def _hint(self, vantages: int, width: int) -> list[Row]:
        """Return what to do where too few places trace."""
        if vantages >= MIN_VANTAGES:
            return []
        key = partial(key_of, self.app)
        words = _FEW.format(
            public=key("trace_from_elsewhere"), own=key("add_vantage"), imports=key("import_traces")
        )
        ink = self.rows.ink
        return [*(Row(((f" {line}", ink.muted),)) for line in wrapped(words, width - 2)), Row(())]

    def panel_of(self, key: Hashable) -> Panel | None:
        return key.panel if isinstance(key, SurveyKey) else None

    def release(self) -> None:
        super().release()
        self._surveys, self._made = LaneSurveys(), Remembered()

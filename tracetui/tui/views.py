"""Makes the views by name, and switches between them in the middle of the screen."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Horizontal

from tracetui.tui.board.grid import BoardGrid
from tracetui.tui.dialogs.help import Legend
from tracetui.tui.view import View, ViewName


def make_view(name: ViewName) -> View:
    """Return a new view; its module is imported when it is first wanted."""
    match name:
        case ViewName.OVERVIEW:
            from tracetui.tui.overview.overview_view import OverviewView

            return OverviewView()
        case ViewName.PATHS:
            from tracetui.tui.paths.paths_view import PathsView

            return PathsView()
        case ViewName.TIMELINE:
            from tracetui.tui.timeline.timeline_view import TimelineView

            return TimelineView()
        case ViewName.EVIDENCE:
            from tracetui.tui.evidence.evidence_view import EvidenceView

            return EvidenceView()
        case ViewName.SURVEY:
            from tracetui.tui.survey.survey_view import SurveyView

            return SurveyView()
        case ViewName.BOARD:
            return BoardGrid()


class ViewSwitcher(Horizontal):
    """Shows one view; the others draw nothing, and are made when they are first seen."""

    def __init__(self, grid: BoardGrid) -> None:
        super().__init__(id="views")
        self.seen = ViewName.BOARD
        self.views: dict[ViewName, View] = {ViewName.BOARD: grid}

    def compose(self) -> ComposeResult:
        yield self.view

    @property
    def view(self) -> View:
        """The view that is seen."""
        return self.views[self.seen]

    def switch(self, name: ViewName) -> bool:
        """Show another view; return whether it is new: then it is not laid out yet."""
        self.view.display = False
        self.view.release()
        self.seen = name
        new = name not in self.views
        if new:
            self.views[name] = make_view(name)
            self.mount(self.view)
        self.view.display = True
        return new


def legends() -> Iterator[Legend]:
    """Yield what the views' signs mean, one heading per view."""
    from tracetui.tui.board.signs import BOARD_SIGNS
    from tracetui.tui.paths.path_rows import PATH_SIGNS
    from tracetui.tui.survey.survey_page import SURVEY_SIGNS
    from tracetui.tui.timeline.axis import EVENT_LETTERS
    from tracetui.tui.timeline.lane_strip import TIMELINE_SIGNS

    yield "Signs", BOARD_SIGNS
    yield "Signs of the AS paths", [(sign, meaning) for sign, _, meaning in PATH_SIGNS]
    yield "Signs of the survey", [(sign, meaning) for sign, _, meaning in SURVEY_SIGNS]
    yield "Signs of the timeline: each column is a stretch of time", TIMELINE_SIGNS
    yield "Event letters of the timeline", EVENT_LETTERS

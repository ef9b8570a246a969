"""The views by name; each is imported when it is first wanted."""

from collections.abc import Iterator

from tracetui.tui.dialogs.help import Legend
from tracetui.tui.view import View, ViewName


def make_view(name: ViewName) -> View:
    """Return a new view."""
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
        case ViewName.BOARD:
            from tracetui.tui.board.grid import BoardGrid

            return BoardGrid()


def legends() -> Iterator[Legend]:
    """Yield what the views' signs mean, a heading a view."""
    from tracetui.tui.board.signs import BOARD_SIGNS
    from tracetui.tui.paths.path_rows import PATH_SIGNS
    from tracetui.tui.timeline.axis import EVENT_LETTERS
    from tracetui.tui.timeline.lane_strip import TIMELINE_SIGNS

    yield "Signs", BOARD_SIGNS
    yield "Signs of the AS paths", [(sign, meaning) for sign, _, meaning in PATH_SIGNS]
    yield "Signs of the timeline, a column a stretch of time", TIMELINE_SIGNS
    yield "Letters of its events", EVENT_LETTERS

"""The views by name; each is imported when it is first wanted."""

from tracetui.tui.view import View, ViewName


def make_view(name: ViewName) -> View:
    """Return a new view."""
    match name:
        case ViewName.OVERVIEW:
            from tracetui.tui.overview.view import OverviewView

            return OverviewView()
        case ViewName.PATHS:
            from tracetui.tui.paths.view import PathsView

            return PathsView()
        case ViewName.TIMELINE:
            from tracetui.tui.timeline.view import TimelineView

            return TimelineView()
        case ViewName.EVIDENCE:
            from tracetui.tui.evidence.view import EvidenceView

            return EvidenceView()
        case ViewName.BOARD:
            from tracetui.tui.board.grid import BoardGrid

            return BoardGrid()

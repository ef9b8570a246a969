"""What a view shows, without styles, scrolled out of sight or not."""

from textual.widget import Widget

from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.rows_view import RowsView


def text_of(view: Widget) -> str:
    """The text of a view, or of the lines and rows that it consists of, from top to bottom."""
    if isinstance(view, LinesView):
        return view.plain
    if isinstance(view, RowsView):
        return "\n".join("".join(text for text, _ in row.pieces).rstrip() for row in view._rows)
    return "\n".join(map(text_of, view.children)).lstrip("\n")

"""Renders only the lines of widgets that have changed.

Textual 8.2: `Compositor.render_partial_update` renders every widget within the rectangle around all that has
changed, and all of its lines. Where the first and the last line of the screen have changed, that is
everything.
"""

from collections.abc import Iterable
from typing import Final

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

Render = tuple[Region, Region, list[Strip]]
"""Region of a widget, the part of it that was rendered, and its lines."""

UPDATE_BY_TEXTUAL: Final = Compositor.render_partial_update
RENDERS_BY_TEXTUAL: Final = Compositor._get_renders  # noqa: SLF001  (what is patched)
"""As they were before the patch."""

_SPANS: Final = "_changed_spans"
"""Attribute of a compositor while it renders an update: line, first column, and the one after the last."""


def patch_partial_updates() -> None:
    """Patch both; again does nothing."""
    Compositor.render_partial_update = _render_partial_update  # type: ignore[method-assign, assignment]
    Compositor._get_renders = _get_renders  # type: ignore[method-assign, assignment]  # noqa: SLF001


def _render_partial_update(compositor: Compositor) -> ChopsUpdate | None:
    spans = list(compositor._regions_to_spans(compositor._dirty_regions))  # noqa: SLF001
    setattr(compositor, _SPANS, spans)
    try:
        return UPDATE_BY_TEXTUAL(compositor)
    finally:
        setattr(compositor, _SPANS, None)


def _get_renders(compositor: Compositor, crop: Region | None = None) -> Iterable[Render]:
    spans = getattr(compositor, _SPANS, None)
    if spans is None:
        yield from RENDERS_BY_TEXTUAL(compositor, crop)
        return
    wanted = _Wanted(spans)
    for widget, (region, clip) in compositor.visible_widgets.items():  # from front to back
        part = wanted.take(region.intersection(clip))
        if part is not None:
            yield region, part, widget.render_lines(part.translate(-region.offset))


class _Wanted:
    """What has changed and is not rendered yet."""

    def __init__(self, spans: Iterable[tuple[int, int, int]]) -> None:
        self._lines: dict[int, list[tuple[int, int]]] = {}
        """Line to spans of columns: the first, and the one after the last."""

        for y, first, end in spans:
            self._lines.setdefault(y, []).append((first, end))

    def take(self, visible: Region) -> Region | None:
        """Return the lines of what is visible of a widget from the first to the last that is wanted, if any.

        What it covers is wanted no more.
        """
        left, right = visible.column_span
        taken = []
        for y in visible.line_range:
            spans = self._lines.get(y)
            if spans is not None and any(first < right and end > left for first, end in spans):
                taken.append(y)
                self._lines[y] = [
                    (start, stop)
                    for first, end in spans
                    for start, stop in ((first, min(end, left)), (max(first, right), end))
                    if start < stop
                ]
        return Region(left, taken[0], right - left, taken[-1] + 1 - taken[0]) if taken else None

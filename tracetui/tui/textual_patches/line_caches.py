"""Mends of Textual, without which painted lines outlive the widgets that they were painted for."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import Final

from textual._styles_cache import StylesCache
from textual.strip import Strip

_COLOURS: Final = "get_inner_outer"


def patch_line_caches() -> None:
    """Mend what can be mended; again does nothing, and what another Textual has otherwise stays as it is."""
    _share_border_colours()
    _keep_no_line_in_itself()


def _share_border_colours() -> None:
    """Remember what colours a border has by colour alone, not by widget as well.

    The method takes `cls`, but it is bound to the painter of one widget. What remembers its last 1,024
    answers then keeps that many painters, with every line that widgets long closed were painted with.
    """
    method = vars(StylesCache).get(_COLOURS)
    bound_to_a_painter = getattr(method, "__wrapped__", None)
    if bound_to_a_painter is not None and not isinstance(method, classmethod | staticmethod):
        shared = lru_cache(1024)(partial(bound_to_a_painter, StylesCache))
        setattr(StylesCache, _COLOURS, staticmethod(shared))


def _keep_no_line_in_itself() -> None:
    """Give a line that is not to be cut back as it is.

    Textual does that, but first has the line remember itself as its own only piece. Then it is never free
    before a search for garbage finds it, with all that it remembers besides; such lines were four fifths of
    the garbage.
    """
    if Strip.divide is not _divide:
        Strip.divide = _divide  # type: ignore[method-assign, assignment]


_divide_by_textual = Strip.divide


def _divide(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    length = strip.cell_length
    within = [cut for cut in cuts if cut <= length]
    return [strip] if within == [length] else _divide_by_textual(strip, within)

"""Clears caches of Textual that keep painted lines alive after their widgets are gone.

Textual 8.2: `StylesCache.get_inner_outer` takes `cls`, but is a method under `lru_cache`: what remembers its
last 1,024 answers keeps as many painters, with every line that widgets long closed were painted with.
`Strip.divide` returns a line that is not to be cut as it is, but first stores it in its own cache: then it is
never free before a search for garbage finds it. Such lines were four fifths of the garbage.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import Final

from textual._styles_cache import StylesCache
from textual.strip import Strip

_COLOURS: Final = "get_inner_outer"

COLOURS_BY_TEXTUAL: Final = vars(StylesCache).get(_COLOURS)
DIVIDE_BY_TEXTUAL: Final = Strip.divide
"""As they were before the patch."""


def patch_line_caches() -> None:
    """Patch both; again does nothing, and what another Textual has otherwise stays as it is."""
    bound_to_a_painter = getattr(COLOURS_BY_TEXTUAL, "__wrapped__", None)
    if vars(StylesCache).get(_COLOURS) is COLOURS_BY_TEXTUAL and bound_to_a_painter is not None:
        shared = lru_cache(1024)(partial(bound_to_a_painter, StylesCache))
        setattr(StylesCache, _COLOURS, staticmethod(shared))
    Strip.divide = _divide  # type: ignore[method-assign, assignment]


def _divide(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    length = strip.cell_length
    within = [cut for cut in cuts if cut <= length]
    return [strip] if within == [length] else DIVIDE_BY_TEXTUAL(strip, within)

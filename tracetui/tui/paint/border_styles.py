"""The styles of a widget's border, remembered for all widgets at once."""

from functools import lru_cache, partial
from typing import Final

from textual._styles_cache import StylesCache

_METHOD: Final = "get_inner_outer"


def share_border_styles() -> None:
    """Let Textual remember what colours a border has by colour alone, not by widget as well.

    It means to: the method takes `cls`. But it is bound to the painter of one widget, and what remembers its
    last 1,024 answers then keeps that many painters, with every line that widgets long closed were painted
    with.
    """
    method = vars(StylesCache).get(_METHOD)
    bound_to_a_painter = getattr(method, "__wrapped__", None)
    if bound_to_a_painter is not None and not isinstance(method, classmethod | staticmethod):
        shared = lru_cache(1024)(partial(bound_to_a_painter, StylesCache))
        setattr(StylesCache, _METHOD, staticmethod(shared))

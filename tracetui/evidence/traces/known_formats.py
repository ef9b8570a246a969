"""Collects the formats that the modules of `formats` declare."""

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from tracetui.evidence.traces import formats
from tracetui.evidence.traces.trace_format import DocumentFormat, TextFormat


@cache
def known_formats() -> tuple[Sequence[TextFormat], Sequence[DocumentFormat]]:
    """Return every format that a module declares as `FORMAT` or in `FORMATS`."""
    texts: list[TextFormat] = []
    documents: list[DocumentFormat] = []
    for module in sorted(module.name for module in pkgutil.iter_modules(formats.__path__)):
        loaded = import_module(f"{formats.__name__}.{module}")
        for declared in getattr(loaded, "FORMATS", None) or [loaded.FORMAT]:
            if isinstance(declared, TextFormat):
                texts.append(declared)
            else:
                documents.append(declared)
    return texts, documents

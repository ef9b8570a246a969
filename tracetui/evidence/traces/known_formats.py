"""Collects the formats that the modules of `formats` declare."""

from collections.abc import Sequence
from functools import cache

from tracetui.evidence.declared_formats import declared_formats
from tracetui.evidence.traces import formats
from tracetui.evidence.traces.trace_format import DocumentFormat, TextFormat


@cache
def known_formats() -> tuple[Sequence[TextFormat], Sequence[DocumentFormat]]:
    """Return every format that a module declares as `FORMAT` or in `FORMATS`."""
    return declared_formats(formats, TextFormat), declared_formats(formats, DocumentFormat)

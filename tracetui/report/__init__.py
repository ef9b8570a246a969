"""Writes snapshots: Markdown for people, JSON for programs, plain text for a terminal."""

from tracetui.model import Snapshot
from tracetui.model.imported_trace import ImportedTrace
from tracetui.report.finding_json import facts_json
from tracetui.report.json_report import as_dict, json_text
from tracetui.report.markdown_report import markdown
from tracetui.report.one_page import one_page
from tracetui.report.owner_json import Json
from tracetui.report.text_report import text

__all__ = ["as_dict", "json_text", "markdown", "one_page", "render", "text", "trace_as_dict"]

_WRITERS = {"markdown": markdown, "json": json_text, "text": text}


def render(snapshot: Snapshot, output_format: str, *, full: bool = False) -> str:
    """Return the snapshot as `markdown`, `json` or `text`.

    Markdown is one page unless `full`; the others are always whole.
    """
    if output_format == "markdown" and not full:
        return one_page(snapshot)
    return _WRITERS[output_format](snapshot)


def trace_as_dict(trace: ImportedTrace) -> dict[str, Json]:
    """Return a trace of another tool as JSON values, before it is imported."""
    return facts_json(trace)

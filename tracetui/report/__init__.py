"""Writes snapshots: Markdown for people, JSON for programs, plain text for a terminal."""

from tracetui.model import Snapshot
from tracetui.model.imported_trace import ImportedTrace
from tracetui.report.finding_json import facts_json
from tracetui.report.json_report import as_dict, json_text
from tracetui.report.markdown_report import markdown
from tracetui.report.owner_json import Json
from tracetui.report.text_report import text

__all__ = ["as_dict", "json_text", "markdown", "render", "text", "trace_as_dict"]

_WRITERS = {"markdown": markdown, "json": json_text, "text": text}


def render(snapshot: Snapshot, output_format: str) -> str:
    """Return the snapshot as `markdown`, `json` or `text`."""
    return _WRITERS[output_format](snapshot)


def trace_as_dict(trace: ImportedTrace) -> dict[str, Json]:
    """Return a trace of another tool as JSON values, before it is imported."""
    return facts_json(trace)

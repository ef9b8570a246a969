"""Writes snapshots: Markdown for people, JSON for programs, plain text for a terminal."""

from tracetui.model import Snapshot
from tracetui.report.json_report import as_dict, json_text
from tracetui.report.markdown_report import markdown
from tracetui.report.text_report import text

__all__ = ["as_dict", "json_text", "markdown", "render", "text"]

_WRITERS = {"markdown": markdown, "json": json_text, "text": text}


def render(snapshot: Snapshot, output_format: str) -> str:
    """Return the snapshot as `markdown`, `json` or `text`."""
    return _WRITERS[output_format](snapshot)

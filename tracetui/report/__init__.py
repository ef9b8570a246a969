"""Snapshot to Markdown and JSON: pure functions; writing files is the caller's."""

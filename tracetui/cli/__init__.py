"""The command line: parses what was typed and runs the command."""

from tracetui.cli.entry_point import main

__all__ = ["main"]

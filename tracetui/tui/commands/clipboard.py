"""Whether text reaches the clipboard through the terminal: OSC 52 gets no answer, one can only guess."""

import os
from typing import Final

_LONGEST: Final = 74_000
"""Bytes: xterm takes 100,000 in base64, some terminals less, and none says so."""

_DEAF: Final = ("linux", "dumb", "vt100", "vt220", "cons25")
"""Values of TERM whose terminals have no clipboard."""


def reaches_clipboard(text: str) -> bool:
    """Tell whether OSC 52 is worth sending; else a file has to do."""
    terminal = os.environ.get("TERM", "dumb").partition("-")[0]
    in_screen = "STY" in os.environ and "TMUX" not in os.environ  # GNU screen passes none on
    return len(text.encode()) <= _LONGEST and terminal not in _DEAF and not in_screen


def way_to_clipboard() -> str:
    """Return how the text went, and what that needs where it often fails."""
    return "OSC 52; tmux needs: set -g set-clipboard on" if "TMUX" in os.environ else "OSC 52"

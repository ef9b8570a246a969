"""Whether text reaches the clipboard through the terminal: OSC 52 gets no answer, one can only guess."""

import os
from typing import Final

_LONGEST: Final = 74_000
"""Bytes: xterm takes 100,000 in base64, some terminals less, and none says so."""

_DEAF: Final = ("linux", "dumb", "vt100", "vt220", "cons25")
"""Values of TERM whose terminals have no clipboard."""


def reaches_clipboard(text: str) -> bool:
    """Tell whether OSC 52 is worth sending; else a file has to do."""
    terminal = os.environ.get("TERM", "dumb")
    return len(text.encode()) <= _LONGEST and terminal.partition("-")[0] not in _DEAF

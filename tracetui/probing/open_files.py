"""The limit of open files of this process: raised at the start, shared out, and some held in reserve."""

import contextlib
import os
import resource
from typing import Final

from tracetui.model import CannotRunError

_SPARED: Final = 128
_LEAST_SPARED: Final = 40
"""What the rest of the program needs: event loops, the cache, questions to the DNS, files that are read."""

_LEAST_SOCKETS: Final = 4
MIN_FILES: Final = 56
"""With fewer files nothing can be traced reliably."""

_MAX_QUESTIONS: Final = 32
_RESERVED: Final = 8
"""To load code, read files of it and write a report takes a few at a time."""


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard limit; return the limit that holds then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            return soft
    return hard if hard != resource.RLIM_INFINITY else 1 << 30


def check_limit() -> None:
    """Raise the limit, or raise CannotRunError where it is too low for anything."""
    limit = raise_limit()
    if limit < MIN_FILES:
        raise CannotRunError(
            f"only {limit} files may be open, and tracing needs {MIN_FILES}: raise the limit with 'ulimit -n'"
        )


def probe_sockets(limit: int) -> int:
    """Return how many sockets of probes may be open under a limit of open files."""
    return max(_LEAST_SOCKETS, limit - min(_SPARED, max(_LEAST_SPARED, limit // 2)))


def questions_at_once(limit: int) -> int:
    """Return how many questions to the DNS may be open: each has a socket."""
    return max(1, min(_MAX_QUESTIONS, (limit - probe_sockets(limit)) // 4))


class Reserve:
    """File descriptors that are held until a report is to be written."""

    def __init__(self) -> None:
        """Hold as many as there are, up to `_RESERVED`."""
        self._held: list[int] = []
        with contextlib.suppress(OSError):
            for _ in range(_RESERVED):
                self._held.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))

    def release(self) -> None:
        """Give them back; once."""
        while self._held:
            os.close(self._held.pop())

"""Defines how commands print and exit: data to standard output, messages to standard error, the status."""

import contextlib
import os
import sys
from collections.abc import Iterable
from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit status of the process."""

    OK = 0
    """All targets were reached, all addresses found."""

    NOT_REACHED = 1
    """A target was not reached, or an address not found."""

    USAGE = 2
    CANNOT_RUN = 3


def narrate(line: str) -> None:
    """Print a line on standard error."""
    with contextlib.suppress(OSError):  # the terminal is gone, and with it the reader
        print(line, file=sys.stderr)  # noqa: T201


def print_lines(lines: Iterable[str]) -> None:
    """Print lines of data on standard output."""
    for line in lines:
        print(line)  # noqa: T201


def flush_output() -> None:
    """Write buffered output now: the interpreter would complain at exit where nobody reads it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError, ValueError):  # not a file at all
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

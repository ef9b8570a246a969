"""Defines how commands print and exit: data to standard output, messages to standard error, the status."""

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Iterable
from enum import IntEnum
from typing import TextIO

from tracetui.model import CannotRunError, safe_line


class ExitStatus(IntEnum):
    """The exit status of the process."""

    OK = 0
    """All targets were reached, all addresses found."""

    NOT_REACHED = 1
    """A target was not reached, or an address not found."""

    USAGE = 2
    CANNOT_RUN = 3


def prepare_streams() -> None:
    """Make standard streams that take any text: nothing is lost that an encoding lacks, or fails there.

    A process may be started without streams. What is opened next would then be taken for them: they become
    the null device, of which standard output says that nothing can be written to it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            flags = os.O_RDONLY if name == "stdout" else os.O_RDWR
            stream = open(os.open(os.devnull, flags), mode, encoding="utf-8")  # noqa: PTH123, SIM115
            setattr(sys, name, stream)
        if mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def narrate(line: str, *, over: bool = False) -> None:
    """Print a line on standard error, safe to show: names of files may come from anybody.

    `over`: over what stands on the terminal's line.
    """
    with contextlib.suppress(OSError):  # the terminal is gone, and with it the reader
        start = "\r" if over and sys.stderr.isatty() else ""
        print(f"{start}{safe_line(line)}", file=sys.stderr)  # noqa: T201


def print_lines(lines: Iterable[str]) -> None:
    """Print lines of data on standard output. Raises CannotRunError, BrokenPipeError."""
    write_output("".join(f"{line}\n" for line in lines))


def write_output(text: str) -> None:
    """Write data to standard output, all of it. Raises CannotRunError, BrokenPipeError."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotRunError(f"cannot write to standard output: {error.strerror or error}") from None


def takes_everything(stream: TextIO) -> bool:
    """Tell whether a stream's encoding has all characters."""
    return codecs.lookup(stream.encoding or "utf-8").name.startswith("utf")


def flush_output() -> None:
    """Write buffered output now: the interpreter would complain at exit where nobody reads it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError, ValueError):  # not a file at all
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""A driver that draws on the terminal wherever it is, and survives it: closed, or its connection lost.

Textual 8.2: its `WriterThread` ends with the error, and whoever draws after that waits for it for ever. The
program would trace on with nobody to end it. And it draws on standard error, terminal or not.
"""

import sys
from collections.abc import Callable
from typing import IO, Any

from textual.driver import Driver


def surviving_driver(usual: type[Driver]) -> type[Driver]:
    """Return a driver like `usual` that keeps running without output when its terminal is gone."""

    class SurvivingDriver(usual):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401  (the driver's own)
            super().__init__(*arguments, **settings)
            if hasattr(self, "_file"):
                file: IO[str] | None = getattr(self, "_file")  # noqa: B009  (its type is not known)
                if file is None or not file.isatty():  # `2>errors`: the screen is not for that file
                    file = sys.__stdout__
                if file is not None:
                    self._file = TolerantFile(file)

    return SurvivingDriver


class TolerantFile:
    """A file to write to that takes everything, whether or not it can be written."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.lost = False

    def write(self, text: str) -> None:
        """Write."""
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        """Flush."""
        self._try(self._file.flush)

    def fileno(self) -> int:
        """Return the file's descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return self._file.isatty()

    def _try(self, write: Callable[[], object]) -> None:
        if self.lost:
            return
        try:
            write()
        except (OSError, ValueError):  # ValueError: closed
            self.lost = True

"""A driver that survives its terminal: closed while the program draws, or its connection lost.

Textual 8.2: its `WriterThread` ends with the error, and whoever draws after that waits for it for ever. The
program would trace on with nobody to end it.
"""

from collections.abc import Callable
from typing import IO, Any

from textual.driver import Driver


def surviving_driver(usual: type[Driver]) -> type[Driver]:
    """Return a driver like `usual` that keeps running without output when its terminal is gone."""

    class SurvivingDriver(usual):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401  (the driver's own)
            super().__init__(*arguments, **settings)
            file = getattr(self, "_file", None)
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

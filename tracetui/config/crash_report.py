"""Writes the traceback of an error in the program to a file, and says so to the user in one line."""

import contextlib
import os
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tracetui import __version__
from tracetui.config.paths import user_paths
from tracetui.files.owner import Owner, acting_as
from tracetui.files.write_file import make_directories
from tracetui.model import safe_text


def write_crash_report(error: BaseException) -> str:
    """Write the traceback of `error` to a file of the user's; return one line that names the file."""
    what = safe_text(f"{type(error).__name__}: {_text_of(error)}", limit=200)
    said = f"an error in tracetui itself ({what})"
    text = f"tracetui {__version__}, {datetime.now(UTC).isoformat()}\n\n{_traceback(error)}"
    for folder, owner in _folders():
        with contextlib.suppress(Exception):  # the line is said whatever happens
            return f"{said}; please report the contents of {_write(text, folder, owner)}"
    return f"{said}; please report it"


def _traceback(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001  (an error whose own text fails)
        return "".join(traceback.format_tb(error.__traceback__))


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (as above)
        return "it has no text"


def _write(text: str, folder: Path, owner: Owner | None) -> str:
    """Return the path of a new file in `folder`. Raises OSError."""
    make_directories(folder, owner)
    with (
        acting_as(owner),
        tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            errors="replace",
            prefix="crash-",
            suffix=".txt",
            dir=folder,
            delete=False,
        ) as file,
    ):
        file.write(text)
    return file.name


def _folders() -> Iterator[tuple[Path, Owner | None]]:
    """Yield where the file may go, in order of preference, and whose it shall be."""
    owner = None
    with contextlib.suppress(Exception):  # what failed may be just this
        paths = user_paths()
        owner = paths.owner
        if paths.state is not None:
            yield paths.state, owner
    for folder in (os.environ.get("TMPDIR", ""), "/tmp", "/var/tmp"):  # noqa: S108  (the file gets a new name)
        if Path(folder).is_absolute():
            yield Path(folder), owner

"""Writes the traceback of an error in the program to a file, and says so to the user in one line."""

import os
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tracetui import __version__
from tracetui.config.files import make_directories
from tracetui.config.paths import Owner, user_paths
from tracetui.model import safe_text


def write_crash_report(error: BaseException) -> str:
    """Write the traceback of `error` to a file of the user's; return one line that names the file."""
    what = safe_text(f"{type(error).__name__}: {error}", limit=200)
    trace = "".join(traceback.format_exception(error))
    text = f"tracetui {__version__}, {datetime.now(UTC).isoformat()}\n\n{trace}"
    for folder, owner in _folders():
        try:
            make_directories(folder, owner)
            with tempfile.NamedTemporaryFile(
                "w",
                encoding="utf-8",
                errors="replace",
                prefix="crash-",
                suffix=".txt",
                dir=folder,
                delete=False,
            ) as file:
                if owner is not None:
                    os.fchown(file.fileno(), owner.uid, owner.gid)
                file.write(text)
        except OSError:
            continue
        return f"an error in tracetui itself ({what}); please report the contents of {file.name}"
    return f"an error in tracetui itself ({what}); please report it"


def _folders() -> tuple[tuple[Path, Owner | None], ...]:
    """Return where the file may go, in order of preference, and who shall own it."""
    paths = user_paths()
    return (paths.state, paths.owner), (Path(tempfile.gettempdir()), None)

"""An error in the program itself: kept whole in a file for whoever mends it, one line for the user."""

import os
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tracetui import __version__
from tracetui.config.paths import Owner, make_directories, user_paths
from tracetui.model import safe_text


def keep(error: BaseException) -> str:
    """Write the traceback of `error` to a file of the user's; return one line that names it."""
    what = safe_text(f"{type(error).__name__}: {error}", limit=200)
    told = "".join(traceback.format_exception(error))
    text = f"tracetui {__version__}, {datetime.now(UTC).isoformat()}\n\n{told}"
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
        return f"an error in tracetui itself ({what}); please report what {file.name} says"
    return f"an error in tracetui itself ({what}); please report it"


def _folders() -> tuple[tuple[Path, Owner | None], ...]:
    """Return where the file may go, and to whom."""
    paths = user_paths()
    return (paths.state, paths.owner), (Path(tempfile.gettempdir()), None)

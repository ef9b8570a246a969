"""Writes reports to disk: complete or not at all, and never over an existing file unasked."""

import contextlib
import errno
import os
import re
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from tracetui.files.owner import acting_as, calling_user
from tracetui.model import CannotRunError, Snapshot

SUFFIXES: Final = {"markdown": ".md", "json": ".json", "text": ".txt"}
_MODE: Final = 0o666
_MAX_NAME: Final = 60


def default_name(snapshot: Snapshot, output_format: str) -> str:
    """Return a file name that says what and when: `tracetui-example.org-20261124T101500Z.md`."""
    target = snapshot.lanes[0].lane.target if snapshot.lanes else "empty"
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", target).strip("-.")[:_MAX_NAME] or "target"
    return f"tracetui-{plain}-{snapshot.created_at:%Y%m%dT%H%M%SZ}{SUFFIXES[output_format]}"


def check_report(path: Path, *, overwrite: bool) -> None:
    """Raise CannotRunError when `write_report` would fail, to tell the user before the rounds are run."""
    if path.is_dir():
        raise CannotRunError(f"cannot write {path}: it is a directory; name a file in it")
    if not overwrite and os.path.lexists(path):
        raise CannotRunError(f"{path} exists: choose another name, or add --force to overwrite it")
    if not path.parent.is_dir():
        raise CannotRunError(f"cannot write {path}: there is no directory {path.parent}")
    with _acting_as_caller():
        writable = os.access(path.parent, os.W_OK, effective_ids=True)
    if not path.exists() and not writable:
        raise CannotRunError(f"cannot write {path}: {path.parent} is not writable")


def write_report(path: Path, text: str, *, overwrite: bool) -> Path:
    """Write `text` to `path`; return the path written.

    The text is written to a new file in the same directory, which then gets its name in one step (link(2), or
    rename(2) to overwrite): nobody sees half a report, and a file that appears meanwhile is not lost.
    Raises CannotRunError.
    """
    check_report(path, overwrite=overwrite)
    try:
        if path.exists() and not path.is_file():
            _write_into(path, text)
            return path
        with _acting_as_caller():
            _write_new(path, text, overwrite=overwrite)
    except FileExistsError:
        raise CannotRunError(f"{path} exists: choose another name, or add --force to overwrite it") from None
    except OSError as error:
        raise CannotRunError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def write_beside(directory: Path, name: str, text: str) -> Path:
    """Write `text` to `directory/name`, or to `name-2`, `name-3` ... where that is taken; return the path.

    Raises CannotRunError.
    """
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 1000):
        path = directory / (name if number == 1 else f"{stem}-{number}{suffix}")
        if os.path.lexists(path):
            continue
        with contextlib.suppress(FileExistsError):
            return _try_new(path, text)
    raise CannotRunError(f"cannot write {directory / name}: a thousand files of that name exist")


def _acting_as_caller() -> AbstractContextManager[None]:
    """Return what makes files under sudo as those of the user who called it."""
    return acting_as(calling_user())


def _try_new(path: Path, text: str) -> Path:
    try:
        with _acting_as_caller():
            _write_new(path, text, overwrite=False)
    except FileExistsError:
        raise
    except OSError as error:
        raise CannotRunError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def _write_new(path: Path, text: str, *, overwrite: bool) -> None:
    """Raises OSError; FileExistsError when the name is taken and `overwrite` is False."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), _MODE & ~_umask())
            os.fsync(file.fileno())
        if overwrite:
            os.replace(temporary, path)  # noqa: PTH105  (a name, not a Path)
        else:
            _link(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108  (a name, not a Path)


def _write_into(path: Path, text: str) -> None:
    """Write to what cannot be replaced: /dev/stdout, a pipe that somebody reads. Raises OSError, at once."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO and path.is_fifo():
            raise OSError(errno.ENXIO, "it is a named pipe that nobody reads") from None
        raise
    os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _link(temporary: str, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.replace(temporary, path)  # noqa: PTH105  (a name, not a Path)


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

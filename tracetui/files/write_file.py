"""Writes files of the user: completely or not at all, and as the user whose they are."""

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from tracetui.files.owner import Owner, acting_as


def write_atomically(path: Path, text: str, owner: Owner | None) -> None:
    """Write a file completely or not at all, readable by its owner only; missing directories are made.

    Raises OSError.
    """
    make_directories(path.parent, owner)
    with acting_as(owner):
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, path)  # noqa: PTH105  (a name, not a Path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)  # noqa: PTH108  (a name, not a Path)
            raise


def make_directories(directory: Path, owner: Owner | None) -> None:
    """Make a directory and its missing parents, readable by their owner only.

    On behalf of another user, no symbolic link below that user's home is followed. Raises OSError.
    """
    with acting_as(owner):
        if owner is not None:
            _refuse_links(directory, owner.home)
        missing = [each for each in (directory, *directory.parents) if not each.exists()]
        for each in reversed(missing):
            with contextlib.suppress(FileExistsError):
                each.mkdir(mode=0o700)


def _refuse_links(directory: Path, home: Path) -> None:
    below = [each for each in (directory, *directory.parents) if each.is_relative_to(home) and each != home]
    for each in below or [directory]:
        if each.is_symlink():
            raise OSError(errno.ELOOP, f"{each} is a symbolic link, which is not followed for another user")

"""Where this program's files are: the user's directories, and under sudo those of the user who called it."""

import contextlib
import os
import pwd
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE_NAME: Final = "config.toml"
_PROGRAM: Final = "tracetui"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose files they are, where this process is somebody else."""

    uid: int
    gid: int
    home: Path


@dataclass(frozen=True, slots=True)
class UserPaths:
    """Directories; they need not exist."""

    config: Path
    state: Path
    owner: Owner | None = None
    """Who gets the files that are written there; None: they are this process's own."""

    @property
    def config_file(self) -> Path:
        """The configuration file."""
        return self.config / FILE_NAME

    @property
    def home(self) -> Path:
        """What `~` stands for."""
        return self.owner.home if self.owner is not None else Path("~").expanduser()


def user_paths(environ: Mapping[str, str] | None = None) -> UserPaths:
    """Return the directories (XDG base directories, where they apply). `environ`: default, the process's.

    A root shell of sudo's has root's home; what the user has configured is in their own.
    """
    import platformdirs

    environ = os.environ if environ is None else environ
    owner = calling_user(environ) if os.geteuid() == 0 else None
    config = platformdirs.user_config_path(_PROGRAM)
    state = platformdirs.user_state_path(_PROGRAM)
    return UserPaths(
        _at_home(config, environ.get("XDG_CONFIG_HOME"), owner),
        _at_home(state, environ.get("XDG_STATE_HOME"), owner),
        owner,
    )


def calling_user(environ: Mapping[str, str]) -> Owner | None:
    """Return the user who called sudo; None where the two variables of sudo do not name one and the same."""
    name, number = environ.get("SUDO_USER", ""), environ.get("SUDO_UID", "")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:12]) < 1 << 32):
        return None
    try:
        entry = pwd.getpwuid(int(number))
    except KeyError:
        return None
    home = Path(entry.pw_dir)
    if entry.pw_name != name or not home.is_absolute() or not home.is_dir():
        return None
    return Owner(entry.pw_uid, entry.pw_gid, home)


def _at_home(usual: Path, named: str | None, owner: Owner | None) -> Path:
    """Return the same directory below the owner's home, unless the environment names the place itself."""
    if named and Path(named).is_absolute():
        return Path(named) / _PROGRAM
    home = Path("~").expanduser()
    if owner is None or not usual.is_relative_to(home):
        return usual
    return owner.home / usual.relative_to(home)


def write_atomically(path: Path, text: str, owner: Owner | None) -> None:
    """Write a file whole or not at all, readable by its owner alone; directories on the way are made.

    Raises OSError.
    """
    make_directories(path.parent, owner)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if owner is not None:
                # By descriptor: a name in a directory of somebody else's may become another file's meanwhile.
                os.fchown(file.fileno(), owner.uid, owner.gid)
            file.write(text)
        os.replace(temporary, path)  # noqa: PTH105  (a name, not a Path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108  (a name, not a Path)
        raise


def make_directories(directory: Path, owner: Owner | None) -> None:
    """Make a directory and those above it, readable by their owner alone. Raises OSError."""
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    for each in reversed(missing):
        with contextlib.suppress(FileExistsError):
            each.mkdir(mode=0o700)
            if owner is not None:
                _give(each, owner)


def _give(directory: Path, owner: Owner) -> None:
    """Give a directory that this process has just made to its owner; never what took its place."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            os.fchown(descriptor, owner.uid, owner.gid)
    finally:
        os.close(descriptor)

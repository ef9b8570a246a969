"""Finds the user's directories for this program; under sudo, those of the user who called it."""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE_NAME: Final = "config.toml"
_PROGRAM: Final = "tracetui"


@dataclass(frozen=True, slots=True)
class Owner:
    """The user whose files these are, where the process runs as another."""

    uid: int
    gid: int
    home: Path


@dataclass(frozen=True, slots=True)
class UserPaths:
    """Directories; they need not exist."""

    config: Path
    state: Path
    owner: Owner | None = None
    """Who shall own files written there; None: this process's user."""

    @property
    def config_file(self) -> Path:
        """The configuration file."""
        return self.config / FILE_NAME

    @property
    def home(self) -> Path:
        """The home directory that `~` stands for."""
        return self.owner.home if self.owner is not None else Path("~").expanduser()


def user_paths(environ: Mapping[str, str] | None = None) -> UserPaths:
    """Return the directories (XDG base directories, where they apply). `environ`: default, the process's.

    Under sudo the home directory is root's, but the configuration is in the home of the calling user.
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
    """Return the user who called sudo; None unless both of sudo's variables name the same user."""
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


def _at_home(default: Path, named: str | None, owner: Owner | None) -> Path:
    """Return the same directory below the owner's home, unless the environment names the directory."""
    if named and Path(named).is_absolute():
        return Path(named) / _PROGRAM
    home = Path("~").expanduser()
    if owner is None or not default.is_relative_to(home):
        return default
    return owner.home / default.relative_to(home)

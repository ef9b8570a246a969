"""Finds the user's directories for this program; under sudo, those of the user who called it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tracetui.files.owner import Owner, calling_user

FILE_NAME: Final = "config.toml"
_PROGRAM: Final = "tracetui"


def _own_home() -> Path | None:
    """Return the home directory of the process's user; None for a user that the system does not know."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home if home.is_absolute() else None


@dataclass(frozen=True, slots=True)
class UserPaths:
    """Directories; they need not exist. None for a user without a home directory."""

    config: Path | None
    state: Path | None
    cache: Path | None = None
    owner: Owner | None = None
    """Whose files are written there, where the process runs as root for another user."""

    home: Path | None = field(default_factory=_own_home)
    """What `~` stands for."""

    @property
    def config_file(self) -> Path | None:
        """The configuration file."""
        return None if self.config is None else self.config / FILE_NAME


def user_paths(environ: Mapping[str, str] | None = None) -> UserPaths:
    """Return the directories (XDG base directories, where they apply). `environ`: default, the process's.

    Under sudo the home directory is root's, but the files are in the home of the calling user.
    """
    import platformdirs

    environ = os.environ if environ is None else environ
    owner = calling_user(environ)
    own_home = _own_home()
    home = own_home if owner is None else owner.home

    def directory(usual: Callable[[str], Path], variable: str) -> Path | None:
        named = environ.get(variable, "")
        if Path(named).is_absolute():
            return Path(named) / _PROGRAM
        if own_home is None or home is None:
            return None
        default = usual(_PROGRAM)
        return home / default.relative_to(own_home) if default.is_relative_to(own_home) else default

    return UserPaths(
        directory(platformdirs.user_config_path, "XDG_CONFIG_HOME"),
        directory(platformdirs.user_state_path, "XDG_STATE_HOME"),
        directory(platformdirs.user_cache_path, "XDG_CACHE_HOME"),
        owner,
        home,
    )

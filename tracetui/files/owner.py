"""Whose files a process of root's writes, and how it does that with no more than that user's rights.

Under sudo, or as root in the home directory of another user, the kernel then decides what may be read, made
and replaced: nothing there can lead root astray, and all that is made belongs to that user.
"""

import os
import pwd
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes


@dataclass(frozen=True, slots=True)
class Owner:
    """The user whose files these are, where the process runs as root."""

    uid: int
    gid: int
    home: Path


def calling_user(environ: Mapping[str, str] | None = None) -> Owner | None:
    """Return the user on whose behalf root runs this: the one who called sudo, else whose home it is.

    None where the process is not root's, or nobody else is concerned. `environ`: default, the process's.
    """
    if os.geteuid() != 0:
        return None
    environ = os.environ if environ is None else environ
    return _sudo_user(environ) or _owner_of_home(environ)


def _sudo_user(environ: Mapping[str, str]) -> Owner | None:
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


def _owner_of_home(environ: Mapping[str, str]) -> Owner | None:
    """Return who owns the home directory (`su` without a dash keeps that of the caller)."""
    home = Path(environ.get("HOME", ""))
    try:
        status = home.stat()
    except (OSError, ValueError):
        return None
    return Owner(status.st_uid, status.st_gid, home) if home.is_absolute() and status.st_uid else None


@dataclass(frozen=True, slots=True)
class ChildRights:
    """What `subprocess.Popen` is given, so that a program runs with a user's rights; None: with ours."""

    user: int | None = None
    group: int | None = None
    groups: Sequence[int] | None = None
    environment: Mapping[str, str] | None = None


def child_rights(environ: Mapping[str, str] | None = None) -> ChildRights:
    """Return the rights of a program that the user's configuration names: under sudo, those of the caller.

    It is their file, and their keys and known hosts that ssh is to use. `environ`: default, the process's.
    """
    environ = os.environ if environ is None else environ
    owner = calling_user(environ)
    if owner is None:
        return ChildRights()
    try:
        name = pwd.getpwuid(owner.uid).pw_name
        groups = os.getgrouplist(name, owner.gid)
    except KeyError:
        name, groups = str(owner.uid), [owner.gid]
    theirs = {"HOME": str(owner.home), "USER": name, "LOGNAME": name}
    return ChildRights(owner.uid, owner.gid, groups, {**environ, **theirs})


@contextmanager
def acting_as(owner: Owner | None) -> Iterator[None]:
    """Have this thread open and make files with the owner's rights and as the owner's; None: as it is.

    This sets the thread's file system user (setfsuid(2)), which takes root's rights over files away; other
    threads, sockets and signals stay as they are. Raises OSError where the system does not know the user.
    """
    if owner is None:
        yield
        return
    import ctypes

    libc = ctypes.CDLL(None)
    before = _set_ids(libc, owner.uid, owner.gid)
    try:
        if _set_ids(libc, -1, -1) != (owner.uid, owner.gid):
            raise PermissionError(f"files cannot be written as user {owner.uid} here")
        yield
    finally:
        _set_ids(libc, *before)


def _set_ids(libc: "ctypes.CDLL", uid: int, gid: int) -> tuple[int, int]:
    """Set both, except those that are -1; return what was set before."""
    before_gid = libc.setfsgid(gid)  # the group first: that takes root
    return libc.setfsuid(uid), before_gid

"""Keeps the last theme, the targets typed and the last session between runs, in one small JSON file."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from tracetui.config.paths import UserPaths
from tracetui.config.settings import Interval, MaxHops, Ports, Prober, Protocols, Timeout
from tracetui.files.owner import Owner, acting_as
from tracetui.files.read_file import FileTooLargeError, read_file
from tracetui.files.write_file import write_atomically
from tracetui.model import PROBED, Role, safe_text

FILE_NAME: Final = "memory.json"
MAX_TARGETS: Final = 200
MAX_SESSION_TARGETS: Final = 1000
"""A file with more was not written by this program."""

_MAX_TEXT_LENGTH: Final = 300
_MAX_SIZE: Final = 1_000_000
_Family = Annotated[int, Meta(ge=4, le=6, multiple_of=2)]
"""4 or 6."""

_Interface = Annotated[str, Meta(max_length=_MAX_TEXT_LENGTH, pattern=r"^[^\x00-\x20\x7f]*$")]


@dataclass(frozen=True, slots=True)
class SessionTarget:
    """A target of a session."""

    text: str
    """As typed."""

    role: Role = Role.SUSPECT
    services: str = ""
    """Protocols and ports, as in `tcp/25,443 icmp`; empty: those of the session."""

    source: str | None = None
    """Its own source address."""


@dataclass(frozen=True, slots=True)
class Session:
    """The targets of a run and the settings they were traced with."""

    targets: Annotated[tuple[SessionTarget, ...], Meta(max_length=MAX_SESSION_TARGETS)]
    protocols: Protocols
    ports: Ports = ()
    """TCP ports for targets that name none; empty: each target's own default."""

    interval_s: Interval = 1.0
    max_hops: MaxHops = 30

    # Sessions of older versions lack the following fields: the configuration decides then.

    timeout_s: Timeout | None = None
    prober: Prober | None = None
    sources: Annotated[tuple[str, ...], Meta(max_length=64)] = ()
    """Source addresses; empty: the system's choice."""

    interface: _Interface | None = None
    families: tuple[_Family, ...] = ()
    """Address families of names, the preferred first; empty: both."""

    all_addresses: bool = False
    vantages: Annotated[tuple[Annotated[str, Meta(max_length=300)], ...], Meta(max_length=64)] = ()
    """As `--via` takes them."""


@dataclass(frozen=True, slots=True)
class _Content:
    """The content of the file."""

    theme: str | None = None
    targets: tuple[str, ...] = ()
    session: Session | None = None


class SavedState:
    """The theme, targets and session kept on disk; where that fails, in memory for this run.

    Each change reads the file again and replaces it: of two running programs the last writer wins. Safe to
    use from any thread.
    """

    def __init__(self, path: Path | None = None, *, owner: Owner | None = None, targets: bool = True) -> None:
        """`path` None: nothing is kept on disk. `targets` False: no targets or sessions are read or kept.

        `owner`: whose file it is, where that is not this process's user.
        """
        self._path = path
        self._owner = owner
        self._keeps_targets = targets
        self._lock = threading.Lock()
        self._value: _Content | None = None
        self._problem = ""

    @classmethod
    def of_user(cls, paths: UserPaths, *, remember: bool = True, targets: bool = True) -> "SavedState":
        """Return the user's saved state; without `remember`, one that is not kept on disk."""
        path = paths.state / FILE_NAME if remember and paths.state is not None else None
        return cls(path, owner=paths.owner, targets=targets)

    @property
    def kept(self) -> bool:
        """Whether anything is kept for the next run."""
        return self._path is not None

    @property
    def theme(self) -> str | None:
        """The theme that was chosen last."""
        return self._now.theme

    @property
    def targets(self) -> tuple[str, ...]:
        """Up to `MAX_TARGETS` different targets as they were typed, the newest first."""
        return self._now.targets

    @property
    def session(self) -> Session | None:
        """The last session."""
        return self._now.session

    @property
    def problem(self) -> str:
        """Why the file could not be used, in one line; empty where nothing is wrong."""
        _ = self._now
        return self._problem

    def remember_theme(self, name: str) -> None:
        """Keep the name of a theme."""
        self._change(lambda value: replace(value, theme=_line(name)))

    def remember_target(self, text: str) -> None:
        """Keep a target as typed, as the newest."""
        typed = _line(text)
        if typed:
            self._change(lambda value: replace(value, targets=_newest_first((typed, *value.targets))))

    def remember_session(self, session: Session) -> None:
        """Keep a session in place of the one before."""
        self._change(lambda value: replace(value, session=session))

    @property
    def _now(self) -> _Content:
        with self._lock:
            if self._value is None:
                self._value = self._read()
            return self._value

    def _change(self, change: Callable[[_Content], _Content]) -> None:
        with self._lock:
            before = self._read()
            value = change(before)
            if value == before == self._value:
                return
            self._value = value
            if self._path is not None:
                kept = value if self._keeps_targets else replace(self._on_disk(), theme=value.theme)
                try:
                    write_atomically(self._path, _encoded(kept), self._owner)
                except OSError:  # the disk is full or read-only
                    self._path = None

    def _read(self) -> _Content:
        """Return what is on disk; without targets where they are not kept."""
        known = self._value or _Content()
        if self._path is None:
            return known
        disk = self._on_disk(known)
        return disk if self._keeps_targets else replace(known, theme=disk.theme)

    def _on_disk(self, otherwise: _Content | None = None) -> _Content:
        """Return the file's content; `otherwise` where it cannot be read."""
        value = otherwise or _Content()
        if self._path is None:
            return value
        try:
            with acting_as(self._owner):
                content = read_file(self._path, _MAX_SIZE)
        except (FileNotFoundError, NotADirectoryError):
            return value
        except FileTooLargeError:
            self._set_aside(self._path, "too large")
        except OSError as error:
            self._problem = f"{self._path} cannot be read: {(error.strerror or str(error)).lower()}"
        else:
            try:
                return _decoded(content)
            except RecursionError:
                self._set_aside(self._path, "nested too deeply")
            except ValueError as error:
                self._set_aside(self._path, safe_text(str(error)))
        return value

    def _set_aside(self, path: Path, reason: str) -> None:
        """Keep a file that is not ours for inspection, under another name."""
        self._problem = f"{path} is damaged: {reason}"
        with contextlib.suppress(OSError), acting_as(self._owner):
            path.replace(path.with_name(f"{FILE_NAME}.broken"))
            self._problem += f"; it was renamed to {FILE_NAME}.broken"


def _encoded(value: _Content) -> str:
    return msgspec.json.format(msgspec.json.encode(value)).decode() + "\n"


def _decoded(content: bytes) -> _Content:
    """Raises ValueError."""
    value = msgspec.json.decode(content, type=_Content)  # its errors are ValueErrors
    return _Content(
        theme=_line(value.theme) if value.theme else None,
        targets=_newest_first(tuple(map(_line, value.targets))),
        session=None if value.session is None else _cleaned(value.session),
    )


def _cleaned(session: Session) -> Session:
    """Return the session with safe text and without duplicates.

    Raises ValueError for a bad address or a protocol that is not probed with.
    """
    import ipaddress

    def address(text: str) -> str:
        return str(ipaddress.ip_address(text))

    if not set(session.protocols) <= set(PROBED):
        raise ValueError(f"unknown protocol in {session.protocols}")
    targets = (
        replace(
            each,
            text=_line(each.text),
            services=_line(each.services),
            source=None if each.source is None else address(each.source),
        )
        for each in session.targets
    )
    return replace(
        session,
        targets=tuple(each for each in targets if each.text),
        protocols=tuple(dict.fromkeys(session.protocols)),
        ports=tuple(dict.fromkeys(session.ports)),
        sources=tuple(map(address, session.sources)),
        interface=session.interface or None,
        families=tuple(dict.fromkeys(session.families)),
    )


def _newest_first(targets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, targets)))[:MAX_TARGETS]


def _line(text: str) -> str:
    return safe_text(text, limit=_MAX_TEXT_LENGTH)

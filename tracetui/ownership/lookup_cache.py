"""Keeps network answers about addresses for the next run: SQLite in the user's cache directory.

Several programs may use it at once (WAL; one that finds it locked goes on without). A broken file is set
aside. What is read back is checked like answers of the network. Without a file, answers are kept for the run
alone.
"""

import contextlib
import errno
import ipaddress
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from tracetui.files.owner import Owner, acting_as
from tracetui.files.write_file import make_directories
from tracetui.model import safe_text
from tracetui.ownership.cached_rows import Origin, checked_origin, checked_pointer, checked_time

FILE_NAME: Final = "lookups-1.sqlite3"
"""The number is the version of the layout: other versions of the program use other files."""

FRESH_S: Final = 86_400.0
FRESH_NEGATIVE_S: Final = 3_600.0
"""Negative answers are asked again sooner."""

KEPT_S: Final = 30 * 86_400.0
"""Older answers are deleted; until then they are used when the network does not answer."""

_LOCK_PATIENCE_S: Final = 0.25
_MAX_ROWS: Final = 200_000
_MAX_SIZE: Final = 256 << 20
"""Bytes of a file; a larger one is not ours."""

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""Files that SQLite opens beside a database (sqlite.org/tempfiles.html)."""

_MAX_TEXT: Final = 1000
"""Bytes of one value."""

_DAMAGE: Final = (sqlite3.DatabaseError, UnicodeDecodeError)
"""The second: SQLite tells of a damaged name, which is no UTF-8, in its message."""

_TABLES: Final = {
    "origin": "CREATE TABLE origin (prefix TEXT PRIMARY KEY, asns TEXT, name TEXT, learned REAL)"
    " WITHOUT ROWID",
    "pointer": "CREATE TABLE pointer (address TEXT PRIMARY KEY, name TEXT, learned REAL) WITHOUT ROWID",
}

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class CachedAnswer(Generic[_Value]):
    """An answer and its age."""

    value: _Value
    learned: float
    """Unix time, seconds."""

    fresh: bool
    """Young enough not to be asked again."""


class LookupCache:
    """Origins by prefix, PTR names by address. Thread-safe; errors of the disk never reach a caller."""

    def __init__(
        self,
        path: Path | None,
        *,
        owner: Owner | None = None,
        narrate: Callable[[str], None] = lambda _: None,
        unix_s: Callable[[], float] = time.time,
    ) -> None:
        """`path`: the file, made where missing; None: memory alone. `unix_s`: the clock.

        `owner`: whose file it is, where that is not this process's user.
        """
        self._path, self._narrate, self._unix_s = path, narrate, unix_s
        self._owner = owner
        self._lock = threading.RLock()
        self._origins: _PrefixMap[tuple[Origin, float]] = _PrefixMap()
        self._pointers: dict[str, tuple[str | None, float]] = {}
        self._database: sqlite3.Connection | None = None
        if path is not None:
            with self._surviving():
                self._open(path)

    def origin(self, address: str) -> tuple[str, CachedAnswer[Origin]] | None:
        """Return the longest prefix around `address` with a fresh answer, else with any, and the answer."""
        with self._lock:
            found = [
                (prefix, self._cached(origin, learned, negative=not origin.asns))
                for prefix, (origin, learned) in self._origins.around(address)
            ]
        return next((known for known in found if known[1].fresh), found[0] if found else None)

    def put_origin(self, prefix: str, origin: Origin) -> None:
        """Keep an answer about a prefix (of a single address, when nothing is announced there)."""
        now = self._unix_s()
        with self._lock:
            self._origins.put(prefix, (origin, now))
            asns = " ".join(map(str, origin.asns))
            self._write("INSERT OR REPLACE INTO origin VALUES (?, ?, ?, ?)", (prefix, asns, origin.name, now))

    def pointer(self, address: str) -> CachedAnswer[str | None] | None:
        """Return the PTR name of an address as it was last answered; the value is None when it had none."""
        with self._lock:
            found = self._pointers.get(address)
        return None if found is None else self._cached(*found, negative=found[0] is None)

    def put_pointer(self, address: str, name: str | None) -> None:
        """Keep a PTR name, or that there is none."""
        now = self._unix_s()
        with self._lock:
            self._pointers[address] = name, now
            self._write("INSERT OR REPLACE INTO pointer VALUES (?, ?, ?)", (address, name, now))

    def close(self) -> None:
        """Close the file; answers stay available."""
        with self._lock:
            database, self._database = self._database, None
            if database is not None:
                with contextlib.suppress(sqlite3.Error, OSError), acting_as(self._owner):
                    database.close()

    def _cached(self, value: _Value, learned: float, *, negative: bool) -> CachedAnswer[_Value]:
        age = self._unix_s() - learned
        # A time in the future (a wrong clock then or now) must not make an answer last longer.
        return CachedAnswer(value, learned, 0 <= age < (FRESH_NEGATIVE_S if negative else FRESH_S))

    # The file

    def _open(self, path: Path) -> None:
        make_directories(path.parent, self._owner)
        _check_files(path)
        try:
            self._database = self._connect(path)
            self._load()
        except sqlite3.OperationalError:
            raise
        except _DAMAGE as error:
            self._set_aside(path, error)

    def _connect(self, path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(
            path, timeout=_LOCK_PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        try:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
            database.text_factory = lambda raw: raw.decode("utf-8", "replace")
            database.execute("PRAGMA trusted_schema = OFF")
            _check_schema(database)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            for name, made in _TABLES.items():
                database.execute(made.replace(f"TABLE {name}", f"TABLE IF NOT EXISTS {name}"))
            _check_pages(database)
        except BaseException:
            database.close()
            raise
        return database

    def _load(self) -> None:
        now = self._unix_s()
        oldest = now - KEPT_S
        assert self._database is not None  # noqa: S101  (opened right before)
        with contextlib.suppress(sqlite3.OperationalError):  # locked: the other program deletes them
            for table in ("origin", "pointer"):
                self._database.execute(f"DELETE FROM {table} WHERE learned < ?", (oldest,))  # noqa: S608
        for *row, learned in self._rows("origin", "asns"):
            with contextlib.suppress(ValueError):
                prefix, origin = checked_origin(*row)
                self._origins.put(prefix, (origin, checked_time(learned, now)))
        for *row, learned in self._rows("pointer", "address"):
            with contextlib.suppress(ValueError):
                address, name = checked_pointer(*row)
                self._pointers[address] = name, checked_time(learned, now)

    def _rows(self, table: str, second: str) -> Iterator[tuple[object, ...]]:
        """Yield the newest rows without values that are too long, which no answer is."""
        assert self._database is not None  # noqa: S101  (as above)
        yield from self._database.execute(
            f"SELECT * FROM {table} WHERE coalesce(length(name), 0) <= ? AND length({second}) <= ?"  # noqa: S608
            " ORDER BY learned DESC LIMIT ?",
            (_MAX_TEXT, _MAX_TEXT, _MAX_ROWS),
        )

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        if self._database is None:
            return
        with self._surviving():
            try:
                self._database.execute(statement, values)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) and "busy" not in str(error):
                    raise
            except _DAMAGE as error:
                if self._path is not None:
                    self._set_aside(self._path, error)

    def _set_aside(self, path: Path, error: Exception) -> None:
        """Begin a new file beside the broken one."""
        if self._database is not None:
            self._database.close()
            self._database = None
        broken = path.with_suffix(".broken")
        path.replace(broken)
        for ending in _BESIDE:
            path.with_name(path.name + ending).unlink(missing_ok=True)
        why = safe_text(str(error))
        self._narrate(f"{path}: this cache was damaged ({why}): renamed to {broken.name}, started anew")
        self._database = self._connect(path)

    @contextlib.contextmanager
    def _surviving(self) -> Iterator[None]:
        """Continue without a file after an error of the disk."""
        try:
            with acting_as(self._owner):
                yield
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            self.close()
            reason = (
                error.strerror if isinstance(error, OSError) and error.strerror else safe_text(str(error))
            )
            self._narrate(f"{self._path}: look-ups are not kept for the next run ({reason})")


def _check_files(path: Path) -> None:
    """Raise OSError for what is no file of ours: SQLite would wait for a pipe or a device, beside it too."""
    for ending in ("", *_BESIDE):
        one = path.with_name(path.name + ending)
        if not one.exists():
            continue
        if not one.is_file():
            raise OSError(errno.EINVAL, f"{f'what is called {one.name}' if ending else 'it'} is no file")
        if one.stat().st_size > _MAX_SIZE:
            raise OSError(errno.EFBIG, f"larger than {_MAX_SIZE >> 20} MiB: delete it")


def _check_schema(database: sqlite3.Connection) -> None:
    """Raise DatabaseError where the file has more than our tables: views and triggers run what they like."""
    for name, made in database.execute("SELECT name, sql FROM sqlite_schema"):
        if _TABLES.get(name) != made:
            raise sqlite3.DatabaseError("it has other tables than ours")


def _check_pages(database: sqlite3.Connection) -> None:
    """Raise DatabaseError where the file is damaged."""
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


class _PrefixMap(Generic[_Value]):
    """Finds the values of the prefixes around an address: a dictionary for each length, the longest first."""

    def __init__(self) -> None:
        self._lengths: dict[int, dict[int, dict[int, tuple[str, _Value]]]] = {4: {}, 6: {}}
        """IP version → prefix length → leading bits → (prefix, value)."""

    def put(self, prefix: str, value: _Value) -> None:
        """Set the value of a prefix. Raises ValueError when it is none, or has bits beyond its length."""
        network = ipaddress.ip_network(prefix)
        lengths = self._lengths[network.version]
        if network.prefixlen not in lengths:
            lengths[network.prefixlen] = {}
            self._lengths[network.version] = dict(sorted(lengths.items(), reverse=True))
        bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
        self._lengths[network.version][network.prefixlen][bits] = str(network), value

    def around(self, address: str) -> Iterator[tuple[str, _Value]]:
        """Yield the prefixes around an address, the longest first. Raises ValueError for no address."""
        value = ipaddress.ip_address(address)
        number, width = int(value), value.max_prefixlen
        for length, by_bits in self._lengths[value.version].items():
            found = by_bits.get(number >> (width - length))
            if found is not None:
                yield found

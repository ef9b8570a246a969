"""Reads a register's file: recognises its format by its lines, and indexes what they list."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final
from weakref import WeakValueDictionary

from tracetui.evidence.declared_formats import declared_formats
from tracetui.evidence.registers import formats
from tracetui.evidence.registers.host_index import HostIndex, is_host, url_host
from tracetui.evidence.registers.register import Register
from tracetui.evidence.registers.register_format import LineParser, RegisterFormat, RegisterRow
from tracetui.evidence.registers.register_lines import (
    FileIdentity,
    KeptLines,
    line_text,
    open_register,
    raw_lines,
)
from tracetui.model import EvidenceError, ForeignText, counted, safe_text
from tracetui.model.register_answer import HostKind, RegisterFile

_HEAD_LINES: Final = 1000
_HEAD_BYTES: Final = 256 << 10
"""Of the beginning of a file, in which its format must show."""

_HEAD_LINE_BYTES: Final = 4 << 10
"""That one line counts for at most: one that is too long must not be the whole beginning."""

MAX_SIZE: Final = 2_000_000
"""Prefixes and names of one register; each name takes more than a hundred bytes. Large registers have 400,000
entries."""

MAX_LINES: Final = 2_000_000
"""Of a file, whatever is on them."""

_LOOKED_AT: Final = 8
"""Values of a line, one of which must be an address, a name or a URL for the line to fit."""

_MAX_LINE_TOLD: Final = 60
_COLUMN: Final = re.compile(r"(?P<path>.+):column=(?P<column>[^/]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """A register that the user asks for."""

    name: str
    """What it is called: the file's name without its folders, and the column. Safe text."""

    path: Path
    column: str | None = None
    """Title of the column of a CSV file, or its number from 1."""


def parse_request(text: str) -> RegisterRequest:
    """Parse `FILE` or `FILE:column=NAME`. Raises EvidenceError."""
    typed = text.strip()
    found = _COLUMN.fullmatch(typed)
    path = found["path"] if found is not None else typed
    if not path:
        raise EvidenceError("no file given: FILE, or FILE:column=NAME for a CSV file")
    column = found["column"] if found is not None else None
    name = Path(path).name + (f", column {column}" if column is not None else "")
    return RegisterRequest(safe_text(name), Path(path), column)


_known: Final[WeakValueDictionary[tuple[FileIdentity, str | None], Register]] = WeakValueDictionary()
_lock: Final = Lock()


def read_register(request: RegisterRequest) -> Register:
    """Return the register; a file that has not changed is read once in a process, while it is in use.

    Raises EvidenceError with one line: what was looked for, the nearest format, the line that did not fit.
    """
    with _lock, open_register(request.path) as (file, identity):
        key = identity, request.column
        register = _known.get(key)
        if register is None:
            register = _known[key] = _Reading(request, identity).register(file)
        elif register.file.name != request.name:
            register = replace(register, file=replace(register.file, name=ForeignText(request.name)))
        return register


@cache
def known_formats() -> Sequence[RegisterFormat]:
    """Return the formats that modules of `formats` declare."""
    return declared_formats(formats, RegisterFormat)


@dataclass(slots=True)
class _Trial:
    """How the first lines of a file fit one format."""

    form: RegisterFormat
    fits: int = 0
    misfits: int = 0
    first_misfit: tuple[int, str] | None = None

    def take(self, parse: LineParser, number: int, line: str) -> None:
        row = parse(line)
        values = () if row is None else list(filter(None, (*row.hosts, *row.urls)))
        if row is None or (values and not any(map(_is_known, values[:_LOOKED_AT]))):
            self.misfits += 1
            self.first_misfit = self.first_misfit or (number, line)
        elif values:
            self.fits += 1


def _is_known(value: str) -> bool:
    return bool(url_host(value)) if "://" in value else is_host(value)


class _Reading:
    """The reading of one file."""

    def __init__(self, request: RegisterRequest, identity: FileIdentity) -> None:
        self._request = request
        self._identity = identity
        self._listed, self._in_urls = HostIndex(), HostIndex()
        self._kept = KeptLines()
        self._entries = self._stray = self._partly = 0
        self._first_stray: int | None = None
        self._stamp = ""
        self._has_urls = False

    def register(self, file: BinaryIO) -> Register:
        """Read the whole file."""
        path = self._request.path
        lines = raw_lines(file)
        head = list(_head(lines))
        try:
            form = self._recognised([line_text(raw) for raw in head])
            parse = form.parser(self._request.column)
            for raw in chain(head, lines):
                self._kept.append(raw)
                self._take(parse, line_text(raw))
        except EvidenceError as error:
            said = str(error)
            raise EvidenceError(said if said.startswith(str(path)) else f"{path}: {said}") from None
        self._kept.pack()
        if not self._entries:
            raise EvidenceError(
                f"{path}: no entry in it names an address, a name or a URL: give another file"
            )
        self._listed.finish()
        self._in_urls.finish()
        return Register(self._facts(form), form, self._listed, self._in_urls, self._kept)

    def _take(self, parse: LineParser, line: str) -> None:
        if self._kept.count > MAX_LINES:
            raise EvidenceError(f"it has more than {MAX_LINES:,} lines: give a smaller file")
        row = parse(line) if line else None
        if row is None:
            if line.strip():
                self._stray += 1
                self._first_stray = self._first_stray or self._kept.count
            return
        if row.stamp and not self._stamp:
            self._stamp = row.stamp
        number = self._kept.count
        wanted = added = 0
        for host in row.hosts:
            if host:
                wanted += 1
                added += self._listed.add(host, number)
        urls = self._add_urls(row, number) if row.urls else 0
        if self._listed.size + self._in_urls.size > MAX_SIZE:
            raise EvidenceError(f"it names more than {MAX_SIZE:,} hosts: give a smaller file")
        if added or urls:
            self._entries += 1
            self._partly += added < wanted
        elif wanted or row.urls:
            self._stray += 1
            self._first_stray = self._first_stray or number

    def _add_urls(self, row: RegisterRow, number: int) -> int:
        """Add the hosts of URLs that the entry does not name besides; return how many have a host."""
        hosts = {host for url in row.urls if (host := url_host(url))}
        added = sum([host in row.hosts or self._in_urls.add(host, number) for host in hosts])
        self._has_urls = self._has_urls or bool(added)
        return added

    def _facts(self, form: RegisterFormat) -> RegisterFile:
        return RegisterFile(
            ForeignText(self._request.name),
            form.name,
            ForeignText(safe_text(self._stamp, limit=80)),
            datetime.fromtimestamp(self._identity.modified_ns // 1_000_000_000, UTC),
            self._entries,
            (*self._listed.kinds(), *((HostKind.URLS,) if self._has_urls else ())),
            self._stray,
            self._first_stray,
            self._partly,
        )

    def _recognised(self, head: Sequence[str]) -> RegisterFormat:
        """Return the format that most of the first lines fit. Raises EvidenceError."""
        if not any(line.strip() for line in head):
            raise EvidenceError("it is empty: give the file of a block register")
        column = self._request.column
        trials = [_Trial(form) for form in known_formats() if column is None or form.has_columns]
        for trial in trials:
            parse = trial.form.parser(column)
            for number, line in enumerate(head, start=1):
                if line.strip():
                    trial.take(parse, number, line)
        best = max(trials, key=lambda trial: (trial.fits - trial.misfits, trial.fits))
        if best.fits > best.misfits or not best.misfits:
            return best.form
        raise EvidenceError(_not_recognised(head, trials))


def _head(lines: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for raw in islice(lines, _HEAD_LINES):
        yield raw
        size += min(len(raw), _HEAD_LINE_BYTES)
        if size > _HEAD_BYTES:
            return


def _not_recognised(head: Sequence[str], trials: Sequence[_Trial]) -> str:
    looked_for = ", ".join(trial.form.name for trial in trials)
    nearest = max(trials, key=lambda trial: (trial.fits, -trial.misfits))
    if not nearest.fits or nearest.first_misfit is None:
        first = next((number, line) for number, line in enumerate(head, start=1) if line.strip())
        which, where = "no line of its beginning fits any", first
    else:
        lines = counted(nearest.fits + nearest.misfits, "line")
        which = f"nearest is {nearest.form.name} ({nearest.form.looks_for}): {nearest.fits} of {lines} fit"
        where = nearest.first_misfit
    quoted = safe_text(where[1], limit=_MAX_LINE_TOLD)
    return (
        f"not a block register: looked for {looked_for}; {which}; line {where[0]} does not fit: {quoted!r}. "
        "Of another CSV file name the column: FILE:column=NAME"
    )

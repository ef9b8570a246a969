"""Reads a file of BGP routes: an MRT dump, lines of `bgpdump -m`, or text; plain, gzip or bzip2."""

import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, cast

from tracetui.evidence.bgp.formats.bgpdump import START, route_of
from tracetui.evidence.bgp.found_routes import ReadRoutes
from tracetui.evidence.bgp.mrt import MrtReader, is_mrt
from tracetui.evidence.bgp.read_routes import MAX_HELD, made_of, read_bgp_text
from tracetui.evidence.bgp.route_format import Context
from tracetui.evidence.bgp.wanted_addresses import Wanted
from tracetui.evidence.traces.source_text import MAX_LINE, MAX_SIZE
from tracetui.files.read_file import UNREADABLE, open_file, unpacked
from tracetui.model import Asn, EvidenceError, ForeignText, safe_text
from tracetui.model.bgp_route import BgpRoute

MAX_DUMP: Final = 64 << 30
"""Bytes of a dump, unpacked; those of the largest collectors have a few GiB."""

_SNIFFED: Final = 4096


def read_bgp_file(
    path: Path, wanted: Wanted, *, viewer: Asn | None = None, stopped: Callable[[], bool] = lambda: False
) -> ReadRoutes:
    """Return the routes in a file to the addresses wanted.

    Dumps are read as a stream, however large they are; text must not be larger than a paste. `stopped` is
    asked now and then; once it is true, what was read so far is returned. Raises EvidenceError with one line.
    """
    try:
        with open_file(path, MAX_DUMP) as raw:
            return _read(raw, path, wanted, viewer, stopped)
    except EvidenceError as error:
        raise EvidenceError(f"{_name(path)}: {error}") from None
    except OSError as error:
        raise EvidenceError(f"cannot read {_name(path)}: {error.strerror or error}") from None
    except UNREADABLE:
        raise EvidenceError(f"cannot read {_name(path)}: the compressed data is broken") from None


def _read(
    raw: io.BufferedReader, path: Path, wanted: Wanted, viewer: Asn | None, stopped: Callable[[], bool]
) -> ReadRoutes:
    taken_at = datetime.fromtimestamp(os.fstat(raw.fileno()).st_mtime, UTC).replace(microsecond=0)
    context = Context(viewer, ForeignText(_name(path)), taken_at, wanted)
    file = unpacked(raw, MAX_DUMP)
    beginning = file.peek(_SNIFFED)[:_SNIFFED]
    remarks: list[str] = []
    if is_mrt(beginning):
        reader = MrtReader(context, remarks)
        found = list(_until(reader.read(cast("BinaryIO", _Watched(file, stopped))), remarks))
    elif START.match(beginning.decode("ascii", errors="replace").lstrip()):
        found = list(_until(_dump_lines(file, context, remarks, stopped), remarks))
    else:
        return read_bgp_text(
            file.read(MAX_SIZE + 1), viewer=viewer, name=_name(path), taken_at=taken_at, wanted=wanted
        )
    return made_of(found, remarks, wanted)


def _name(path: Path) -> str:
    return safe_text(path.name, limit=80)


class _Watched:
    """A file object that ends as soon as the reader is told to stop."""

    def __init__(self, file: io.BufferedReader, stopped: Callable[[], bool]) -> None:
        self._file = file
        self._stopped = stopped

    def read(self, size: int) -> bytes:
        return b"" if self._stopped() else self._file.read(size)


def _until(routes: Iterator[BgpRoute], remarks: list[str]) -> Iterator[BgpRoute]:
    """Yield routes up to the most that are held, and to where compressed data is cut off."""
    count = 0
    while count < MAX_HELD:
        try:
            route = next(routes, None)
        except UNREADABLE as error:
            if not count:
                raise
            remarks.append(f"the file is cut off or broken after {count} routes: {safe_text(str(error))}")
            return
        if route is None:
            return
        count += 1
        yield route
    remarks.append(f"more than {MAX_HELD} routes: the rest was not read")


def _dump_lines(
    file: io.BufferedReader, context: Context, remarks: list[str], stopped: Callable[[], bool]
) -> Iterator[BgpRoute]:
    number = broken = 0
    while not stopped() and (raw := file.readline(MAX_LINE)):
        number += 1
        line = raw.decode("ascii", errors="replace").rstrip()
        found = route_of(line, context) if START.match(line) else not line
        if isinstance(found, BgpRoute):
            if context.wanted.covered_by(found.prefix):
                yield found
        elif not found:
            broken += 1
    if number == broken:
        raise EvidenceError("no line of it is one of bgpdump's")
    if broken:
        remarks.append(f"{broken} of {number} lines were not understood")

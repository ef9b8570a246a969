"""An AS database in MaxMind's format as an AS source: GeoLite2, DB-IP, IPinfo and similar ones."""

import itertools
import struct
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import maxminddb

from tracetui.files.read_file import open_file
from tracetui.model import AsSource, Attribution, TableError, safe_text
from tracetui.model.reference import parse_asn
from tracetui.ownership.table_file import MAX_SIZE

MARKER: Final = b"\xab\xcd\xefMaxMind.com"
"""Starts the metadata, in the last 128 KiB of the file (MaxMind DB File Format Specification 2.0)."""

METADATA_LIMIT: Final = 128 << 10

_NUMBER_FIELDS: Final = ("autonomous_system_number", "asn", "as_number")
"""GeoLite2 and DB-IP; IPinfo, as `AS15169`; others."""

_NAME_FIELDS: Final = ("autonomous_system_organization", "as_name", "as_organization", "name", "org")
_RECORDS_LOOKED_AT: Final = 1000
_NOT_READABLE: Final = (
    *(maxminddb.InvalidDatabaseError, OSError, ValueError, UnicodeError),
    *(RecursionError, TypeError, KeyError, IndexError, struct.error),
)
"""What the library raises for a damaged file."""


class MmdbTable:
    """An `AttributionSource` over a file in MaxMind's format. Thread-safe."""

    def __init__(self, path: Path) -> None:
        """Raises TableError when the file is damaged or has no AS numbers."""
        try:
            with open_file(path, MAX_SIZE) as file:  # the very file: its path may lead elsewhere by now
                # In Python: the library's extension in C writes outside its memory for a tree with a loop.
                self._reader = maxminddb.open_database(f"/proc/self/fd/{file.fileno()}", maxminddb.MODE_MMAP)
            metadata = self._reader.metadata()
            records = list(itertools.islice((record for _, record in self._reader), _RECORDS_LOOKED_AT))
        except _NOT_READABLE as error:
            raise TableError(
                f"{path}: a damaged mmdb database ({safe_text(str(error))}): fetch it again"
            ) from None
        if not any(_origin(record) for record in records):
            raise TableError(
                f"{path}: an mmdb database without AS numbers ({safe_text(metadata.database_type)}):"
                " give its ASN edition"
            )
        self._lock = threading.Lock()
        date = datetime.fromtimestamp(metadata.build_epoch, UTC).date().isoformat()
        self.info = AsSource(safe_text(path.name), date)

    def attribute(self, address: str) -> Attribution | None:
        """Answer from the database; None without a record, and for IPv6 in a database of IPv4 alone."""
        try:
            with self._lock:
                record, length = self._reader.get_with_prefix_len(address)
        except _NOT_READABLE:
            return None
        found = _origin(record)
        if found is None:
            return None
        asn, name = found
        return Attribution(
            (asn,) if asn else (),
            name,
            _prefix(address, length),
            self.info.name,
            self.info.date,
        )


def _origin(record: object) -> tuple[int, str] | None:
    """Return AS number (0: unannounced) and holder; None for a record without an AS number."""
    if not isinstance(record, Mapping):
        return None
    number = next((record[field] for field in _NUMBER_FIELDS if field in record), None)
    if number is None:
        return _origin(record.get("traits"))
    try:
        asn = parse_asn(str(number).upper().removeprefix("AS").strip())
    except ValueError:
        return None
    name = next((record[field] for field in _NAME_FIELDS if isinstance(record.get(field), str)), "")
    return asn, safe_text(name)


def _prefix(address: str, length: int) -> str:
    import ipaddress

    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))

"""Settings of the look-ups: which sources to ask about owners and names of addresses."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tracetui.files.owner import Owner


class SourceKind(StrEnum):
    """The choices of `--as-source`."""

    TABLE = "table"
    """The files of `--asn-table`, and the table that `tracetui asn update` fetched."""

    PLEVIN = "plevin"
    CYMRU = "cymru"


@dataclass(frozen=True, slots=True)
class OwnershipSettings:
    """Which sources to ask about owners and names."""

    tables: tuple[Path, ...] = ()
    kinds: tuple[SourceKind, ...] | None = None
    """None: all of them."""

    pointers: bool = True
    """Ask for PTR names. Without them, and unless it is picked, Team Cymru's DNS is not asked either."""

    offline: bool = False
    """Send nothing."""

    dns_server: str | None = None
    """The only DNS server to ask, as `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`."""

    cache_directory: Path | None = None
    """Directory of cached network answers and the fetched table; None: nothing is kept."""

    cache_owner: Owner | None = None
    """Whose directory that is, where it is not this process's user."""

    def takes(self, kind: SourceKind) -> bool:
        """Tell whether a kind of source is wanted."""
        if kind is SourceKind.CYMRU and self.offline:
            return False
        if self.kinds is not None:
            return kind in self.kinds
        return self.pointers or kind is not SourceKind.CYMRU

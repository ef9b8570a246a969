"""What the user asked for about owners and names of addresses."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SourceKind(StrEnum):
    """What `--as-source` picks from."""

    TABLE = "table"
    """The files of `--asn-table`, and the table that `tracetui asn update` fetched."""

    PLEVIN = "plevin"
    CYMRU = "cymru"


@dataclass(frozen=True, slots=True)
class OwnershipSettings:
    """Whom to ask who owns an address."""

    tables: tuple[Path, ...] = ()
    kinds: tuple[SourceKind, ...] | None = None
    """None: all that there are."""

    pointers: bool = True
    """Ask for PTR names. Without them, and unless it is picked, Team Cymru's DNS is not asked either."""

    offline: bool = False
    """Nothing leaves this machine."""

    dns_server: str | None = None
    """The only DNS server to ask, as `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`."""

    names_file: Path | None = None
    """The user's own names and colours of ASes; None: the default file, if it is there."""

    cache_directory: Path | None = None
    """Where answers of the network are kept, and the fetched table is; None: nowhere."""

    def takes(self, kind: SourceKind) -> bool:
        """Tell whether a kind of source is wanted."""
        if kind is SourceKind.CYMRU and self.offline:
            return False
        if self.kinds is not None:
            return kind in self.kinds
        return self.pointers or kind is not SourceKind.CYMRU

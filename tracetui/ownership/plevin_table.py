"""The default AS source: plevin's database, installed with this program, asked offline."""

import threading
from functools import lru_cache
from mmap import MADV_DONTNEED, mmap
from typing import TYPE_CHECKING, Final

from tracetui.model import AsSource, Attribution, CannotRunError, safe_text

if TYPE_CHECKING:
    from plevin import Network, Plevin

_NAME: Final = "plevin"
_EXCHANGE: Final = "exchange"
"""plevin's user type of an internet exchange's peering LAN."""


@lru_cache(maxsize=1 << 16)
def _safe_name(name: str) -> str:
    """Cached, as a hundred thousand addresses have a few thousand holders."""
    return safe_text(name)


class PlevinTable:
    """An `AttributionSource` over plevin's file, opened at the first question. Thread-safe.

    plevin knows one origin per prefix. Space without an origin is unannounced (its registered holder is named
    where a registry publishes it) or the peering LAN of an exchange, which has no AS.
    """

    def __init__(self) -> None:
        self.info = AsSource(_NAME, None)
        """The date is set once the file is open: importing plevin takes 0.1 s, too long before a first
        frame."""
        self._database: Plevin | None = None
        self._lock = threading.Lock()  # plevin's caches are plain dicts, emptied when full

    def open(self) -> AsSource:
        """Open the database now and return its name and date. Raises CannotRunError."""
        with self._lock:
            self._opened()
        return self.info

    def attribute(self, address: str) -> Attribution | None:
        """Answer from plevin. Raises CannotRunError when there is no database or it cannot be read."""
        with self._lock:
            database = self._opened()
            try:
                network = database.lookup(address).network
            except ValueError:
                return None
        return self._attribution(network) if network is not None else None

    def rest(self) -> None:
        """Let go of the decoders that plevin keeps of what it has read: 20 MiB after a few questions."""
        with self._lock:
            if self._database is None:
                return
            for section in self._database.file.sections.values():
                section.cache.clear()
                section.groups.clear()
                pages = section.data.obj
                if isinstance(pages, mmap):
                    pages.madvise(MADV_DONTNEED)

    def _attribution(self, network: "Network") -> Attribution:
        company = network.operator.company if network.operator else None
        use = network.carrier.user_type if network.carrier else None
        exchange = not network.asn and use == _EXCHANGE
        # An exchange's handle says which of its LANs this is, its company does not.
        name = (network.handle or company or "internet exchange") if exchange else company or network.handle
        return Attribution(
            asns=(network.asn,) if network.asn else (),
            name=_safe_name(name or ""),
            prefix=network.cidr,
            source=self.info.name,
            date=self.info.date,
            exchange=exchange,
        )

    def _opened(self) -> "Plevin":
        if self._database is None:
            import plevin

            try:
                self._database = plevin.Plevin()
            except (OSError, LookupError, ValueError) as error:
                raise CannotRunError(
                    f"plevin's database cannot be used ({error}): pip install 'plevin[network]',"
                    " or give a table with --asn-table"
                ) from None
            self.info = AsSource(_NAME, self._database.built)
        return self._database


class PlevinExchanges:
    """An `AttributionSource` that knows exchanges' peering LANs alone.

    It is asked before tables made from BGP, in which a member that leaks the LAN looks like its holder.
    """

    def __init__(self, table: PlevinTable) -> None:
        self._table = table

    @property
    def info(self) -> AsSource:
        return self._table.info

    def attribute(self, address: str) -> Attribution | None:
        """Answer for an exchange's LAN; None for any other address."""
        found = self._table.attribute(address)
        return found if found is not None and found.exchange else None

"""Opens the AS sources and name sources that the settings ask for, in the order they are asked.

The order: special-purpose ranges, exchanges' peering LANs, the user's tables, the fetched table, plevin, Team
Cymru. The first answer wins.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tracetui.model import TableError
from tracetui.ownership.background_lookup import BackgroundOwners
from tracetui.ownership.cymru import CymruSource
from tracetui.ownership.interfaces import AttributionSource, NameSource, ResourcefulSource
from tracetui.ownership.lookup_cache import FILE_NAME, LookupCache
from tracetui.ownership.lookup_settings import OwnershipSettings, SourceKind
from tracetui.ownership.system_names import QUESTIONS_AT_ONCE, OfflineNames, SystemNames

FETCHED_TABLE: Final = "ip2asn-combined.tsv.gz"
"""The file name of the table that `tracetui asn update` stores in the cache directory."""


class Ownership:
    """The AS sources, the name source and their cache; opened once a run."""

    def __init__(
        self,
        settings: OwnershipSettings,
        narrate: Callable[[str], None] = lambda _: None,
        *,
        questions_at_once: int = QUESTIONS_AT_ONCE,
    ) -> None:
        """`narrate` gets remarks on files and sources, from threads too.

        Raises TableError for a file that is no table, ResolutionError for a server that is none.
        """
        self._settings, self._narrate = settings, narrate
        self.sources = _local_sources(settings, narrate)
        """The offline sources, in the order they are asked."""

        directory = settings.cache_directory
        self._cache = LookupCache(
            directory / FILE_NAME if directory is not None else None,
            owner=settings.cache_owner,
            narrate=narrate,
        )
        self._online = (
            None
            if settings.offline
            else SystemNames(settings.dns_server, cache=self._cache, at_once=questions_at_once)
        )
        self.names: NameSource = self._online or OfflineNames(cache=self._cache)

    def owners(
        self, closing: Callable[[], None] = lambda: None, *, most: int | None = None
    ) -> BackgroundOwners:
        """Return new look-ups over these sources; one at a time, as sources are asked from one thread.

        `closing` is called when the look-ups are closed. `most`: as for `BackgroundOwners`.
        """
        asks_network = self._online is not None and self._settings.takes(SourceKind.CYMRU)
        return BackgroundOwners(
            self.sources,
            self.names if self._settings.pointers else None,
            network=CymruSource(self._online, self._cache) if self._online and asks_network else None,
            narrate=self._narrate,
            closing=closing,
            resting=self.rest,
            most=most,
        )

    def rest(self) -> None:
        """Give back the memory that answers took: none was asked for in a while."""
        for source in self.sources:
            if isinstance(source, ResourcefulSource):
                source.rest()

    def close(self) -> None:
        """Close the cache, after the look-ups are closed."""
        self._cache.close()


def _local_sources(settings: OwnershipSettings, narrate: Callable[[str], None]) -> list[AttributionSource]:
    exchanges: list[AttributionSource] = []
    origins: list[AttributionSource] = []
    paths = _table_paths(settings) if settings.takes(SourceKind.TABLE) else ()
    if paths:
        from tracetui.ownership.open_tables import open_tables

        tables = open_tables(paths, narrate)
        exchanges += tables.exchanges
        origins += tables.origins
    if settings.takes(SourceKind.PLEVIN):
        from tracetui.ownership.plevin_table import PlevinExchanges, PlevinTable

        plevin = PlevinTable()
        if origins:
            exchanges.append(PlevinExchanges(plevin))
        origins.append(plevin)
    return exchanges + origins


def _table_paths(settings: OwnershipSettings) -> tuple[Path, ...]:
    """Return the user's tables and the fetched one. Raises TableError when picked and there is none."""
    paths = settings.tables
    if settings.cache_directory is not None and (settings.cache_directory / FETCHED_TABLE).exists():
        paths = (*paths, settings.cache_directory / FETCHED_TABLE)
    if not paths and settings.kinds is not None:
        raise TableError(
            "no AS table to ask: give one with --asn-table, or fetch one with 'tracetui asn update'"
        )
    return paths

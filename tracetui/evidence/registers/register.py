"""A loaded register: finds the entries that match an address or a name, and quotes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.evidence.registers.host_index import HostIndex, HostMatch
from tracetui.evidence.registers.register_format import RegisterFormat
from tracetui.evidence.registers.register_lines import KeptLines
from tracetui.model import Address, ForeignText, Prefix, safe_text
from tracetui.model.register_answer import (
    ListedEntry,
    Listing,
    MatchKind,
    RegisterAnswer,
    RegisterFile,
)

MAX_ENTRIES_TOLD: Final = 5
"""Entries of one answer that are quoted; more are counted."""

_MAX_URLS_TOLD: Final = 3
_MAX_QUOTED: Final = 240


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Register:
    """The content of one file. Safe to ask from several threads."""

    file: RegisterFile
    form: RegisterFormat
    listed: HostIndex
    """What entries list."""

    in_urls: HostIndex
    """Hosts of URLs, where the entry does not name them besides."""

    lines: KeptLines

    def answer(self, address: str, names: Sequence[str]) -> RegisterAnswer:
        """Return what it says of an endpoint: its address and its names are looked up."""
        found: dict[tuple[int, str], tuple[HostMatch, Address | ForeignText]] = {}
        for match, looked_up in self._matches(address, names):
            found.setdefault((match.line, looked_up), (match, looked_up))
        entries = tuple(self._entry(*one) for one in list(found.values())[:MAX_ENTRIES_TOLD])
        return RegisterAnswer(
            self.file,
            Address(address),
            tuple(map(ForeignText, names)),
            Listing.LISTED if entries else Listing.NOT_LISTED,
            entries,
            max(0, len(found) - MAX_ENTRIES_TOLD),
        )

    def _matches(
        self, address: str, names: Sequence[str]
    ) -> Iterator[tuple[HostMatch, Address | ForeignText]]:
        bare = address.partition("%")[0]
        for match in self.listed.of_address(bare):
            yield match, Address(address)
        for name in names:
            for match in self.listed.of_name(name):
                yield match, ForeignText(name)
        for match in self.in_urls.of_address(bare):
            yield match._replace(kind=MatchKind.URL_ONLY), Address(address)
        for name in names:
            for match in self.in_urls.of_name(name):
                if match.kind is MatchKind.DOMAIN:
                    yield match._replace(kind=MatchKind.URL_ONLY), ForeignText(name)

    def _entry(self, match: HostMatch, looked_up: Address | ForeignText) -> ListedEntry:
        line = self.lines.line(match.line)
        fields = self.form.fields(line)
        value: Address | Prefix | ForeignText = ForeignText(match.value)
        if isinstance(looked_up, Address):
            value = Prefix(match.value) if match.kind is MatchKind.PREFIX else looked_up
        return ListedEntry(
            match.kind,
            looked_up,
            value,
            match.line,
            ForeignText(safe_text(line, limit=_MAX_QUOTED)),
            tuple(ForeignText(safe_text(url)) for url in fields.urls[:_MAX_URLS_TOLD]),
            len(fields.urls),
            ForeignText(safe_text(fields.authority)),
            ForeignText(safe_text(fields.decision)),
            ForeignText(safe_text(fields.date)),
        )

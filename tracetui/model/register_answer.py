"""What a block register says about an endpoint: listed, not listed in that file, or not checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracetui.model.reference import Address, ForeignText, Prefix

UNTOLD: Final = ForeignText()
"""What the file does not say."""


class Listing(StrEnum):
    """The answer of a register file about an endpoint."""

    LISTED = "listed"
    NOT_LISTED = "not_listed"
    """In this file; another edition, or a part that is not public, may list it."""

    NOT_CHECKED = "not_checked"
    """The file is still being read, or cannot be read."""


class MatchKind(StrEnum):
    """How an entry of a register names the address or the name that was looked up, the closest first."""

    ADDRESS = "address"
    PREFIX = "prefix"
    """A prefix (CIDR) or a range that the address is in."""

    DOMAIN = "domain"
    WILDCARD_DOMAIN = "wildcard_domain"
    """A name that stands for all names below it."""

    URL_ONLY = "url_only"
    """Only as the host of a URL."""


class HostKind(StrEnum):
    """What a register lists."""

    ADDRESSES = "addresses"
    DOMAINS = "domains"
    URLS = "URLs"


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry of a register that names what was looked up. Texts are as in the file, made safe."""

    match: MatchKind
    looked_up: Address | ForeignText
    """The endpoint's address, or one of its names in ASCII form."""

    value: Address | Prefix | ForeignText
    """What the entry has: `203.0.113.0/24`, `*.example.org`."""

    line: int
    """From 1; 0 where a mask hides the entry."""

    quoted: ForeignText
    """The line, cut where it is long."""

    urls: tuple[ForeignText, ...] = ()
    """URLs of the entry; an entry that has any lists these, and its addresses and domains only say where they
    are."""

    url_count: int = 0
    """All URLs of the entry, told or not."""

    authority: ForeignText = UNTOLD
    """The authority; "" where the file does not say, as for the next two."""

    decision: ForeignText = UNTOLD
    date: ForeignText = UNTOLD


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A register, as far as its file is read."""

    name: ForeignText
    """Without folders; with the column, where the user chose one."""

    form: str = ""
    """The format that was recognised; "" before that."""

    stamp: ForeignText = UNTOLD
    """When the register was made, in the file's own words; "" where it does not say."""

    modified: datetime | None = None
    """When the file was written last (UTC)."""

    entries: int = 0
    """Entries that name anything."""

    lists: tuple[HostKind, ...] = ()
    """What its entries name."""

    stray_lines: int = 0
    """Lines that fit no format and were not used."""

    first_stray: int | None = None
    """The first of these, from 1."""

    partly_read: int = 0
    """Entries with something in them that is no address, name or URL."""

    problem: ForeignText | None = None
    """Why the file cannot be read."""

    @property
    def is_read(self) -> bool:
        """True once it can be asked."""
        return bool(self.form) and self.problem is None


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """What one register says about one endpoint."""

    register: RegisterFile
    address: Address
    names: tuple[ForeignText, ...]
    """Looked up beside the address: the endpoint's name, and the domain whose mail it takes. ASCII form."""

    listing: Listing
    entries: tuple[ListedEntry, ...] = ()
    """The closest first."""

    further: int = 0
    """Entries that name it too but are not listed."""

    @property
    def only_urls(self) -> bool:
        """True where all entries told are for URLs, which does not justify blocking the address."""
        return bool(self.entries) and all(entry.url_count for entry in self.entries)


def answers_about(address: str, answers: Sequence[RegisterAnswer]) -> list[RegisterAnswer]:
    """Return what all registers say about an address, in the order of the registers."""
    return [answer for answer in answers if answer.address == address]

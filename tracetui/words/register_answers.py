"""What block registers say, in words: which entry lists an endpoint, in which file of which date.

Ground rules: "not listed" holds for one file of one date, and says nothing about what is lawful; an entry for
URLs justifies no block of the address; a register says what is ordered, not what is done.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Final

from tracetui.model import Snapshot, counted
from tracetui.model.evidence import RegisterEntry
from tracetui.model.register_answer import (
    ListedEntry,
    Listing,
    MatchKind,
    RegisterAnswer,
    RegisterFile,
)
from tracetui.words.names import listed, printable

URLS_ONLY: Final = "an entry for URLs does not justify blocking the address"
NOT_LISTED: Final = (
    "“Not listed” holds for this file alone: another edition, or an unpublished part, may list it"
)
ORDERED: Final = "A register says what is ordered, not what was done"

_URLS_TOLD: Final = 2
_HIDDEN: Final = "the endpoint"
"""Said of an address that a mask left out."""


def register_entry(one: RegisterEntry, _: Snapshot) -> str:
    """What a register says about an endpoint, as one piece of evidence."""
    answer = one.answer
    said = answer_words(answer)
    lead = f"block register {edition_words(answer.register)}: {said}"
    if answer.listing is Listing.NOT_LISTED:
        return f"{lead}; another edition, or an unpublished part, may"
    if answer.listing is Listing.NOT_CHECKED:
        return lead
    return f"{lead}; {'; '.join(entry_words(entry) for entry in answer.entries[:1])}{_more(answer)}"


def register_words(file: RegisterFile) -> str:
    """Return what a register is: its name, format, edition and size, or why it is not read."""
    if file.problem is not None:
        return printable(f"{file.name}: {file.problem}")
    if not file.is_read:
        return f"{file.name}: being read …"
    kinds = listed(kind.value for kind in file.lists)
    entries = f"{file.entries:,} {'entry' if file.entries == 1 else 'entries'}"
    return printable(
        f"{edition_words(file)}: {file.form}, {entries} with {kinds}{''.join(_unread_parts(file))}"
    )


def edition_words(file: RegisterFile) -> str:
    """Return `dump.csv of 2019-03-13 06:00:00 +0000`, or when the file was written."""
    if file.stamp:
        return f"{file.name}, as of {file.stamp}"
    if file.modified is None:
        return file.name
    return f"{file.name}, a file written {file.modified.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def answer_words(answer: RegisterAnswer) -> str:
    """Return `lists 203.0.113.7`, `lists neither 203.0.113.7 nor mail.example`, or that it was not asked."""
    asked = [answer.address or _HIDDEN, *answer.names]
    match answer.listing:
        case Listing.LISTED:
            return f"lists {listed(dict.fromkeys(entry.looked_up or _HIDDEN for entry in answer.entries))}"
        case Listing.NOT_LISTED if len(asked) == 1:
            return f"does not list {asked[0]}"
        case Listing.NOT_LISTED:
            either = f"{'neither' if len(asked) == 2 else 'none of'} {_alternatives(asked)}"
            return f"lists {either}"
        case Listing.NOT_CHECKED:
            why = "is still being read" if answer.register.problem is None else "cannot be read"
            return f"not checked for {listed(asked)}: the file {why}"


def entry_words(entry: ListedEntry) -> str:
    """Return which entry it is and what it says: `line 5 has exactly this address; decided by ...`."""
    return printable("; ".join(_entry_parts(entry)))


def caution(answers: Sequence[RegisterAnswer]) -> str:
    """Return what follows from answers, and what does not; "" for no answers."""
    listings = {answer.listing for answer in answers}
    sentences = [
        *([f"{ORDERED}."] if Listing.LISTED in listings else []),
        *([f"{NOT_LISTED}."] if Listing.NOT_LISTED in listings else []),
    ]
    return " ".join(sentences)


def _entry_parts(entry: ListedEntry) -> Iterator[str]:
    names = {"value": entry.value or _HIDDEN, "looked_up": entry.looked_up or _HIDDEN}
    if not entry.line:
        yield "a mask hides the entry"
        return
    yield f"line {entry.line} {_MATCHES[entry.match].format(**names)}"
    if entry.authority:
        yield f"authority “{entry.authority}”"
    if entry.decision:
        yield f"decision “{entry.decision}”"
    if entry.date:
        yield f"dated “{entry.date}”"
    if entry.url_count:
        shown = [f"“{url}”" for url in entry.urls[:_URLS_TOLD]]
        rest = entry.url_count - len(shown)
        urls = listed([*shown, *([f"{rest} more"] if rest else [])])
        yield f"the entry is for {'the URL' if entry.url_count == 1 else 'the URLs'} {urls}: {URLS_ONLY}"
    elif entry.match is MatchKind.URL_ONLY:
        yield URLS_ONLY


_MATCHES: Final = {
    MatchKind.ADDRESS: "has exactly {value}",
    MatchKind.PREFIX: "has {value}, which contains {looked_up}",
    MatchKind.DOMAIN: "has exactly {value}",
    MatchKind.WILDCARD_DOMAIN: "has {value}, which covers {looked_up}",
    MatchKind.URL_ONLY: "has {value} only as the host of a URL",
}


def _more(answer: RegisterAnswer) -> str:
    count = len(answer.entries) - 1 + answer.further
    return f"; {counted(count, 'more match', 'more matches')}" if count else ""


def _alternatives(words: Sequence[str]) -> str:
    return listed(words, last="nor" if len(words) == 2 else "and")


def _unread_parts(file: RegisterFile) -> Iterator[str]:
    if file.stray_lines:
        were = "line was" if file.stray_lines == 1 else "lines were"
        yield f"; {file.stray_lines:,} {were} not understood, the first is line {file.first_stray}"
    if file.partly_read:
        yield f"; {file.partly_read:,} {'entry' if file.partly_read == 1 else 'entries'} only in part"

"""Everything known about the owner of an address, as lines: name, ASes, prefix, registration."""

from collections.abc import Iterator, Sequence

from tracetui.model import Attribution, Snapshot
from tracetui.model.imported_trace import is_stand_in
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.details.detail_rows import INDENT, Line, Page
from tracetui.words import (
    confirmation_words,
    holder_words,
    owner_remarks,
    recorded_words,
    registration_words,
)


def owner_lines(
    address: str, snapshot: Snapshot, page: Page, remarks: Sequence[str] = (), *, indent: int = INDENT
) -> Iterator[Line]:
    """Yield what is known of `address`, indented; `remarks` follow the AS."""
    name = snapshot.names.get(address)
    if name:
        check = confirmation_words(snapshot.confirmations.get(address))
        yield from page.prose(f"{name} ({check})" if check else name, page.ink.plain, indent=indent)
    owner = snapshot.owners.get(address)
    if owner is None and is_stand_in(address):
        yield from page.prose("the trace does not show its address or its AS", page.ink.faint, indent=indent)
    elif owner is None:
        yield from page.prose("looking up who owns it …", page.ink.faint, indent=indent)
    else:
        yield from _systems(owner, snapshot, page, indent)
        origin = " ".join(part for part in (owner.source, owner.date) if part)
        place = " · ".join(part for part in (owner.prefix, origin) if part)
        if place:
            yield from page.prose(place, indent=indent)
        for remark in (*remarks, *owner_remarks(owner)):
            yield from page.prose(remark, indent=indent)
    recorded = snapshot.recorded.get(address)
    if recorded is not None:
        yield from page.prose(recorded_words(recorded, owner), indent=indent)
    if address in snapshot.registrations:
        for remark in registration_words(snapshot.registrations[address]):
            yield from page.prose(remark, indent=indent)


def _systems(owner: Attribution, snapshot: Snapshot, page: Page, indent: int) -> Iterator[Line]:
    systems, ink = systems_by_number(snapshot), page.ink
    for asn in owner.asns:
        system = systems.get(asn)
        tag, holder = (f"{system.tag} ", system.name) if system else ("", owner.name)
        style = ink.of_as(system.colour) if system else ink.plain
        yield from page.prose(f"{tag}AS{asn} {holder}".rstrip(), style, indent=indent)
    if not owner.asns:
        yield from page.prose(owner.special or holder_words(owner), indent=indent)

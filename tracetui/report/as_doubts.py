"""Lists which ASes in a report are in doubt and why, and what registries answered, once an address."""

from collections.abc import Iterator, Mapping
from typing import Final

from tracetui.analysis.as_path import grade
from tracetui.model import Attribution, Grade, LaneSnapshot, Responder, Snapshot
from tracetui.model.imported_trace import is_stand_in
from tracetui.report.shown_lane import shown_trace
from tracetui.words import (
    holder_words,
    owner_doubts,
    recorded_words,
    recording_differs,
    registration_words,
)

GRADE_NOTES: Final = {
    Grade.NORMAL: ("AS not confirmed", "no hop beyond it confirms its AS"),
    Grade.BORDER: ("or the next AS's", "the next hop is in another AS, so the router may belong to that one"),
    Grade.RECORDED: ("AS as recorded", "the trace itself says so, and no source knows the address"),
}
"""What marks hops whose AS is not sure, and what it means. There is nothing to say of a strong grade."""


def addresses(snapshot: Snapshot) -> list[str]:
    """Return every address that answered and is known, in board order."""
    found = dict.fromkeys(
        responder.address for lane in snapshot.lanes for hop in lane.hops for responder in hop.responders
    )
    return [address for address in found if not is_stand_in(address)]


def shown_grade(lane: LaneSnapshot, ttl: int, owners: Mapping[str, Attribution]) -> Grade | None:
    """Return the grade of a hop's AS where it is shown: not at the endpoint, nor a strong one."""
    main = lane.hops[ttl - 1].main
    if main is None or main.address == lane.lane.address:
        return None
    given = grade(shown_trace(lane), owners, ttl)
    return given if given in GRADE_NOTES else None


def shown_grades(snapshot: Snapshot) -> set[Grade]:
    """Return the grades that the notes of hops show."""
    return {
        given
        for lane in snapshot.lanes
        for hop in lane.hops
        if (given := shown_grade(lane, hop.ttl, snapshot.owners)) is not None
    }


def owner_notes(responder: Responder, snapshot: Snapshot) -> Iterator[str]:
    """Yield short notes on a hop's owner and name; `as_doubts` has the details."""
    owner = snapshot.owners.get(responder.address)
    if owner is not None:
        if owner.member is not None:
            yield f"port of AS{owner.member}"
        if len(owner.asns) > 1:
            yield f"{len(owner.asns)} origin ASes"
        if owner.others:
            yield "AS sources disagree"
    recorded = snapshot.recorded.get(responder.address)
    if recorded is not None and recording_differs(recorded, owner) and not (owner and owner.recorded):
        yield f"{' '.join(f'AS{asn}' for asn in recorded.asns)} as recorded"
    if responder.address in snapshot.names and snapshot.confirmations.get(responder.address) is False:
        yield "name does not have this address"


def as_doubts(snapshot: Snapshot) -> Iterator[str]:
    """Yield a line for each group of addresses with the same doubts, plain text."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for address in addresses(snapshot):
        owner = snapshot.owners.get(address)
        if owner is None:
            continue
        recorded = snapshot.recorded.get(address)
        doubts = tuple(owner_doubts(owner))
        if recorded is not None and recording_differs(recorded, owner):
            doubts += (recorded_words(recorded, owner),)
        if doubts:
            alike.setdefault((_answer_words(owner), *doubts), []).append(address)
    for words, among in alike.items():
        yield f"{', '.join(among)}: {'; '.join(words)}"


def registry_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield a line for each registration that was looked up, plain text."""
    for address, found in snapshot.registrations.items():
        yield f"{address}: {'; '.join(registration_words(found))}"


def _answer_words(owner: Attribution) -> str:
    systems = " ".join(f"AS{asn}" for asn in owner.asns)
    origin = " of ".join(part for part in (owner.source, owner.date) if part)
    where = ", ".join(part for part in (owner.prefix, origin) if part)
    return f"{systems} {holder_words(owner)}".strip() + (f" ({where})" if where else "")

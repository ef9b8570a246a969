"""What is in doubt about the ASes of a report, and what registries were asked: both by address, each once."""

from collections.abc import Iterator, Mapping
from typing import Final

from tracetui.analysis.as_path import grade
from tracetui.analysis.owner_words import (
    holder_words,
    owner_doubts,
    recorded_words,
    recording_differs,
    registration_words,
)
from tracetui.model import Attribution, Grade, LaneSnapshot, Responder, Snapshot
from tracetui.report.since_change import shown_trace

_TOLD_GRADES: Final = frozenset({Grade.NORMAL, Grade.BORDER, Grade.RECORDED})
"""Strong needs no word, and without an AS there is nothing to grade."""


def addresses(snapshot: Snapshot) -> list[str]:
    """Return every address that answered, in board order."""
    return list(
        dict.fromkeys(
            responder.address for lane in snapshot.lanes for hop in lane.hops for responder in hop.responders
        )
    )


def told_grade(lane: LaneSnapshot, ttl: int, owners: Mapping[str, Attribution]) -> Grade | None:
    """Return the grade of a hop's AS where a reader needs to know it: not at the endpoint itself."""
    main = lane.hops[ttl - 1].main
    if main is None or main.address == lane.lane.address:
        return None
    given = grade(shown_trace(lane), owners, ttl)
    return given if given in _TOLD_GRADES else None


def told_grades(snapshot: Snapshot) -> set[Grade]:
    """Return the grades that the notes of hops tell."""
    return {
        given
        for lane in snapshot.lanes
        for hop in lane.hops
        if (given := told_grade(lane, hop.ttl, snapshot.owners)) is not None
    }


def owner_notes(responder: Responder, snapshot: Snapshot) -> Iterator[str]:
    """Yield in a word or two what is to be known of a hop's owner and name; `as_doubts` has the whole."""
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
    """Yield a line for all addresses of which the same is in doubt, plain text."""
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
    """Yield what registries say about the addresses they were asked about, plain text."""
    for address, found in snapshot.registrations.items():
        yield f"{address}: {'; '.join(registration_words(found))}"


def _answer_words(owner: Attribution) -> str:
    systems = " ".join(f"AS{asn}" for asn in owner.asns)
    origin = " of ".join(part for part in (owner.source, owner.date) if part)
    where = ", ".join(part for part in (owner.prefix, origin) if part)
    return f"{systems} {holder_words(owner)}".strip() + (f" ({where})" if where else "")

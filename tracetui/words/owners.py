"""Words about the owner of an address beyond its AS number: holder, grade, doubts, registration."""

from collections.abc import Iterator
from typing import Final

from tracetui.model import Attribution, Grade, RecordedAs, Registration

GRADE_WORDS: Final = {
    Grade.STRONG: "strong: the hop next to it is in the same AS",
    Grade.NORMAL: "normal: no hop beyond it confirms it",
    Grade.BORDER: "border: the next hop is in another AS, so the router may belong to that AS",
    Grade.BGP: "bgp: expected from a BGP path, none of its hops answers",
    Grade.RECORDED: "recorded: stated by the trace itself, no source knows the address",
}
"""What a grade means; there is nothing to say for `none`."""

NOT_LOOKED_UP: Final = "not looked up: too many addresses answer"


def holder_words(owner: Attribution) -> str:
    """Return who holds the address, or why no holder is known."""
    if not owner.asked:
        return NOT_LOOKED_UP
    if not owner.known:
        return "unknown: no source has it"
    if owner.exchange:
        return owner.name if "exchange" in owner.name.lower() else f"exchange {owner.name}".rstrip()
    if owner.unannounced:
        return f"not announced ({owner.name})" if owner.name else "not announced"
    return owner.name


def owner_remarks(owner: Attribution) -> Iterator[str]:
    """Yield what else is to be said: a special range, a member's port, and what is in doubt."""
    if owner.special is not None and owner.asns:
        yield f"special-purpose: {owner.special}"
    if owner.member is not None:
        yield f"port of AS{owner.member}"
    yield from owner_doubts(owner)


def owner_doubts(owner: Attribution) -> Iterator[str]:
    """Yield what is in doubt about an address's AS: several origins, sources that disagree."""
    if len(owner.asns) > 1:
        yield f"announced by {len(owner.asns)} ASes (MOAS)"
    for other in owner.others:
        systems = " ".join(f"AS{asn}" for asn in other.asns)
        said = f"{systems} {holder_words(other)}".strip()
        yield f"disagrees: {other.source} of {other.date or 'unknown date'} says {said}"


def recorded_words(recorded: RecordedAs, owner: Attribution | None) -> str:
    """Return what the trace said and what is said now: `19905 as recorded in 2019, 62371 today`.

    `owner` None: still being looked up. Where nothing but the recording was asked, today has no part in it.
    """
    preposition = "on" if recorded.when.count("-") == 2 else "in"
    when = f" {preposition} {recorded.when}" if recorded.when else ""
    said = f"{_numbers(recorded.asns)} as recorded{when}"
    today = _words_of_today(recorded, owner)
    return f"{said}, {today} today" if today else said


def recording_differs(recorded: RecordedAs, owner: Attribution | None) -> bool:
    """Tell whether a source was asked and differs from what the trace said."""
    if owner is None or not _words_of_today(recorded, owner):
        return False
    return owner.recorded or set(owner.asns) != set(recorded.asns)


def _words_of_today(recorded: RecordedAs, owner: Attribution | None) -> str:
    if owner is None:
        return ""
    if owner.recorded or not owner.known:
        return "unknown"
    if owner.source == recorded.source:
        return ""
    if owner.unannounced:
        return "not announced"
    return _numbers(owner.asns) or owner.special or holder_words(owner)


def _numbers(asns: tuple[int, ...]) -> str:
    return " ".join(map(str, asns))


def registration_words(found: Registration | str | None) -> Iterator[str]:
    """Yield what a registry said, or why it did not, or that it is being asked."""
    if found is None:
        yield "asking the registry …"
    elif isinstance(found, str):
        yield f"registry: {found}"
    else:
        holder = f"{found.holder} ({found.network})" if found.network != found.holder else found.holder
        country = f", {found.country}" if found.country else ""
        yield f"registered to {holder}{country}, says {found.source}"
        yield f"range {found.range}, registered {found.registered or '-'}, changed {found.changed or '-'}"
        if found.abuse:
            yield f"abuse contact: {', '.join(found.abuse)}"


def confirmation_words(confirmed: bool | None) -> str:  # noqa: FBT001  (an answer, not a switch)
    """Return the result of a PTR name's check; "" when no check was possible."""
    if confirmed is None:
        return ""
    return "confirmed" if confirmed else "does not have this address"

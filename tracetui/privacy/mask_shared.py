"""Masks what all lanes of a snapshot share: owners, names, registrations, and the words for hidden things."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from tracetui.model import Attribution, RecordedAs, Registration, Snapshot
from tracetui.model.holders import cut_name
from tracetui.privacy.mask_text import (
    HIDDEN,
    HIDDEN_AS,
    HIDDEN_PREFIX,
    Secrets,
    Wording,
    names_to_words,
)

NOBODY_SAYS: Final = Attribution((), "", None, "privacy mask", special=HIDDEN)
"""The owner of a hidden address."""

_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Shared:
    """What all lanes share, masked, and the wording for whatever else is said."""

    owners: Mapping[str, Attribution]
    names: Mapping[str, str]
    confirmations: Mapping[str, bool]
    registrations: Mapping[str, Registration | str | None]
    recorded: Mapping[str, RecordedAs]
    hidden_ases: frozenset[int]
    wording: Wording


def shared_masked(snapshot: Snapshot, words: Mapping[str, str], visible: frozenset[str]) -> Shared:
    """Mask `snapshot`: `words` are those of hidden addresses, `visible` the addresses that are shown."""
    owners, recorded = _of(visible, snapshot.owners), _of(visible, snapshot.recorded)
    hidden_ases = _ases(_of(words, snapshot.owners).values()) | _recorded(words, snapshot)
    hidden_ases -= _ases(owners.values()) | _recorded(visible, snapshot)
    wording = Wording(_secrets(snapshot, words, owners, hidden_ases))
    return Shared(
        owners | dict.fromkeys(words.values(), NOBODY_SAYS),
        {address: wording.said(name) for address, name in _of(visible, snapshot.names).items()},
        _of(visible, snapshot.confirmations),
        _of(visible, snapshot.registrations),
        recorded,
        hidden_ases,
        wording,
    )


def _secrets(
    snapshot: Snapshot,
    words: Mapping[str, str],
    shown: Mapping[str, Attribution],
    hidden_ases: frozenset[int],
) -> Secrets:
    endpoints = {lane.lane.address: lane.lane.host for lane in snapshot.lanes}
    asked_for = {host for address, host in endpoints.items() if address not in words}
    names = [(snapshot.names.get(address, ""), word) for address, word in words.items()]
    names += [(endpoints[address], word) for address, word in words.items() if address in endpoints]
    dotted, plain = names_to_words((name, word) for name, word in names if name not in asked_for)
    phrases, typed = dict(dotted), dict(plain)
    prefixes = {owner.prefix for owner in shown.values()}
    for address, word in words.items():
        owner = snapshot.owners.get(address)
        if owner is None:
            continue
        if owner.prefix and owner.prefix not in prefixes:
            phrases[owner.prefix] = HIDDEN_PREFIX
        place = owner.special or owner.name
        if owner.asn is None and place:
            phrases[f"{address} ({cut_name(place)})"] = word
    for asn in hidden_ases:
        phrases[f"AS{asn}"] = HIDDEN_AS
        holders = {part for one in snapshot.ases if one.asn == asn for part in (one.name, one.short)}
        holders |= {one.name for one in snapshot.recorded.values() if asn in one.asns}
        holders |= {one.name for one in _of(words, snapshot.owners).values() if asn == one.asn}
        holders = {form for holder in holders - {""} for form in (holder, cut_name(holder))}
        typed |= dict.fromkeys(holders, HIDDEN_AS)
        phrases |= {f"AS{asn} {holder}": HIDDEN_AS for holder in holders}
    for own in (snapshot.vantage.hostname, snapshot.vantage.interface):
        if own:
            typed[own] = HIDDEN
    return Secrets(dict(words), phrases, typed)


def _ases(owners: Iterable[Attribution]) -> frozenset[int]:
    """Return every AS that some answers speak of."""
    found: set[int] = set()
    for owner in owners:
        found.update(owner.asns)
        if owner.member is not None:
            found.add(owner.member)
        found |= _ases(owner.others)
    return frozenset(found)


def _recorded(addresses: Iterable[str], snapshot: Snapshot) -> frozenset[int]:
    """Return every AS that the trace recorded of some addresses."""
    return frozenset(asn for one in _of(addresses, snapshot.recorded).values() for asn in one.asns)


def _of(addresses: Iterable[str], values: Mapping[str, _V]) -> dict[str, _V]:
    return {address: values[address] for address in addresses if address in values}

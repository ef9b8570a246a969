"""The holder of a hop's address as the board's rows show it: an AS of the legend, or words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tracetui.model import Attribution, AutonomousSystem, Snapshot
from tracetui.model.imported_trace import is_stand_in


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds an address, as a row shows it: an AS, or words where there is none."""

    system: AutonomousSystem | None = None
    words: str = ""
    """`private`, `no AS`, `…` while the look-up runs; "" when there is an AS."""

    more: int = 0
    """Further origin ASes (MOAS)."""


NOBODY: Final = Owner()


def owner_of(
    address: str, snapshot: Snapshot, systems: Mapping[int, AutonomousSystem], asn: int | None
) -> Owner:
    """Name the holder of `address`; `asn` is the AS its hop counts for, None for none.

    `systems` are the snapshot's ASes by number.
    """
    attribution = snapshot.owners.get(address)
    if attribution is None:
        return Owner(words="unknown" if is_stand_in(address) else "…")
    if asn is None:
        return Owner(words=_words_without_as(attribution))
    system = systems.get(asn)
    if system is None:
        return Owner(words=f"AS{asn}")
    return Owner(system, more=len(attribution.asns) - 1)


def owner_of_system(asn: int, systems: Mapping[int, AutonomousSystem]) -> Owner:
    """Name an AS of which no address is known, as a BGP path has it."""
    system = systems.get(asn)
    return Owner(system) if system is not None else Owner(words=f"AS{asn}" if asn else "hidden")


def _words_without_as(attribution: Attribution) -> str:
    if attribution.asn is not None or not attribution.known:
        return "unknown"  # an answer in the endpoint's name, or an address no source knows
    if attribution.special is not None:
        return attribution.special.removesuffix("-use")
    return attribution.name if attribution.exchange else "no AS"


def systems_by_number(snapshot: Snapshot) -> dict[int, AutonomousSystem]:
    """Return the ASes of a snapshot by their number."""
    return {system.asn: system for system in snapshot.ases}

"""Which lanes may a silent lane be compared with, and what does the comparison say?

A control is valid when it shares the address of the silent lane's hop L: up to there both are the same path.
What it then shows is that something beyond L answers to this machine in the same rounds.
"""

import ipaddress
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from tracetui.analysis.findings.reading import Course, Passage, Reading, Step
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.fisher import fisher_less
from tracetui.model import Role

SIGNIFICANT: Final = 0.01
"""p below which two lanes are said to differ."""

_NEAR_BITS: Final = {4: 24, 6: 48}
"""Longest prefixes that are announced by themselves: what lies in one is routed alike."""


class Kinship(IntEnum):
    """What a control's endpoint has in common with the suspect's: the more, the better the control."""

    OTHER = 0
    SAME_ORIGIN = 1
    SAME_PREFIX = 2
    SAME_NEIGHBOURHOOD = 3
    """The same /24 (IPv6: /48)."""

    SAME_ADDRESS = 4
    """Another protocol or port of the very same host."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A silent lane beside a lane that shares its hop L, in the rounds both had."""

    control: Reading
    kinship: Kinship
    ttl: int
    """The TTL of hop L on the control's path."""

    same_service: bool
    """Same protocol and port."""

    rounds: int
    """Rounds of the silent lane; nothing from beyond L answered in any of them."""

    control_rounds: int
    control_hits: int
    """Rounds in which anything from beyond L answered the control."""

    p_value: float
    reached: bool
    """The control's endpoint answers, by this lane or a sibling."""

    following: Step | None
    """The next place after L on the control's path that shows itself; its TTL is the control's."""

    balanced: bool
    """More than one router follows right after L."""

    @property
    def passes(self) -> bool:
        """The control clearly gets beyond L."""
        return self.p_value < SIGNIFICANT

    @property
    def gap(self) -> int:
        """Silent places between L and `following`."""
        return self.following.ttl - self.ttl - 1 if self.following else 0

    @property
    def rank(self) -> tuple[bool, bool, bool, int, bool, float]:
        """Sorts the best comparison last; of two as good, the one with a control of the user's own."""
        named = self.control.lane.role is Role.CONTROL
        return self.passes, self.same_service, self.reached, self.kinship, named, -self.p_value


def comparisons(scene: Scene, suspect: Reading) -> list[Comparison]:
    """Return the valid comparisons of a silent lane with lanes to other addresses, the best first.

    Controls are the lanes the user named so, and every other lane of the investigation that is reached.
    """
    found = [
        made
        for other in scene.passing(suspect)
        if other.lane.address != suspect.lane.address
        and other.lane.family == suspect.lane.family
        and (other.lane.role is Role.CONTROL or other.course is Course.ANSWERED)
        and (made := compare(scene, suspect, other)) is not None
    ]
    return sorted(found, key=lambda one: one.rank, reverse=True)


def compare(scene: Scene, suspect: Reading, control: Reading) -> Comparison | None:
    """Compare a silent lane with another from the same vantage; None where that is not valid.

    Without any hop L (nothing answers at all) every lane from the vantage is valid: they share this machine.
    A lane to the very same address is valid without hop L too, but then shows nothing of the way.
    """
    reached = scene.endpoint_answers(control)
    return scene.memory.recall(
        (compare, suspect.id, control.id),
        (suspect, control, reached, scene.snapshot.owners, scene.snapshot.interval_s),
        lambda: _compare(scene, suspect, control, reached=reached),
    )


def _compare(scene: Scene, suspect: Reading, control: Reading, *, reached: bool) -> Comparison | None:
    era = suspect.era
    passage = control.passage(era.addresses) if era.last_ttl else control.passage_at(0)
    if passage is None and control.lane.address == suspect.lane.address:
        passage = Passage(era.last_ttl, following=None, balanced=False)
    if passage is None or not control.outcomes:
        return None
    half_ns = int(scene.snapshot.interval_s * 5e8)
    start_ns = max(suspect.outcomes[era.first].started_ns, control.outcomes[0].started_ns) - half_ns
    end_ns = min(suspect.outcomes[-1].started_ns, control.outcomes[-1].started_ns) + half_ns
    first, last = suspect.rounds_between(start_ns, end_ns)
    rounds = max(0, last - max(first, era.first))
    first, last = control.rounds_between(start_ns, end_ns)
    hits = control.hits_beyond(passage.ttl, first, last)
    return Comparison(
        control=control,
        kinship=kinship(scene, suspect, control),
        ttl=passage.ttl,
        same_service=(control.lane.protocol, control.lane.port) == (suspect.lane.protocol, suspect.lane.port),
        rounds=rounds,
        control_rounds=last - first,
        control_hits=hits,
        p_value=fisher_less(0, rounds, hits, last - first),
        reached=reached,
        following=passage.following,
        balanced=passage.balanced,
    )


def kinship(scene: Scene, suspect: Reading, control: Reading) -> Kinship:
    """Return what the endpoints of two lanes have in common."""
    return address_kinship(scene, suspect.lane.address, control.lane.address)


def address_kinship(scene: Scene, one: str, other: str) -> Kinship:
    """Return what two addresses of one family have in common."""
    first, second = _near_prefix(one), _near_prefix(other)
    if one == other:
        return Kinship.SAME_ADDRESS
    if first == second:
        return Kinship.SAME_NEIGHBOURHOOD
    owner, owner_other = scene.owner(one), scene.owner(other)
    if owner is None or owner_other is None or not set(owner.asns) & set(owner_other.asns):
        return Kinship.OTHER
    return Kinship.SAME_PREFIX if owner.prefix and owner.prefix == owner_other.prefix else Kinship.SAME_ORIGIN


@lru_cache(maxsize=4096)
def _near_prefix(address: str) -> tuple[int, int]:
    value = ipaddress.ip_address(address.partition("%")[0])
    return value.version, int(value) >> (value.max_prefixlen - _NEAR_BITS[value.version])


def stops_at_same_place(suspect: Reading, other: Reading) -> bool:
    """Tell whether another lane goes silent at the same router."""
    if other.course is not Course.SILENT:
        return False
    if not suspect.era.last_ttl:
        return not other.era.last_ttl
    return not set(suspect.era.addresses).isdisjoint(other.era.addresses)


def parts_before(suspect: Reading, control: Reading) -> int | None:
    """Return the TTL at which a control leaves the path of a silent lane; None where that does not show."""
    for step in suspect.steps:
        at_ttl = control.routers.get(step.ttl)
        if at_ttl and set(at_ttl).isdisjoint(suspect.routers[step.ttl]):
            return step.ttl
    return None

"""All lanes of a snapshot, read, with who owns their addresses: what the rules look at."""

import ipaddress
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from tracetui.analysis.as_path import choose_systems
from tracetui.analysis.findings.memory import Memory
from tracetui.analysis.findings.reading import Course, Reading, Step
from tracetui.model import Attribution, Snapshot


class Scene:
    """Answers questions about lanes and addresses of one snapshot."""

    def __init__(self, snapshot: Snapshot, readings: Sequence[Reading], memory: Memory | None = None) -> None:
        """`readings` are those of `snapshot.lanes`, in their order; `memory` is of earlier scenes."""
        self.memory = memory or Memory()
        self.snapshot = snapshot
        self.readings = readings
        self._owners = snapshot.owners
        self._by_place: dict[str, list[Reading]] = defaultdict(list)
        self._by_address: dict[str, list[Reading]] = defaultdict(list)
        self._answers: dict[tuple[str, str], bool] = {}
        self._systems: dict[str, Sequence[int | None]] = {}
        self._passing: dict[tuple[str, tuple[str, ...]], Sequence[Reading]] = {}
        self._going_on: dict[tuple[str, int], bool] = {}
        for reading in readings:
            self._by_place[reading.place].append(reading)
            self._by_address[reading.lane.address].append(reading)

    @property
    def places(self) -> Sequence[Sequence[Reading]]:
        """The lanes of each vantage."""
        return list(self._by_place.values())

    def has_other_places(self, reading: Reading) -> bool:
        """Tell whether lanes of the same address family start elsewhere too."""
        family = reading.lane.family
        return sum(lanes[0].lane.family == family for lanes in self._by_place.values()) > 1

    def from_same_place(self, reading: Reading) -> Sequence[Reading]:
        """Return all lanes from the vantage of `reading`, itself among them."""
        return self._by_place[reading.place]

    @cached_property
    def company(self) -> tuple[object, ...]:
        """All lanes with their vantages: what the words for some of them depend on."""
        parts = [part for reading in self.readings for part in (reading.lane, reading.place)]
        return self.memory.recall("company", tuple(parts), lambda: tuple(parts))

    def siblings(self, reading: Reading) -> Sequence[Reading]:
        """Return other lanes to the same address from the same vantage."""
        return [
            other
            for other in self._by_address[reading.lane.address]
            if other is not reading and other.place == reading.place
        ]

    def elsewhere(self, reading: Reading) -> Sequence[Reading]:
        """Return lanes to the same address from other vantages."""
        return [other for other in self._by_address[reading.lane.address] if other.place != reading.place]

    def endpoint_answers(self, reading: Reading) -> bool:
        """Tell whether the endpoint of a lane answers it or a sibling."""
        key = reading.place, reading.lane.address
        if key not in self._answers:
            self._answers[key] = any(
                one.course is Course.ANSWERED for one in (reading, *self.siblings(reading))
            )
        return self._answers[key]

    def owner(self, address: str) -> Attribution | None:
        """Return the attribution of an address, once it is known."""
        return self._owners.get(address)

    def origins(self, address: str) -> tuple[int, ...]:
        """Return the ASes that announce an address."""
        owner = self._owners.get(address)
        return owner.asns if owner is not None else ()

    def is_public(self, address: str) -> bool:
        """Tell an address of the public internet from one of a site, a provider's NAT or a laboratory."""
        owner = self._owners.get(address)
        if owner is not None and owner.known:
            return owner.special is None or bool(owner.asns)
        return ipaddress.ip_address(address.partition("%")[0]).is_global

    def systems(self, reading: Reading) -> Sequence[int | None]:
        """Return the AS of each of a lane's steps."""
        if reading.id not in self._systems:
            self._systems[reading.id] = choose_systems([self.origins(step.address) for step in reading.steps])
        return self._systems[reading.id]

    def system_at(self, reading: Reading, address: str) -> int | None:
        """Return the AS of an address on a lane's path; off the path, of the address alone."""
        for step, system in zip(reading.steps, self.systems(reading), strict=True):
            if step.address == address:
                return system
        origins = self.origins(address)
        return origins[0] if origins else None

    def next_system(self, reading: Reading, step: Step) -> int | None:
        """Return the AS of the next place after `step` that has one."""
        pairs = zip(reading.steps, self.systems(reading), strict=True)
        return next((system for other, system in pairs if other.ttl > step.ttl and system is not None), None)

    def system_before(self, reading: Reading, ttl: int) -> int | None:
        """Return the AS of the last place before `ttl` that has one."""
        found = None
        for step, system in zip(reading.steps, self.systems(reading), strict=True):
            if step.ttl < ttl and system is not None:
                found = system
        return found

    def is_direct(self, reading: Reading) -> bool:
        """Tell a lane that the user aims at a router of other lanes' paths."""
        return reading.lane.address in self._endpoints_passed

    @cached_property
    def _endpoints_passed(self) -> AbstractSet[str]:
        """Endpoints that sent Time Exceeded to probes for another endpoint lately."""
        endpoints = self._by_address.keys()
        return {
            address
            for reading in self.readings
            for address in endpoints & reading.router_addresses
            if address != reading.lane.address
        }

    def passing(self, suspect: Reading) -> Sequence[Reading]:
        """Return the lanes from the vantage of a silent lane that pass its hop L; all where it has none."""
        era = suspect.era
        key = suspect.place, era.addresses if era.last_ttl else ()
        if key not in self._passing:
            self._passing[key] = [
                other
                for other in self.from_same_place(suspect)
                if not era.last_ttl or other.passage(era.addresses) is not None
            ]
        return self._passing[key]

    def goes_on(self, address: str, system: int) -> bool:
        """Tell whether any path has another hop of `system` right after the router at `address`."""
        key = address, system
        if key not in self._going_on:
            self._going_on[key] = any(
                self.next_system(reading, step) == system
                for reading in self.readings
                if reading.ttl_of(address) is not None or reading.lane.address == address
                for step in reading.steps
                if step.address == address
            )
        return self._going_on[key]

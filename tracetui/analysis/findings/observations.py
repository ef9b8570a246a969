"""Gives the rules of findings access to all lanes of a snapshot and to the owners of their addresses."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import TypeVar

from tracetui.analysis.cache import Cache
from tracetui.analysis.findings.all_paths import AllPaths, LanePath
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.router_owner import relation
from tracetui.model import Address, Asn, Attribution, Candidate, LaneId, Relation, Role, Snapshot
from tracetui.model.evidence import RouterOwner

_Value = TypeVar("_Value")


class Observations:
    """Answers questions about lanes and addresses of one snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        observed_lanes: Sequence[ObservedLane],
        cache: Cache | None = None,
        imported: Sequence[ObservedLane] = (),
    ) -> None:
        """`observed_lanes` are those of `snapshot.lanes` that are compared with each other, in their order:
        either all that this program probes, or all imported ones; `cache` lasts longer.

        `imported`: imported lanes, which are cited beside them.
        """
        self.cache = cache or Cache()
        self.snapshot = snapshot
        self.observed_lanes = observed_lanes
        self._owners = snapshot.owners
        self._by_place: dict[str, list[ObservedLane]] = defaultdict(list)
        self._by_address: dict[str, list[ObservedLane]] = defaultdict(list)
        self._router_owners: dict[str, RouterOwner] = {}
        self._shared = Cache()
        self._imported_to: dict[str, list[ObservedLane]] = defaultdict(list)
        self._imported_from: dict[str, list[ObservedLane]] = defaultdict(list)
        for observed in imported:
            self._imported_to[observed.lane.address].append(observed)
            self._imported_from[observed.place].append(observed)
        self._by_id = {observed.id: observed for observed in observed_lanes}
        for observed in observed_lanes:
            self._by_place[observed.place].append(observed)
            self._by_address[observed.lane.address].append(observed)

    @cached_property
    def marked_controls(self) -> Sequence[ObservedLane]:
        """The lanes that the user marked as controls."""
        return [observed for observed in self.observed_lanes if observed.lane.role is Role.CONTROL]

    @property
    def places(self) -> Sequence[Sequence[ObservedLane]]:
        """The lanes of each vantage."""
        return list(self._by_place.values())

    def from_same_place(self, observed: ObservedLane) -> Sequence[ObservedLane]:
        """Return all lanes from the vantage of `observed`, itself among them."""
        return self._by_place[observed.place]

    def siblings(self, observed: ObservedLane) -> Sequence[ObservedLane]:
        """Return other lanes to the same address from the same vantage."""
        return [
            other
            for other in self._by_address[observed.lane.address]
            if other is not observed and other.place == observed.place
        ]

    def to_address(self, address: str) -> Sequence[ObservedLane]:
        """Return lanes to an address, from all vantages."""
        return self._by_address.get(address, ())

    def imported_to(self, address: str) -> Sequence[ObservedLane]:
        """Return the imported lanes to an address."""
        return self._imported_to.get(address, ())

    def imported_from(self, place: str) -> Sequence[ObservedLane]:
        """Return the imported lanes that start at a place."""
        return self._imported_from.get(place, ())

    def crossing(self, address: str) -> Sequence[ObservedLane]:
        """Return the lanes whose probes a router answered lately."""
        return [self._by_id[lane] for lane in self.paths.crossing(address)]

    def lane(self, lane_id: LaneId) -> ObservedLane:
        """Return a lane by its id."""
        return self._by_id[lane_id]

    @cached_property
    def paths(self) -> AllPaths:
        """The paths of all lanes; the same object as before while nothing but counts is new."""
        lanes = [
            LanePath(
                observed.id,
                observed.lane.address,
                observed.path,
                observed.condition,
                observed.silence.addresses if observed.condition is Condition.SILENT else (),
                watched=bool(observed.outcomes),
            )
            for observed in self.observed_lanes
        ]
        return self.cache.get(
            AllPaths, (self._owners, self.company), lambda: AllPaths(lanes, self._owners), (lanes,)
        )

    def once(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return what `make` returns, made once for all lanes of one snapshot that ask for `key`."""
        return self._shared.get(key, (), make)

    @cached_property
    def company(self) -> tuple[object, ...]:
        """All lanes with their vantages."""
        lanes = tuple(observed.lane for observed in self.observed_lanes)
        places = tuple(observed.place for observed in self.observed_lanes)
        return self.cache.get("company", lanes, lambda: (lanes, places), (places,))

    @cached_property
    def board(self) -> tuple[object, ...]:
        """What next steps rest on, counts apart; the same object as before where it is equal."""
        snapshot = self.snapshot
        lanes = tuple([(one.trace.lane, one.trace.source, one.verdict.state) for one in snapshot.lanes])
        made = lanes, snapshot.addresses, snapshot.public_addresses, snapshot.round_s
        return self.cache.get("board", (self._owners,), lambda: made, made)

    # Addresses

    def owner(self, address: str) -> Attribution | None:
        """Return the attribution of an address, once it is known."""
        return self._owners.get(address)

    def origins(self, address: str) -> tuple[int, ...]:
        """Return the ASes that announce an address."""
        return self.paths.origins(address)

    def identifies(self, address: str) -> bool:
        """Tell whether an address identifies a router: private, shared and link-local ones are used again."""
        return self.paths.identifies(address)

    def relation(self, one: str, other: str) -> Relation:
        """Return what two addresses of one family have in common."""
        return relation(one, other, self.owner(one), self.owner(other))

    def system_at(self, observed: ObservedLane, address: str) -> Asn | None:
        """Return the AS of an address on a lane's path; off the path, of the address alone."""
        return self.paths.system_at(observed.path, address)

    def candidate(self, observed: ObservedLane, ttl: int, address: str | None) -> Candidate:
        """Return a router on a lane's path as facts name it."""
        if address is None:
            return Candidate(ttl, None, None)
        return Candidate(ttl, Address(address), self.system_at(observed, address))

    def last_hop(self, observed: ObservedLane) -> Candidate | None:
        """Return hop L of a silent lane; None where nothing answers."""
        silence = observed.silence
        return (
            None if silence.address is None else self.candidate(observed, silence.last_ttl, silence.address)
        )

    def last_hop_identified(self, observed: ObservedLane) -> bool:
        """Tell whether hop L of a silent lane can be told from others by its address.

        The first hop of one vantage is one router, whatever its address.
        """
        silence = observed.silence
        return silence.last_ttl <= 1 or any(map(self.identifies, silence.addresses))

    def same_last_hop(self, one: ObservedLane, other: ObservedLane) -> bool:
        """Tell whether two silent lanes end at the same router."""
        here, there = one.silence, other.silence
        if not here.last_ttl or not there.last_ttl:
            return here.last_ttl == there.last_ttl and one.place == other.place
        shared = set(here.addresses) & set(there.addresses)
        first = here.last_ttl == there.last_ttl == 1 and one.place == other.place
        return bool(shared) and (first or any(map(self.identifies, shared)))

    def router_owner(self, router: Candidate) -> RouterOwner:
        """Return whose a router is, from all paths that show it."""
        address = router.address or ""
        if address not in self._router_owners:
            self._router_owners[address] = self.paths.router_owner(router)
        return self._router_owners[address]

"""Combines the paths of all lanes: which lanes cross a router, what is next to it, and who owns it."""

import ipaddress
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

from tracetui.analysis.as_path import Owners, choose_systems
from tracetui.analysis.cache import Cache
from tracetui.analysis.findings.observed_lane import Condition
from tracetui.analysis.findings.router_owner import Neighbourhood, router_owner
from tracetui.analysis.findings.shown_path import ShownPath
from tracetui.model import Asn, Candidate, LaneId
from tracetui.model.evidence import RouterOwner
from tracetui.model.imported_trace import is_stand_in

_Value = TypeVar("_Value")

_MIN_ADDRESSES: Final = 3
"""Addresses of an AS that must show themselves: two may be those of a third network, one after the other."""


class LanePath(NamedTuple):
    """A lane with the parts of its path that are compared with others."""

    lane: LaneId
    address: str
    """Of its endpoint."""

    path: ShownPath
    condition: Condition
    last_hop: tuple[str, ...]
    """Who answers at hop L of a silent lane."""

    watched: bool
    """It has a complete round."""


class AllPaths:
    """Answers questions about routers from all paths. It holds as long as nothing but counts changes."""

    def __init__(self, lanes: Sequence[LanePath], owners: Owners) -> None:
        """`owners` are by address."""
        self._lanes = lanes
        self._owners = owners
        self._systems: dict[ShownPath, Mapping[str, int | None]] = {}
        self._made = Cache()
        self._identifies: dict[str, bool] = {}
        self._router_owners: dict[str, RouterOwner] = {}

    def once(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return what `make` returns, made once for these paths. It must not rest on counts or times."""
        return self._made.get(key, (), make)

    def origins(self, address: str) -> tuple[int, ...]:
        """Return the ASes that announce an address."""
        owner = self._owners.get(address)
        return owner.asns if owner is not None else ()

    def identifies(self, address: str) -> bool:
        """Tell whether an address identifies a router: private, shared and link-local ones are used again."""
        if is_stand_in(address):
            return False
        if address not in self._identifies:
            owner = self._owners.get(address)
            self._identifies[address] = (
                owner.special is None
                if owner is not None and owner.known
                else ipaddress.ip_address(address.partition("%")[0]).is_global
            )
        return self._identifies[address]

    def crossing(self, address: str) -> Sequence[LaneId]:
        """Return the lanes whose probes a router answered lately."""
        return self._crossing.get(address, ())

    @cached_property
    def _crossing(self) -> Mapping[str, Sequence[LaneId]]:
        found: dict[str, list[LaneId]] = defaultdict(list)
        for one in self._lanes:
            for address in one.path.router_addresses:
                found[address].append(one.lane)
        return found

    def system_at(self, path: ShownPath, address: str) -> Asn | None:
        """Return the AS of an address on a path; off the path, of the address alone."""
        systems = self._systems.get(path)
        if systems is None:
            chosen = choose_systems([self.origins(step.address) for step in path.steps])
            pairs = zip(path.steps, chosen, strict=True)
            systems = self._systems[path] = {step.address: system for step, system in reversed(list(pairs))}
        if address not in systems:
            return next(map(Asn, self.origins(address)), None)
        system = systems[address]
        return None if system is None else Asn(system)

    def router_owner(self, router: Candidate) -> RouterOwner:
        """Return whose a router is, from all paths that show it."""
        address = router.address or ""
        known = self._router_owners.get(address)
        if known is None:
            around = self._neighbours(address)
            known = self._router_owners[address] = router_owner(router, self._owners.get(address), around)
        return known if known.router == router else replace(known, router=router)

    def _neighbours(self, address: str) -> Neighbourhood:
        """Return the ASes of what stands next to a router, on the paths that have no loop there.

        What hides between it and one of another AS may be anybody's.
        """
        before: list[tuple[int, ...]] = []
        after: list[tuple[int, ...]] = []
        endpoint: list[tuple[int, ...]] = []
        own = set(self.origins(address))
        for one in self._lanes:
            ttls = [step.ttl for step in one.path.steps if step.address == address]
            if not ttls or one.condition is Condition.LOOPING or one.path.ttl_of(address) is None:
                continue
            at_ttl = {step.ttl: self.origins(step.address) for step in one.path.steps}
            before.append(at_ttl.get(min(ttls) - 1, ()))
            shown = min((ttl for ttl in at_ttl if ttl > max(ttls)), default=None)
            if shown is not None and (shown == max(ttls) + 1 or own & set(at_ttl[shown])):
                at_end = one.path.endpoint is not None and shown == one.path.endpoint.ttl
                (endpoint if at_end else after).append(at_ttl[shown])
        return Neighbourhood(before, after, endpoint, self._credible)

    @cached_property
    def _credible(self) -> AbstractSet[int]:
        """ASes that come first on a path or last, or show three addresses: no strays of a third network."""
        shown: dict[int, set[str]] = defaultdict(set)
        ends: set[int] = set()
        for one in self._lanes:
            origins = [(step.address, self.origins(step.address)) for step in one.path.steps]
            for address, asns in origins:
                for asn in asns:
                    shown[asn].add(address)
            ends.update(next((asns for _, asns in origins if asns), ()))
            ends.update(self.origins(one.address))
        return ends | {asn for asn, addresses in shown.items() if len(addresses) >= _MIN_ADDRESSES}

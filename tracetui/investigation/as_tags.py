"""Gives each AS its letter and colour in order of appearance; an AS keeps them."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from tracetui.analysis.cache import Cache
from tracetui.model import Attribution, AutonomousSystem, HolderBook, LaneTrace, as_colour, as_tag

NO_NAMES: Final = HolderBook()


class AsTags:
    """The ASes of an investigation in order of appearance: lane by lane in board order, TTL by TTL.

    Letters follow the path: the endpoint's own AS, known before the first reply, gets its letter after the
    first round and after the hops that are still being looked up.
    """

    def __init__(self, book: HolderBook = NO_NAMES) -> None:
        """`book`: the user's own names and colours of ASes."""
        self._book = book
        self._systems: dict[int, AutonomousSystem] = {}
        self._value: tuple[AutonomousSystem, ...] = ()
        self._seen = Cache()

    def see(
        self,
        traces: Mapping[str, LaneTrace],
        owners: Mapping[str, Attribution],
        responders: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Give tags to new ASes; `traces` and their `responders` are by lane id.

        A lane with the same responders as last time is skipped while `owners` are the same.
        """
        self._seen.next_generation()
        for lane_id, trace in traces.items():
            addresses = responders[lane_id]
            see = partial(self._see_lane, trace, owners, addresses)
            self._seen.get(lane_id, (owners, addresses), see, equal=(trace.rounds > 0,))

    @property
    def systems(self) -> tuple[AutonomousSystem, ...]:
        """All ASes so far, A first; the same object while there is no new one."""
        return self._value

    def _see_lane(
        self, trace: LaneTrace, owners: Mapping[str, Attribution], addresses: tuple[str, ...]
    ) -> None:
        found = [owners.get(address) for address in addresses if address != trace.lane.address]
        for owner in found:
            self._see(owner)
        if trace.rounds and None not in found:
            self._see(owners.get(trace.lane.address))

    def _see(self, owner: Attribution | None) -> None:
        if owner is None or owner.asn is None:
            return
        known = self._systems.get(owner.asn)
        if known is not None and (known.name or not owner.name):
            return
        index = len(self._systems) if known is None else list(self._systems).index(owner.asn)
        own_colour = self._book.colour(owner.asn)
        self._systems[owner.asn] = AutonomousSystem(
            owner.asn,
            as_tag(index),
            owner.name,
            as_colour(index) if own_colour is None else own_colour,
            self._book.short(owner.asn, owner.name),
        )
        self._value = tuple(self._systems.values())

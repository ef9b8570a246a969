"""Keeps the lanes of an investigation that were imported from other tools; undoes removals."""

import ipaddress
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Final

from tracetui.analysis.cache import Remembered
from tracetui.analysis.rounds.imported_rounds import lane_trace, responder_addresses
from tracetui.investigation.board import Panel
from tracetui.investigation.board_targets import MAX_UNDO
from tracetui.investigation.trace_endpoint import TraceEndpoint
from tracetui.model import Attribution, Lane, LaneTrace, ProbeProtocol, RecordedAs, Role, TargetError
from tracetui.model.imported_trace import ImportedTrace, Provenance, is_stand_in

MAX_IMPORTED: Final = 1000
"""Imported lanes of an investigation."""


@dataclass(frozen=True, slots=True)
class _Import:
    """One imported trace as a lane."""

    trace: LaneTrace
    recorded: Mapping[str, RecordedAs]
    """By address, or by the placeholder for one."""

    names: Mapping[str, str]


class ImportedLanes:
    """Imported lanes in the order of import. Not thread-safe: the investigation locks."""

    def __init__(self) -> None:
        self.version = 0
        """Grows with every change."""

        self._imports: list[_Import] = []
        self._removed: list[list[tuple[int, _Import]]] = []
        self._count = 0
        self._names: dict[str, set[object]] = {}
        """All names given, and what was traced under them: one that was removed is not given again, as ids
        must not be."""

        self._recorded: Remembered[Mapping[str, RecordedAs]] = Remembered()
        self._owners: Remembered[Mapping[str, Attribution]] = Remembered()
        self._all_names: Remembered[Mapping[str, str]] = Remembered()

    @property
    def lanes(self) -> list[Lane]:
        """All lanes, the first imported first."""
        return [one.trace.lane for one in self._imports]

    def add(
        self,
        traces: Iterable[ImportedTrace],
        text: str,
        endpoint_of: Callable[[ImportedTrace], TraceEndpoint],
    ) -> list[Lane]:
        """Import traces that were read from `text`, a file's name or what was pasted; return their lanes.

        `endpoint_of` says which endpoint a trace is about. Raises TargetError, as that does or where there
        would be too many, and imports none then.
        """
        found = [(trace, endpoint_of(trace)) for trace in traces]
        if len(self._imports) + len(found) > MAX_IMPORTED:
            raise TargetError(f"more than {MAX_IMPORTED} imported traces: remove some first")
        made = [self._imported(trace, endpoint, text) for trace, endpoint in found]
        self._imports += made
        self.version += 1
        return [one.trace.lane for one in made]

    def remove(self, panel: Panel) -> list[Lane]:
        """Take a panel away; return its lanes."""
        gone = [(place, one) for place, one in enumerate(self._imports) if one.trace.lane.panel == panel]
        if gone:
            self._imports = [one for one in self._imports if one.trace.lane.panel != panel]
            self._removed = [*self._removed[1 - MAX_UNDO :], gone]
            self.version += 1
        return [one.trace.lane for _, one in gone]

    def undo_removal(self) -> list[Lane]:
        """Put what was removed last back in its place; return its lanes. There must be something."""
        back = self._removed.pop()
        for place, one in back:
            self._imports.insert(place, one)
        self.version += 1
        return [one.trace.lane for _, one in back]

    def set_role(self, panel: Panel, role: Role) -> list[Lane]:
        """Mark a panel; return its lanes."""
        self._imports = [
            replace(one, trace=replace(one.trace, lane=replace(one.trace.lane, role=role)))
            if one.trace.lane.panel == panel
            else one
            for one in self._imports
        ]
        self.version += 1
        return [lane for lane in self.lanes if lane.panel == panel]

    def beside(self, traces: Mapping[str, LaneTrace]) -> dict[str, LaneTrace]:
        """Return traces by lane id with the imported ones, each behind the lanes of its endpoint."""
        to_address: dict[str, list[LaneTrace]] = {}
        for one in self._imports:
            to_address.setdefault(one.trace.lane.address, []).append(one.trace)
        last = {trace.lane.address: lane_id for lane_id, trace in traces.items()}
        merged: dict[str, LaneTrace] = {}
        for lane_id, trace in traces.items():
            merged[lane_id] = trace
            if last[trace.lane.address] == lane_id:
                merged |= {each.lane.id: each for each in to_address.pop(trace.lane.address, ())}
        merged |= {each.lane.id: each for rest in to_address.values() for each in rest}
        return merged

    # Owners and names as the outputs print them

    def recorded(self, known: Mapping[str, RecordedAs]) -> Mapping[str, RecordedAs]:
        """Return the ASes that traces recorded, beside those `known` before."""
        if not self._imports:
            return known
        return self._recorded.get(
            (known,),
            lambda: self._own_recorded() | dict(known),
            equal=(self.version,),
        )

    def owners(
        self, looked_up: Mapping[str, Attribution], probed: Collection[Sequence[str]]
    ) -> Mapping[str, Attribution]:
        """Return `looked_up` with the recorded AS of addresses that no source knows.

        Not for addresses that answer lanes which this program probes (`probed`, lane by lane): what somebody
        else's output says must not change what is found about them.
        """
        if not self._imports:
            return looked_up
        return self._owners.get(
            (looked_up, *probed), lambda: self._with_recorded(looked_up, probed), equal=(self.version,)
        )

    def names(self, looked_up: Mapping[str, str]) -> Mapping[str, str]:
        """Return `looked_up` with the names of responders that have no other."""
        if not self._imports:
            return looked_up
        return self._all_names.get(
            (looked_up,),
            lambda: (
                {word: name for one in self._imports for word, name in one.names.items()} | dict(looked_up)
            ),
            equal=(self.version,),
        )

    def _own_recorded(self) -> dict[str, RecordedAs]:
        """Return what the traces recorded; where they differ, what the first says."""
        return {
            address: recorded for one in reversed(self._imports) for address, recorded in one.recorded.items()
        }

    def _with_recorded(
        self, looked_up: Mapping[str, Attribution], probed: Collection[Sequence[str]]
    ) -> Mapping[str, Attribution]:
        own = {address for addresses in probed for address in addresses}
        found = dict(looked_up)
        for address, recorded in self._own_recorded().items():
            owner = looked_up.get(address)
            if is_stand_in(address) or (owner is not None and not owner.known and address not in own):
                found[address] = recorded.stand_in()
        return found

    # Making one

    def _imported(self, trace: ImportedTrace, endpoint: TraceEndpoint, text: str) -> _Import:
        self._count += 1
        name = self._unique(
            _name_of(trace), (endpoint.address, trace.protocol, trace.port), is_one_probe=trace.is_one_probe
        )
        lane = Lane(
            target=endpoint.target,
            host=endpoint.host,
            address=endpoint.address,
            protocol=trace.protocol or ProbeProtocol.UNTOLD,
            port=trace.port,
            role=endpoint.role,
            imported=name,
        )
        provenance = Provenance(
            tool=trace.tool,
            text=text,
            place=trace.vantage or _public(trace.source) or name,
            vantage=trace.vantage,
            source_asn=trace.source_asn,
            source_country=trace.source_country,
            started_at=trace.started_at,
            untold=trace.untold,
            max_hops=trace.max_hops,
            lines=trace.lines,
            remarks=trace.remarks,
        )
        responders = responder_addresses(trace, lane, self._count)
        when = "" if trace.started_at is None else f"{trace.started_at.astimezone(UTC):%Y-%m-%d}"
        return _Import(
            lane_trace(trace, lane, provenance, self._count),
            {
                address: RecordedAs(one.asns, "", when, trace.tool)
                for address, one in responders.items()
                if one.asns
            },
            {address: one.name for address, one in responders.items() if one.name},
        )

    def _unique(self, name: str, traced: object, *, is_one_probe: bool) -> str:
        """Return a name that is not given yet; a probe of a platform has one name for all that it traced."""
        names = (name, *(f"{name} {number}" for number in range(2, len(self._names) + 3)))
        found = next(
            one
            for one in names
            if one not in self._names or (is_one_probe and not {traced, None} & self._names[one])
        )
        self._names.setdefault(found, set()).add(traced if is_one_probe else None)
        return found


def _name_of(trace: ImportedTrace) -> str:
    """Return what a trace is called: after where it was made, else after what made it."""
    asn = "" if trace.source_asn is None else f"AS{trace.source_asn}"
    return trace.vantage or trace.source or asn or trace.tool


def _public(source: str | None) -> str:
    """Return a source address that stands for one place; "" for one that many places have."""
    return source if source is not None and ipaddress.ip_address(source).is_global else ""

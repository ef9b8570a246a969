"""Keeps the targets of an investigation and their lanes in board order; undoes removals."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.investigation.services import Service
from tracetui.model import Lane, Role, Target, TargetError, Unresolved

MAX_UNDO: Final = 20
"""Removals that can be undone."""


@dataclass(slots=True)
class TargetEntry:
    """A target on the board, resolved or not."""

    target: Target
    lanes: list[Lane] = field(default_factory=list)
    problem: str | None = None
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Host to all addresses of its name."""

    unasked: int = 0
    """Lanes that are traced only if the user says so: so many at most."""

    allowed: bool = False
    """The user wants all lanes, however many."""

    resolved: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Removed:
    """Lanes of one target that were removed, and their position."""

    entry: TargetEntry
    lanes: tuple[Lane, ...]
    place: int
    """Of the target, on the board."""

    lanes_place: int
    """Of the lanes, among those of the target."""


class Targets:
    """Targets and lanes in board order. Not thread-safe: the investigation locks."""

    def __init__(self) -> None:
        self._entries: list[TargetEntry] = []
        self._removed: list[list[_Removed]] = []

    def __iter__(self) -> Iterator[TargetEntry]:
        return iter(tuple(self._entries))

    def __contains__(self, entry: TargetEntry) -> bool:
        return entry in self._entries

    @property
    def lanes(self) -> list[Lane]:
        """All lanes in board order; those of one panel stand together."""
        return [lane for entry in self._entries for lane in entry.lanes]

    @property
    def addresses(self) -> dict[str, tuple[str, ...]]:
        """Host to all addresses of its name."""
        return {host: known for entry in self._entries for host, known in entry.addresses.items()}

    def of(self, panel: Panel) -> list[Lane]:
        """Return the lanes of a panel."""
        return [lane for lane in self.lanes if lane.panel == panel]

    def add(self, target: Target) -> TargetEntry:
        """Put a target on the board. Raises TargetError when it is there already."""
        if any(entry.target == target for entry in self._entries):
            raise TargetError(f"{target.text!r} is already on the board")
        entry = TargetEntry(target)
        self._entries.append(entry)
        return entry

    def set_lanes(self, entry: TargetEntry, lanes: Sequence[Lane]) -> list[Lane]:
        """Give a target the lanes it resolved to; return those that no other target has."""
        there = {lane.id for lane in self.lanes}
        entry.lanes = [lane for lane in lanes if lane.id not in there]
        if lanes and not entry.lanes:
            entry.problem = f"{entry.target.text}: its lanes are already on the board, under another name"
        return entry.lanes

    def add_vantage(self, name: str) -> list[Lane]:
        """Give every endpoint lanes from another vantage; return them."""
        there = {lane.id for lane in self.lanes}
        added: list[Lane] = []
        for entry in self._entries:
            first: dict[str, Panel] = {}
            for lane in entry.lanes:
                first.setdefault(lane.address, lane.panel)
            lanes = [
                replace(lane, via=name, vantage=None)
                for lane in entry.lanes
                if lane.panel == first[lane.address]
            ]
            new = [lane for lane in lanes if lane.id not in there]
            there.update(lane.id for lane in new)
            entry.lanes = [*entry.lanes, *new]
            added += new
        return added

    def allow(self, text: str) -> list[TargetEntry]:
        """Allow all lanes of the targets with this text that wait for the user; return those to resolve."""
        waiting = [entry for entry in self._entries if entry.unasked and entry.target.text == text]
        for entry in waiting:
            entry.allowed, entry.unasked, entry.problem = True, 0, None
            entry.resolved.clear()
        return waiting

    def dismiss(self, text: str) -> None:
        """Take a target without lanes off the board."""
        self._entries = [entry for entry in self._entries if entry.lanes or entry.target.text != text]

    def remove(self, panel: Panel) -> list[Lane]:
        """Take a panel off the board; return its lanes."""
        parts = []
        for place, entry in enumerate(self._entries):
            lanes = tuple(lane for lane in entry.lanes if lane.panel == panel)
            if lanes:
                parts.append(_Removed(entry, lanes, place, entry.lanes.index(lanes[0])))
                entry.lanes = [lane for lane in entry.lanes if lane.panel != panel]
        self._entries = [
            entry for entry in self._entries if entry.lanes or entry.problem or not entry.resolved.is_set()
        ]
        if parts:
            self._removed = [*self._removed[1 - MAX_UNDO :], parts]
        return [lane for part in parts for lane in part.lanes]

    def undo_removal(self) -> list[Lane]:
        """Put the panel that was removed last back in its place; return its lanes.

        Lanes that were added again meanwhile are left out. Raises TargetError when there is
        nothing to undo.
        """
        if not self._removed:
            raise TargetError("nothing to restore")
        there = {lane.id for lane in self.lanes}
        back: list[Lane] = []
        for part in self._removed.pop():
            again = [lane for lane in part.lanes if lane.id not in there]
            part.entry.lanes[part.lanes_place : part.lanes_place] = again
            back += again
            if again and part.entry not in self._entries:
                self._entries.insert(part.place, part.entry)
        return back

    def set_role(self, panel: Panel, role: Role) -> list[Lane]:
        """Mark a panel; return its lanes."""
        for entry in self._entries:
            entry.lanes = [replace(lane, role=role) if lane.panel == panel else lane for lane in entry.lanes]
        return self.of(panel)

    def set_services(self, panel: Panel, services: Sequence[Service]) -> tuple[list[Lane], list[Lane]]:
        """Probe a panel with `services` alone; return the lanes added and those removed."""
        before = self.of(panel)
        if not before:
            return [], []
        wanted = [replace(before[0], protocol=protocol, port=port) for protocol, port in services]
        after = [next((old for old in before if old.id == lane.id), lane) for lane in wanted]
        home = next(entry for entry in self._entries if any(lane.panel == panel for lane in entry.lanes))
        place = next(index for index, lane in enumerate(home.lanes) if lane.panel == panel)
        merged = []
        for entry in self._entries:
            stay = [lane for lane in entry.lanes if lane.panel != panel]
            if entry.lanes and not stay and entry is not home:
                merged.append(entry)  # `host:443` and `host:25` are one panel, and now one target
            entry.lanes = stay
        self._entries = [entry for entry in self._entries if entry not in merged]
        home.lanes[place:place] = after
        old, new = {lane.id for lane in before}, {lane.id for lane in after}
        return [lane for lane in after if lane.id not in old], [lane for lane in before if lane.id not in new]

    def arrange(self, shown: Sequence[Panel]) -> None:
        """Put targets, and the panels of each, in the order `shown`; others stay where they are."""
        places = {panel: place for place, panel in enumerate(shown)}
        ranked: list[tuple[int, TargetEntry]] = []
        rank = -1
        for entry in self._entries:
            rank = min((places[lane.panel] for lane in entry.lanes if lane.panel in places), default=rank)
            ranked.append((rank, entry))
            entry.lanes.sort(key=lambda lane: places.get(lane.panel, len(places)))
        self._entries = [entry for _, entry in sorted(ranked, key=lambda each: each[0])]

    def move(self, panel: Panel, step: int) -> None:
        """Move a panel one place on (1) or back (-1): among those of its target, else its whole target."""
        shown = [entry for entry in self._entries if entry.lanes]
        home = next((entry for entry in shown if any(lane.panel == panel for lane in entry.lanes)), None)
        if home is None:
            return
        panels = list(dict.fromkeys(lane.panel for lane in home.lanes))
        place = panels.index(panel) + step
        if 0 <= place < len(panels):
            panels.insert(place, panels.pop(place - step))
            home.lanes.sort(key=lambda lane: panels.index(lane.panel))
            return
        place = shown.index(home) + step
        if 0 <= place < len(shown):
            self._entries.remove(home)
            self._entries.insert(self._entries.index(shown[place]) + (step > 0), home)

    def as_probed(self) -> tuple[Target, ...]:
        """Return the targets with the current role, protocols and ports of their first endpoint."""
        found = []
        for entry in self._entries:
            lanes = [lane for lane in entry.lanes if lane.panel == entry.lanes[0].panel]
            found.append(
                replace(
                    entry.target,
                    role=lanes[0].role,
                    protocols=tuple(dict.fromkeys(lane.protocol for lane in lanes)),
                    ports=tuple(lane.port for lane in lanes if lane.port is not None) or entry.target.ports,
                )
                if lanes
                else entry.target
            )
        return tuple(found)

    def unresolved(self, traced: Collection[str] | None = None) -> tuple[Unresolved, ...]:
        """Return the targets without a lane; with `traced`, those without a lane among these ids."""
        return tuple(
            Unresolved(entry.target.text, entry.problem, entry.unasked)
            for entry in self._entries
            if not any(traced is None or lane.id in traced for lane in entry.lanes)
        )

"""The targets of an investigation and the lanes they became, in the order of the board."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.investigation.services import Service
from tracetui.model import Lane, Role, Target, TargetError, Unresolved

_MAX_UNDO: Final = 20
"""Removals that can be undone."""


@dataclass(slots=True)
class Asked:
    """A target on the board, from the asking on."""

    target: Target
    lanes: list[Lane] = field(default_factory=list)
    problem: str | None = None
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What its hosts' names resolve to."""

    resolved: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Removed:
    """Lanes of one target that left the board, and where they stood."""

    asked: Asked
    lanes: tuple[Lane, ...]
    place: int
    """The target's, on the board."""

    lanes_place: int
    """Theirs, among the lanes of the target."""


class Targets:
    """Books only: it traces nothing and locks nothing. Its owner does both."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []
        self._removed: list[list[_Removed]] = []

    def __iter__(self) -> Iterator[Asked]:
        return iter(tuple(self._asked))

    def __contains__(self, asked: Asked) -> bool:
        return asked in self._asked

    @property
    def lanes(self) -> list[Lane]:
        """All lanes in board order; those of one panel stand together."""
        return [lane for asked in self._asked for lane in asked.lanes]

    @property
    def addresses(self) -> dict[str, tuple[str, ...]]:
        """Host to all addresses of its name."""
        return {host: known for asked in self._asked for host, known in asked.addresses.items()}

    def of(self, panel: Panel) -> list[Lane]:
        """Return the lanes of a panel."""
        return [lane for lane in self.lanes if lane.panel == panel]

    def add(self, target: Target) -> Asked:
        """Put a target on the board. Raises TargetError when it is there already."""
        if any(asked.target == target for asked in self._asked):
            raise TargetError(f"{target.text!r} is on the board already")
        asked = Asked(target)
        self._asked.append(asked)
        return asked

    def settle(self, asked: Asked, lanes: Sequence[Lane]) -> list[Lane]:
        """`asked` resolved to `lanes`; return those that nobody else has."""
        there = {lane.id for lane in self.lanes}
        asked.lanes = [lane for lane in lanes if lane.id not in there]
        if lanes and not asked.lanes:
            asked.problem = f"{asked.target.text}: its lanes are on the board already, under another name"
        return asked.lanes

    def dismiss(self, text: str) -> None:
        """Take a target without lanes off the board."""
        self._asked = [asked for asked in self._asked if asked.lanes or asked.target.text != text]

    def remove(self, panel: Panel) -> list[Lane]:
        """Take a panel off the board; return its lanes."""
        parts = []
        for place, asked in enumerate(self._asked):
            gone = tuple(lane for lane in asked.lanes if lane.panel == panel)
            if gone:
                parts.append(_Removed(asked, gone, place, asked.lanes.index(gone[0])))
                asked.lanes = [lane for lane in asked.lanes if lane.panel != panel]
        self._asked = [
            asked for asked in self._asked if asked.lanes or asked.problem or not asked.resolved.is_set()
        ]
        if parts:
            self._removed = [*self._removed[1 - _MAX_UNDO :], parts]
        return [lane for part in parts for lane in part.lanes]

    def undo_removal(self) -> list[Lane]:
        """Put the panel that was removed last back in its place; return its lanes.

        Lanes that have come back in another way meanwhile are left out. Raises TargetError when there is
        nothing to undo.
        """
        if not self._removed:
            raise TargetError("nothing was removed, or all of it is back")
        there = {lane.id for lane in self.lanes}
        back: list[Lane] = []
        for part in self._removed.pop():
            again = [lane for lane in part.lanes if lane.id not in there]
            part.asked.lanes[part.lanes_place : part.lanes_place] = again
            back += again
            if again and part.asked not in self._asked:
                self._asked.insert(part.place, part.asked)
        return back

    def set_role(self, panel: Panel, role: Role) -> list[Lane]:
        """Mark a panel; return its lanes."""
        for asked in self._asked:
            asked.lanes = [replace(lane, role=role) if lane.panel == panel else lane for lane in asked.lanes]
        return self.of(panel)

    def set_services(self, panel: Panel, services: Sequence[Service]) -> tuple[list[Lane], list[Lane]]:
        """Probe a panel with `services` alone; return the lanes that came and those that went."""
        before = self.of(panel)
        if not before:
            return [], []
        wanted = [replace(before[0], protocol=protocol, port=port) for protocol, port in services]
        after = [next((old for old in before if old.id == lane.id), lane) for lane in wanted]
        home = next(asked for asked in self._asked if any(lane.panel == panel for lane in asked.lanes))
        place = next(index for index, lane in enumerate(home.lanes) if lane.panel == panel)
        merged = []
        for asked in self._asked:
            stay = [lane for lane in asked.lanes if lane.panel != panel]
            if asked.lanes and not stay and asked is not home:
                merged.append(asked)  # `host:443` beside `host:25`: one panel, and now one target
            asked.lanes = stay
        self._asked = [asked for asked in self._asked if asked not in merged]
        home.lanes[place:place] = after
        old, new = {lane.id for lane in before}, {lane.id for lane in after}
        return [lane for lane in after if lane.id not in old], [lane for lane in before if lane.id not in new]

    def move(self, panel: Panel, step: int) -> None:
        """Move a panel one place on (1) or back (-1): among those of its target, else its whole target."""
        shown = [asked for asked in self._asked if asked.lanes]
        home = next((asked for asked in shown if any(lane.panel == panel for lane in asked.lanes)), None)
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
            self._asked.remove(home)
            self._asked.insert(self._asked.index(shown[place]) + (step > 0), home)

    def as_probed(self) -> tuple[Target, ...]:
        """Return the targets with the role, protocols and ports that their first endpoint has now."""
        found = []
        for asked in self._asked:
            lanes = [lane for lane in asked.lanes if lane.panel == asked.lanes[0].panel]
            found.append(
                replace(
                    asked.target,
                    role=lanes[0].role,
                    protocols=tuple(dict.fromkeys(lane.protocol for lane in lanes)),
                    ports=tuple(lane.port for lane in lanes if lane.port is not None) or asked.target.ports,
                )
                if lanes
                else asked.target
            )
        return tuple(found)

    def unresolved(self, traced: Collection[str] | None = None) -> tuple[Unresolved, ...]:
        """Return the targets without a lane; with `traced`, those without a lane among these ids."""
        return tuple(
            Unresolved(asked.target.text, asked.problem)
            for asked in self._asked
            if not any(traced is None or lane.id in traced for lane in asked.lanes)
        )

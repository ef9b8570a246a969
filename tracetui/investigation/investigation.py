"""A running investigation: targets resolved, lanes traced, hops attributed, states judged, one snapshot."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from tracetui.analysis.as_path import as_path
from tracetui.analysis.findings import Findings
from tracetui.analysis.states import path_verdict
from tracetui.investigation.as_tags import AsTags
from tracetui.investigation.board import Panel
from tracetui.investigation.events import finding_events, lane_events
from tracetui.investigation.resolve import resolve
from tracetui.investigation.settings import Settings
from tracetui.model import (
    Attribution,
    CannotRunError,
    Endpoint,
    Event,
    EventKind,
    Lane,
    LaneSnapshot,
    LaneTrace,
    ProbeProtocol,
    ResolutionError,
    Role,
    Snapshot,
    Target,
    TargetError,
    Tool,
    Unresolved,
    Vantage,
)
from tracetui.ownership.registrations import Registrations
from tracetui.ownership.source import NameSource, Owners
from tracetui.probing.clock import Clock
from tracetui.probing.engine import Engine, Published

EVENTS_KEPT: Final = 1000


@dataclass(slots=True)
class _Asked:
    """A target on the board, from the asking on."""

    target: Target
    lanes: list[Lane] = field(default_factory=list)
    problem: str | None = None
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What its hosts' names resolve to."""

    resolved: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A lane's snapshot with all that it was made from."""

    traces: tuple[LaneTrace, ...]
    """The lane's own, then its siblings'."""

    owners_version: int
    value: LaneSnapshot


class Investigation:
    """Implements `Board` for the screen; the report command drives the same object.

    `narrate` gets one-line remarks for the user (a host has more addresses, an exchanger did not resolve).
    `registrations` None: no registry may be asked.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        clock: Clock,
        owners: Owners,
        names: NameSource,
        settings: Settings,
        tool: Tool,
        vantage: Vantage,
        registrations: Registrations | None = None,
        title: str = "",
        narrate: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.engine = engine
        self.owners = owners
        self.settings = settings
        self._clock = clock
        self._names = names
        self._registrations = registrations
        self._narrate = narrate
        self._asked: list[_Asked] = []
        self._judged: dict[str, _Judged] = {}
        self._tags = AsTags(settings.holders)
        self._findings = Findings()
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._lock = threading.RLock()
        self._version = 0
        self._made_from: tuple[Published, int, int, int] | None = None
        now = self._now()
        self._snapshot = Snapshot(
            created_at=now,
            started_at=now,
            tool=tool,
            vantage=vantage,
            interval_s=settings.pace.interval_s,
            timeout_s=settings.pace.timeout_s,
            max_hops=settings.pace.max_hops,
            lanes=(),
            owners={},
            names={},
            ases=(),
            as_sources=tuple(owners.sources),
            title=title,
        )

    # What the screen may ask

    def add(self, text: str, role: Role = Role.SUSPECT) -> None:
        """Add a target; it resolves in the background.

        Raises TargetError when it cannot be understood or is there already.
        """
        self.add_target(replace(self.settings.parse(text), role=role))

    def add_target(self, target: Target) -> None:
        """Add a parsed target. Raises TargetError when it is there already."""
        with self._lock:
            if any(asked.target == target for asked in self._asked):
                raise TargetError(f"{target.text!r} is on the board already")
            asked = _Asked(target)
            self._asked.append(asked)
            self._log(EventKind.TARGET_ADDED, f"{target.role.value} {target.text} added")
        threading.Thread(target=self._resolve, args=(asked,), name="tracetui-resolve", daemon=True).start()

    def remove(self, panel: Panel) -> None:
        """Stop tracing an endpoint."""
        with self._lock:
            gone = [lane for asked in self._asked for lane in asked.lanes if lane.panel == panel]
            for asked in self._asked:
                asked.lanes = [lane for lane in asked.lanes if lane.panel != panel]
            self._asked = [
                asked for asked in self._asked if asked.lanes or asked.problem or not asked.resolved.is_set()
            ]
            if gone:
                self._log(EventKind.TARGET_REMOVED, f"{gone[0].host} ({gone[0].address}) removed")
        self.engine.remove([lane.id for lane in gone])

    def dismiss(self, target: str) -> None:
        """Take an unresolved target off the board."""
        with self._lock:
            self._asked = [asked for asked in self._asked if asked.lanes or asked.target.text != target]
            self._version += 1

    def set_role(self, panel: Panel, role: Role) -> None:
        """Mark an endpoint as suspect or control."""
        with self._lock:
            marked = [lane for asked in self._asked for lane in asked.lanes if lane.panel == panel]
            for asked in self._asked:
                asked.lanes = [
                    replace(lane, role=role) if lane.panel == panel else lane for lane in asked.lanes
                ]
            if marked:
                self._log(EventKind.ROLE_CHANGED, f"{marked[0].host} marked as {role.value}")
        self.engine.set_role([lane.id for lane in marked], role)

    def ask_registry(self, address: str) -> None:
        """Ask who registered an address. Raises CannotRunError where no registry may be asked."""
        if self._registrations is None:
            raise CannotRunError("no registry is asked here: offline, or a simulated internet")
        self._registrations.ask(address)

    def restart_statistics(self) -> None:
        """Start counting again on every lane."""
        with self._lock:
            self._log(EventKind.STATISTICS_RESTARTED, "statistics restarted")
            self._judged.clear()
        self.engine.restart()

    def snapshot(self) -> Snapshot:
        """Return the newest state; the same object while nothing has changed.

        Raises CannotRunError when the engine has died.
        """
        if self.engine.crash is not None:
            raise CannotRunError(f"probing stopped by an error in tracetui: {self.engine.crash!r}") from (
                self.engine.crash
            )
        with self._lock:
            asked = self._registrations.version if self._registrations is not None else 0
            made_from = (self.engine.published, self.owners.version, self._version, asked)
            if made_from != self._made_from:
                self._snapshot = self._make_snapshot(made_from[0], made_from[1])
                self._made_from = (made_from[0], made_from[1], self._version, asked)
            return self._snapshot

    def close(self) -> None:
        """Stop probing and looking up."""
        self.engine.close()
        self.owners.close()
        if self._registrations is not None:
            self._registrations.close()

    # What the report command needs besides

    def wait_resolved(self) -> tuple[Unresolved, ...]:
        """Block until every target is resolved or has failed; return the failures."""
        for asked in list(self._asked):
            asked.resolved.wait()
        with self._lock:
            return self._unresolved()

    @property
    def has_lanes(self) -> bool:
        """True when there is anything to trace."""
        with self._lock:
            return any(asked.lanes for asked in self._asked)

    # Resolving

    def _resolve(self, asked: _Asked) -> None:
        lanes: list[Lane] = []
        try:
            resolution = asyncio.run(
                resolve(
                    asked.target,
                    self._names,
                    self.settings.families,
                    all_addresses=self.settings.all_addresses,
                )
            )
        except ResolutionError as error:
            asked.problem = str(error)
        else:
            lanes = [lane for endpoint in resolution.endpoints for lane in self._lanes(endpoint)]
            asked.addresses = resolution.addresses
            for remark in resolution.notes:
                self._narrate(remark)
        with self._lock:
            if asked in self._asked:
                there = {lane.id for other in self._asked for lane in other.lanes}
                asked.lanes = [lane for lane in lanes if lane.id not in there]
                if lanes and not asked.lanes:
                    asked.problem = (
                        f"{asked.target.text}: its lanes are on the board already, under another name"
                    )
                self.engine.add(asked.lanes)
            self._version += 1
        asked.resolved.set()

    def _lanes(self, endpoint: Endpoint) -> list[Lane]:
        target = endpoint.target
        services: list[tuple[ProbeProtocol, int | None]] = []
        for protocol in target.protocols:
            if protocol is ProbeProtocol.TCP:
                services += [(protocol, port) for port in target.ports]
            else:
                services.append((protocol, None))
        sources = (target.source,) if target.source else self._sources(endpoint.address)
        return [
            Lane(target.text, endpoint.host, endpoint.address, protocol, port, target.role, source)
            for source in sources
            for protocol, port in services
        ]

    def _sources(self, address: str) -> Sequence[str | None]:
        family_mark = ":" in address
        fitting = [s for s in self.settings.sources if s is None or (":" in s) == family_mark]
        return fitting or [None]

    # The snapshot

    def _make_snapshot(self, published: Published, owners_version: int) -> Snapshot:
        by_id = {trace.lane.id: trace for trace in published.traces}
        order = [lane.id for asked in self._asked for lane in asked.lanes]
        traces = [by_id[lane_id] for lane_id in order if lane_id in by_id]
        self._want(traces)
        owners, names = self.owners.owners(), self.owners.names()
        self._tags.see(traces, owners)
        now = self._now()
        lanes = tuple(self._judge(trace, traces, owners, owners_version, now) for trace in traces)
        self._judged = {lane.id: self._judged[lane.id] for lane in lanes}
        made = replace(
            self._snapshot,
            created_at=now,
            vantage=replace(
                self._snapshot.vantage, source=next((t.source for t in traces if t.source), None)
            ),
            lanes=lanes,
            owners=owners,
            names=names,
            confirmations=self.owners.confirmations(),
            registrations=self._registrations.answers() if self._registrations is not None else {},
            ases=self._tags.systems,
            as_sources=tuple(self.owners.sources),
            unresolved=self._unresolved(by_id),
            addresses={host: known for asked in self._asked for host, known in asked.addresses.items()},
            counters=published.counters,
        )
        findings = self._findings.update(made)
        self._events.extend(finding_events(self._snapshot.findings, findings, now))
        return replace(made, findings=findings, events=tuple(self._events))

    def _judge(
        self,
        trace: LaneTrace,
        traces: Sequence[LaneTrace],
        owners: Mapping[str, Attribution],
        owners_version: int,
        now: datetime,
    ) -> LaneSnapshot:
        siblings = tuple(
            other for other in traces if other is not trace and other.lane.panel == trace.lane.panel
        )
        before = self._judged.get(trace.lane.id)
        made_from = (trace, *siblings)
        if before and before.owners_version == owners_version and _same(before.traces, made_from):
            return before.value
        verdict = path_verdict(trace, siblings)
        value = LaneSnapshot(trace, verdict, as_path(trace, owners, verdict))
        if before:
            self._events.extend(lane_events(before.value, value, now))
        self._judged[trace.lane.id] = _Judged(made_from, owners_version, value)
        return value

    def _want(self, traces: Sequence[LaneTrace]) -> None:
        self.owners.want(
            [
                address
                for trace in traces
                for address in (
                    trace.lane.address,
                    *(responder.address for hop in trace.hops for responder in hop.responders),
                )
            ]
        )

    def _unresolved(self, traced: Collection[str] | None = None) -> tuple[Unresolved, ...]:
        """Return the targets without a lane; with `traced`, those without a lane among these ids."""
        return tuple(
            Unresolved(asked.target.text, asked.problem)
            for asked in self._asked
            if not any(traced is None or lane.id in traced for lane in asked.lanes)
        )

    def _log(self, kind: EventKind, text: str) -> None:
        self._events.append(Event(self._now(), kind, text))
        self._version += 1

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.unix_ns() / 1e9, UTC)


def _same(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))

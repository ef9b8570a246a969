"""A running investigation: resolves targets, traces lanes, judges them and makes the snapshots."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tracetui.analysis.cache import Remembered
from tracetui.analysis.findings import Findings
from tracetui.analysis.lanes.history import Histories
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.analysis.lanes.responders import Responders
from tracetui.evidence.bgp.found_routes import ReadRoutes
from tracetui.evidence.registers.read_register import RegisterRequest, parse_request
from tracetui.investigation.as_tags import AsTags
from tracetui.investigation.bgp_routes import FILES_PATIENCE_S, BgpRoutes
from tracetui.investigation.board import Panel
from tracetui.investigation.board_lanes import BoardLanes
from tracetui.investigation.board_targets import TargetEntry
from tracetui.investigation.detect_events import endpoint_change
from tracetui.investigation.event_log import EventLog
from tracetui.investigation.first_snapshot import first_snapshot
from tracetui.investigation.flows_to_watch import flows_to_watch
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.notes import Notes
from tracetui.investigation.outside_sources import OutsideSource
from tracetui.investigation.public_vantages import PublicVantages
from tracetui.investigation.register_lookup import RegisterLookup, endpoints_of
from tracetui.investigation.service_checks import ServiceChecks
from tracetui.investigation.services import parse_services, services_text
from tracetui.investigation.target_line import targets_of
from tracetui.investigation.target_resolver import TargetResolver
from tracetui.investigation.tracers import OpenVantage, Tracers
from tracetui.investigation.traces_back import TracesBack, source_here
from tracetui.model import (
    CannotRunError,
    EventKind,
    ForeignText,
    Lane,
    RecordedAs,
    Role,
    Snapshot,
    Target,
    TargetError,
    Tool,
    Unresolved,
    Vantage,
)
from tracetui.model.event import EventFacts, PaceChange, TargetChange, TracesImported, VantageChange
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.moment import moment_of
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.ownership.interfaces import NameSource, Owners
from tracetui.ownership.registration_lookup import RegistrationLookups
from tracetui.probing.arrivals_here import ArrivalsHere
from tracetui.probing.clock import Clock
from tracetui.probing.engine import Engine
from tracetui.probing.published import Published
from tracetui.vantage.vantage_engine import VantageEngine


class Investigation:
    """Implements `Board` for the screen; the report command drives the same object.

    `narrate` gets one-line remarks for the user (a host has more addresses, an exchanger did not resolve).
    `registrations` None: no registry may be asked. `checks` None: no service may be checked. `recorded`: ASes
    that replayed traces recorded.
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
        registrations: RegistrationLookups | None = None,
        title: str = "",
        recorded: Mapping[str, RecordedAs] | None = None,
        bgp: BgpRoutes | None = None,
        checks: ServiceChecks | None = None,
        public: PublicVantages | None = None,
        outside: Sequence[OutsideSource] = (),
        registers: Sequence[RegisterRequest] = (),
        remote: Sequence[VantageEngine] = (),
        open_vantage: OpenVantage | None = None,
        simulated: Sequence[RemoteVantage] = (),
        arrivals_here: ArrivalsHere | None = None,
        narrate: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.engine = Tracers(engine, remote, open_vantage, simulated, arrivals_here)
        self.owners = owners
        self.settings = settings
        self._clock = clock
        self._registrations = registrations
        self._bgp = bgp if bgp is not None else BgpRoutes(online=False)
        self._registers = RegisterLookup(registers)
        self.checks = checks
        checked = [] if checks is None else [checks]
        self.public = public if public is not None else PublicVantages(online=False)
        self._outside: tuple[OutsideSource, ...] = (
            *outside,
            self._bgp,
            self._registers,
            *checked,
            self.public,
        )
        self._resolver = TargetResolver(names, settings, self._resolved, narrate)
        self._board = BoardLanes()
        self._targets, self._imported = self._board.targets, self._board.imported
        self.public.attach(lambda: self._targets.lanes, self.import_traces)
        self._recorded = recorded or {}
        self._notes = Notes()
        self._traces_back = TracesBack(settings)
        histories = Histories()
        # Hops are counted on another thread too, for a report.
        self._judge = Judge(threading.RLock(), histories)
        self._responders = Responders()
        self._tags = AsTags(settings.holders)
        self._findings = Findings(histories)
        self._events = EventLog()
        self._lock = threading.RLock()
        self._version = 0
        self._cached = Remembered[Snapshot]()
        self._snapshot = first_snapshot(
            settings, tool=tool, vantage=vantage, as_sources=owners.sources, title=title, now=self._now()
        )

    # Called by the screen

    def add(self, text: str, role: Role = Role.SUSPECT) -> tuple[str, ...]:
        problems = []
        targets = targets_of(text, self.settings, role)
        for target in targets:
            try:
                self.add_target(target)
            except TargetError as error:
                problems.append(error)
        if len(problems) == len(targets):
            raise problems[0]
        return tuple(target.text for target in targets)

    def add_target(self, target: Target) -> None:
        """Add a parsed target. Raises TargetError when it is there already."""
        with self._lock:
            entry = self._targets.add(target)
            self._log(EventKind.TARGET_ADDED, TargetChange(ForeignText(target.text), role=target.role))
        self._resolver.submit(entry)

    def remove(self, panel: Panel) -> None:
        with self._lock:
            removed = self._board.remove(panel)
            if removed:
                self._log(EventKind.TARGET_REMOVED, endpoint_change(removed[0]))
            self._lanes_changed()
        self.engine.remove([lane.id for lane in removed])

    def undo_removal(self) -> Lane:
        with self._lock:
            back = self._board.undo_removal()
            self.engine.open_again(lane.via for lane in back)
            self.settings = replace(self.settings, vantages=self.engine.names)
            self._log(EventKind.TARGET_ADDED, endpoint_change(back[0], back=True))
            self._lanes_changed()
        self.engine.bring_back([lane for lane in back if lane.imported is None])
        return back[0]

    def add_vantage(self, text: str) -> str:
        with self._lock:
            name = self.engine.add_vantage(text)
            self.settings = replace(self.settings, vantages=self.engine.names)
            self._log(EventKind.VANTAGE_ADDED, VantageChange(ForeignText(name)))
            self.engine.add(self._targets.add_vantage(name))
        return name

    def remove_vantage(self, name: str) -> None:
        with self._lock:
            lanes = [lane for lane in self._targets.lanes if lane.via == name]
            self.engine.remove_vantage(name, [lane.id for lane in lanes])
            self.settings = replace(self.settings, vantages=self.engine.names)
            self._log(EventKind.VANTAGE_REMOVED, VantageChange(ForeignText(name)))
            for panel in dict.fromkeys(lane.panel for lane in lanes):
                self._board.remove(panel)

    def dismiss(self, target: str) -> None:
        with self._lock:
            self._targets.dismiss(target)
            self._version += 1

    def trace_all(self, target: str) -> None:
        with self._lock:
            allowed = self._targets.allow(target)
            self._version += 1
        for entry in allowed:
            self._resolver.submit(entry)

    def move(self, panel: Panel, step: int, shown: Sequence[Panel] = ()) -> None:
        with self._lock:
            self._targets.arrange(shown)
            self._targets.move(panel, step)
            self._version += 1

    def set_role(self, panel: Panel, role: Role) -> None:
        with self._lock:
            marked = self._board.set_role(panel, role)
            if marked:
                self._log(EventKind.ROLE_CHANGED, endpoint_change(marked[0], role=role))
        self.engine.set_role([lane.id for lane in marked], role)

    def set_services(self, panel: Panel, text: str) -> None:
        services = parse_services(text)
        with self._lock:
            added, removed = self._board.set_services(panel, services)
            if added or removed:
                change = endpoint_change((added or removed)[0], services=services_text(services))
                self._log(EventKind.SETTINGS_CHANGED, change)
            self._lanes_changed()
        self.engine.remove([lane.id for lane in removed])
        self.engine.bring_back(added)

    def import_traces(self, traces: Sequence[ImportedTrace], text: str, about: str = "") -> None:
        with self._lock:
            count = self._board.import_traces(traces, text, about)
            self._log(EventKind.TRACES_IMPORTED, TracesImported(count, ForeignText(text)))

    def set_pace(self, interval_s: float, max_hops: int) -> None:
        pace = replace(self.settings.pace, interval_s=interval_s, max_hops=max_hops)
        if pace == self.settings.pace:
            return
        with self._lock:
            self.settings = replace(self.settings, pace=pace)
            self._log(EventKind.SETTINGS_CHANGED, PaceChange(interval_s, max_hops))
        self.engine.set_pace(pace)

    def add_note(self, text: str) -> None:
        with self._lock:
            self._notes.add(text, self._now())
            self._version += 1

    def remove_note(self, index: int) -> None:
        with self._lock:
            self._notes.remove(index)
            self._version += 1

    def ask_registry(self, address: str) -> None:
        if self._registrations is None:
            raise CannotRunError("no registry is asked here: offline, or a simulated internet")
        self._registrations.ask(address)

    def ask_bgp(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            self._bgp.ask(address)

    def trace_back(self) -> None:
        self._traces_back.begin()
        with self._lock:
            self._version += 1

    def add_bgp(self, found: ReadRoutes) -> None:
        self._bgp.add(found)

    def add_register(self, text: str) -> None:
        self._registers.add(parse_request(text))

    def check_services(self, panel: Panel) -> bool:
        if self.checks is None:
            raise CannotRunError("no service is checked here: offline, or a simulated internet")
        self._board.check_probed(panel)
        return self.checks.switch(panel)

    def restart_statistics(self) -> None:
        with self._lock:
            self._log(EventKind.STATISTICS_RESTARTED)
            self._events.forget_lanes()
        self.engine.restart()

    def snapshot(self) -> Snapshot:
        """Return the newest state; the same object while nothing has changed.

        Raises CannotRunError when the engine has died.
        """
        if self.engine.crash is not None:
            raise CannotRunError(f"probing stopped by an error in tracetui: {self.engine.crash!r}") from (
                self.engine.crash
            )
        return self.last_snapshot

    @property
    def last_snapshot(self) -> Snapshot:
        """The newest state, which is still available after the engine has died."""
        with self._lock:
            looked_up = self._registrations.version if self._registrations is not None else 0
            published = self.engine.published
            self._snapshot = self._cached.get(
                (published,),
                lambda: self._make_snapshot(published),
                equal=(
                    self.owners.version,
                    self._version,
                    looked_up,
                    self.engine.vantages,
                    *(one.version for one in self._outside),
                ),
            )
            return self._snapshot

    def close(self) -> None:
        self._resolver.close()
        self.engine.close()
        self.owners.close()
        if self._registrations is not None:
            self._registrations.close()
        for source in self._outside:
            source.close()

    # Called by the report command too

    def wait_resolved(self) -> tuple[Unresolved, ...]:
        """Block until every target is resolved or has failed; return the failures."""
        for entry in self._targets:
            entry.resolved.wait()
        with self._lock:
            return self._targets.unresolved()

    def targets(self) -> tuple[Target, ...]:
        """Return the targets on the board, as they are probed now."""
        with self._lock:
            return self._targets.as_probed()

    def wait_files(self, patience_s: float) -> None:
        """Block until the files of block registers, and those of BGP routes, are read."""
        self._registers.settle(patience_s)
        self._bgp.want(lane.address for lane in self._board.all)
        self._bgp.settle(FILES_PATIENCE_S)

    @property
    def has_lanes(self) -> bool:
        """True when there is anything to trace, or traced elsewhere."""
        with self._lock:
            return bool(self._board.all)

    # Resolving

    def _resolved(self, entry: TargetEntry, lanes: Sequence[Lane]) -> None:
        try:
            with self._lock:
                self._version += 1
                if entry in self._targets:
                    self.engine.add(self._targets.set_lanes(entry, lanes))
                    self._lanes_changed()
        finally:
            entry.resolved.set()

    def _lanes_changed(self) -> None:
        if self.checks is not None:
            self.checks.see(self._targets.lanes)

    # The snapshot

    def _make_snapshot(self, published: Published) -> Snapshot:
        by_id = {trace.lane.id: trace for trace in published.traces}
        ids = [lane.id for lane in self._targets.lanes]
        probed = {lane_id: by_id[lane_id] for lane_id in ids if lane_id in by_id}
        traces = self._imported.beside(probed)
        responders = self._responders.update(traces)
        self.owners.want(self._responders.to_look_up(traces))
        owners = self._imported.owners(self.owners.owners(), [responders[lane] for lane in probed])
        self._tags.see(probed | traces, owners, responders)
        now = self._now()
        self._bgp.want(lane.address for lane in self._board.all)
        self._registers.want(endpoints_of(self._board.all))
        outside = self._snapshot.outside
        for source in self._outside:
            outside = source.add_to(outside)
        vantages = self.engine.vantages
        for entry, back in self._traces_back.put(self._targets, traces, owners, vantages):
            self._log(EventKind.TARGET_ADDED, endpoint_change(back[0]))
            self._resolved(entry, back)
        self.engine.watch_arrivals(flows_to_watch([*probed.values()], self._traces_back.public))
        lanes = self._judge.judge(traces, owners)
        self._events.compare_measured(traces, lanes, published.interruptions, now)
        self._events.compare_vantages(self._snapshot.vantages, vantages)
        made = replace(
            self._snapshot,
            created_at=now,
            vantage=replace(self._snapshot.vantage, source=source_here(probed.values())),
            lanes=lanes,
            owners=owners,
            names=self._imported.names(self.owners.names()),
            confirmations=self.owners.confirmations(),
            not_looked_up=self.owners.left_out,
            registrations=self._registrations.answers() if self._registrations is not None else {},
            ases=self._tags.systems,
            as_sources=tuple(self.owners.sources),
            recorded=self._imported.recorded(self._recorded),
            unresolved=self._targets.unresolved(by_id),
            addresses=self._targets.addresses,
            notes=self._notes.all,
            interval_s=self.settings.pace.interval_s,
            stretched_s=published.stretched_s,
            max_hops=self.settings.pace.max_hops,
            counters=published.counters,
            outside=outside,
            vantages=vantages,
            public_addresses=self._traces_back.public,
            arrivals=published.arrivals,
        )
        findings = self._findings.update(made)
        self._events.compare_findings(self._snapshot.findings, findings, now)
        return replace(made, findings=findings, controls=self._findings.controls, events=self._events.all)

    def _log(self, kind: EventKind, facts: EventFacts | None = None) -> None:
        self._events.add(self._now(), kind, facts)
        self._version += 1

    def _now(self) -> datetime:
        return moment_of(self._clock.unix_ns())

"""Snapshots made from model values, and a board that hands them out: what the screen's tests look at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tracetui.analysis.as_path import as_path
from tracetui.evidence.bgp.found_routes import ReadRoutes
from tracetui.investigation.board import Panel
from tracetui.investigation.public_vantages import PublicVantages
from tracetui.investigation.services import parse_services
from tracetui.model import (
    Address,
    Asn,
    AsSource,
    Attribution,
    AutonomousSystem,
    Candidate,
    ControlCheck,
    ControlFit,
    FlowKind,
    Hop,
    Lane,
    LaneId,
    LaneSnapshot,
    LaneTrace,
    Note,
    PathState,
    PathVerdict,
    ProbeProtocol,
    Relation,
    ReplyKind,
    Responder,
    Role,
    RttStatistics,
    Snapshot,
    TargetError,
    Tool,
    Unresolved,
    Vantage,
    as_colour,
    as_tag,
    parse_target,
)
from tracetui.model.imported_trace import ImportedTrace

START = datetime(2019, 3, 12, 9, 30, tzinfo=UTC)

HOLDERS = {
    57681: "MGTS",
    8359: "MTS",
    22822: "Limelight",
    19905: "Neustar",
    20764: "Rascom",
    49063: "Dataline",
}
"""AS numbers of the 2019 case and their holders."""

PREFIXES = {
    "195.34.": 8359,
    "212.188.": 8359,
    "95.220.": 57681,
    "68.142.": 22822,
    "156.154.": 19905,
    "185.70.": 19905,
}

NAMES = {
    "95.220.0.1": "gw.example.net",
    "195.34.50.1": "m9-cr1.msk.mts.example.net",
    "195.34.53.4": "css-rc1.ekb.mts.example.net",
    "68.142.88.7": "lag-7.fra.llnw.example.net",
}

ROUND_TRIPS = (0.41, 2.13, 14.2, 20.3, 27.1, 37.4, 26.2, 25.8, 26.4, 28.8, 30.1, 31.2)


def hop(
    ttl: int,
    addresses: Sequence[str],
    *,
    rounds: int,
    rtt_ms: float | None = None,
    losses: Sequence[int] = (),
    kind: ReplyKind = ReplyKind.TIME_EXCEEDED,
    mpls: tuple[int, ...] = (),
) -> Hop:
    """One TTL after `rounds` probes; `losses` are the positions of lost ones."""
    if not addresses:
        return Hop(ttl, rounds, 0, rounds, 0, None, (None,) * rounds, (), None)
    base = (rtt_ms or ROUND_TRIPS[(ttl - 1) % len(ROUND_TRIPS)]) * 1e6
    recent = tuple(
        None if probe in losses else int(base * (1 + ((probe * 7 + ttl * 3) % 11) / 40))
        for probe in range(rounds)
    )
    answered = [rtt for rtt in recent if rtt is not None]
    shares = [
        len(answered) - len(answered) // 3 * (len(addresses) - 1),
        *[len(answered) // 3] * (len(addresses) - 1),
    ]
    responders = tuple(
        Responder(
            address, count, {kind.value: count}, (255 - ttl, 255 - ttl), mpls, 1_552_383_000_000_000_000
        )
        for address, count in zip(addresses, shares, strict=True)
    )
    rtt = RttStatistics(
        len(answered),
        answered[-1],
        min(answered),
        sum(answered) / len(answered),
        max(answered),
        base / 20,
        base / 50,
    )
    return Hop(ttl, rounds, len(answered), rounds - len(answered), 0, rtt, recent, responders, addresses[0])


def lane(
    host: str,
    address: str,
    service: str,
    path: Sequence[str | Sequence[str] | None],
    *,
    rounds: int = 42,
    role: Role = Role.SUSPECT,
    verdict: PathVerdict | None = None,
    losses: dict[int, Sequence[int]] | None = None,
    vantage: str | None = None,
    flow: FlowKind = FlowKind.FIXED,
    version: int = 1,
) -> LaneSnapshot:
    """A lane whose hops answer as `path` says: an address, several, or None for silence."""
    protocol, _, port = service.partition("/")
    value = Lane(
        host,
        host,
        address,
        ProbeProtocol(protocol.lower()),
        int(port) if port else None,
        role,
        vantage,
    )
    hops = []
    for ttl, responders in enumerate(path, start=1):
        addresses = [responders] if isinstance(responders, str) else list(responders or [])
        end = addresses == [address]
        kind = ReplyKind.TIME_EXCEEDED
        if end:
            kind = ReplyKind.SYN_ACK if port else ReplyKind.ECHO_REPLY
        hops.append(
            hop(
                ttl,
                addresses,
                rounds=rounds,
                kind=kind,
                losses=(losses or {}).get(ttl, ()),
                mpls=(24005,) if ttl == 3 else (),
            )
        )
    answering = [each for each in hops if each.answered]
    last = answering[-1] if answering else None
    if verdict is None:
        reached = last is not None and last.last_address == address
        verdict = PathVerdict(
            PathState.REACHED if reached else PathState.SILENT_AFTER,
            last.ttl if last else None,
            last.last_address if last else None,
            last.ttl if last and reached else None,
            (ReplyKind.SYN_ACK if port else ReplyKind.ECHO_REPLY) if reached else None,
            last.ttl if last and reached else None,
            rounds=rounds,
        )
    trace = LaneTrace(value, version, 0, rounds, tuple(hops), (), source="95.220.0.10", flow=flow)
    return LaneSnapshot(trace, verdict, as_path(trace, owners([trace])))


def owners(traces: Sequence[LaneTrace]) -> dict[str, Attribution]:
    """Attributions of every address on some traces, by `PREFIXES`; others are private."""
    found = {}
    for trace in traces:
        for each in trace.hops:
            for responder in each.responders:
                found[responder.address] = attribution(responder.address)
        found[trace.lane.address] = attribution(trace.lane.address)
    return found


def attribution(address: str) -> Attribution:
    for start, asn in PREFIXES.items():
        if address.startswith(start):
            return Attribution((asn,), HOLDERS[asn], f"{start}0.0/16", "scenario", "2019-03-12")
    if address.startswith("10."):
        return Attribution((), "", "10.0.0.0/8", "special-purpose", None, "private-use")
    return Attribution((), "", None, "scenario", "2019-03-12")


def snapshot(
    lanes: Sequence[LaneSnapshot],
    *,
    rounds: int = 42,
    title: str = "protonmail 2019 (simulated)",
    controls: tuple[ControlCheck, ...] = (),
    unresolved: tuple[Unresolved, ...] = (),
    names: dict[str, str] | None = None,
    prober: str = "simulated",
) -> Snapshot:
    traces = [each.trace for each in lanes]
    found = owners(traces)
    systems: dict[int, AutonomousSystem] = {}
    for trace in traces:
        for each in trace.hops:
            for responder in each.responders:
                asn = found[responder.address].asn
                if asn is not None and asn not in systems:
                    index = len(systems)
                    systems[asn] = AutonomousSystem(asn, as_tag(index), HOLDERS[asn], as_colour(index))
    return Snapshot(
        created_at=START + timedelta(seconds=rounds),
        started_at=START,
        tool=Tool("0.1.0", "tracetui demo"),
        vantage=Vantage("gw-core", prober, "protonmail-2019"),
        interval_s=1.0,
        timeout_s=2.0,
        max_hops=30,
        lanes=tuple(lanes),
        owners=found,
        names=NAMES if names is None else names,
        ases=tuple(systems.values()),
        as_sources=(AsSource("special-purpose", "2025-10-09"), AsSource("scenario", "2019-03-12")),
        unresolved=unresolved,
        title=title,
        controls=controls,
    )


SHARED = ["95.220.0.1", "212.188.1.5", "195.34.50.1", "195.34.53.4"]
CONTROL_PATH = [*SHARED, "195.34.59.9", "195.34.59.22", "68.142.88.7", None, "156.154.64.10"]
DROPPED = [*SHARED, *[None] * 8]


LAST = Candidate(4, Address(SHARED[3]), Asn(8359))
TCP, ICMP = LaneId("185.70.40.101:tcp/25"), LaneId("185.70.40.101:icmp")
CONTROL_TCP, CONTROL_ICMP = LaneId("156.154.64.10:tcp/25"), LaneId("156.154.64.10:icmp")


def check(
    suspect: str,
    control: str,
    fit: ControlFit = ControlFit.VALID,
    *,
    marked: bool = True,
    ttl: int | None = 4,
) -> ControlCheck:
    """One lane as the control of another that is silent after the last hop of `SHARED`."""
    return ControlCheck(LaneId(suspect), LaneId(control), fit, Relation.SAME_ORIGIN, marked, ttl, LAST)


CHECKS = (
    check(TCP, CONTROL_TCP),
    check(TCP, CONTROL_ICMP, ControlFit.OTHER_SERVICE),
    check(ICMP, CONTROL_ICMP),
    check(ICMP, CONTROL_TCP, ControlFit.OTHER_SERVICE),
)


def protonmail(*, rounds: int = 42, losses: dict[int, Sequence[int]] | None = None) -> Snapshot:
    """One mail exchanger dropped inside AS8359 and a control in its network that is reached."""
    return snapshot(
        [
            lane("mail.protonmail.ch", "185.70.40.101", "TCP/25", DROPPED, rounds=rounds, losses=losses),
            lane("mail.protonmail.ch", "185.70.40.101", "ICMP", DROPPED, rounds=rounds),
            lane(
                "control.example.com",
                "156.154.64.10",
                "TCP/25",
                CONTROL_PATH,
                rounds=rounds,
                role=Role.CONTROL,
                losses={6: (rounds - 2, rounds - 5)},
            ),
            lane(
                "control.example.com", "156.154.64.10", "ICMP", CONTROL_PATH, rounds=rounds, role=Role.CONTROL
            ),
        ],
        rounds=rounds,
        controls=CHECKS,
    )


def eight(*, rounds: int = 42, hops: int = 30) -> Snapshot:
    """Eight endpoints, `hops` TTLs each; every third is dropped after hop 6, one differs by protocol."""
    lanes = []
    for number in range(8):
        address = f"185.70.40.{101 + number}"
        middle = [f"195.34.{60 + number}.{ttl}" for ttl in range(5, hops)]
        path: list[str | Sequence[str] | None] = [*SHARED, *middle, address]
        if number == 4:
            path[4] = [middle[0], "195.34.99.1", "195.34.99.2"]
        if number % 3 == 0:
            path = [*path[:6], *[None] * (hops - 6)]
        other: list[str | Sequence[str] | None] = list(path)
        if number == 1:
            other[2] = "195.34.51.77"
        role = Role.CONTROL if number == 7 else Role.SUSPECT
        name = f"mx{number}.example.org"
        lanes += [
            lane(name, address, "TCP/25", path, rounds=rounds, role=role),
            lane(name, address, "ICMP", other, rounds=rounds, role=role),
        ]
    return snapshot(lanes, rounds=rounds, title="eight exchangers")


class FakeBoard:
    """A board whose snapshot the test sets; it remembers what it was asked."""

    def __init__(self, first: Snapshot) -> None:
        self.current = first
        self.pulls = 0
        self.asked: list[tuple[object, ...]] = []
        self.public = PublicVantages(online=False)
        self.removed: list[tuple[int, tuple[LaneSnapshot, ...]]] = []

    def snapshot(self) -> Snapshot:
        self.pulls += 1
        return self.current

    def add(self, text: str, role: Role = Role.SUSPECT) -> tuple[str, ...]:
        target = parse_target(text)
        self.asked.append(("add", target.text, role))
        self.current = replace(
            self.current, unresolved=(*self.current.unresolved, Unresolved(target.text, None))
        )
        return (target.text,)

    def remove(self, panel: Panel) -> None:
        self.asked.append(("remove", panel))
        gone = tuple(each for each in self.current.lanes if each.lane.panel == panel)
        self.removed.append((self.current.lanes.index(gone[0]), gone))
        self.current = replace(
            self.current, lanes=tuple(each for each in self.current.lanes if each.lane.panel != panel)
        )

    def undo_removal(self) -> Lane:
        if not self.removed:
            raise TargetError("nothing to restore")
        place, lanes = self.removed.pop()
        before = self.current.lanes
        self.current = replace(self.current, lanes=(*before[:place], *lanes, *before[place:]))
        return lanes[0].lane

    def ask_bgp(self, addresses: Sequence[str]) -> None:
        self.asked.append(("ask_bgp", *addresses))

    def trace_back(self) -> None:
        self.asked.append(("trace_back",))

    def add_bgp(self, found: ReadRoutes) -> None:
        self.asked.append(("add_bgp", found))

    def move(self, panel: Panel, step: int, shown: Sequence[Panel] = ()) -> None:
        self.asked.append(("move", panel, step, *shown))

    def set_services(self, panel: Panel, text: str) -> None:
        parse_services(text)
        self.asked.append(("set_services", panel, text))

    def import_traces(self, traces: Sequence[ImportedTrace], text: str, about: str = "") -> None:
        self.asked.append(("import_traces", tuple(traces), text, about))

    def set_pace(self, interval_s: float, max_hops: int) -> None:
        self.asked.append(("set_pace", interval_s, max_hops))
        self.current = replace(self.current, interval_s=interval_s, max_hops=max_hops)

    def add_note(self, text: str) -> None:
        self.asked.append(("add_note", text))
        self.current = replace(self.current, notes=(*self.current.notes, Note(START, text)))

    def remove_note(self, index: int) -> None:
        self.asked.append(("remove_note", index))

    def dismiss(self, target: str) -> None:
        self.asked.append(("dismiss", target))
        self.current = replace(
            self.current, unresolved=tuple(each for each in self.current.unresolved if each.target != target)
        )

    def trace_all(self, target: str) -> None:
        self.asked.append(("trace_all", target))
        self.current = replace(
            self.current, unresolved=tuple(each for each in self.current.unresolved if each.target != target)
        )

    def set_role(self, panel: Panel, role: Role) -> None:
        self.asked.append(("set_role", panel, role))
        self.current = replace(
            self.current,
            lanes=tuple(
                replace(each, trace=replace(each.trace, lane=replace(each.lane, role=role)))
                if each.lane.panel == panel
                else each
                for each in self.current.lanes
            ),
        )

    def ask_registry(self, address: str) -> None:
        self.asked.append(("ask_registry", address))
        self.current = replace(self.current, registrations={address: None})

    def add_vantage(self, text: str) -> str:
        self.asked.append(("add_vantage", text))
        return text

    def remove_vantage(self, name: str) -> None:
        self.asked.append(("remove_vantage", name))

    def add_register(self, text: str) -> None:
        self.asked.append(("add_register", text))

    def check_services(self, panel: Panel) -> bool:
        self.asked.append(("check_services", panel))
        return self.asked.count(("check_services", panel)) % 2 == 1

    def restart_statistics(self) -> None:
        self.asked.append(("restart_statistics",))

    def close(self) -> None:
        self.asked.append(("close",))


def reports_go_to(path: Path) -> Path:
    """Name the argument for what it is where tests pass a temporary directory."""
    return path

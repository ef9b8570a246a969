"""Findings and evidence made by hand: one of every kind of fact, and one of every kind of evidence."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.trace_text import ICMP, TCP, TCP443, address, control, owner, snapshot, times, trace
from tracetui.analysis.as_path import as_path
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.model import (
    Address,
    Asn,
    Candidate,
    Confidence,
    ControlFit,
    Direction,
    Evidence,
    Explanation,
    ExplanationKind,
    ExplanationState,
    Finding,
    FindingKind,
    ForeignText,
    Lane,
    LaneId,
    LaneSnapshot,
    NextStep,
    Outage,
    Place,
    PlaceKind,
    Prefix,
    ProbeProtocol,
    Relation,
    ReplyKind,
    Snapshot,
    Standing,
    StepKind,
)
from tracetui.model import evidence as ev
from tracetui.model import finding as fact
from tracetui.model.bgp_route import RpkiState
from tracetui.model.register_answer import (
    HostKind,
    ListedEntry,
    Listing,
    MatchKind,
    RegisterAnswer,
    RegisterFile,
)
from tracetui.model.service_check import (
    CheckFailure,
    CheckStep,
    FailureReason,
    IcmpCause,
    Service,
    ServiceKind,
)

E, S = ExplanationKind, ExplanationState
MTS, LLNW, NEUSTAR = Asn(8359), Asn(22822), Asn(19905)
WEB = control(Lane("web.example", "web.example", "192.0.2.80", ProbeProtocol.TCP, 25))
BESIDE = Lane("203.0.113.81", "203.0.113.81", "203.0.113.81", ProbeProtocol.TCP, 25)
MX = [
    Lane("mx:example.org", f"mx{number}.example.org", f"192.0.2.{number}", ProbeProtocol.TCP, 25)
    for number in (1, 2, 3)
]
OWNERS = {
    address("a"): owner(None, "private-use", special="private-use"),
    address("b"): owner(8359, "MTS"),
    address("c"): owner(8359, "MTS"),
    address("d"): owner(22822, "LLNW"),
    TCP.address: owner(19905, "Neustar"),
}
AT_L = Address(address("b"))
L = Candidate(2, AT_L, MTS)
NEXT = Candidate(3, Address(address("c")), MTS)
BEYOND = Candidate(4, Address(address("d")), LLNW)
AT = datetime(2026, 11, 24, 3, 55, 20, tzinfo=UTC)
OUTAGE = Outage(AT - timedelta(seconds=30), AT, 30, 30.0)
T25, PING, T443, GUIDE = (LaneId(one.id) for one in (TCP, ICMP, TCP443, WEB))
SMTP = ev.CheckRow(Service(ServiceKind.SMTP, 25), AT - timedelta(minutes=16), 17, 17)
GONE = LaneId("192.0.2.99:icmp")
ROUTED = Prefix("203.0.113.0/24")


def seen(lane: Lane, text: str) -> LaneSnapshot:
    measured = trace(*times(12, text), lane=lane)
    verdict = path_verdict(measured)
    return LaneSnapshot(measured, verdict, as_path(measured, OWNERS, verdict))


def board() -> Snapshot:
    """Two silent lanes to mail.example, one that is answered, a control, a neighbour, three exchangers."""
    return snapshot(
        seen(TCP, "1 a, 2 b, 3-9 *"),
        seen(ICMP, "1 a, 2 b, 3-9 *"),
        seen(TCP443, "1 a, 2 b, 3 c, 4 d, 5 SA"),
        seen(WEB, "1 a, 2 b, 3 c, 4 d, 5 SA"),
        seen(BESIDE, "1 a, 2 b, 3 c, 4 d, 5 SA"),
        *(seen(lane, "1 a, 2 b, 3-9 *") for lane in MX),
        owners=OWNERS,
    )


def system(asn: Asn) -> Place:
    return Place(PlaceKind.SYSTEM, asn)


UNKNOWN, ENDPOINT = Place(PlaceKind.UNKNOWN), Place(PlaceKind.ENDPOINT)
HERE, NOBODY = Place(PlaceKind.HERE), Place(PlaceKind.NOBODY)

OF_SILENCE = {
    E.DROPPED_AT_LAST: (system(MTS),),
    E.DROPPED_BEYOND: (system(MTS),),
    E.OTHER_WAY: (UNKNOWN,),
    E.ENDPOINT_SILENT: (ENDPOINT,),
    E.RARE_OR_LATE: (NOBODY,),
    E.LOST_ON_RETURN: (UNKNOWN,),
    E.DEAD_BRANCH: (UNKNOWN,),
    E.OWN_FILTER: (HERE,),
    E.TOO_FAR: (NOBODY,),
}
DROPS = {E.DROPPED_AT_LAST, E.DROPPED_BEYOND}


def explanations(left: AbstractSet[ExplanationKind], strained: AbstractSet[ExplanationKind] = frozenset()):
    return tuple(
        Explanation(
            kind,
            S.LEFT if kind in left else S.STRAINED if kind in strained else S.RULED_OUT,
            places,
            () if kind in left else (1,),
            (StepKind.BGP_PATH, StepKind.ADD_VANTAGE),
        )
        for kind, places in OF_SILENCE.items()
    )


def failures() -> Iterator[CheckFailure]:
    """Every step and reason, with a detail and without, and one by ICMP."""
    for step in CheckStep:
        for reason in FailureReason:
            yield CheckFailure(step, reason)
            yield CheckFailure(step, reason, ForeignText("554 no"))
    cause = IcmpCause(Address(address("b")), 3, 13)
    yield CheckFailure(CheckStep.CONNECT, FailureReason.UNREACHABLE, icmp=cause)


def evidence() -> list[Evidence]:
    """One of every kind; of some, more."""
    both = (T25, PING)
    return [
        ev.Silence(both, 2, 42, 190.0, 0.0714),
        ev.Silence((T25,), 0, 1, 1.0, 1.0),
        ev.RoutersAnswerControl(GUIDE, ControlFit.VALID, Relation.NEIGHBOUR, 2, 42, 42, 1e-9, NEXT, 0),
        ev.RoutersAnswerControl(GUIDE, ControlFit.OTHER_ORIGIN, Relation.OTHER, 2, 30, 42, 0.004, None, 2),
        ev.WayShown(NEXT),
        ev.SeenBefore(NEXT, both, GUIDE, AT),
        ev.NeighbourPasses(NEXT, GUIDE, Prefix("203.0.113.0/24"), BEYOND),
        ev.CrossesPass(NEXT, T443, GUIDE),
        ev.FlowsSplit(1, 3, 1, 0.1055),
        ev.FlowsSplit(4, 4, 2, 0.0079),
        ev.BranchesMeet((Address("198.51.100.7"), Address("198.51.100.8")), BEYOND),
        ev.LateReplies(T25, 5, 3, True),
        ev.AnsweredNearer(T25, 5),
        ev.ReachedElsewhere(Address("198.51.100.200"), (T25,), (MTS, LLNW), True, True),
        ev.ReachedElsewhere(Address("198.51.100.200"), (T25,), (LLNW,), False, False),
        ev.StopsElsewhere(Address("198.51.100.200"), both, L, MTS, True, True),
        ev.StopsElsewhere(Address("198.51.100.200"), (T25,), None, None, False, False),
        *(
            ev.ReverseTrace(Address("shell"), (T25,), near, True, True, True, 40, 42, None, (MTS,), True)
            for near in Relation
        ),
        ev.ReverseTrace(Address("shell"), both, Relation.NEIGHBOUR, True, True, False, 9, 9, None, (), False),
        ev.ReverseTrace(Address("shell"), both, Relation.NEIGHBOUR, True, False, False, 0, 42, L, (), False),
        ev.ProbesArrive(T25, ForeignText("shell"), 40, 38, 42),
        ev.ProbesArrive(T25, None, 40, 0, 42),
        ev.NoProbeArrives(T25, ForeignText("shell"), 42),
        ev.NoProbeArrives(T25, None, 42),
        *(ev.OtherWayArrivals(T25, None, near, 42, 42) for near in Relation),
        ev.OtherWayArrivals(T25, ForeignText("shell"), Relation.SAME_ADDRESS, 0, 42),
        ev.ReverseTrace(Address(""), (T25,), Relation.NEIGHBOUR, True, False, False, 0, 42, None, (), False),
        ev.ReverseTrace(AT_L, (T25,), Relation.NEIGHBOUR, False, True, True, 42, 42, None, (MTS,), True),
        ev.ReverseTrace(AT_L, (T25,), Relation.NEIGHBOUR, False, False, False, 0, 42, L, (), False),
        ev.ImportedReach(T25, ForeignText("GW-Core-R3"), AT, (MTS, LLNW), 9, 2, 3),
        ev.ImportedReach(T25, ForeignText(""), None, (), None, 0, 0),
        ev.ImportedStop(T25, ForeignText("GW-Core-R3"), AT, (MTS,), L, 4, 12, False),
        ev.ImportedStop(T25, ForeignText(""), None, (), None, 0, 0, True),
        ev.ImportedStop(T25, ForeignText("R3"), AT, (MTS,), L, 0, 0, False, 3, 13),
        ev.ImportedGoesOn(T25, GUIDE, AT, L, (MTS, LLNW)),
        ev.ImportedGoesOn(T25, GONE, None, None, (MTS, LLNW)),
        ev.ControlStops(GUIDE, True),
        ev.ControlStops(GUIDE, False),
        ev.ControlUnfit(GUIDE, ControlFit.PARTS_BEFORE, 2),
        ev.EarlierOutages(T25, (OUTAGE,)),
        ev.EarlierOutages(T25, (OUTAGE,) * 5),
        ev.FirstOutage((T25,)),
        *(ev.RouterOwner(L, (MTS,), standing, (MTS, LLNW)) for standing in Standing),
        ev.BgpPath(MTS, ROUTED, (LLNW, NEUSTAR), True, ForeignText("BIRD"), None, AT, RpkiState.VALID),
        ev.BgpPath(None, ROUTED, (MTS, LLNW), True, ForeignText("RIPEstat RRC13"), AT, None, None),
        ev.BgpPath(MTS, ROUTED, (), True, ForeignText("Junos"), None, None, RpkiState.NOT_FOUND),
        ev.BgpPath(MTS, ROUTED, (), False, ForeignText("MRT"), AT, AT, None),
        ev.SameNextAs(MTS, LLNW, ROUTED, GUIDE, Prefix("192.0.2.0/24"), True, True, False),
        ev.SameNextAs(MTS, LLNW, ROUTED, GUIDE, ROUTED, True, False, True),
        ev.SameNextAs(MTS, LLNW, ROUTED, GUIDE, ROUTED, False, True, True),
        ev.RoutesDiffer(MTS, ROUTED, NEUSTAR, GUIDE, LLNW),
        ev.RoutesDiffer(MTS, ROUTED, None, GUIDE, LLNW),
        ev.BgpNotFollowed(MTS, GUIDE, NEUSTAR, LLNW),
        ev.PrefixUpdated(ROUTED, AT, 3, 1),
        ev.PrefixUpdated(ROUTED, AT, 1, 0),
        ev.Announced(
            Address(TCP.address), ROUTED, (NEUSTAR,), AT, RpkiState.INVALID, ForeignText("RIPEstat"), AT
        ),
        ev.Announced(Address(TCP.address), None, (), None, None, ForeignText("RIPEstat"), AT),
        ev.RouterOwner(L, (), Standing.FIRM, (MTS,)),
        ev.RouterOwner(L, (MTS,), Standing.LOOSE, (MTS,)),
        ev.RouterOwner(L, (MTS, LLNW), Standing.FIRM, (MTS, LLNW)),
        ev.DirectProbes((T443,), (T25,)),
        ev.DirectProbes((), (T25,)),
        ev.ServiceAnswers(T25, SMTP, CheckStep.BANNER, 83_000_000, 220, True),
        ev.ServiceAnswers(
            T25,
            replace(SMTP, service=Service(ServiceKind.TCP, 25), alike=1, total=1),
            CheckStep.CONNECT,
            400_000,
            None,
            False,
        ),
        ev.ServiceAnswers(
            T443,
            replace(SMTP, service=Service(ServiceKind.HTTPS, 443), alike=3),
            CheckStep.TLS,
            9_990_000,
            301,
            True,
        ),
        *(ev.ServiceFails(T25, SMTP, one) for one in failures()),
        ev.RouterMessage(T25, Address(address("b")), 3, 13, 42, 42),
        ev.PassesRouter(GUIDE, Address(address("b")), 2, True, True),
        ev.NothingBehind(Address(address("b"))),
        ev.LoopSeen(T25, 20, 20, 20.0),
        ev.Answers(T443, ReplyKind.SYN_ACK, 5, 12, 12),
        ev.GoesFarther(PING, L, 3),
        ev.GoesFarther(PING, Candidate(0, None, None), 1),
        ev.OwnProbesGoFarther(T25, 7),
        ev.AnsweredTwice(T25, ReplyKind.RST, ReplyKind.SYN_ACK, 4),
        ev.AnsweredTwice(T25, ReplyKind.TIME_EXCEEDED, ReplyKind.RST, 1),
        ev.PrefixesAnswerBehind(L, (T25, GUIDE)),
        ev.ControlFarther(GUIDE, 3),
        ev.SameDistance(PING, 5),
        ev.ReplyTtls(T25, ReplyKind.RST, 60, T443, ReplyKind.SYN_ACK, 52),
        ev.LatelySilent(T443, 9),
        ev.StopsBetween(T25, 2, 6, True),
        ev.StopsBetween(T25, 2, 2, False),
        ev.FirstHopLoses(T25, 50, 60),
        ev.ControlLoses(GUIDE, 40, 60),
        ev.EndsAt(T25, L, 42),
        ev.EndsAt(T25, L, 42, 3, 13),
        ev.EndsAt(T25, None, 0),
        *map(ev.RegisterEntry, register_answers()),
        ev.SystemRefuses((T25,), ForeignText("Operation not permitted.")),
    ]


def register_answers() -> list[RegisterAnswer]:
    """What registers say of the endpoint: all listings, all kinds of match, entries with and without URLs."""
    dump = RegisterFile(
        ForeignText("dump.csv"),
        "dump.csv of zapret-info",
        ForeignText("2019-03-13 06:00:00 +0000"),
        AT,
        132_798,
        tuple(HostKind),
        2,
        17,
        1,
    )
    names = ForeignText("mail.example"), ForeignText("example")
    asked = Address(TCP.address)
    entry = ListedEntry(
        MatchKind.ADDRESS,
        asked,
        asked,
        5,
        ForeignText(f"{asked};mail.example;http://mail.example/a;A court;2-1/19;2019-02-01"),
        (ForeignText("http://mail.example/a"),),
        3,
        ForeignText("A court"),
        ForeignText("2-1/19"),
        ForeignText("2019-02-01"),
    )
    others = [
        ListedEntry(MatchKind.PREFIX, asked, Prefix("203.0.113.0/24"), 6, ForeignText("203.0.113.0/24;;;;;")),
        ListedEntry(MatchKind.DOMAIN, names[0], names[0], 7, ForeignText(";mail.example;;;;")),
        ListedEntry(MatchKind.WILDCARD_DOMAIN, names[0], ForeignText("*.example"), 8, names[1]),
        ListedEntry(MatchKind.URL_ONLY, names[0], names[0], 9, ForeignText("http://mail.example/")),
    ]
    unread = RegisterFile(ForeignText("other.txt"))
    broken = replace(unread, problem=ForeignText("cannot be read (no such file or directory)"))
    plain = replace(dump, name=ForeignText("list.txt"), stamp=ForeignText(), stray_lines=0, partly_read=0)
    return [
        *(RegisterAnswer(dump, asked, names, Listing.LISTED, (one,)) for one in (entry, *others)),
        RegisterAnswer(dump, asked, names, Listing.LISTED, (entry, *others), 4),
        *(RegisterAnswer(plain, asked, names[:count], Listing.NOT_LISTED) for count in range(3)),
        RegisterAnswer(unread, asked, names, Listing.NOT_CHECKED),
        RegisterAnswer(broken, asked, (), Listing.NOT_CHECKED),
    ]


STEPS = (
    NextStep(StepKind.KEEP_RUNNING, seconds=500),
    NextStep(StepKind.KEEP_RUNNING),
    NextStep(StepKind.RUN_AGAIN),
    NextStep(
        StepKind.ADD_CONTROL,
        T25,
        Address("203.0.113.82"),
        ProbeProtocol.TCP,
        25,
        relation=Relation.NEIGHBOUR,
    ),
    NextStep(StepKind.ADD_CONTROL, T25, prefix=Prefix("203.0.113.0/24")),
    NextStep(StepKind.ADD_CONTROL),
    NextStep(StepKind.MARK_CONTROL, T25, Address(BESIDE.address), relation=Relation.NEIGHBOUR),
    NextStep(StepKind.CONTROL_SERVICE, T25, Address(WEB.address), ProbeProtocol.ICMP),
    NextStep(StepKind.ADD_SERVICE, T25, Address(TCP.address), ProbeProtocol.TCP, 80),
    NextStep(StepKind.ADD_VANTAGE, T25),
    NextStep(StepKind.VANTAGE_INSIDE, T25, asn=MTS),
    NextStep(StepKind.BGP_PATH, T25, prefix=Prefix("203.0.113.0/24"), asn=MTS),
    NextStep(StepKind.BGP_PATH),
    NextStep(StepKind.REVERSE_TRACE, T25),
    NextStep(StepKind.REVERSE_TRACE, GONE),
    NextStep(StepKind.REVERSE_TRACE, T25, via=ForeignText("shell")),
    NextStep(StepKind.ASK_OPERATOR, T25, asn=MTS),
    NextStep(StepKind.ASK_OPERATOR),
    NextStep(StepKind.RAISE_TIMEOUT),
    NextStep(StepKind.RAISE_MAX_HOPS),
    NextStep(StepKind.CHECK_HOME),
    NextStep(StepKind.CAPTURE_BOTH_SIDES, T25),
)


def silent(
    kind: FindingKind = FindingKind.BLACKHOLE_UNLOCALISED,
    confidence: Confidence = Confidence.LOW,
    ases: tuple[Asn, ...] = (),
    left: AbstractSet[ExplanationKind] = frozenset(OF_SILENCE),
    direction: Direction = Direction.UNKNOWN,
    **facts: Any,
) -> Finding:
    """A silence after L, of which the control shows the next router."""
    return Finding(
        kind=kind,
        confidence=confidence,
        lanes=(T25, PING),
        fact=fact.SilentAfter(**{"last": L, "passing": (GUIDE,), **facts}),
        since=AT,
        ases=ases,
        candidates=(L, NEXT),
        direction=direction,
        explanations=explanations(left, {E.OTHER_WAY}),
        evidence=(
            ev.Silence((T25, PING), 2, 42, 190.0, 0.0714),
            ev.RoutersAnswerControl(GUIDE, ControlFit.VALID, Relation.NEIGHBOUR, 2, 42, 42, 1e-9, NEXT, 0),
        ),
        next_steps=(NextStep(StepKind.ADD_VANTAGE, T25), NextStep(StepKind.VANTAGE_INSIDE, T25, asn=MTS)),
        p_value=1e-9,
        controls=(GUIDE,),
    )


def in_mts(confidence: Confidence = Confidence.MEDIUM) -> Finding:
    """All that is left of a silence lies in one AS."""
    return silent(FindingKind.BLACKHOLE_IN_AS, confidence, (MTS,), left=DROPS, direction=Direction.FORWARD)


def _explained(kind: ExplanationKind, place: Place, *others: Explanation) -> tuple[Explanation, ...]:
    return Explanation(kind, S.LEFT, (place,)), *others


def findings() -> Iterator[Finding]:
    """Findings of every kind, with every kind of fact."""
    yield silent()
    yield silent(late=True, passing=())
    yield silent(last=None, passing=())
    yield silent(FindingKind.SILENT_EDGE, passing=())
    yield silent(FindingKind.GENERAL_FAILURE, passing=(), stopping=(GUIDE,))
    yield silent(passing=(LaneId(BESIDE.id),), stopping=(GUIDE,))
    yield silent(left={E.OTHER_WAY})
    yield replace(silent(), lanes=(GONE,))
    yield replace(silent(left=DROPS, confidence=Confidence.LOW), since=None)
    yield replace(
        silent(FindingKind.RETURN_PATH_SUSPECT),
        evidence=(ev.LatelySilent(T25, 9), ev.DirectProbes((), (T25,))),
    )
    yield in_mts()
    yield in_mts(Confidence.HIGH)
    border = silent(FindingKind.BLACKHOLE_AT_BORDER, Confidence.MEDIUM, (MTS, LLNW), left=DROPS)
    places = (system(MTS), system(LLNW))
    yield replace(border, explanations=tuple(replace(one, places=places) for one in border.explanations))
    yield silent(
        FindingKind.PORT_OR_PROTOCOL_FILTER,
        Confidence.HIGH,
        (MTS,),
        DROPS,
        Direction.FORWARD,
        passing=(),
        services_answered=(T443,),
    )
    yield from _said()
    yield from _answered()
    yield from _about_here()


def _said() -> Iterator[Finding]:
    forged = Explanation(E.FORGED_MESSAGE, S.STRAINED, (UNKNOWN,))
    filtered = Finding(
        FindingKind.EXPLICIT_FILTER,
        Confidence.HIGH,
        (T25,),
        fact.RouterSays(L, 3, 13, False),
        AT,
        (MTS,),
        (L,),
        Direction.FORWARD,
        _explained(E.ROUTER_REFUSES, system(MTS), forged),
        (ev.RouterMessage(T25, AT_L, 3, 13, 42, 42), ev.PassesRouter(GUIDE, AT_L, 2, True, True)),
        STEPS,
        controls=(GUIDE,),
    )
    yield filtered
    yield replace(
        filtered,
        confidence=Confidence.LOW,
        ases=(),
        fact=fact.RouterSays(Candidate(5, Address(TCP.address), None), 3, 10, True),
        explanations=_explained(E.ROUTER_REFUSES, ENDPOINT, forged),
        evidence=(),
    )
    yield replace(
        filtered,
        kind=FindingKind.NO_ROUTE,
        confidence=Confidence.LOW,
        ases=(),
        fact=fact.RouterSays(L, 3, 1, False),
        explanations=_explained(
            E.ROUTER_REFUSES, system(MTS), forged, Explanation(E.HOST_OFF, S.LEFT, (ENDPOINT,))
        ),
    )
    yield Finding(
        FindingKind.ROUTING_LOOP,
        Confidence.MEDIUM,
        (T25,),
        fact.Loops((L, NEXT)),
        AT,
        (MTS,),
        (L, NEXT),
        Direction.FORWARD,
        _explained(E.ROUTERS_LOOP, system(MTS), Explanation(E.PASSING_LOOP, S.RULED_OUT, (NOBODY,))),
        (ev.LoopSeen(T25, 42, 42, 90.0),),
    )


def _answered() -> Iterator[Finding]:
    endpoint = Explanation(E.ENDPOINT_ANSWERS, S.LEFT, (ENDPOINT,))
    unlikely = Explanation(E.BOX_ANSWERS, S.STRAINED, (UNKNOWN,))
    box = Explanation(E.BOX_ANSWERS, S.LEFT, (system(MTS),))
    reached = Finding(
        FindingKind.REACHABLE,
        Confidence.HIGH,
        (T443,),
        fact.AnsweredFrom(ReplyKind.SYN_ACK, 5, BEYOND),
        explanations=(unlikely, endpoint),
        evidence=(ev.Answers(T443, ReplyKind.SYN_ACK, 5, 12, 12),),
    )
    yield reached
    yield replace(reached, confidence=Confidence.MEDIUM, explanations=(box, endpoint))
    yield replace(
        reached, kind=FindingKind.CLOSED_PORT, fact=fact.AnsweredFrom(ReplyKind.RST, 5, BEYOND), since=AT
    )
    early = fact.AnsweredFrom(ReplyKind.RST, 3, L, 5)
    yield Finding(
        FindingKind.RESET_INJECTED,
        Confidence.MEDIUM,
        (T25,),
        early,
        AT,
        (MTS,),
        (L, NEXT),
        Direction.FORWARD,
        (box, replace(endpoint, state=S.RULED_OUT)),
        (ev.GoesFarther(T443, L, 2),),
    )
    yield Finding(
        FindingKind.MIDDLEBOX_ANSWERS,
        Confidence.MEDIUM,
        (T25,),
        replace(early, proof=ReplyKind.SYN_ACK, last=NEXT),
        AT,
        explanations=(box, replace(endpoint, state=S.RULED_OUT)),
        evidence=(ev.GoesFarther(T443, L, 2),),
    )
    again = Finding(
        FindingKind.OUTAGE_ENDED,
        Confidence.HIGH,
        (T443,),
        fact.AnswersAgain((OUTAGE,), L),
        AT,
        explanations=(unlikely, endpoint),
    )
    yield again
    yield replace(again, lanes=(T443, PING), fact=fact.AnswersAgain((OUTAGE, OUTAGE), None))
    at_times = Finding(
        FindingKind.INTERMITTENT,
        Confidence.LOW,
        (T25,),
        fact.AtTimes(moves=False),
        direction=Direction.UNKNOWN,
        evidence=(ev.Answers(T25, ReplyKind.SYN_ACK, 5, 31, 60), ev.StopsBetween(T25, 2, 6, True)),
    )
    yield at_times
    yield replace(at_times, lanes=(T25, PING))
    yield replace(at_times, fact=fact.AtTimes(moves=True))


def _about_here() -> Iterator[Finding]:
    own = (Explanation(E.OWN_FILTER, S.LEFT, (HERE,)),)
    home = Finding(
        FindingKind.LOCAL_PROBLEM,
        Confidence.MEDIUM,
        (T25, PING, GUIDE),
        fact.StopsAtHome(controls_too=True),
        AT,
        direction=Direction.UNKNOWN,
        explanations=own,
        evidence=(ev.EndsAt(T25, None, 12),),
    )
    yield home
    yield replace(home, lanes=(T25,), confidence=Confidence.LOW, fact=fact.StopsAtHome(controls_too=False))
    yield replace(
        home,
        confidence=Confidence.HIGH,
        fact=fact.CannotSend(ForeignText("Operation not permitted")),
        direction=Direction.FORWARD,
        since=None,
    )
    too_little = Finding(FindingKind.INSUFFICIENT, Confidence.LOW, (T25,), fact.TooFewRounds(3))
    yield too_little
    stop = ev.ImportedStop(T25, ForeignText("GW-Core-R3"), AT, (MTS,), L, 4, 12, open_end=False)
    yield replace(too_little, fact=fact.ImportTells(stop))
    yield replace(too_little, fact=fact.ImportTells(replace(stop, last=None, open_end=True)))
    yield replace(too_little, fact=fact.NoEnd(30))

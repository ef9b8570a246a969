"""Traces written as text.

A round is `"1 a, 2 b, 3 *, 4 c"`: a TTL and what came for it. `*` is silence (probed, no reply); a TTL that
is not there was not probed. A word is a router that sent Time Exceeded; the endpoint's and routers' other
replies:

    4 SA        SYN/ACK            4 RST       reset            4 ECHO      echo reply
    4 PU        port unreachable from the endpoint              4 PU:c      the same from router c
    4 3/13:c    ICMP type 3 code 13 from router c               4 3/10:END  from the endpoint's own address
    4 RST+c     RST first, then router c's Time Exceeded        4 SA/60     SYN/ACK that arrived with TTL 60
    5-9 *       a run of TTLs

Router `a` has address 198.51.100.1, `b` .2 and so on; other words stand for themselves.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from types import MappingProxyType
from typing import Any

from tracetui.model import (
    AsSource,
    Attribution,
    AutonomousSystem,
    FlowKind,
    Hop,
    Lane,
    LaneTrace,
    ProbeProtocol,
    Reply,
    ReplyKind,
    Responder,
    Role,
    RoundOutcome,
    RoundReplies,
    RttStatistics,
    Snapshot,
    Tool,
    Vantage,
    as_colour,
    as_tag,
)
from tracetui.model.packed_rtts import pack_rtts
from tracetui.model.snapshot import LaneSnapshot

ENDPOINT = "203.0.113.80"
START_NS = 1_795_492_500_000_000_000
ROUND_NS = 1_000_000_000
KINDS = {
    "SA": ReplyKind.SYN_ACK,
    "RST": ReplyKind.RST,
    "ECHO": ReplyKind.ECHO_REPLY,
    "PU": ReplyKind.PORT_UNREACHABLE,
}
TCP = Lane("mail.example", "mail.example", ENDPOINT, ProbeProtocol.TCP, 25)
ICMP = Lane("mail.example", "mail.example", ENDPOINT, ProbeProtocol.ICMP, None)
TCP443 = Lane("mail.example", "mail.example", ENDPOINT, ProbeProtocol.TCP, 443)
MS = 1_000_000


def address(word: str) -> str:
    return f"198.51.100.{ord(word) - 96}" if len(word) == 1 else word


@cache
def steps(text: str) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for step in text.split(","):
        ttl, word = step.split()
        first, _, last = ttl.partition("-")
        found.update(dict.fromkeys(range(int(first), int(last or first) + 1), word))
    return found


@cache
def reply(word: str, endpoint: str, at_ns: int) -> Reply | None:
    """The first reply a word stands for."""
    word = word.partition("+")[0]
    if word == "*":
        return None
    word, _, arrived = word.partition("/") if word.partition("/")[0] in KINDS else (word, "", "")
    ttl = int(arrived) if arrived else None
    kind, _, sender = word.partition(":")
    if kind == "PU" and sender:
        kind = "3/3" if "." in endpoint else "1/4"
    if kind in KINDS:
        return Reply(address(sender) if sender else endpoint, KINDS[kind], at_ns, 5 * MS, ttl=ttl)
    if "/" in kind:
        icmp_type, code = (int(number) for number in kind.split("/"))
        sender = endpoint if sender == "END" else address(sender)
        return Reply(sender, ReplyKind.UNREACHABLE, at_ns, 5 * MS, icmp_type, icmp_code=code)
    return Reply(address(word), ReplyKind.TIME_EXCEEDED, at_ns, 5 * MS, 11, 0)


def second(word: str) -> ReplyKind | None:
    _, plus, extra = word.partition("+")
    return KINDS.get(extra, ReplyKind.TIME_EXCEEDED) if plus else None


def outcome(
    text: str,
    number: int = 0,
    *,
    endpoint: str = ENDPOINT,
    failure: str | None = None,
    clock_step_ns: int = 0,
) -> RoundOutcome:
    """One round; `clock_step_ns`: by how much the wall clock was set before it."""
    words = steps(text) if text else {}
    at_ns = START_NS + number * ROUND_NS
    replies = {ttl: got for ttl, word in words.items() if (got := reply(word, endpoint, at_ns))}
    top = max(replies, default=0)
    proofs = sorted(ttl for ttl, got in replies.items() if got.proves_endpoint)
    refusals = sorted(ttl for ttl, got in replies.items() if got.kind is ReplyKind.UNREACHABLE)
    proof = replies[proofs[0]] if proofs else None
    return RoundOutcome(
        number=number,
        started_ns=at_ns + clock_step_ns,
        monotonic_ns=at_ns,
        replies=RoundReplies(
            probed=sum(1 << ttl for ttl in words),
            path=tuple(replies[ttl].address if ttl in replies else None for ttl in range(1, top + 1)),
            kinds=tuple(replies[ttl].kind if ttl in replies else None for ttl in range(1, top + 1)),
            endpoint=proof.kind if proof else None,
            endpoint_ttl=proofs[0] if proofs else None,
            endpoint_reply_ttl=proof.ttl if proof else None,
            refusal_ttl=refusals[0] if refusals else None,
            doubled=tuple(
                (ttl, replies[ttl].kind, extra)
                for ttl, word in sorted(words.items())
                if (extra := second(word))
            ),
            failure=failure,
        ),
        packed_rtts=pack_rtts(
            [replies[ttl].rtt_ns // 1000 if ttl in replies else None for ttl in range(1, top + 1)]
        ),
        refusal=replies[refusals[0]] if refusals else None,
    )


def hop(ttl: int, answers: Sequence[Reply | None], extra: Mapping[str, int] | None = None) -> Hop:
    """One TTL, from what came for each of its probes."""
    got = [answer for answer in answers if answer is not None]
    counts: dict[str, Counter[str]] = {}
    for answer in got:
        counts.setdefault(answer.address, Counter())[answer.label] += 1
    for sender, count in (extra or {}).items():
        counts.setdefault(sender, Counter())["time_exceeded"] += count
    responders = [
        Responder(sender, sum(labels.values()), dict(labels), None, (), START_NS)
        for sender, labels in counts.items()
    ]
    rtt = RttStatistics(len(got), 5 * MS, 5 * MS, 5.0 * MS, 5 * MS, 0.0 if len(got) > 1 else None, None)
    return Hop(
        ttl=ttl,
        sent=len(answers),
        received=len(got),
        lost=len(answers) - len(got),
        late=0,
        rtt=rtt if got else None,
        recent=tuple(answer.rtt_ns if answer else None for answer in answers),
        responders=tuple(sorted(responders, key=lambda responder: -responder.count)),
        last_address=got[-1].address if got else None,
    )


def trace(
    *rounds: str,
    lane: Lane = TCP,
    flow: FlowKind = FlowKind.FIXED,
    failure: str | None = None,
    finished: bool = False,
    late_by_ns: int = 0,
    clock_steps_ns: Mapping[int, int] = MappingProxyType({}),
) -> LaneTrace:
    """A lane from its complete rounds, oldest first. One text alone, or `times(5, text)`.

    `clock_steps_ns`: round to how far the wall clock is set before it; the monotonic one goes on.
    """
    steps_ns = list(accumulate(clock_steps_ns.get(number, 0) for number in range(len(rounds))))
    outcomes = tuple(
        outcome(
            text,
            number,
            endpoint=lane.address,
            failure=None if text else failure,
            clock_step_ns=steps_ns[number],
        )
        for number, text in enumerate(rounds)
    )
    if late_by_ns:
        outcomes = tuple(
            replace(one, started_ns=one.started_ns + late_by_ns, monotonic_ns=one.monotonic_ns + late_by_ns)
            for one in outcomes
        )
    words = [steps(text) for text in rounds if text]
    recent = [one for one in outcomes[-5:] if one.endpoint_ttl is not None]
    destination = min((one.endpoint_ttl for one in recent if one.endpoint_ttl), default=None)
    last = destination or max((max(word) for word in words), default=0)
    return LaneTrace(
        lane=lane,
        version=len(rounds),
        started_ns=START_NS,
        rounds=len(rounds),
        hops=tuple(
            hop(ttl, [reply(word[ttl], lane.address, START_NS) for word in words if ttl in word])
            for ttl in range(1, last + 1)
        ),
        outcomes=outcomes,
        endpoint=recent[-1].endpoint if recent else None,
        destination_ttl=destination,
        source="192.0.2.10",
        flow=flow,
        failure=failure,
        finished=finished,
    )


def times(count: int, text: str) -> list[str]:
    return [text] * count


def owner(
    asn: int | None, name: str = "", *, special: str | None = None, also: Sequence[int] = ()
) -> Attribution:
    return Attribution(
        (asn, *also) if asn is not None else (),
        name,
        "198.51.100.0/24",
        "special-purpose" if special else "table.tsv",
        "2026-10-01",
        special,
    )


def snapshot(
    *lanes: LaneSnapshot, owners: Mapping[str, Attribution] | None = None, **fields: Any
) -> Snapshot:
    """A snapshot of an investigation that ran for 42 seconds."""
    created = datetime(2026, 11, 24, 3, 55, tzinfo=UTC)
    owners = owners or {}
    names = {asn: attribution.name for attribution in owners.values() for asn in attribution.asns}
    made = Snapshot(
        created_at=created,
        started_at=created - timedelta(seconds=42),
        tool=Tool("1.2.3", "tracetui report mail.example:25 --control 192.0.2.1"),
        vantage=Vantage("gw.example", "raw", "Linux 6.18.44", "192.0.2.10", "eth0"),
        interval_s=1.0,
        timeout_s=2.0,
        max_hops=30,
        lanes=lanes,
        owners=owners,
        names={},
        ases=tuple(
            AutonomousSystem(asn, as_tag(index), name, as_colour(index))
            for index, (asn, name) in enumerate(names.items())
        ),
        as_sources=(AsSource("table.tsv", "2026-10-01"),),
    )
    return replace(made, **fields)


def control(lane: Lane) -> Lane:
    return replace(lane, role=Role.CONTROL)

"""What a lane's state is called, in words that say what was measured and never why."""

from typing import Final

from tracetui.analysis.as_path import hop_systems
from tracetui.analysis.window import WINDOW
from tracetui.model import LaneSnapshot, PathState, PathVerdict, ReplyKind, Snapshot

_ICMP_V4: Final = {
    0: "network unreachable",
    1: "host unreachable",
    2: "protocol unreachable",
    3: "port unreachable",
    4: "fragmentation needed",
    5: "source route failed",
    6: "destination network unknown",
    7: "destination host unknown",
    8: "source host isolated",
    9: "network administratively prohibited",
    10: "host administratively prohibited",
    11: "network unreachable for this type of service",
    12: "host unreachable for this type of service",
    13: "administratively prohibited",
    14: "host precedence violation",
    15: "precedence cutoff in effect",
}
"""Type 3 codes: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1."""

_ICMP_V6: Final = {
    0: "no route to destination",
    1: "administratively prohibited",
    2: "beyond the scope of the source address",
    3: "address unreachable",
    4: "port unreachable",
    5: "source address failed ingress or egress policy",
    6: "route to destination rejected",
    7: "error in source routing header",
    8: "headers too long",
}
"""Type 1 codes: RFC 4443 section 3.1, RFC 7112, RFC 8883."""

PROOF_WORDS: Final = {
    ReplyKind.SYN_ACK: "SYN/ACK",
    ReplyKind.RST: "RST",
    ReplyKind.ECHO_REPLY: "echo reply",
    ReplyKind.PORT_UNREACHABLE: "port unreachable",
}
_NAME_LIMIT: Final = 32


def icmp_words(icmp_type: int | None, code: int | None, family: int) -> str:
    """Return an ICMP error in words with its numbers: `administratively prohibited (3/13)`."""
    numbers = f"{'?' if icmp_type is None else icmp_type}/{'?' if code is None else code}"
    if family == 6 and icmp_type == 2:
        return f"packet too big ({numbers})"
    words = None
    if icmp_type == (3 if family == 4 else 1) and code is not None:
        words = (_ICMP_V4 if family == 4 else _ICMP_V6).get(code)
    return f"{words or 'unreachable'} ({numbers})"


def reply_words(label: str, family: int) -> str:
    """Return a reply label of `Responder.replies` in words: `SYN/ACK`, `host unreachable (3/1)`."""
    unreachable, _, code = label.partition("_")
    if unreachable == "unreachable" and code.isdigit():
        return icmp_words(3 if family == 4 else 1, int(code), family)
    if label == ReplyKind.TIME_EXCEEDED.value:
        return "Time Exceeded"
    return next(
        (words for kind, words in PROOF_WORDS.items() if kind.value == label), label.replace("_", " ")
    )


def headline(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    """Return one short sentence on where a lane stands: its header line on the screen and in a report."""
    verdict, failure = lane.verdict, lane.trace.failure
    match verdict.state:
        case PathState.REACHED:
            text = _reached(verdict)
        case PathState.SILENT_AFTER:
            text = _silent(lane, snapshot)
        case PathState.UNREACHABLE:
            text = _unreachable(lane, snapshot)
        case PathState.LOOP:
            who = dict.fromkeys(as_words(address, snapshot) for address in verdict.loop)
            text = f"loop between hops {_turn(verdict, ' and ')} · {', '.join(who)}"
        case PathState.RESET | PathState.ANSWERED_EARLY:
            proof = PROOF_WORDS[verdict.proof] if verdict.proof else "an answer"
            text = f"{proof} from nearer than the endpoint, at hop {verdict.proof_ttl}"
        case PathState.LOCAL_FAILURE:
            return f"cannot send: {verdict.reason}"
        case PathState.INSUFFICIENT:
            text = _insufficient(lane)
    return f"{text} · now cannot send: {failure}" if failure else text


def headline_short(lane: LaneSnapshot) -> str:
    """Return the same in at most 24 characters, for a narrow column."""
    verdict, family = lane.verdict, lane.lane.family
    match verdict.state:
        case PathState.REACHED:
            how = {ReplyKind.RST: "RST", ReplyKind.PORT_UNREACHABLE: "port unr."}
            proof = verdict.proof
            words = how.get(proof) or PROOF_WORDS.get(proof, "") if proof else ""
            where = "" if verdict.destination_ttl is None else f" {verdict.destination_ttl}"
            text = f"reached{where} {words}"
        case PathState.SILENT_AFTER:
            last = verdict.last_responsive_ttl
            text = f"silent after {last}" if last else "nothing answers"
        case PathState.UNREACHABLE:
            numbers = icmp_words(verdict.icmp_type, verdict.icmp_code, family).rpartition("(")[2].rstrip(")")
            text = f"refused {numbers} at {verdict.last_responsive_ttl}"
        case PathState.LOOP:
            text = f"loop {_turn(verdict, '–')}"
        case PathState.RESET:
            text = f"RST early at {verdict.proof_ttl}"
        case PathState.ANSWERED_EARLY:
            words = PROOF_WORDS[verdict.proof] if verdict.proof else "answer"
            text = f"{words} early at {verdict.proof_ttl}"
        case PathState.LOCAL_FAILURE:
            text = "cannot send"
        case PathState.INSUFFICIENT:
            rounds = lane.trace.rounds
            text = f"{rounds} of {WINDOW} rounds" if rounds < WINDOW else "no end found"
    return text.strip()


def as_words(address: str | None, snapshot: Snapshot, asn: int | None = None) -> str:
    """Return who holds an address: `AS8359 MTS`, or the address with its special range, or the address.

    `asn` overrides the first origin, for an address that several ASes announce.
    """
    if address is None:
        return "an unknown address"
    owner = snapshot.owners.get(address)
    if owner is None:
        return f"AS{asn}" if asn else address
    asn = asn or owner.asn
    if asn is not None:
        system = next((system for system in snapshot.ases if system.asn == asn), None)
        name = _cut(system.name if system is not None and system.name else owner.name)
        return f"AS{asn} {name}".rstrip()
    place = _cut(owner.special or owner.name)
    return f"{address} ({place})" if place else address


def hop_words(lane: LaneSnapshot, snapshot: Snapshot, ttl: int, address: str | None) -> str:
    """Return who holds `address` at `ttl` of a lane, as `as_words` does; MOAS resolved as in the AS path."""
    hops = lane.trace.hops
    main = hops[ttl - 1].main if 1 <= ttl <= len(hops) else None
    asn = None
    if main is not None and main.address == address:
        asn = hop_systems(lane.trace, snapshot.owners, lane.verdict)[ttl - 1]
    return as_words(address, snapshot, asn)


def _reached(verdict: PathVerdict) -> str:
    words = {
        ReplyKind.RST: "RST: port closed",
        ReplyKind.PORT_UNREACHABLE: "port unreachable: the host refuses",
    }
    proof = verdict.proof
    how = "" if proof is None else f" ({words.get(proof) or PROOF_WORDS.get(proof, proof.value)})"
    where = "" if verdict.destination_ttl is None else f" at hop {verdict.destination_ttl}"
    return f"reached{where}{how}"


def _silent(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    last, address = lane.verdict.last_responsive_ttl, lane.verdict.last_responsive
    if not last:
        return "nothing answers, not even the first hop"
    return f"silent after hop {last} · last reply from {hop_words(lane, snapshot, last, address)}"


def _unreachable(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    verdict = lane.verdict
    ttl = verdict.last_responsive_ttl or 0
    if verdict.last_responsive == lane.lane.address:
        who = "the endpoint itself"
    else:
        who = hop_words(lane, snapshot, ttl, verdict.last_responsive)
    words = icmp_words(verdict.icmp_type, verdict.icmp_code, lane.lane.family)
    return f"{who} says {words} at hop {ttl}"


def _turn(verdict: PathVerdict, between: str) -> str:
    start = verdict.loop_ttl or 0
    return f"{start}{between}{start + max(2, len(verdict.loop)) - 1}"


def _insufficient(lane: LaneSnapshot) -> str:
    rounds, last = lane.trace.rounds, lane.verdict.last_responsive_ttl
    if rounds < WINDOW:
        return f"{'only' if lane.trace.finished else 'measuring,'} {rounds} of {WINDOW} rounds"
    if last and last == len(lane.trace.hops):
        return f"goes on past hop {last}, the last one probed"
    return "no end found yet"


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_LIMIT else name[: _NAME_LIMIT - 1].rstrip() + "…"

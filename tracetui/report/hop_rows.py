"""The hops of a lane as rows for both written reports: cells of plain text, not yet escaped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from tracetui.analysis.as_path import hop_systems
from tracetui.analysis.lanes.why_silent import silence
from tracetui.model import (
    Hop,
    LaneSnapshot,
    PathState,
    PathVerdict,
    ReplyKind,
    Responder,
    RttStatistics,
    Silence,
    Snapshot,
)
from tracetui.model.imported_trace import is_stand_in
from tracetui.report.as_doubts import GRADE_NOTES, owner_notes, shown_grade
from tracetui.report.shown_lane import shown_trace
from tracetui.words import NO_ADDRESS, holder_words, reply_words, unlisted_words


@dataclass(frozen=True, slots=True)
class HopRow:
    """One responder of one TTL, or consecutive silent TTLs."""

    hop: str
    """`4`, `5–30`; "" for the second and later responders of a TTL."""

    network: str
    """`B 8359 MTS`, or what kind of address it is."""

    address: str
    name: str
    sent: str
    loss: str
    rtt: RttStatistics | None
    notes: tuple[str, ...]


SILENCE_WORDS: Final = {
    Silence.SILENT: "silent",
    Silence.SILENT_FORWARDING: "silent, forwards",
    Silence.RATE_LIMITED: "rate-limited",
}


def hop_rows(lane: LaneSnapshot, snapshot: Snapshot) -> Iterator[HopRow]:
    """Yield the rows of a lane, TTL by TTL; TTLs in a row that are silent in the same way share one."""
    trace = shown_trace(lane)
    systems = hop_systems(trace, snapshot.owners, lane.verdict)
    told = hops_shown(lane.verdict, len(trace.hops))
    for answered, group in groupby(
        trace.hops[:told], key=lambda hop: (hop.answered, silence(trace, hop.ttl))
    ):
        hops = list(group)
        if not answered[0] and hops[-1].ttl != hops[0].ttl:
            yield _silent_run(hops, answered[1])
        elif not answered[0]:
            yield _silent_hop(hops[0], answered[1])
        else:
            for hop in hops:
                yield from answering_rows(hop, lane, snapshot, systems[hop.ttl - 1])
    if told < len(trace.hops):
        yield _further_turns(trace.hops[told:])


def hops_shown(verdict: PathVerdict, hops: int) -> int:
    """Return how many hops to list: of a loop, two turns of it."""
    if verdict.state is not PathState.LOOP or verdict.loop_ttl is None:
        return hops
    return min(hops, verdict.loop_ttl - 1 + 2 * len(verdict.loop))


def _further_turns(hops: Sequence[Hop]) -> HopRow:
    return replace(_silent_run(hops, None), loss="", notes=("the loop goes on",))


def network_words(address: str, snapshot: Snapshot, asn: int | None = None) -> str:
    """Return the owner of an address: `B 8359 MTS`, `private-use`, `exchange DE-CIX`, ...; "" while
    unknown."""
    owner = snapshot.owners.get(address)
    asn = asn or (owner.asn if owner else None)
    if asn is not None:
        system = next((system for system in snapshot.ases if system.asn == asn), None)
        if system is not None:
            return f"{system.tag} {asn} {system.name}".rstrip()
        return f"{asn} {owner.name if owner else ''}".rstrip()
    if owner is None:
        return ""
    if owner.special is not None:
        return owner.special
    if owner.exchange:
        return holder_words(owner)
    return "not announced" if owner.unannounced else owner.name


def _silent_run(hops: Sequence[Hop], why: Silence | None) -> HopRow:
    sent = sorted({hop.sent for hop in hops})
    return HopRow(
        hop=f"{hops[0].ttl}–{hops[-1].ttl}",
        network="",
        address="",
        name="",
        sent=str(sent[0]) if len(sent) == 1 else f"{sent[0]}–{sent[-1]}",
        loss="100 %" if why is not None else "–",
        rtt=None,
        notes=(SILENCE_WORDS[why] if why else "no reply yet",),
    )


def _silent_hop(hop: Hop, why: Silence | None) -> HopRow:
    notes = SILENCE_WORDS[why] if why else "no reply yet" if hop.sent else "not probed"
    return HopRow(str(hop.ttl), "", "", "", str(hop.sent), loss_words(hop), None, (notes,))


def answering_rows(
    hop: Hop, lane: LaneSnapshot, snapshot: Snapshot, asn: int | None, *, brief: bool = False
) -> Iterator[HopRow]:
    """Yield a row for each responder of a TTL; `brief`: without counts of replies and how sure its AS is."""
    for place, responder in enumerate(hop.responders):
        main = place == 0
        notes = list(_hop_notes(hop, lane)) if main else []
        if len(hop.responders) > 1:
            total = sum(one.count for one in hop.responders)
            notes.append(f"{responder.count} of {total} replies")
        notes.extend(_responder_notes(responder, lane, counted=not brief))
        in_endpoints_name = _is_in_endpoints_name(responder, lane)
        if not in_endpoints_name:
            given = shown_grade(lane, hop.ttl, snapshot.owners) if main and not brief else None
            notes.extend([GRADE_NOTES[given][0]] if given else [])
            notes.extend(owner_notes(responder, snapshot))
        yield HopRow(
            hop=str(hop.ttl) if main else "",
            network=""
            if in_endpoints_name
            else network_words(responder.address, snapshot, asn if main else None),
            address=NO_ADDRESS if is_stand_in(responder.address) else responder.address,
            name="" if in_endpoints_name else snapshot.names.get(responder.address, ""),
            sent=str(hop.sent) if main else "",
            loss=loss_words(hop) if main else "",
            rtt=hop.rtt if main else None,
            notes=tuple(notes),
        )


def loss_words(hop: Hop) -> str:
    """Return the loss of a hop: `33 %`, `<1 %` for a little, `–` while no probe is complete."""
    loss = hop.loss_percent
    if loss is None:
        return "–"
    return "<1 %" if 0 < loss < 1 else f"{loss:.0f} %"


def _hop_notes(hop: Hop, lane: LaneSnapshot) -> Iterator[str]:
    verdict = lane.verdict
    if hop.ttl == verdict.last_responsive_ttl and verdict.state is PathState.SILENT_AFTER:
        yield "◀ last reply"
    if verdict.state is PathState.LOOP and hop.ttl == verdict.loop_ttl:
        yield "loop begins"
    why = silence(shown_trace(lane), hop.ttl)
    if why is not None:
        yield SILENCE_WORDS[why]
    if hop.late:
        yield f"{hop.late} late"
    if hop.unlisted:
        yield unlisted_words(hop.unlisted)


def _responder_notes(responder: Responder, lane: LaneSnapshot, *, counted: bool) -> Iterator[str]:
    others = {
        label: count for label, count in responder.replies.items() if label != ReplyKind.TIME_EXCEEDED.value
    }
    for label, count in sorted(others.items()):
        times = f" ×{count}" if counted else ""
        yield f"{reply_words(label, lane.lane.family)}{times}"
    if _is_in_endpoints_name(responder, lane):
        yield "in the endpoint's name"
    if responder.mpls:
        yield f"MPLS {', '.join(str(label) for label in responder.mpls)}"


def _is_in_endpoints_name(responder: Responder, lane: LaneSnapshot) -> bool:
    """True for replies in the endpoint's name that something nearer sent."""
    verdict = lane.verdict
    early = verdict.state in {PathState.RESET, PathState.ANSWERED_EARLY}
    return early and verdict.proof is not None and verdict.proof.value in responder.replies

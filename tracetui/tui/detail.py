"""All that is known of one hop, as lines: who answered, how often, how fast, with what."""

from collections.abc import Sequence
from typing import Final

from tracetui.analysis.as_path import grade
from tracetui.analysis.owner_words import GRADE_WORDS, confirmation_words, owner_remarks, registration_words
from tracetui.analysis.silence import silence
from tracetui.analysis.words import icmp_words
from tracetui.model import Attribution, Hop, LaneSnapshot, Responder, RttStatistics, Silence, Snapshot
from tracetui.tui.fit import fit, loss_text
from tracetui.tui.hop_line import HopLine, systems_by_number
from tracetui.tui.hop_paint import Piece
from tracetui.tui.ink import Ink

REPLY_WORDS: Final = {
    "time_exceeded": "Time Exceeded",
    "echo_reply": "echo reply",
    "syn_ack": "SYN/ACK",
    "rst": "RST",
    "port_unreachable": "port unreachable",
    "packet_too_big": "packet too big",
}
_SILENCE_WORDS: Final = {
    Silence.SILENT_FORWARDING: "forwards, but never answers itself: normal",
    Silence.RATE_LIMITED: "limits its replies: beyond it nearly all answers come, so nothing is lost here",
    Silence.SILENT: "no reply, and none from beyond",
}
_FIGURES: Final = (
    ("sent", 6),
    ("recv", 6),
    ("late", 5),
    ("loss", 6),
    ("last", 8),
    ("best", 8),
    ("mean", 8),
    ("worst", 8),
    ("stdev", 7),
    ("jitter", 7),
)
"""Headings of the table of a hop's lanes, and widths in cells."""


def summary(line: HopLine, lanes: Sequence[LaneSnapshot], snapshot: Snapshot, ink: Ink) -> list[Piece]:
    """Return the hop in one line."""
    pieces: list[Piece] = [(f" hop {line.ttl}  ", ink.heading)]
    if line.address:
        pieces += _responder(line.address, snapshot, ink)
        if line.more:
            pieces.append((f"  and {line.more} more", ink.muted))
        if line.other:
            pieces.append((f"  ≠ {line.other} on another protocol", ink.end))
    else:
        pieces.append((_why_silent(line.ttl, lanes) or "no reply yet", ink.muted))
    return pieces


def details(
    line: HopLine, lanes: Sequence[LaneSnapshot], snapshot: Snapshot, ink: Ink, width: int
) -> list[list[Piece]]:
    """Return the hop in full: its responders, then a row of figures a lane, then what came back."""
    hops = [(lane, lane.trace.hops[line.ttl - 1]) for lane in lanes if line.ttl <= len(lane.trace.hops)]
    lines: list[list[Piece]] = []
    addresses = dict.fromkeys(responder.address for _, hop in hops for responder in hop.responders)
    for position, address in enumerate(addresses):
        lead = f" hop {line.ttl}" if not position else ""
        counts = " · ".join(
            f"{lane.lane.label} {responder.count}"
            for lane, hop in hops
            for responder in hop.responders
            if responder.address == address
        )
        lines.append(
            [
                (fit(lead, 9), ink.heading),
                *_responder(address, snapshot, ink),
                (f"  {counts}" if len(addresses) > 1 else "", ink.muted),
            ]
        )
        owner = snapshot.owners.get(address)
        lines += [_remark(remark, ink) for remark in (owner_remarks(owner) if owner else ())]
        if address in snapshot.registrations:
            asked = snapshot.registrations[address]
            lines += [_remark(remark, ink) for remark in registration_words(asked)]
    if not addresses:
        lines.append(summary(line, lanes, snapshot, ink))
    columns = _columns_that_fit(width)
    lines.append(
        [(" " * 9, ink.none)]
        + [(fit(name, room, right=True), ink.muted) for name, room in columns]
        + [("  ms" if len(columns) > 4 else "", ink.faint)]
    )
    lines += [_figures(lane, hop, columns, ink) for lane, hop in hops]
    lines += [_replies(lane, hop, ink) for lane, hop in hops if hop.responders]
    grades = dict.fromkeys(grade(lane.trace, snapshot.owners, line.ttl) for lane, _ in hops)
    lines += [_remark(f"AS {GRADE_WORDS[given]}", ink) for given in grades if given in GRADE_WORDS]
    reason = _why_silent(line.ttl, lanes)
    if reason and addresses:
        lines.append(_remark(reason, ink))
    return lines


def _remark(text: str, ink: Ink) -> list[Piece]:
    return [(" " * 9, ink.none), (text, ink.muted)]


def _columns_that_fit(width: int) -> list[tuple[str, int]]:
    room = width - 9
    chosen = []
    for name, cells in _FIGURES:
        room -= cells
        if room < 0:
            break
        chosen.append((name, cells))
    return chosen


def _figures(lane: LaneSnapshot, hop: Hop, columns: Sequence[tuple[str, int]], ink: Ink) -> list[Piece]:
    texts = {
        "sent": str(hop.sent),
        "recv": str(hop.received),
        "late": str(hop.late),
        "loss": loss_text(hop.loss_percent) or "–",
        **_rtt_texts(hop.rtt),
    }
    pieces: list[Piece] = [(" " + fit(lane.lane.label, 8), ink.heading)]
    for name, room in columns:
        lost = name == "loss" and bool(hop.loss_percent)
        pieces.append((fit(texts.get(name, "–"), room, right=True), ink.lost if lost else ink.plain))
    return pieces


def _rtt_texts(rtt: RttStatistics | None) -> dict[str, str]:
    if rtt is None:
        return {}
    figures = {
        "last": rtt.last_ns,
        "best": rtt.best_ns,
        "mean": rtt.mean_ns,
        "worst": rtt.worst_ns,
        "stdev": rtt.stdev_ns,
        "jitter": rtt.jitter_ns,
    }
    return {name: f"{value / 1e6:.2f}" for name, value in figures.items() if value is not None}


def _responder(address: str, snapshot: Snapshot, ink: Ink) -> list[Piece]:
    pieces: list[Piece] = [(address, ink.plain)]
    name = snapshot.names.get(address)
    if name:
        check = confirmation_words(snapshot.confirmations.get(address))
        pieces.append((f"  {name}{f' ({check})' if check else ''}", ink.muted))
    owner = snapshot.owners.get(address)
    return pieces + (_owner(owner, snapshot, ink) if owner else [("  …", ink.faint)])


def _owner(owner: Attribution, snapshot: Snapshot, ink: Ink) -> list[Piece]:
    pieces: list[Piece] = []
    systems = systems_by_number(snapshot)
    for asn in owner.asns:
        system = systems.get(asn)
        holder = system.name if system else owner.name
        style = ink.of_as(system.colour) if system else ink.plain
        pieces.append((f"  {system.tag + ' ' if system else ''}AS{asn} {holder}".rstrip(), style))
    if not owner.asns:
        words = (
            owner.special or owner.name or ("no AS announces it" if owner.known else "no AS source knows it")
        )
        pieces.append((f"  {words}", ink.muted))
    origin = " ".join(part for part in (owner.source, owner.date) if part)
    tail = "  ".join(part for part in (owner.prefix or "", f"({origin})" if origin else "") if part)
    return [*pieces, (f"  {tail}" if tail else "", ink.muted)]


def _replies(lane: LaneSnapshot, hop: Hop, ink: Ink) -> list[Piece]:
    texts = [_reply_text(responder, lane.lane.family) for responder in hop.responders]
    return [(" " + fit(lane.lane.label, 8), ink.heading), ("   ".join(dict.fromkeys(texts)), ink.plain)]


def _reply_text(responder: Responder, family: int) -> str:
    kinds = ", ".join(f"{count} × {reply_words(label, family)}" for label, count in responder.replies.items())
    parts = [kinds]
    if responder.reply_ttl is not None:
        low, high = responder.reply_ttl
        parts.append(f"reply TTL {low}" if low == high else f"reply TTL {low}–{high}")
    if responder.mpls:
        parts.append(f"MPLS {' '.join(map(str, responder.mpls))}")
    return " · ".join(parts)


def reply_words(label: str, family: int) -> str:
    """Return a reply label in words: `unreachable_13` is `administratively prohibited (3/13)`."""
    if label.startswith("unreachable_"):
        code = label.removeprefix("unreachable_")
        return icmp_words(3 if family == 4 else 1, int(code) if code.isdigit() else None, family)
    return REPLY_WORDS.get(label, label)


def _why_silent(ttl: int, lanes: Sequence[LaneSnapshot]) -> str:
    reasons = dict.fromkeys(silence(lane.trace, ttl) for lane in lanes)
    words = [_SILENCE_WORDS[reason] for reason in reasons if reason is not None]
    return words[0] if words else ""

"""Everything known about one hop, as rows of the details view."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tracetui.analysis.as_path import grade
from tracetui.analysis.lanes.why_silent import silence
from tracetui.analysis.rounds.loss_windows import hop_loss
from tracetui.analysis.rounds.probe_series import hop_series, responder_changes
from tracetui.model import Hop, LaneSnapshot, Responder, Silence, Snapshot
from tracetui.model.imported_trace import is_stand_in
from tracetui.tui.board.since_change import answered_before_ns, clock_words, current_trace, hop_at
from tracetui.tui.details.detail_rows import INDENT, Line, Page, parts
from tracetui.tui.details.figures_table import Measured, figure_lines
from tracetui.tui.details.histogram import bar
from tracetui.tui.details.owner_lines import owner_lines
from tracetui.tui.details.rtt_rows import chart_lines, histogram_lines
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.rows_view import Row
from tracetui.words import (
    GRADE_WORDS,
    NO_ADDRESS,
    RETURN_PATH_LIMITS,
    reply_meaning,
    reply_words,
    return_path_words,
    unlisted_words,
)

SILENCE_WORDS: Final = {
    Silence.SILENT_FORWARDING: "forwards, but never answers itself: normal",
    Silence.RATE_LIMITED: "limits its replies: nearly all probes beyond are answered, so none is lost here",
    Silence.SILENT: "no reply, and none from beyond",
}
_SHARE: Final = 8
"""Cells of the bar of a responder's share."""

_CHANGES: Final = 5
"""Changes that are listed, the newest."""


@dataclass(frozen=True, slots=True)
class _HopInputs:
    """One TTL of an endpoint's lanes."""

    ttl: int
    hops: Sequence[tuple[LaneSnapshot, Hop]]
    """Lanes that have such a TTL."""

    snapshot: Snapshot
    page: Page

    @property
    def responders(self) -> dict[str, list[tuple[LaneSnapshot, Responder]]]:
        """By address, those that answer most often first."""
        found: dict[str, list[tuple[LaneSnapshot, Responder]]] = {}
        for lane, hop in self.hops:
            for responder in hop.responders:
                found.setdefault(responder.address, []).append((lane, responder))
        return dict(sorted(found.items(), key=lambda item: -_count(item[1])))


def hop_rows(lanes: Sequence[LaneSnapshot], ttl: int, snapshot: Snapshot, ink: Ink, width: int) -> list[Row]:
    """Return the hop at `ttl` of an endpoint's `lanes` in rows of `width` cells.

    Who answers; counts, losses and times; pictures of the times; what came back and what it means; when
    another router began to answer.
    """
    hops = [(lane, hop) for lane in lanes if (hop := hop_at(lane, ttl)) is not None]
    page = Page(ink, width)
    inputs = _HopInputs(ttl, hops, snapshot, page)
    measured = [_measured(lane, hop, snapshot) for lane, hop in hops]
    now_ns = moment_ns(snapshot)
    return parts(
        [
            _silence(inputs),
            _before(inputs),
            *(_responder(address, inputs) for address in inputs.responders),
            figure_lines(measured, page) if measured else (),
            chart_lines(measured, now_ns, page),
            histogram_lines(measured, page),
            _replies(inputs),
            _way_back(inputs),
            _changes(inputs),
        ]
    )


def moment_ns(snapshot: Snapshot) -> int:
    """Return the Unix time of a snapshot."""
    return round(snapshot.created_at.timestamp() * 1e9)


def why_silent(ttl: int, lanes: Sequence[LaneSnapshot]) -> str:
    """Return why some lanes lack replies from `ttl`; "" when they do not, or nothing is known yet."""
    reasons = dict.fromkeys(silence(current_trace(lane), ttl) for lane in lanes)
    return next((SILENCE_WORDS[reason] for reason in reasons if reason is not None), "")


def _count(answers: Sequence[tuple[LaneSnapshot, Responder]]) -> int:
    return sum(responder.count for _, responder in answers)


def _measured(lane: LaneSnapshot, hop: Hop, snapshot: Snapshot) -> Measured:
    counts = {"sent": hop.sent, "received": hop.received, "late": hop.late}
    series = hop_series(lane.trace, hop.ttl)
    loss = hop_loss(current_trace(lane), hop.ttl, series, moment_ns(snapshot))
    if not lane.trace.timed:
        return Measured(lane.lane.label, counts, (None, None, None, loss[-1]), hop.rtt, ())
    return Measured(lane.lane.label, counts, loss, hop.rtt, series)


def _silence(inputs: _HopInputs) -> Iterator[Line]:
    if not inputs.hops:
        yield from inputs.page.prose("no probe sent yet")
        return
    reasons: dict[str, list[str]] = {}
    for lane, hop in inputs.hops:
        found = silence(current_trace(lane), inputs.ttl)
        words = SILENCE_WORDS[found] if found is not None else "" if hop.answered else "no reply yet"
        if words:
            reasons.setdefault(words, []).append(lane.lane.label)
    for words, labels in reasons.items():
        lead = f"{' '.join(labels)}: " if len(labels) < len(inputs.hops) else ""
        yield from inputs.page.prose(lead + words)


def _before(inputs: _HopInputs) -> Iterator[Line]:
    """Yield since when is counted what follows, and when a hop that is silent since then answered last."""
    said: dict[str, list[str]] = {}
    for lane, _ in inputs.hops:
        if lane.since_ns is not None and lane.hops is not lane.trace.hops:
            words = f"counted since {clock_words(lane.since_ns, inputs.snapshot)} UTC, when the path changed"
            last_ns = answered_before_ns(lane, inputs.ttl)
            if last_ns is not None:
                words += f"; last answered {clock_words(last_ns, inputs.snapshot)}"
            said.setdefault(words, []).append(lane.lane.label)
    for words, labels in said.items():
        lead = f"{' '.join(labels)}: " if len(labels) < len(inputs.hops) else ""
        yield from inputs.page.prose(lead + words)


def _responder(address: str, inputs: _HopInputs) -> Iterator[Line]:
    page, ink, answers = inputs.page, inputs.page.ink, inputs.responders[address]
    yield from page.ends([(_shown(address), ink.heading)], _reply_share(_count(answers), inputs))
    if len(inputs.responders) > 1 and len(inputs.hops) > 1:
        each_lane = " · ".join(f"{lane.lane.label} {responder.count}" for lane, responder in answers)
        yield from page.prose(each_lane, indent=INDENT)
    grades = dict.fromkeys(
        grade(current_trace(lane), inputs.snapshot.owners, inputs.ttl)
        for lane, hop in inputs.hops
        if hop.main is not None and hop.main.address == address
    )
    remarks = [f"grade {GRADE_WORDS[given]}" for given in grades if given in GRADE_WORDS]
    yield from owner_lines(address, inputs.snapshot, page, remarks)
    for labels in dict.fromkeys(responder.mpls for _, responder in answers if responder.mpls):
        yield from page.prose(f"MPLS labels {' '.join(map(str, labels))}", indent=INDENT)


def _shown(address: str) -> str:
    return NO_ADDRESS if is_stand_in(address) else address


def _reply_share(count: int, inputs: _HopInputs) -> Line:
    """Return how many of the replies one responder sent; of several, as a share."""
    ink = inputs.page.ink
    total = sum(_count(answers) for answers in inputs.responders.values())
    if count == total:
        return [(f"{count} repl{'y' if count == 1 else 'ies'}", ink.muted)]
    return [
        (fit(bar(count, total, _SHARE), _SHARE), ink.spark),
        (f"{100 * count / total:4.0f}%", ink.plain),
        (f"{count:7}", ink.muted),
    ]


def _replies(inputs: _HopInputs) -> Iterator[Line]:
    """Yield each kind of reply with its counts by lane, its meaning below; who sent it, unless all did."""
    counts: dict[str, dict[str, int]] = {}
    responders: dict[str, dict[str, None]] = {}
    for lane, hop in inputs.hops:
        for responder in hop.responders:
            for label, count in responder.replies.items():
                by_lane = counts.setdefault(label, {})
                by_lane[lane.lane.label] = by_lane.get(lane.lane.label, 0) + count
                responders.setdefault(label, {})[responder.address] = None
    if not counts:
        return
    page, ink = inputs.page, inputs.page.ink
    family = inputs.hops[0][0].lane.family
    yield page.heading("Replies")
    for label, by_lane in counts.items():
        told = " · ".join(f"{name} {count}" for name, count in by_lane.items())
        yield from page.ends([(reply_words(label, family), ink.plain)], [(told, ink.muted)])
        if len(responders[label]) < len(inputs.responders):
            yield from page.prose(f"from {', '.join(map(_shown, responders[label]))}", indent=INDENT)
        meaning = reply_meaning(label, family)
        if meaning:
            yield from page.prose(meaning, indent=INDENT)
    unlisted = sum(hop.unlisted for _, hop in inputs.hops)
    if unlisted:
        yield from page.prose(unlisted_words(unlisted))


def _way_back(inputs: _HopInputs) -> Iterator[Line]:
    found: dict[str, dict[str, list[str]]] = {}
    for lane, hop in inputs.hops:
        for responder in hop.responders:
            if responder.reply_ttl is not None:
                words = return_path_words(responder.reply_ttl, _distance(lane, responder.address, inputs.ttl))
                found.setdefault(responder.address, {}).setdefault(words, []).append(lane.lane.label)
    if not found:
        return
    page = inputs.page
    yield page.heading("Return path")
    for address, said in found.items():
        for words, labels in said.items():
            names = [_shown(address)] if len(found) > 1 else []
            names += labels if len(said) > 1 else []
            yield from page.prose(f"{' '.join(names)}: {words}" if names else words, page.ink.plain)
    yield from page.prose(RETURN_PATH_LIMITS)


def _distance(lane: LaneSnapshot, address: str, ttl: int) -> int:
    """Return the lowest TTL that a router answers: one that refuses to pass probes on answers for many."""
    hops = lane.hops[:ttl]
    return next((hop.ttl for hop in hops if any(each.address == address for each in hop.responders)), ttl)


def _changes(inputs: _HopInputs) -> Iterator[Line]:
    changes = sorted(
        (
            (change, lane.lane.label)
            for lane, _ in inputs.hops
            if lane.trace.timed
            for change in responder_changes(lane.trace, inputs.ttl)
        ),
        key=lambda pair: -pair[0].at_ns,
    )
    if not changes:
        return
    page = inputs.page
    more = f", the last {_CHANGES} of {len(changes)}" if len(changes) > _CHANGES else ""
    yield page.heading("Changes", f"UTC{more}")
    for change, label in changes[:_CHANGES]:
        at = datetime.fromtimestamp(change.at_ns / 1e9, UTC)
        yield from page.ends(
            [(f"{at:%H:%M:%S}", page.ink.plain), (f"  {label}", page.ink.muted)],
            [(f"{change.before} → {change.after}", page.ink.plain)],
        )

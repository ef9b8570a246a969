"""Everything known about one endpoint and its lanes, as rows of the details view."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.style import Style

from tracetui.analysis.rounds.loss_windows import endpoint_loss
from tracetui.analysis.rounds.probe_series import endpoint_series
from tracetui.analysis.rounds.rtt_statistics import rtt_statistics
from tracetui.model import LaneSnapshot, PathState, Role, RttStatistics, Snapshot, counted
from tracetui.model.imported_trace import Provenance
from tracetui.tui.board.as_path_line import as_path_lines, as_path_pieces
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.since_change import hop_at, since_words
from tracetui.tui.details.detail_rows import INDENT, Line, Page, parts
from tracetui.tui.details.figures_table import Measured, figure_lines
from tracetui.tui.details.hop_details import moment_ns
from tracetui.tui.details.owner_lines import owner_lines
from tracetui.tui.details.rtt_rows import chart_lines, histogram_lines
from tracetui.tui.details.service_lines import service_lines
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.paint.state_glyph import end_style, state_glyph
from tracetui.words import (
    RETURN_PATH_LIMITS,
    headline,
    headline_of,
    made_words,
    return_path_words,
    source_text_words,
    untold_words,
)

_KEY: Final = 10
"""Cells of the words that name a fact."""

_BORROWED: Final = frozenset({PathState.RESET, PathState.ANSWERED_EARLY})
"""States in which somebody else answers for the endpoint."""

_ADDRESSES: Final = 8
"""Addresses not traced that are listed."""


def lane_rows(lanes: Sequence[LaneSnapshot], snapshot: Snapshot, ink: Ink, width: int) -> list[Row]:
    """Return an endpoint, whose `lanes` these are, in rows of `width` cells.

    What it is and who owns it; how each lane stands; findings that name it; its services; counts, losses and
    times of the endpoint; the AS path; the way back; failures of this machine.
    """
    if not lanes:
        return []
    page = Page(ink, width)
    measured = [_measured(lane, snapshot) for lane in lanes]
    return parts(
        [
            _endpoint(lanes, snapshot, page),
            *(_state(lane, snapshot, page) for lane in lanes),
            _findings(lanes, snapshot, page),
            service_lines(lanes, snapshot, page),
            figure_lines(measured, page),
            chart_lines(measured, moment_ns(snapshot), page),
            histogram_lines(measured, page),
            _as_path(lanes, snapshot, page),
            _way_back(lanes, page),
            _addresses(lanes, snapshot, page),
            _failures(lanes, page),
        ]
    )


def _measured(lane: LaneSnapshot, snapshot: Snapshot) -> Measured:
    series = endpoint_series(lane.trace)
    since_ns = lane.since_ns or 0
    rtts_us = [sample.rtt_us for sample in series if sample.rtt_us is not None and sample.at_ns >= since_ns]
    loss = endpoint_loss(lane.trace, series, moment_ns(snapshot))
    whole = loss[-1]
    counts = {"rounds": whole.probes, "answered": whole.probes - whole.lost} if whole else {}
    figures = _figures(lane, rtts_us)
    if not lane.trace.timed:
        return Measured(lane.lane.label, counts, (None, None, None, whole), figures, ())
    return Measured(lane.lane.label, counts, loss, figures, series)


def _figures(lane: LaneSnapshot, rtts_us: Sequence[int]) -> RttStatistics | None:
    """Return the figures of the endpoint's hop, which counts all its answers; else of the rounds kept."""
    hop = hop_at(lane, lane.trace.destination_ttl or 0)
    if hop is not None and hop.rtt is not None and hop.rtt.count >= len(rtts_us):
        return hop.rtt
    return rtt_statistics(rtts_us) if rtts_us else None


def _fact(name: str, text: str, page: Page, style: Style | None = None) -> Iterator[Line]:
    for position, line in enumerate(page.prose(text, style or page.ink.plain, indent=_KEY)):
        yield [(fit("" if position else name, _KEY), page.ink.muted), *line[1:]]


def _endpoint(lanes: Sequence[LaneSnapshot], snapshot: Snapshot, page: Page) -> Iterator[Line]:
    lane = lanes[0].lane
    yield page.heading("Endpoint")
    if lane.host != lane.address:
        yield from _fact("host", lane.host, page)
    yield from _fact("address", lane.address, page)
    if lane.target not in {lane.host, lane.address}:
        yield from _fact("target", lane.target, page)
    yield from _fact("role", lane.role.value, page, page.ink.control if lane.role is Role.CONTROL else None)
    if lane.via is not None:
        yield from _fact("vantage", lane.via, page)
    source = lane.vantage or next((each.trace.source for each in lanes if each.trace.source), None)
    if source:
        yield from _fact("source", source, page)
    for each in lanes:
        if each.trace.provenance is not None:
            yield from _imported(each.trace.provenance, page)
    yield from owner_lines(lane.address, snapshot, page, indent=_KEY)


def _origin(provenance: Provenance, asn: str) -> dict[str, str]:
    if provenance.every_s is not None:
        last = "" if provenance.started_at is None else made_words(provenance.started_at)
        return {"command": f"{provenance.text}, every {provenance.every_s:g} s", "last run": last}
    return {
        "made at": ", ".join(filter(None, (provenance.vantage, asn))) or "not stated",
        "made on": made_words(provenance.started_at),
        "read from": source_text_words(provenance),
    }


def _imported(provenance: Provenance, page: Page) -> Iterator[Line]:
    """Yield where an imported trace comes from, and what its output leaves open."""
    asn = "" if provenance.source_asn is None else f"AS{provenance.source_asn}"
    facts = {
        "made with": provenance.tool,
        **_origin(provenance, asn),
        "not stated": ", ".join(untold_words(provenance.untold)),
        "remarks": "; ".join(provenance.remarks),
    }
    for name, words in facts.items():
        if words:
            yield from _fact(name, words, page)


def _state(lane: LaneSnapshot, snapshot: Snapshot, page: Page) -> Iterator[Line]:
    ink = page.ink
    glyph = state_glyph([lane])
    style = end_style(glyph, ink)
    rounds, kept = lane.trace.rounds, len(lane.trace.outcomes)
    told = counted(rounds, "round") + (", done" if lane.trace.finished else "")
    yield from page.ends(
        [(f"{glyph} ", style), (lane.lane.label, ink.heading)],
        [(f"{told} · {lane.trace.flow.value}", ink.muted)],
    )
    since = since_words(lane, snapshot)
    said = f"{headline(lane, snapshot)} · {since}" if since else headline(lane, snapshot)
    yield from page.prose(said, ink.plain, indent=INDENT)
    if lane.verdict.state in _BORROWED:
        yield from page.prose(
            "the replies counted below came in the endpoint's name, not from it", indent=INDENT
        )
    if kept and kept < rounds:
        yield from page.prose(f"the last {kept} rounds are kept individually", indent=INDENT)


def _findings(lanes: Sequence[LaneSnapshot], snapshot: Snapshot, page: Page) -> Iterator[Line]:
    ids = {lane.id for lane in lanes}
    named = [finding for finding in snapshot.findings if not ids.isdisjoint(finding.lanes)]
    compared = [
        finding
        for finding in snapshot.findings
        if finding not in named and not ids.isdisjoint(finding.controls)
    ]
    if not named and not compared:
        return
    yield page.heading("Findings")
    for finding in (*named, *compared):
        role = "" if finding in named else ", compared with this"
        yield from page.prose(headline_of(finding, snapshot), page.ink.plain)
        yield from page.prose(f"{finding.confidence.value} confidence{role}", indent=INDENT)


def _as_path(lanes: Sequence[LaneSnapshot], snapshot: Snapshot, page: Page) -> Iterator[Line]:
    found = as_path_lines(lanes, Continuations(snapshot))
    paths = [ribbon for ribbon in found if ribbon.path]
    if not paths:
        return
    yield page.heading("AS path")
    for ribbon in paths:
        if len(found) > 1:
            yield [(" ".join(ribbon.labels), page.ink.muted)]
        yield as_path_pieces([ribbon], snapshot, page.ink, page.width)


def _way_back(lanes: Sequence[LaneSnapshot], page: Page) -> Iterator[Line]:
    found: dict[str, list[str]] = {}
    for lane in lanes:
        ttl = lane.trace.destination_ttl
        arrived = [
            outcome.endpoint_reply_ttl
            for outcome in lane.trace.outcomes
            if outcome.endpoint_ttl == ttl and outcome.endpoint_reply_ttl is not None
        ]
        if ttl is not None and arrived:
            words = return_path_words((min(arrived), max(arrived)), ttl)
            found.setdefault(words, []).append(lane.lane.label)
    if not found:
        return
    yield page.heading("Return path")
    for words, labels in found.items():
        lead = f"{' '.join(labels)}: " if len(labels) < len(lanes) else ""
        yield from page.prose(lead + words, page.ink.plain)
    yield from page.prose(RETURN_PATH_LIMITS)


def _addresses(lanes: Sequence[LaneSnapshot], snapshot: Snapshot, page: Page) -> Iterator[Line]:
    lane = lanes[0].lane
    traced = {each.lane.address for each in snapshot.probed}
    others = [each for each in snapshot.addresses.get(lane.host, ()) if each not in traced]
    if not others:
        return
    yield page.heading("Not traced", counted(len(others), "more address", "more addresses"))
    for address in others[:_ADDRESSES]:
        yield [(address, page.ink.plain)]
    if len(others) > _ADDRESSES:
        yield [(f"and {len(others) - _ADDRESSES} more", page.ink.muted)]


def _failures(lanes: Sequence[LaneSnapshot], page: Page) -> Iterator[Line]:
    failed = [
        (lane, [outcome.failure for outcome in lane.trace.outcomes if outcome.failure is not None])
        for lane in lanes
        if lane.trace.failure is not None or any(outcome.failure for outcome in lane.trace.outcomes)
    ]
    if not failed:
        return
    yield page.heading("Failures to send")
    for lane, reasons in failed:
        told = (
            f"{len(reasons)} of {counted(len(lane.trace.outcomes), 'round')}" if reasons else "in this round"
        )
        reason = lane.trace.failure or reasons[-1]
        yield from page.prose(f"{lane.lane.label}: {told}, last: {reason}", page.ink.lost)

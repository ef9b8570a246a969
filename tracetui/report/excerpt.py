"""A part of a report to paste into a message: a hop, an endpoint or a finding, as text or Markdown."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from tracetui.model import Finding, LaneSnapshot, Snapshot
from tracetui.report.hop_rows import HopRow, hop_rows
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_report import finding_section, hop_table, lane_section
from tracetui.report.report_header import lane_title, origin_words, utc
from tracetui.report.text_report import HEADER, WIDTH, finding_lines, hop_line, lane_lines
from tracetui.words import ticket_lines


def hop_text(lanes: Sequence[LaneSnapshot], ttl: int, snapshot: Snapshot) -> str:
    """Return one TTL of an endpoint's lanes as the plain report prints it."""
    lines = []
    for lane in lanes:
        lines += [" · ".join(lane_title(lane)), HEADER]
        rows = [line.rstrip() for row in _rows(lane, ttl, snapshot) for line in hop_line(row)]
        lines += [*(rows or [f"No hop {ttl}."]), ""]
    return "\n".join([*lines, *wrap(measured(snapshot), WIDTH)]) + "\n"


def hop_markdown(lanes: Sequence[LaneSnapshot], ttl: int, snapshot: Snapshot) -> str:
    """Return one TTL of an endpoint's lanes as Markdown tables."""
    sections = []
    for lane in lanes:
        title, _, *_ = lane_section(lane, snapshot)
        rows = list(_rows(lane, ttl, snapshot))
        sections += [title, hop_table(rows) if rows else f"No hop {ttl}.\n"]
    return "\n".join([*sections, _measured_markdown(snapshot)])


def lanes_text(lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> str:
    """Return an endpoint's lanes as the plain report prints them."""
    lines = []
    for lane in lanes:
        lines += [*(line.rstrip() for line in lane_lines(lane, snapshot)), ""]
    return "\n".join([*lines, *wrap(measured(snapshot), WIDTH)]) + "\n"


def lanes_markdown(lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> str:
    """Return an endpoint's lanes as the Markdown report prints them."""
    sections = [part for lane in lanes for part in lane_section(lane, snapshot)]
    return "\n".join([*sections, _measured_markdown(snapshot)])


def finding_text(finding: Finding, snapshot: Snapshot) -> str:
    """Return a finding with its evidence as plain text."""
    return "\n".join([*finding_lines(finding, snapshot), "", *wrap(measured(snapshot), WIDTH)]) + "\n"


def finding_markdown(finding: Finding, snapshot: Snapshot) -> str:
    """Return a finding with its evidence as Markdown."""
    return "\n".join([*finding_section(finding, snapshot), _measured_markdown(snapshot)])


def ticket_text(finding: Finding, snapshot: Snapshot) -> str:
    """Return a finding as the six lines of a ticket."""
    lines = [f"{f'{name}:':<10}{words}" for name, words in ticket_lines(finding, snapshot)]
    return "\n".join([*lines, measured(snapshot)]) + "\n"


def measured(snapshot: Snapshot) -> str:
    """Return with what, when and where it was measured, as an excerpt stands without its report."""
    words = (
        f"Measured by {snapshot.tool.name} {snapshot.tool.version} from {utc(snapshot.started_at)} to "
        f"{utc(snapshot.created_at)} at {origin_words(snapshot)}. Times are in milliseconds."
    )
    hidden = " Own addresses are hidden." if snapshot.masked_hops is not None else ""
    simulated = " Simulated: no packet crossed a real network."
    return words + hidden + (simulated if snapshot.vantage.prober == "simulated" else "")


def _measured_markdown(snapshot: Snapshot) -> str:
    return f"{inert(measured(snapshot))}\n"


def _rows(lane: LaneSnapshot, ttl: int, snapshot: Snapshot) -> Iterator[HopRow]:
    """Yield the rows of one TTL; a row of several silent ones counts for each of them."""
    hop = ""
    for row in hop_rows(lane, snapshot):
        hop = row.hop or hop
        first, _, last = hop.partition("–")
        if first.isdigit() and int(first) <= ttl <= int(last or first):
            yield row

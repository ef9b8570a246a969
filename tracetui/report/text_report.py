"""The plain-text report for a terminal, similar to mtr's: at most 100 columns, no markup."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Final

from tracetui.model import Finding, LaneSnapshot, Snapshot, safe_text
from tracetui.report.as_doubts import as_doubts, registry_lines
from tracetui.report.as_paths import parting_words
from tracetui.report.bgp_routes import bgp_sections
from tracetui.report.comparison import comparison_lines
from tracetui.report.finding_rows import (
    GROUP_NOTE,
    confidence_marks,
    control_lines,
    evidence_lines,
    explanation_line,
    explanation_rows,
    group_headline,
    grouped_findings,
    step_lines,
)
from tracetui.report.hop_rows import HopRow, hop_rows
from tracetui.report.how_to_read import CAUTION, grade_sentence, names_sentence
from tracetui.report.imported_traces import NOTE, imported_rows
from tracetui.report.markdown_table import fit
from tracetui.report.register_answers import register_lines
from tracetui.report.report_header import (
    as_data_words,
    hidden_words,
    lane_title,
    method_words,
    origin_words,
    receiver_words,
    unresolved_words,
    utc,
)
from tracetui.report.service_checks import services_text
from tracetui.report.shown_lane import since_words
from tracetui.words import contact_words, headline, headline_of, kept_sentence, statement

WIDTH: Final = 100
_NETWORK, _HOST = 20, 38
HEADER: Final = (
    f"{'hop':>5} {'AS':<{_NETWORK}} {'host':<{_HOST}} "
    f"{'loss':>5} {'sent':>5} {'last':>5} {'mean':>5} {'worst':>5}"
)
"""The header of the hop lines."""


def text(snapshot: Snapshot) -> str:
    """Return the snapshot as plain text; RTTs in milliseconds. Ends with a newline."""
    return "\n".join(line.rstrip() for line in _lines(snapshot)) + "\n"


def _lines(snapshot: Snapshot) -> Iterator[str]:
    tool = snapshot.tool
    yield from _wrapped(
        f"{tool.name} {tool.version} · {utc(snapshot.started_at)} to {utc(snapshot.created_at)}"
    )
    if snapshot.vantage.prober == "simulated":
        yield from _wrapped(f"Simulated: {snapshot.title or 'no packet crossed a real network'}")
    yield from _wrapped(kept_sentence(snapshot.kept) if snapshot.kept is not None else "")
    yield from _wrapped(f"from {origin_words(snapshot)}")
    hidden = hidden_words(snapshot)
    if hidden:
        yield from _wrapped(f"hidden, {hidden}")
    yield from _wrapped(method_words(snapshot))
    yield from _wrapped(f"AS data: {as_data_words(snapshot)}")
    dropped = receiver_words(snapshot)
    if dropped:
        yield from _wrapped(dropped)
    for one in snapshot.unresolved:
        yield ""
        yield from _wrapped(unresolved_words(one))
    for _, told in grouped_findings(snapshot.findings):
        yield ""
        if len(told) == 1:
            yield from finding_lines(told[0], snapshot)
        else:
            yield from _wrapped(f"{confidence_marks(told[0])}: {group_headline(told)} {GROUP_NOTE}")
            for finding in told:
                yield from _wrapped(f"    {headline_of(finding, snapshot)}")
    for lines in (
        comparison_lines(snapshot),
        (f"contact: {contact_words(one, snapshot)}" for one in snapshot.outside.contacts),
        (f"control: {line}" for line in control_lines(snapshot)),
    ):
        yield from _section(lines)
    yield from _services(snapshot)
    yield from _imports(snapshot)
    for lane in snapshot.lanes:
        yield ""
        yield from lane_lines(lane, snapshot)
    if snapshot.lanes:
        yield ""
        yield from _closing(snapshot)


def _section(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines below an empty one; nothing where there are none."""
    for place, line in enumerate(lines):
        if not place:
            yield ""
        yield from _wrapped(line)


def _services(snapshot: Snapshot) -> Iterator[str]:
    for title, lines in services_text(snapshot):
        yield ""
        yield from _wrapped(title)
        for line in lines:
            yield from _wrapped(f"    {line}")


def _imports(snapshot: Snapshot) -> Iterator[str]:
    rows = list(imported_rows(snapshot))
    if rows:
        yield ""
        yield from _wrapped(f"Traces from elsewhere. {NOTE}")
    for row in rows:
        made = f"{row.tool}, {row.when}, at {row.where}; read from {row.read_from}"
        left_open = f"; not stated: {row.left_open}" if row.left_open else ""
        yield from _wrapped(f"    {row.name}: {row.lane} to {row.endpoint}; {made}{left_open}")
        for remark in row.remarks:
            yield from _wrapped(f"        {remark}")


def finding_lines(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    """Yield a finding with its evidence."""
    yield from _wrapped(f"{confidence_marks(finding)}: {' '.join(statement(finding, snapshot, listed=True))}")
    for row in explanation_rows(finding, snapshot):
        yield from _wrapped(f"    {explanation_line(row)}")
    for number, line in enumerate(evidence_lines(finding, snapshot), start=1):
        yield from _wrapped(f"    evidence {number}: {line}")
    for line in step_lines(finding, snapshot):
        yield from _wrapped(f"    next step: {line}")


def lane_lines(lane: LaneSnapshot, snapshot: Snapshot) -> Iterator[str]:
    """Yield a lane: its name, result, flow and hops."""
    yield from _wrapped(" · ".join(lane_title(lane)))
    since = since_words(lane, snapshot)
    yield from _wrapped(" · ".join(filter(None, (f"  {headline(lane, snapshot)}", since))))
    if lane.trace.flow_id:
        yield from _wrapped(f"  flow: {lane.trace.flow_id}")
    rows = list(hop_rows(lane, snapshot))
    if rows:
        yield HEADER
    for row in rows:
        yield from hop_line(row)


def _closing(snapshot: Snapshot) -> Iterator[str]:
    for sentence in parting_words(snapshot):
        yield from _wrapped(sentence)
    for line in as_doubts(snapshot):
        yield from _wrapped(f"in doubt: {line}")
    for line in registry_lines(snapshot):
        yield from _wrapped(f"registry: {line}")
    for section in bgp_sections(snapshot):
        for line in section.lines:
            yield from _wrapped(f"bgp: {section.title}: {line}")
    for line in register_lines(snapshot):
        yield from _wrapped(line)
    for explained in (grade_sentence(snapshot), names_sentence(snapshot)):
        yield from _wrapped(explained or "")
    yield from _wrapped(CAUTION)


def hop_line(row: HopRow) -> Iterator[str]:
    """Yield a hop in one line and its notes in another."""
    host = safe_text(f"{row.address} {row.name}")
    silent = not host
    rtt = row.rtt
    times = (rtt.last_ns, rtt.mean_ns, rtt.worst_ns) if rtt else ()
    yield " ".join(
        (
            fit(row.hop, 5, right=True),
            fit(safe_text(row.network), _NETWORK),
            fit("; ".join(row.notes) if silent else host, _HOST),
            fit(row.loss.replace(" ", ""), 5, right=True),
            fit(row.sent, 5, right=True),
            *(fit("" if time is None else _ms(time), 5, right=True) for time in times),
        )
    )
    if row.notes and not silent:
        yield from _wrapped(f"{'':6}└ {'; '.join(row.notes)}")


def _ms(nanoseconds: float) -> str:
    milliseconds = nanoseconds / 1e6
    return (
        f"{milliseconds:.2f}"
        if milliseconds < 10
        else f"{milliseconds:.1f}"
        if milliseconds < 1000
        else f"{milliseconds:.0f}"
    )


def _wrapped(line: str) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip(" "))]
    yield from wrap(
        safe_text(line, limit=2000), WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  "
    )

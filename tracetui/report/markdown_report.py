"""The Markdown report for a ticket, a complaint or an article; readable as plain text too."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.analysis.findings.what_fails import ticket_finding
from tracetui.model import Finding, LaneSnapshot, Snapshot
from tracetui.report.as_doubts import as_doubts, registry_lines
from tracetui.report.as_paths import parting_words, path_rows, tagged
from tracetui.report.bgp_routes import bgp_sections
from tracetui.report.both_ways import both_ways_section
from tracetui.report.comparison import comparison_markdown
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
from tracetui.report.how_to_read import how_to_read
from tracetui.report.imported_traces import NOTE, imported_rows
from tracetui.report.markdown_escape import code, inert
from tracetui.report.markdown_table import table
from tracetui.report.page_evidence import contact_lines
from tracetui.report.public_asks import public_asks_section
from tracetui.report.register_answers import register_section
from tracetui.report.report_header import (
    as_data_words,
    flow_words,
    hidden_words,
    lane_title,
    method_words,
    origin_words,
    receiver_words,
    targets_words,
    unresolved_words,
    utc,
)
from tracetui.report.service_checks import services_markdown
from tracetui.report.shown_lane import since_words
from tracetui.report.survey_in_report import survey_in_full
from tracetui.words import (
    event_words,
    headline,
    headline_of,
    kept_sentence,
    outcome_words,
    statement,
    ticket_lines,
)

_HOP_COLUMNS: Final = (
    "hop",
    "AS",
    "address",
    "name",
    "sent",
    "loss",
    "last",
    "mean",
    "best",
    "worst",
    "notes",
)
_NAME_COLUMN: Final = _HOP_COLUMNS.index("name")
_RIGHT_COLUMNS: Final = (0, 4, 5, 6, 7, 8, 9)


def markdown(snapshot: Snapshot) -> str:
    """Return the whole snapshot as Markdown (GitHub flavour for tables); ends with a newline.

    Text from outside (names, holders, messages) is escaped.
    """
    sections = (
        markdown_title(snapshot),
        markdown_ticket(snapshot),
        _occasion(snapshot),
        _findings(snapshot),
        comparison_markdown(snapshot),
        contact_lines(snapshot),
        _controls(snapshot),
        survey_in_full(snapshot),
        public_asks_section(snapshot),
        _imports(snapshot),
        _results(snapshot),
        services_markdown(snapshot),
        _as_paths(snapshot),
        both_ways_section(snapshot),
        _hops(snapshot),
        _legend(snapshot),
        _doubts(snapshot),
        _bgp(snapshot),
        register_section(snapshot),
        _events(snapshot),
        _reading(snapshot),
    )
    return "\n".join(section for parts in sections for section in parts)


def markdown_title(snapshot: Snapshot) -> Iterator[str]:
    """Yield the title, which names what fails."""
    targets = ", ".join(inert(host) for host in targets_words(snapshot))
    yield f"# Path report: {targets}\n" if targets else "# Path report\n"
    if snapshot.vantage.prober == "simulated":
        title = f": {inert(snapshot.title)}" if snapshot.title else ""
        yield f"> **Simulated{title}.** No packet of this report crossed a real network.\n"


def _occasion(snapshot: Snapshot) -> Iterator[str]:
    seconds = (snapshot.created_at - snapshot.started_at).total_seconds()
    facts = {
        "Command": code(snapshot.tool.command),
        "When": f"{utc(snapshot.started_at)} to {utc(snapshot.created_at)} ({seconds:.0f} s)",
        "Kept": inert(kept_sentence(snapshot.kept)) if snapshot.kept is not None else "",
        "From": inert(origin_words(snapshot)),
        "Hidden": inert(hidden_words(snapshot) or ""),
        "How": inert(method_words(snapshot)),
        "Flows": inert(flow_words(snapshot) or ""),
        "AS data": inert(as_data_words(snapshot)),
        "Tool": inert(f"{snapshot.tool.name} {snapshot.tool.version}"),
        "Receiver": inert(receiver_words(snapshot) or ""),
    }
    yield "".join(f"- {name}: {words}\n" for name, words in facts.items() if words)


def markdown_ticket(snapshot: Snapshot) -> Iterator[str]:
    """Yield the ticket as a section; nothing where nothing fails."""
    finding = ticket_finding(snapshot)
    if finding is not None:
        yield "## Ticket\n"
        yield "".join(f"- {name}: {inert(words)}\n" for name, words in ticket_lines(finding, snapshot))


def _findings(snapshot: Snapshot) -> Iterator[str]:
    if not snapshot.findings:
        return
    yield "## Findings\n"
    for number, told in grouped_findings(snapshot.findings):
        if len(told) == 1:
            yield from finding_section(told[0], snapshot, f"{number}. ")
        else:
            yield from _reached_section(told, snapshot, f"{number}. ")


def _reached_section(findings: Sequence[Finding], snapshot: Snapshot, lead: str) -> Iterator[str]:
    yield f"### {lead}{group_headline(findings)}\n"
    yield f"{GROUP_NOTE} Confidence: {confidence_marks(findings[0])}.\n"
    yield "\n".join(f"- {inert(headline_of(finding, snapshot))}" for finding in findings)
    yield ""


def finding_section(finding: Finding, snapshot: Snapshot, lead: str = "") -> Iterator[str]:
    """Yield the parts of a finding's section; `lead` stands before its headline."""
    first, *others = statement(finding, snapshot, listed=True)
    yield f"### {lead}{inert(first)}\n"
    yield f"{inert(' '.join((*others, f'Confidence: {confidence_marks(finding)}.')))}\n"
    yield from _explanations(finding, snapshot)
    evidence = evidence_lines(finding, snapshot)
    if evidence:
        yield "**Evidence**\n"
        yield "".join(f"{number}. {inert(line)}\n" for number, line in enumerate(evidence, start=1))
    steps = step_lines(finding, snapshot)
    if steps:
        yield "**Next steps**\n"
        yield "".join(f"- {inert(line)}\n" for line in steps)


def _explanations(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    lines = [explanation_line(row) for row in explanation_rows(finding, snapshot)]
    if lines:
        yield "**Explanations**\n"
        yield "".join(f"- {inert(line)}\n" for line in lines)


def _controls(snapshot: Snapshot) -> Iterator[str]:
    lines = list(control_lines(snapshot))
    if lines:
        yield "## Controls\n"
        yield "".join(f"- {inert(line)}\n" for line in lines)


def _imports(snapshot: Snapshot) -> Iterator[str]:
    rows = list(imported_rows(snapshot))
    if not rows:
        return
    yield "## Traces from elsewhere\n"
    yield f"{NOTE}\n"
    yield table(
        ["trace", "target", "lane", "made with", "when", "where", "read from", "not stated"],
        [
            [
                *map(inert, (row.name, row.endpoint, row.lane, row.tool, row.when)),
                *map(inert, (row.where, row.read_from, row.left_open)),
            ]
            for row in rows
        ],
    )
    remarks = [f"- {inert(f'{row.name}: {remark}')}\n" for row in rows for remark in row.remarks]
    if remarks:
        yield "".join(remarks)


def _results(snapshot: Snapshot) -> Iterator[str]:
    yield "## Results\n"
    if snapshot.lanes:
        origins = len({(lane.lane.origin, lane.trace.source) for lane in snapshot.lanes}) > 1
        header = ["target", "address", "lane", "role", "rounds", "result"]
        rows = [
            [
                _host(lane),
                inert(lane.lane.address),
                lane.lane.label,
                lane.lane.role.value,
                str(lane.trace.rounds),
                inert(outcome_words(lane)),
            ]
            for lane in snapshot.lanes
        ]
        if origins:
            header.insert(2, "from")
            for row, lane in zip(rows, snapshot.lanes, strict=True):
                row.insert(
                    2,
                    inert(
                        lane.lane.imported or lane.lane.via or lane.trace.source or lane.lane.vantage or ""
                    ),
                )
        if any(lane.since_ns is not None for lane in snapshot.lanes):
            header.append("since")
            for row, lane in zip(rows, snapshot.lanes, strict=True):
                row.append(since_words(lane, snapshot).removeprefix("since "))
        yield table(header, rows, right=(header.index("rounds"),))
    for one in snapshot.unresolved:
        yield f"- {inert(unresolved_words(one))}\n"
    if not snapshot.lanes and not snapshot.unresolved:
        yield "Nothing was traced.\n"


def _as_paths(snapshot: Snapshot) -> Iterator[str]:
    rows = path_rows(snapshot)
    longest = max((len(row.path) for row in rows), default=0)
    if not longest:
        return
    origins = len({row.origin for row in rows}) > 1
    yield "## AS paths\n"
    yield table(
        [*(["from"] if origins else []), "target", "lanes", *_ordinals(longest), "end"],
        [
            [
                *([inert(row.origin or "")] if origins else []),
                inert(row.host),
                ", ".join(row.lanes),
                *(tagged(asn, snapshot) for asn in row.path),
                *([""] * (longest - len(row.path))),
                inert(row.end),
            ]
            for row in rows
        ],
    )
    for sentence in parting_words(snapshot):
        yield f"{inert(sentence)}\n"


def _ordinals(count: int) -> list[str]:
    return ["AS path", *([""] * (count - 1))]


def _hops(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.lanes:
        yield "## Hops\n"
        yield "Round-trip times in milliseconds; loss in percent of the probes whose time is up.\n"
    for lane in snapshot.lanes:
        yield from lane_section(lane, snapshot)


def lane_section(lane: LaneSnapshot, snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of a lane's section: title, result, flow and hops."""
    yield f"### {' · '.join(inert(part) for part in lane_title(lane))}\n"
    yield f"{' '.join(map(_sentence, _lane_remarks(lane, snapshot)))}\n"
    rows = list(hop_rows(lane, snapshot))
    if rows:
        yield hop_table(rows)


def _lane_remarks(lane: LaneSnapshot, snapshot: Snapshot) -> Iterator[str]:
    yield inert(headline(lane, snapshot))
    since = since_words(lane, snapshot)
    if since:
        yield f"In this state {since}; hops are counted from then on"
    if lane.trace.flow_id:
        yield f"Flow: {inert(lane.trace.flow_id)}"


def hop_table(rows: Sequence[HopRow]) -> str:
    """Return hops as a table."""
    named = any(row.name for row in rows)
    cells = [[*_hop_cells(row)] for row in rows]
    header, right = list(_HOP_COLUMNS), list(_RIGHT_COLUMNS)
    if not named:
        for line in (header, *cells):
            del line[_NAME_COLUMN]
        right = [column - (column > _NAME_COLUMN) for column in right]
    return table(header, cells, right=right)


def _hop_cells(row: HopRow) -> Iterator[str]:
    yield row.hop
    yield inert(row.network)
    yield inert(row.address)
    yield code(row.name)
    yield row.sent
    yield row.loss
    rtt = row.rtt
    times = (rtt.last_ns, rtt.mean_ns, rtt.best_ns, rtt.worst_ns) if rtt else ()
    yield from map(_ms, times)
    yield from ([""] * (4 - len(times)))
    yield inert("; ".join(row.notes))


def _ms(time: float | None) -> str:
    return "" if time is None else f"{time / 1e6:.2f}" if time < 10e6 else f"{time / 1e6:.1f}"


def _legend(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.ases:
        yield "## ASes\n"
        rows = [[system.tag, f"AS{system.asn}", inert(system.name)] for system in snapshot.ases]
        yield table(["tag", "AS", "holder"], rows)


def _doubts(snapshot: Snapshot) -> Iterator[str]:
    for title, lines in (
        ("Doubts about ASes", list(as_doubts(snapshot))),
        ("What registries say", list(registry_lines(snapshot))),
    ):
        if lines:
            yield f"## {title}\n"
            yield "".join(f"- {inert(line)}\n" for line in lines)


def _bgp(snapshot: Snapshot) -> Iterator[str]:
    sections = list(bgp_sections(snapshot))
    if sections:
        yield "## BGP\n"
    for section in sections:
        yield f"### {inert(section.title)}\n"
        yield "".join(f"- {inert(line)}\n" for line in section.lines)


def _events(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.events:
        yield "## What changed\n"
        yield "".join(
            f"- {utc(event.at)}: {inert(event_words(event, snapshot))}\n" for event in snapshot.events
        )
    yield from note_lines(snapshot)


def note_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield the user's notes as a section; nothing where there are none."""
    if snapshot.notes:
        yield "## Notes\n"
        yield "".join(f"- {utc(note.at)}: {inert(note.text)}\n" for note in snapshot.notes)


def _reading(snapshot: Snapshot) -> Iterator[str]:
    yield "## How to read this\n"
    yield "".join(f"- {sentence}\n" for sentence in how_to_read(snapshot))


def _host(lane: LaneSnapshot) -> str:
    one = lane.lane
    return inert(one.host if one.host == one.target else f"{one.host} ({one.target})")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else text

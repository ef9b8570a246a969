"""The evidence view's sections: what an investigation has gathered, and what would add to it.

A later kind of evidence is one more builder in `SECTIONS`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from tracetui.analysis.findings.control_check import ControlCheck
from tracetui.analysis.owner_words import registration_words
from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, Role, Snapshot
from tracetui.report.findings import told_together
from tracetui.report.occasion import utc
from tracetui.tui.board.hop_line import systems_by_number
from tracetui.tui.lines.finding_lines import confidence_pieces
from tracetui.tui.paint.ends import ARRIVED, ENDS, STOPPED
from tracetui.tui.paint.fit import wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row

_NAMED: Final = 4
"""Endpoints named in a line before the rest is counted."""


@dataclass(frozen=True, slots=True)
class EvidenceKey:
    """What a row stands for."""

    kind: str
    """`finding`, `control`, `address`, `registry`, `note`."""

    what: Hashable
    """Place among the findings or notes, or address."""

    panel: Panel | None = None
    """The endpoint it is about."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What sections are made from."""

    snapshot: Snapshot
    checks: tuple[ControlCheck, ...]
    ink: Ink
    width: int
    key_of: Callable[[str], str]
    """Returns the key of a command, as it is printed."""

    def lines(
        self, lead: Sequence[Piece], text: str, style: Style, key: Hashable = None, *, indent: int = 2
    ) -> list[Row]:
        """Return `text` wrapped beside `lead`; the first line has the key."""
        before = indent + sum(cell_len(piece) for piece, _ in lead)
        rows = wrapped(text, self.width - before - 1) or [""]
        first = Row(((" " * indent, self.ink.none), *lead, (rows[0], style)), key)
        return [first, *(Row(((" " * before, self.ink.none), (row, style))) for row in rows[1:])]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of evidence."""

    title: str
    count: int | None
    """None where a number says nothing."""

    rows: Sequence[Row]
    empty: str = ""
    """What would fill it, shown where it has no rows."""


SectionBuilder = Callable[[Evidence], Section]


def evidence_rows(evidence: Evidence, builders: Sequence[SectionBuilder]) -> list[Row]:
    """Return the rows of all sections, each under its title with the number of what it has."""
    rows: list[Row] = []
    for build in builders:
        section = build(evidence)
        if rows:
            rows.append(Row(()))
        count = "" if section.count is None else f"  {section.count}"
        rows.append(Row(((f" {section.title}", evidence.ink.heading), (count, evidence.ink.muted))))
        rows += section.rows or evidence.lines((), section.empty, evidence.ink.muted)
    return rows


def findings(evidence: Evidence) -> Section:
    """What the lanes together say."""
    snapshot, ink = evidence.snapshot, evidence.ink
    lanes = {lane.id: lane.lane for lane in snapshot.lanes}
    rows: list[Row] = []
    index = 0
    for _, told in told_together(snapshot.findings):
        first = told[0]
        about = lanes.get(first.lanes[0])
        hosts = [lanes[one.lanes[0]].host for one in told if one.lanes[0] in lanes]
        words = first.headline if len(told) == 1 else f"{len(told)} endpoints are reached: {_some(hosts)}"
        marks = [*confidence_pieces(first.confidence, ink), (" ", ink.none)]
        what = EvidenceKey("finding", index, about.panel if about is not None else None)
        rows += evidence.lines(marks, words, ink.plain, what)
        index += len(told)
    key = evidence.key_of("add_control")
    empty = f"none yet: they come after five rounds, and get surer with a control ({key})"
    return Section("Findings", len(snapshot.findings), rows, empty)


def controls(evidence: Evidence) -> Section:
    """The controls, and for which silent lane each is good."""
    snapshot, ink = evidence.snapshot, evidence.ink
    lanes: dict[Panel, list[LaneSnapshot]] = {}
    for lane in snapshot.lanes:
        if lane.lane.role is Role.CONTROL:
            lanes.setdefault(lane.lane.panel, []).append(lane)
    by_id = {lane.id: lane for lane in snapshot.lanes}
    rows: list[Row] = []
    for panel, own in lanes.items():
        rows.append(Row(tuple(_endpoint(own, ink)), EvidenceKey("control", panel[0], panel)))
        ids = {lane.id for lane in own}
        rows += _judgements(evidence, [one for one in evidence.checks if one.control in ids], by_id)
    empty = (
        f"none: {evidence.key_of('add_control')} adds one, {evidence.key_of('toggle_role')} marks the chosen "
        "endpoint; without one nobody can say where a silent path would go on"
    )
    return Section("Controls", len(lanes), rows, empty)


def _judgements(
    evidence: Evidence, checks: Sequence[ControlCheck], by_id: dict[str, LaneSnapshot]
) -> Iterator[Row]:
    ink = evidence.ink
    together: dict[tuple[bool | None, str], dict[str, list[str]]] = {}
    for check in checks:
        lane = by_id[check.suspect].lane
        together.setdefault((check.valid, check.words), {}).setdefault(lane.host, []).append(lane.label)
    if not together:
        yield from evidence.lines((), "no suspect is silent: nothing to compare it with", ink.muted, indent=4)
    for (valid, words), hosts in together.items():
        if valid is None:
            said, style = "not known yet", ink.muted
        else:
            said, style = ("valid", ink.good) if valid else ("not valid", ink.lost)
        names = [f"{host} {'+'.join(labels)}" for host, labels in hosts.items()]
        yield from evidence.lines([(said, style)], f" for {_some(names)}: {words}", ink.plain, indent=4)


def _some(names: Sequence[str]) -> str:
    """Return names in a row; of many, the first and how many more there are."""
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return ", ".join(names)


def _endpoint(lanes: Sequence[LaneSnapshot], ink: Ink) -> Iterator[Piece]:
    one = lanes[0].lane
    yield "  ", ink.none
    yield one.host, ink.plain
    if one.address != one.host:
        yield f"  {one.address}", ink.muted
    if one.vantage:
        yield f"  from {one.vantage}", ink.muted
    for lane in lanes:
        end = ENDS.get(lane.verdict.state, STOPPED)
        style = {STOPPED: ink.lost, ARRIVED: ink.good}.get(end, ink.faint)
        yield f"  {lane.lane.label} ", ink.heading
        yield end, style


def addresses(evidence: Evidence) -> Section:
    """What names resolve to, mail exchangers in the order of their preference, and what of it is traced."""
    snapshot, ink = evidence.snapshot, evidence.ink
    domains = {
        lane.lane.host: lane.lane.target
        for lane in snapshot.lanes
        if lane.lane.target.lower().startswith("mx:")
    }
    rows: list[Row] = []
    for host, found in snapshot.addresses.items():
        pieces: list[Piece] = [("  ", ink.none), (host, ink.plain)]
        domain = domains.get(host)
        if domain is not None:
            exchangers = [other for other in snapshot.addresses if domains.get(other) == domain]
            pieces.append((f"  {_rank(exchangers.index(host) + 1, len(exchangers))} {domain[3:]}", ink.muted))
        rows.append(Row(tuple(pieces)))
        rows += [_address(address, snapshot, ink) for address in found]
    empty = (
        f"none: names are resolved when {evidence.key_of('add_target')} adds them; mx:DOMAIN finds exchangers"
    )
    return Section("Mail exchangers and addresses", sum(map(len, snapshot.addresses.values())), rows, empty)


def _rank(place: int, exchangers: int) -> str:
    """Return the place of a mail exchanger; a name's addresses are known in the order of its preference."""
    return f"{place} of {exchangers} by preference: mail of" if exchangers > 1 else "takes all mail of"


def _address(address: str, snapshot: Snapshot, ink: Ink) -> Row:
    lanes = [lane for lane in snapshot.lanes if lane.lane.address == address]
    pieces: list[Piece] = [(f"    {address:<15}", ink.plain)]
    owner = snapshot.owners.get(address)
    system = systems_by_number(snapshot).get(owner.asn) if owner is not None and owner.asn else None
    if system is not None:
        pieces.append((f"  {system.tag} {system.asn} {system.label}".rstrip(), ink.of_as(system.colour)))
    if not lanes:
        return Row((*pieces, ("  not traced", ink.muted)))
    labels = ", ".join(dict.fromkeys(lane.lane.label for lane in lanes))
    pieces.append((f"  {labels}, {lanes[0].lane.role.value}", ink.muted))
    return Row(tuple(pieces), EvidenceKey("address", address, lanes[0].lane.panel))


def vantages(evidence: Evidence) -> Section:
    """Where probes start, and by what means."""
    snapshot, ink = evidence.snapshot, evidence.ink
    vantage = snapshot.vantage
    counts = Counter(
        (
            lane.lane.vantage or lane.trace.source or vantage.source or "the system's choice",
            lane.trace.flow.value,
        )
        for lane in snapshot.lanes
    )
    where = f", {vantage.interface}" if vantage.interface else ""
    rows = evidence.lines(
        (), f"{vantage.hostname}{where}, {vantage.kernel}, {vantage.prober} prober", ink.plain
    )
    for (source, flow), count in counts.items():
        lanes = "1 lane" if count == 1 else f"{count} lanes"
        rows += evidence.lines((), f"{source}: {lanes}, {flow}", ink.muted, indent=4)
    places = len({source for source, _ in counts}) or 1
    return Section("Vantages", places, rows)


def as_sources(evidence: Evidence) -> Section:
    """Who says which AS an address belongs to, as of when."""
    sources, ink = evidence.snapshot.as_sources, evidence.ink
    rows = [
        row
        for source in sources
        for row in evidence.lines((), f"{source.name}, {source.date or 'without a date'}", ink.plain)
    ]
    return Section("AS sources", len(sources), rows, "none: hops have no AS; --as-source names tables")


def registry(evidence: Evidence) -> Section:
    """What registries said about addresses."""
    answers, ink = evidence.snapshot.registrations, evidence.ink
    panels = {lane.lane.address: lane.lane.panel for lane in evidence.snapshot.lanes}
    rows: list[Row] = []
    for address, found in answers.items():
        what = EvidenceKey("registry", address, panels.get(address))
        rows.append(Row((("  ", ink.none), (address, ink.plain)), what))
        for words in registration_words(found):
            rows += evidence.lines((), words, ink.muted, indent=4)
    key = evidence.key_of("ask_registry")
    return Section("Registry answers", len(answers), rows, f"none asked: {key} asks about the chosen hop")


def notes(evidence: Evidence) -> Section:
    """What the user wrote down."""
    ink = evidence.ink
    rows: list[Row] = []
    for index, note in enumerate(evidence.snapshot.notes):
        rows += evidence.lines(
            [(f"{utc(note.at)}  ", ink.muted)], note.text, ink.plain, EvidenceKey("note", index)
        )
    key = evidence.key_of("add_note")
    return Section(
        "Notes",
        len(evidence.snapshot.notes),
        rows,
        f"none: {key} writes one down with its time, for the report",
    )


def receiver(evidence: Evidence) -> Section:
    """What came in, for all lanes."""
    counters, ink = evidence.snapshot.counters, evidence.ink
    said = (
        (counters.matched, "replies matched a probe"),
        (counters.duplicate, "came again for a probe that had that answer already"),
        (counters.foreign, "were well-formed but for nobody's probe here"),
        (counters.forged, "looked like answers but had no token of ours: mistaken, or forged"),
        (counters.malformed, "could not be read"),
        (counters.dropped, "were lost in this machine's kernel: some of the loss may be its own"),
    )
    rows = [
        row
        for place, (count, words) in enumerate(said)
        if count or not place
        for row in evidence.lines([(f"{count:>6} ", ink.rtt if not place else ink.end)], words, ink.muted)
    ]
    return Section("Receiver", None, rows)


SECTIONS: Final[tuple[SectionBuilder, ...]] = (
    findings,
    controls,
    addresses,
    vantages,
    as_sources,
    registry,
    notes,
    receiver,
)
"""In the order of the view."""

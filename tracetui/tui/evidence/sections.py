"""The sections of the evidence view, and the builders of most of them.

A new kind of evidence is one more builder in `SECTIONS`.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from tracetui.model import Snapshot
from tracetui.report.report_header import utc
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.evidence.bgp_routes import bgp_routes
from tracetui.tui.evidence.findings_and_controls import controls, findings
from tracetui.tui.evidence.imported_traces import imported_traces
from tracetui.tui.evidence.page import EvidenceKey, EvidencePage, Section, SectionBuilder
from tracetui.tui.evidence.register_answers import register_answers
from tracetui.tui.evidence.service_checks import mail_domains, services
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.words import interruption_words, registration_words, vantage_words


def evidence_rows(page: EvidencePage, builders: Sequence[SectionBuilder]) -> list[Row]:
    """Return the rows of all sections, each under its title with the number of what it has."""
    rows: list[Row] = []
    for build in builders:
        section = build(page)
        if rows:
            rows.append(Row(()))
        count = "" if section.count is None else f"  {section.count}"
        rows.append(Row(((f" {section.title}", page.ink.heading), (count, page.ink.muted))))
        rows += section.rows or page.lines((), section.empty, page.ink.muted)
    return rows


def addresses(page: EvidencePage) -> Section:
    """The addresses of names, mail exchangers by preference, and which of them are traced."""
    snapshot, ink = page.snapshot, page.ink
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
    empty = f"none: names are resolved when {page.key_of('add_target')} adds them; mx:DOMAIN finds exchangers"
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


def vantages(page: EvidencePage) -> Section:
    """Where probes start, and by what means."""
    snapshot, ink = page.snapshot, page.ink
    vantage = snapshot.vantage
    counts = Counter(
        (
            lane.lane.asked_start or lane.trace.source or vantage.source or "the system's choice",
            lane.trace.flow.value,
        )
        for lane in snapshot.probed
    )
    where = f", {vantage.interface}" if vantage.interface else ""
    rows = page.lines((), f"{vantage.hostname}{where}, {vantage.kernel}, {vantage.prober} prober", ink.plain)
    for (source, flow), count in counts.items():
        lanes = "1 lane" if count == 1 else f"{count} lanes"
        rows += page.lines((), f"{source}: {lanes}, {flow}", ink.muted, indent=4)
    for remote in snapshot.vantages:
        rows += page.lines((), vantage_words(remote), ink.plain)
        for interruption in remote.interruptions[-3:]:
            rows += page.lines((), interruption_words(interruption), ink.muted, indent=4)
    places = len({source for source, _ in counts}) or 1
    return Section("Vantages", places, rows)


def as_sources(page: EvidencePage) -> Section:
    """Who says which AS an address belongs to, as of when."""
    sources, ink = page.snapshot.as_sources, page.ink
    rows = [
        row
        for source in sources
        for row in page.lines((), f"{source.name}, {source.date or 'without a date'}", ink.plain)
    ]
    return Section("AS sources", len(sources), rows, "none: hops have no AS; --as-source names tables")


def registry(page: EvidencePage) -> Section:
    """What registries said about addresses."""
    answers, ink = page.snapshot.registrations, page.ink
    panels = {lane.lane.address: lane.lane.panel for lane in page.snapshot.lanes}
    rows: list[Row] = []
    for address, found in answers.items():
        what = EvidenceKey("registry", address, panels.get(address))
        rows.append(Row((("  ", ink.none), (address, ink.plain)), what))
        for words in registration_words(found):
            rows += page.lines((), words, ink.muted, indent=4)
    key = page.key_of("ask_registry")
    return Section("Registry answers", len(answers), rows, f"none asked: {key} asks about the chosen hop")


def notes(page: EvidencePage) -> Section:
    """What the user wrote down."""
    ink = page.ink
    rows: list[Row] = []
    for index, note in enumerate(page.snapshot.notes):
        rows += page.lines(
            [(f"{utc(note.at)}  ", ink.muted)], note.text, ink.plain, EvidenceKey("note", index)
        )
    key = page.key_of("add_note")
    return Section(
        "Notes",
        len(page.snapshot.notes),
        rows,
        f"none: {key} adds one with its time, for the report",
    )


def receiver(page: EvidencePage) -> Section:
    """What came in, for all lanes."""
    counters, ink = page.snapshot.counters, page.ink
    said = (
        (counters.matched, "replies matched a probe"),
        (counters.duplicate, "duplicate replies"),
        (counters.foreign, "unrelated packets ignored"),
        (counters.forged, "replies without our token ignored: mistaken or forged"),
        (counters.malformed, "malformed packets ignored"),
        (counters.dropped, "packets lost in this machine's kernel: some of the loss may be local"),
    )
    rows = [
        row
        for place, (count, words) in enumerate(said)
        if count or not place
        for row in page.lines([(f"{count:>6,} ", ink.rtt if not place else ink.end)], words, ink.muted)
    ]
    return Section("Receiver", None, rows)


SECTIONS: Final[tuple[SectionBuilder, ...]] = (
    findings,
    controls,
    notes,
    services,
    mail_domains,
    imported_traces,
    addresses,
    register_answers,
    vantages,
    as_sources,
    registry,
    bgp_routes,
    receiver,
)
"""In the order of the view."""

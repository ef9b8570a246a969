"""The sections of the evidence view about checked services and about mail domains."""

from collections.abc import Iterator
from itertools import groupby

from tracetui.investigation.board import Panel
from tracetui.model import Snapshot
from tracetui.model.mail_domain import MailDomain
from tracetui.model.service_check import ServiceSeries
from tracetui.tui.evidence.page import EvidenceKey, EvidencePage, Section
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.words import (
    check_details,
    check_words,
    failing_words,
    receiving_side,
    row_words,
    sending_side,
    service_words,
)


def services(page: EvidencePage) -> Section:
    """What connections to services came to, endpoint by endpoint."""
    snapshot, ink = page.snapshot, page.ink
    rows: list[Row] = []
    found = snapshot.outside.services
    for _, alike in groupby(found, key=lambda one: (one.address, one.vantage)):
        of_one = list(alike)
        rows.append(_endpoint(of_one[0], page))
        for series in of_one:
            style = ink.good if series.works else ink.lost
            lead: list[Piece] = [(f"{service_words(series.service)}: ", ink.heading)]
            said = f"{check_words(series.last)}, {row_words(series, snapshot)}"
            rows += page.lines(lead, said, style, _key(series, snapshot), indent=4)
            for line in check_details(series.last):
                rows += page.lines((), line, ink.muted, indent=6)
    empty = f"none checked: {page.key_of('check_services')} connects to the chosen endpoint as a client would"
    return Section("Services", len(found), rows, empty)


def mail_domains(page: EvidencePage) -> Section:
    """Mail domains: what happens to who sends there, and what they publish and answer."""
    rows: list[Row] = []
    for domain in page.snapshot.outside.mail_domains:
        rows.append(Row((("  ", page.ink.none), (domain.domain, page.ink.plain))))
        rows += _sending(domain, page)
        rows += page.lines((), "receiving side: what it publishes and answers", page.ink.heading, indent=4)
        for line in receiving_side(domain, page.snapshot):
            rows += page.lines((), line, page.ink.muted, indent=6)
    empty = f"none checked: {page.key_of('check_services')} on an endpoint of mx:DOMAIN checks it"
    return Section("Mail domains", len(page.snapshot.outside.mail_domains), rows, empty)


def _sending(domain: MailDomain, page: EvidencePage) -> Iterator[Row]:
    ink = page.ink
    summary = failing_words(domain, page.snapshot) or "not tried yet"
    yield from page.lines([("sending side: ", ink.heading)], summary, ink.plain, indent=4)
    for one in sending_side(domain, page.snapshot):
        style = ink.muted if one.works is None else ink.good if one.works else ink.lost
        lead = [(f"{one.preference:>3} {one.host} {one.address}  ", ink.plain)]
        yield from page.lines(lead, one.words, style, indent=6)


def _endpoint(series: ServiceSeries, page: EvidencePage) -> Row:
    ink = page.ink
    pieces: list[Piece] = [("  ", ink.none), (series.host, ink.plain)]
    if series.host != str(series.address):
        pieces.append((f"  {series.address}", ink.muted))
    if series.vantage:
        pieces.append((f"  from {series.vantage}", ink.muted))
    return Row(tuple(pieces))


def _key(series: ServiceSeries, snapshot: Snapshot) -> EvidenceKey:
    panel: Panel | None = None
    if series.lane is not None:
        panel = next((lane.lane.panel for lane in snapshot.lanes if lane.id == series.lane), None)
    return EvidenceKey("service", (series.address, series.vantage, series.service), panel)

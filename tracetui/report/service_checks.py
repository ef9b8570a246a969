"""The sections of reports about checks of services and about mail domains."""

from collections.abc import Iterator
from typing import Final

from tracetui.model import Snapshot
from tracetui.model.mail_domain import MailDomain
from tracetui.model.service_check import ServiceSeries
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_table import table
from tracetui.report.report_header import utc
from tracetui.words import (
    check_details,
    check_words,
    failing_words,
    receiving_side,
    row_words,
    sending_side,
    service_words,
)

_INTRODUCTION: Final = (
    "Connections made as a client would make them, beside the traces. No mail was sent. "
    "Details: the last check."
)


def services_markdown(snapshot: Snapshot) -> Iterator[str]:
    """Yield the sections as Markdown; nothing where nothing was checked."""
    services, domains = snapshot.outside.services, snapshot.outside.mail_domains
    if services:
        yield "## Services\n"
        yield f"{_INTRODUCTION}\n"
        header = ["endpoint", "address", "service", "from", "result", "since", "last check"]
        yield table(header, [[*map(inert, _cells(series, snapshot))] for series in services])
        for series in services:
            lines = list(check_details(series.last))
            if lines:
                yield f"**{inert(service_title(series))}**\n"
                yield "".join(f"- {inert(line)}\n" for line in lines)
    for domain in domains:
        yield from _domain_markdown(domain, snapshot)


def _domain_markdown(domain: MailDomain, snapshot: Snapshot) -> Iterator[str]:
    yield f"## Mail of {inert(domain.domain)}\n"
    attempts = list(sending_side(domain, snapshot))
    yield "**Sending side: connections from here**\n"
    if attempts:
        yield table(
            ["preference", "exchanger", "address", "result"],
            [[str(one.preference), *map(inert, (one.host, one.address, one.words))] for one in attempts],
            right=(0,),
        )
    summary = failing_words(domain, snapshot)
    yield f"In short: {inert(summary or 'no exchanger was tried')}.\n"
    yield f"**Receiving side: what it publishes and answers** ({utc(domain.asked_at)})\n"
    yield "".join(f"- {inert(line)}\n" for line in receiving_side(domain, snapshot))


def services_text(snapshot: Snapshot) -> Iterator[tuple[str, list[str]]]:
    """Yield titles and the lines under them, plain text not yet wrapped."""
    for series in snapshot.outside.services:
        result = f"{check_words(series.last)}, {row_words(series, snapshot)}"
        yield f"service: {service_title(series)}: {result}", list(check_details(series.last))
    for domain in snapshot.outside.mail_domains:
        summary = failing_words(domain, snapshot) or "no exchanger was tried"
        yield (
            f"mail of {domain.domain}, sending side: {summary}",
            [
                f"{one.preference} {one.host} {one.address}: {one.words}"
                for one in sending_side(domain, snapshot)
            ],
        )
        yield (
            f"mail of {domain.domain}, receiving side at {utc(domain.asked_at)}",
            list(receiving_side(domain, snapshot)),
        )


def _cells(series: ServiceSeries, snapshot: Snapshot) -> Iterator[str]:
    last = series.last
    yield series.host
    yield series.address
    yield service_words(series.service)
    yield last.source or ""
    yield check_words(last)
    yield row_words(series, snapshot)
    yield utc(last.started_at)


def service_title(series: ServiceSeries) -> str:
    """Return `SMTP at mail.example (192.0.2.1)`, with the source where one was chosen."""
    host = series.host if series.host == str(series.address) else f"{series.host} ({series.address})"
    origin = f" from {series.vantage}" if series.vantage else ""
    return f"{service_words(series.service)} at {host}{origin}"

"""What else speaks of the endpoints, on the one-page report: a line or two for each kind of evidence."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.model import Snapshot, counted
from tracetui.model.register_answer import Listing
from tracetui.report.as_doubts import registry_lines
from tracetui.report.bgp_routes import bgp_sections
from tracetui.report.markdown_escape import inert
from tracetui.report.public_asks import public_ask_lines
from tracetui.report.service_checks import service_title
from tracetui.words import (
    answer_words,
    check_words,
    contact_words,
    edition_words,
    entry_words,
    failing_words,
    headline_of,
    register_words,
    row_words,
)

_MAX_LINES: Final = 4
"""Of each kind; the rest is counted."""


def contact_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield the section on contacts; nothing where nobody asked for them."""
    contacts = [contact_words(one, snapshot) for one in snapshot.outside.contacts]
    if contacts:
        yield "## Contacts\n"
        yield "".join(f"- {inert(words)}\n" for words in contacts)


def page_evidence(snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of the section; nothing where there is no such evidence."""
    kinds = (public_ask_lines, _imports, _services, _mail, _bgp, _registers, registry_lines)
    lines = [line for kind in kinds for line in _some(list(kind(snapshot)))]
    if lines:
        yield "## Other evidence\n"
        yield "".join(f"- {inert(line)}\n" for line in lines)


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_MAX_LINES]
    if len(lines) > _MAX_LINES:
        yield f"{len(lines) - _MAX_LINES} more of this kind in the full report."


def _imports(snapshot: Snapshot) -> Iterator[str]:
    if not snapshot.probed:
        return  # then they are the findings
    imported = {lane.id for lane in snapshot.lanes if lane.trace.provenance is not None}
    for finding in snapshot.findings:
        if not imported.isdisjoint(finding.lanes):
            yield headline_of(finding, snapshot)


def _services(snapshot: Snapshot) -> Iterator[str]:
    services = snapshot.outside.services
    for series in services:
        if not series.works:
            yield f"{service_title(series)}: {check_words(series.last)}, {row_words(series, snapshot)}."
    working = [series for series in services if series.works]
    if len(working) == 1:
        yield f"{service_title(working[0])}: {check_words(working[0].last)}."
    elif working:
        yield f"{len(working)} services answer, as a client's connections show."


def _mail(snapshot: Snapshot) -> Iterator[str]:
    for domain in snapshot.outside.mail_domains:
        said = failing_words(domain, snapshot)
        if said is not None:
            yield f"Mail to {domain.domain}: {said}."


def _bgp(snapshot: Snapshot) -> Iterator[str]:
    for section in bgp_sections(snapshot):
        more = f" ({counted(len(section.lines) - 1, 'more line')} in the full report)"
        yield f"BGP, {section.title}: {section.lines[0]}{more if section.lines[1:] else ''}"


def _registers(snapshot: Snapshot) -> Iterator[str]:
    for file in snapshot.outside.register_files:
        answers = [answer for answer in snapshot.outside.registers if answer.register == file]
        if not file.is_read or not answers:
            yield f"Block register {register_words(file)}"
            continue
        lists = f"Block register {edition_words(file)}"
        hits = [answer for answer in answers if answer.listing is Listing.LISTED]
        for answer in hits:
            yield f"{lists}, {answer_words(answer)}: {entry_words(answer.entries[0])}."
        misses = [answer for answer in answers if answer.listing is Listing.NOT_LISTED]
        if len(misses) == 1:
            yield f"{lists}, {answer_words(misses[0])}."
        elif misses:
            yield f"{lists}, lists {'none' if not hits else 'nothing'} of {len(misses)} endpoints."

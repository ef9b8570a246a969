"""Mail domains in words: what happens when sending to them, and what they publish and answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tracetui.model import Snapshot
from tracetui.model.mail_domain import Dane, Exchanger, LookupState, MailDomain, dane_agrees
from tracetui.model.service_check import FailureReason, ServiceKind, ServiceSeries
from tracetui.words.names import listed
from tracetui.words.service_checks import certificate_verdict, check_words, row_words

_MAX_DATA: Final = 16
"""Digits of a TLSA record that are shown."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What happens to connections to one address of an exchanger."""

    preference: int
    host: str
    address: str
    words: str
    works: bool | None
    """None where it was not tried, or this machine could not."""


def sending_side(domain: MailDomain, snapshot: Snapshot) -> Iterator[Attempt]:
    """Yield what happens to connections from here, address by address, the most preferred exchanger first."""
    for exchanger in domain.exchangers:
        for address in exchanger.addresses:
            found = _series(address, snapshot)
            if found is None:
                words, works = "not tried yet", None
            else:
                words = f"{check_words(found.last)}, {row_words(found, snapshot)}"
                failure = found.last.failure
                local = failure is not None and failure.reason is FailureReason.LOCAL
                works = None if local else found.works
            yield Attempt(exchanger.preference, exchanger.host, address, words, works)


def failing_words(domain: MailDomain, snapshot: Snapshot) -> str | None:
    """Return which exchangers cannot be reached from here; None while none was tried."""
    known: dict[str, list[bool]] = {}
    for attempt in sending_side(domain, snapshot):
        if attempt.works is not None:
            known.setdefault(attempt.host, []).append(attempt.works)
    if not known:
        return None
    failing = [host for host, works in known.items() if not any(works)]
    partly = [host for host, works in known.items() if any(works) and not all(works)]
    if not failing and not partly:
        return "every exchanger that was tried answers"
    parts = []
    if failing:
        which = "all exchangers" if len(failing) == len(known) > 1 else listed(failing)
        parts.append(f"{which} {'fail' if which != failing[0] and len(failing) > 1 else 'fails'}")
    if partly:
        parts.append(f"{listed(partly)} {'answers' if len(partly) == 1 else 'answer'} at some addresses only")
    return "; ".join(parts)


def receiving_side(domain: MailDomain, snapshot: Snapshot) -> Iterator[str]:
    """Yield what the domain publishes, and what its exchangers answer."""
    yield _mx_words(domain)
    for exchanger in domain.exchangers:
        yield f"{exchanger.host}: {_addresses_words(exchanger)}"
        yield from _answers(exchanger, snapshot)
        yield f"{exchanger.host}: {_dane_words(exchanger, snapshot)}"
    yield from _sts_lines(domain)


def _series(address: str, snapshot: Snapshot) -> ServiceSeries | None:
    """Return the checks of an address as a mail server, else those of its bare connections."""
    found = [one for one in snapshot.outside.services if one.address == address]
    mail = (one for one in found if one.service.kind in {ServiceKind.SMTP, ServiceKind.SMTPS})
    bare = (one for one in found if one.service.kind is ServiceKind.TCP)
    return next(mail, None) or next(bare, None)


def _mx_words(domain: MailDomain) -> str:
    validated = "; the resolver reports that it validated them (AD)" if domain.authenticated else ""
    if domain.state is LookupState.FAILED:
        return "MX: no DNS server answered"
    if domain.takes_no_mail:
        return f"null MX: it accepts no mail{validated}"
    if domain.state is LookupState.NONE:
        return "MX: none, so the name itself is the exchanger"
    return f"MX: {', '.join(f'{one.preference} {one.host}' for one in domain.exchangers)}{validated}"


def _addresses_words(exchanger: Exchanger) -> str:
    if exchanger.addresses:
        return ", ".join(exchanger.addresses)
    failed = exchanger.addresses_state is LookupState.FAILED
    return "no DNS server gave its addresses" if failed else "it has no address"


def _answers(exchanger: Exchanger, snapshot: Snapshot) -> Iterator[str]:
    for address in exchanger.addresses:
        found = _series(address, snapshot)
        check = found.last if found is not None else None
        if check is None or not check.spoke:
            continue
        said = []
        if check.smtp is not None:
            said.append(f"“{check.smtp.banner.code} {check.smtp.banner.text}”".replace(" ”", "”"))
            if check.smtp.extensions and not check.smtp.offers_starttls and check.tls is None:
                said.append("no STARTTLS")
        if check.tls is not None:
            said.append(f"{check.tls.version}, {certificate_verdict(check.tls)}")
        if said:
            yield f"{address} answers {'; '.join(said)}"


def _dane_words(exchanger: Exchanger, snapshot: Snapshot) -> str:
    dane = exchanger.dane
    if dane.state is LookupState.FAILED:
        return "no DNS server gave its TLSA records"
    if not dane.records:
        return "no TLSA records (DANE)"
    records = ", ".join(
        f"{one.usage} {one.selector} {one.matching_type} {_cut(one.data)}" for one in dane.records
    )
    validated = (
        "the resolver reports that it validated them (AD)"
        if dane.authenticated
        else "not validated by the resolver, so senders ignore them"
    )
    return f"TLSA {records}; {validated}{_agreement(dane, exchanger, snapshot)}"


def _cut(data: str) -> str:
    return data if len(data) <= _MAX_DATA else f"{data[:_MAX_DATA]}…"


def _agreement(dane: Dane, exchanger: Exchanger, snapshot: Snapshot) -> str:
    for address in exchanger.addresses:
        found = _series(address, snapshot)
        session = found.last.tls if found is not None else None
        if session is not None and session.certificate is not None:
            agrees = dane_agrees(dane, session.certificate)
            if agrees is not None:
                return f"; the certificate shown {'agrees' if agrees else 'does not agree'}"
    return ""


def _sts_lines(domain: MailDomain) -> Iterator[str]:
    sts = domain.sts
    if sts.state is LookupState.FAILED:
        yield "MTA-STS: no DNS server answered"
    elif sts.state is LookupState.NONE:
        yield "MTA-STS: none"
    elif sts.policy is None:
        yield f"MTA-STS: there is a record, but no policy: {sts.problem or 'unknown'}"
    else:
        policy = sts.policy
        hosts = ", ".join(policy.patterns) or "no host"
        yield f"MTA-STS: mode {policy.mode} for {hosts}, for {policy.max_age_s} s"
        for exchanger in domain.exchangers:
            if not policy.covers(exchanger.host):
                yield f"MTA-STS: {exchanger.host} is not covered"

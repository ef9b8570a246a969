"""What a mail domain publishes: exchangers with addresses, MTA-STS and DANE. Text of others is safe text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracetui.model.reference import Address, ForeignText
from tracetui.model.service_check import Certificate


class LookupState(StrEnum):
    """What the DNS said to a question."""

    FOUND = "found"
    NONE = "none"
    """The name has no such record, or there is no such name."""

    FAILED = "failed"
    """No server gave a usable answer."""


@dataclass(frozen=True, slots=True)
class TlsaRecord:
    """A TLSA record (RFC 6698 section 2.1)."""

    usage: int
    selector: int
    matching_type: int
    data: str
    """Certificate association data, hexadecimal; of a longer one the beginning."""


@dataclass(frozen=True, slots=True)
class Dane:
    """The TLSA records of an exchanger's port."""

    state: LookupState
    records: tuple[TlsaRecord, ...] = ()
    authenticated: bool = False
    """The resolver set the AD flag: it says that it validated the answer. Nobody here has."""


@dataclass(frozen=True, slots=True)
class Exchanger:
    """A mail exchanger."""

    preference: int
    """The lower, the more preferred."""

    host: ForeignText
    addresses: tuple[Address, ...]
    """IPv4 before IPv6; empty where it has none, or the DNS gave no answer."""

    addresses_state: LookupState
    dane: Dane


@dataclass(frozen=True, slots=True)
class MtaStsPolicy:
    """A policy file (RFC 8461 section 3.2)."""

    mode: str
    """`enforce`, `testing` or `none`."""

    patterns: tuple[ForeignText, ...]
    """Of its `mx:` lines."""

    max_age_s: int

    def covers(self, host: str) -> bool:
        """Tell whether an exchanger is among the policy's; `*.` stands for one label (section 4.1)."""
        name = host.lower()
        _, dot, parent = name.partition(".")
        patterns = {pattern.lower() for pattern in self.patterns}
        return name in patterns or (bool(dot) and f"*.{parent}" in patterns)


@dataclass(frozen=True, slots=True)
class MtaSts:
    """MTA-STS of a domain."""

    state: LookupState
    """Of the TXT record at `_mta-sts`."""

    policy: MtaStsPolicy | None = None
    problem: ForeignText | None = None
    """Why there is no policy although there is a record."""


@dataclass(frozen=True, slots=True)
class MailDomain:
    """What a domain publishes for those who send mail to it."""

    domain: ForeignText
    asked_at: datetime
    state: LookupState
    """Of its MX records."""

    exchangers: tuple[Exchanger, ...] = ()
    """The most preferred first; the domain itself where it has no MX (RFC 5321 section 5.1)."""

    authenticated: bool = False
    """The resolver set the AD flag on the MX records."""

    takes_no_mail: bool = False
    """Its MX is null (RFC 7505)."""

    sts: MtaSts = MtaSts(LookupState.NONE)


def dane_agrees(dane: Dane, certificate: Certificate) -> bool | None:
    """Tell whether a server's own certificate is one that TLSA records name; None where they cannot tell.

    Compared are only records of the server's own certificate by SHA-256 (usage 3, RFC 7672 section 3.1).
    """
    digests = {0: certificate.sha256, 1: certificate.key_sha256}
    compared = [
        digests[one.selector] == one.data
        for one in dane.records
        if one.usage == 3 and one.matching_type == 1 and one.selector in digests
    ]
    if any(compared):
        return True
    return False if compared and len(compared) == len(dane.records) else None

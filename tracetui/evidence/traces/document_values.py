"""Reads values that JSON formats have in common: bounded numbers, responders, times, kinds of replies."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Final

from msgspec import Meta

from tracetui.evidence.traces.hop_line import address_of
from tracetui.model import ProbeProtocol, ReplyKind, safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder
from tracetui.packet.decode_reply import error_kind

Ttl = Annotated[int, Meta(ge=1, le=255)]
Octet = Annotated[int, Meta(ge=0, le=255)]
Port = Annotated[int, Meta(ge=0, le=65535)]
Asn = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
Label = Annotated[int, Meta(ge=0, le=0xFFFFF)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Milliseconds = Annotated[float, Meta(ge=0, le=3_600_000)]
"""A round-trip time, up to an hour."""

UnixTime = Annotated[float, Meta(ge=0, le=0x2_0000_0000)]
"""Seconds."""

MAX_PROBES: Final = 256
"""Probes of one TTL in a document."""

MAX_RESPONDERS: Final = 64

_ASN: Final = re.compile(r"(?:AS)?(\d{1,10})", re.IGNORECASE)
_ECHO_REPLIES: Final = frozenset({(4, 0), (6, 129)})
_SYN, _RST, _ACK = 0x02, 0x04, 0x10


def as_ns(milliseconds: float | None) -> int | None:
    """Return a round-trip time in nanoseconds."""
    return None if milliseconds is None else round(milliseconds * 1_000_000)


def as_moment(unix_seconds: float | None) -> datetime | None:
    """Return an aware time."""
    return None if unix_seconds is None else datetime.fromtimestamp(unix_seconds, UTC)


def moment_of(text: str | None) -> datetime | None:
    """Return the time that ISO 8601 text tells, aware; UTC where it names no zone, None for other text."""
    try:
        moment = datetime.fromisoformat((text or "")[:40])
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def country_of(text: str | None) -> str:
    """Return a country's two letters (ISO 3166), in capitals; "" for other text."""
    code = (text or "").strip()
    return code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else ""


def asns_of(text: str | None) -> tuple[int, ...]:
    """Return the AS in `AS64500` or `64500`; () for AS0 and other text."""
    match = _ASN.fullmatch((text or "").strip()[:20])
    return (int(match[1]),) if match is not None and 0 < int(match[1]) <= 0xFFFFFFFF else ()


def responder_of(
    address: str | None, name: str | None = None, asns: tuple[int, ...] = (), mpls: tuple[int, ...] = ()
) -> ImportedResponder | None:
    """Return who answered; None where neither an address nor a name nor an AS is told.

    A name that repeats the address is none; text that is no address, in place of one, is a name.
    """
    return _responder((address or "")[:300], (name or "")[:300], asns, mpls[:16])


@lru_cache(maxsize=4096)
def _responder(
    address: str, name: str, asns: tuple[int, ...], mpls: tuple[int, ...]
) -> ImportedResponder | None:
    canonical = address_of(address)
    if address_of(name) is not None:
        canonical, name = canonical or address_of(name), ""
    name = safe_text(name.rstrip(".")) or (safe_text(address) if canonical is None else "")
    if canonical is None and not name and not asns:
        return None
    return ImportedResponder(canonical, name, tuple(asn for asn in asns if asn), mpls)


def icmp_kind(family: int, icmp_type: int, icmp_code: int, *, is_endpoint: bool) -> ReplyKind | None:
    """Return the kind of an ICMP reply; None for a message that is no answer to a probe."""
    if (family, icmp_type) in _ECHO_REPLIES:
        return ReplyKind.ECHO_REPLY
    kind = error_kind(family, icmp_type, icmp_code)
    return ReplyKind.UNREACHABLE if kind is ReplyKind.PORT_UNREACHABLE and not is_endpoint else kind


def tcp_kind(flags: int) -> ReplyKind | None:
    """Return the kind of a TCP reply with these flags, as in the header."""
    if flags & _RST:
        return ReplyKind.RST
    return ReplyKind.SYN_ACK if flags & (_SYN | _ACK) == _SYN | _ACK else None


def protocol_of(text: str | None) -> ProbeProtocol | None:
    """Return the protocol that text such as `TCP`, `icmp-echo-paris` or `udp` begins with."""
    start = (text or "")[:10].lower()
    return next((protocol for protocol in ProbeProtocol if start.startswith(protocol.value)), None)


def hops_of(probes: Mapping[int, Iterable[ImportedReply | None]]) -> tuple[ImportedHop, ...]:
    """Return hops by rising TTL."""
    return tuple(ImportedHop(ttl, tuple(probes[ttl])) for ttl in sorted(probes))

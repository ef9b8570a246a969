"""Reads the small parts that all formats of routes share: prefixes, AS paths, communities, ages, dates."""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from tracetui.model import Asn
from tracetui.model.bgp_route import AsPath, AsSegment, OriginCode, RpkiState, SegmentKind
from tracetui.model.reference import Prefix

MAX_PATH: Final = 1000
"""ASes of a path that are kept; longer ones are refused."""

MAX_COMMUNITIES: Final = 100

_CLASSES: Final = ((128, 8), (192, 16), (224, 24))
"""First byte below which an IPv4 network without a length has that one, as old tables print them."""

_PATH_PART: Final = re.compile(r"[(){}\[\]]|[^\s,(){}\[\]]+")
_OPENING: Final = {"(": SegmentKind.CONFED_SEQUENCE, "{": SegmentKind.SET, "[": SegmentKind.CONFED_SET}
_CLOSING: Final = {SegmentKind.CONFED_SEQUENCE: ")", SegmentKind.SET: "}", SegmentKind.CONFED_SET: "]"}
_COMMUNITY: Final = re.compile(r"\(?([\w.-]{1,20}(?:[:,] ?[\w.-]{1,20}){0,2})\)?", re.ASCII)

ORIGIN_LETTERS: Final = {
    "i": OriginCode.IGP, "e": OriginCode.EGP, "?": OriginCode.INCOMPLETE, "I": OriginCode.IGP,
    "E": OriginCode.EGP,
}  # fmt: skip

_RPKI_WORDS: Final = {
    "valid": RpkiState.VALID,
    "v": RpkiState.VALID,
    "invalid": RpkiState.INVALID,
    "invalid_asn": RpkiState.INVALID,
    "invalid_length": RpkiState.INVALID,
    "i": RpkiState.INVALID,
    "!": RpkiState.INVALID,
    "unknown": RpkiState.NOT_FOUND,
    "not-found": RpkiState.NOT_FOUND,
    "notfound": RpkiState.NOT_FOUND,
    "n": RpkiState.NOT_FOUND,
}
"""Junos' "unverified" is missing: it says that the router has not looked."""


@lru_cache(maxsize=4096)
def prefix_of(text: str) -> Prefix | None:
    """Return a prefix in canonical form; None where `text` is none. Host bits are cleared.

    An IPv4 network without a length has that of its class; an address without one, where some of its host
    bits are set, is a host.
    """
    base, slash, length = text.strip().partition("/")
    try:
        address = ipaddress.ip_address(base)
        if not slash:
            bits = _class_length(address) if isinstance(address, ipaddress.IPv4Address) else 128
            length = str(bits)
        if not (length.isascii() and length.isdigit() and len(length) <= 3):
            return None
        return Prefix(str(ipaddress.ip_network(f"{address}/{length}", strict=False)))
    except ValueError:
        return None


def _class_length(address: ipaddress.IPv4Address) -> int:
    number = int(address)
    if not number:
        return 0
    length = next((length for below, length in _CLASSES if number >> 24 < below), 32)
    return length if not number & ((1 << (32 - length)) - 1) else 32


def host_prefix(address: str) -> Prefix:
    """Return an address as a prefix."""
    return Prefix(str(ipaddress.ip_network(address)))


@lru_cache(maxsize=4096)
def address_of(text: str) -> str | None:
    """Return an address in canonical form, without its interface; None where `text` is none."""
    try:
        address = ipaddress.ip_address(text.strip("(),").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def asn_of(text: str) -> Asn | None:
    """Return the number of an AS, plain or in dots (RFC 5396); None where `text` is none, or AS0."""
    high, dot, low = text.partition(".")
    parts = (high, low) if dot else (high,)
    if not all(part.isascii() and part.isdigit() and len(part) <= 10 for part in parts):
        return None
    number = (int(high) << 16) + int(low) if dot else int(high)
    small = not dot or (int(high) < 1 << 16 and int(low) < 1 << 16)
    return Asn(number) if small and 0 < number < 1 << 32 else None


def path_of(text: str) -> AsPath | None:
    """Return an AS path: `(65001) 22822 22822 {19905 64500}`; None where `text` is none."""
    segments: list[AsSegment] = []
    kind, asns, total = SegmentKind.SEQUENCE, list[Asn](), 0

    def close() -> None:
        if asns:
            segments.append(AsSegment(kind, tuple(asns)))
            asns.clear()

    for part in _PATH_PART.findall(text):
        if part in _OPENING:
            if kind is not SegmentKind.SEQUENCE:
                return None
            close()
            kind = _OPENING[part]
        elif part in ")}]":
            if _CLOSING.get(kind) != part:
                return None
            close()
            kind = SegmentKind.SEQUENCE
        else:
            asn = asn_of(part)
            total += 1
            if asn is None or total > MAX_PATH:
                return None
            asns.append(asn)
    if kind is not SegmentKind.SEQUENCE:
        return None
    close()
    return AsPath(tuple(segments))


def communities_of(text: str) -> list[str]:
    """Return communities as `22822:100`, as names (`no-export`), or with three numbers (RFC 8092)."""
    found = [re.sub(r"[,:] ?", ":", one) for one in _COMMUNITY.findall(text)]
    return found[:MAX_COMMUNITIES]


def rpki_of(word: str) -> RpkiState | None:
    """Return what a router's word for the RPKI state means; None for one that says nothing."""
    return _RPKI_WORDS.get(word.strip().lower().replace(" ", "-"))


_AGE_UNITS: Final = {"y": 365 * 86400, "w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
_AGE: Final = re.compile(
    r"(?:(\d{1,3})y)? ?(?:(\d{1,4})w)? ?(?:(\d{1,5})d)? ?(?:(\d{1,3})h)? ?(?:(\d{1,3})m)? ?(?:(\d{1,3})s)?"
    r" ?(?:(\d{1,3}):(\d{2})(?::(\d{2}))?)?",
    re.ASCII,
)


def age_of(text: str) -> timedelta | None:
    """Return an age: `2w3d 04:05:06`, `1d02h`, `02d03h04m`, `05:06:07`; None where `text` is none."""
    text = text.strip()
    match = _AGE.fullmatch(text) if 0 < len(text) <= 40 else None
    if match is None:
        return None
    seconds = sum(
        int(value) * unit
        for value, unit in zip(match.groups()[:6], _AGE_UNITS.values(), strict=True)
        if value
    )
    hours, minutes, rest = (int(value or 0) for value in match.groups()[6:])
    return timedelta(seconds=seconds + hours * 3600 + minutes * 60 + rest)


def before(moment: datetime | None, age: timedelta | None) -> datetime | None:
    """Return the moment so long before another; None where either is not known."""
    if moment is None or age is None:
        return None
    try:
        return moment - age
    except OverflowError:
        return None


_DATES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%a %b %d %H:%M:%S %Y", "%m/%d/%y %H:%M:%S")


def date_of(text: str, forms: tuple[str, ...] = _DATES) -> datetime | None:
    """Return a date as routers print it, read as UTC: they name no zone; None where `text` is none."""
    words = " ".join(text.split())[:40]
    for form in forms:
        try:
            return datetime.strptime(words, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def unix_time(value: str | float) -> datetime | None:
    """Return the moment of a Unix time in seconds; None where `value` is none of this age."""
    try:
        return datetime.fromtimestamp(float(value), UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        return None

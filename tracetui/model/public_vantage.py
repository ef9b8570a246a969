"""Places on public platforms that trace for anybody: which ones are wanted, and how asking them stands."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracetui.model.errors import CannotRunError
from tracetui.model.lane import ProbeProtocol
from tracetui.model.reference import Asn, parse_asn
from tracetui.model.safe_text import safe_text

DEFAULT_PROBES: Final = 3
"""Probes of a platform that are asked for where the user names no number."""

MAX_PROBES: Final = 50
"""What Globalping allows without an account; Atlas would allow more, but nobody reads 1,000 lanes."""

_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_CITY: Final = re.compile(r"[^\W\d_][\w .'’-]{0,79}")
_ATLAS_PAGE: Final = re.compile(
    r"https?://atlas\.ripe\.net/(?:api/v2/|frames/)?measurements/(?:public/)?(\d{1,12})(?:[/?#].*)?"
)
_FORMS: Final = {
    "globalping": "globalping:AS8359, globalping:country=RU,city=Moscow,limit=5",
    "atlas": "atlas:12345678 for a measurement that exists, atlas:AS8359,limit=10 or atlas:country=RU",
}


class Platform(StrEnum):
    """A public platform, by the word that its vantages begin with."""

    GLOBALPING = "globalping"
    ATLAS = "atlas"


@dataclass(frozen=True, slots=True)
class PublicVantage:
    """Probes of a platform, or a measurement that they have made already."""

    platform: Platform
    asn: Asn | None = None
    country: str = ""
    """Two capital letters; "" where any country will do."""

    city: str = ""
    limit: int = DEFAULT_PROBES
    """Probes, at most."""

    measurement: int | None = None
    """The number of a measurement of RIPE Atlas that exists; nothing new is measured then."""

    @property
    def text(self) -> str:
        """What `parse_public_vantage` reads."""
        if self.measurement is not None:
            return f"{self.platform}:{self.measurement}"
        asn = "" if self.asn is None else f"AS{self.asn}"
        country, city = (self.country and f"country={self.country}"), (self.city and f"city={self.city}")
        return f"{self.platform}:" + ",".join(filter(None, (asn, country, city, f"limit={self.limit}")))


def is_public_vantage(word: str) -> bool:
    """Tell whether a vantage is one of a public platform, as far as its first word tells."""
    return word.partition(":")[0].lower() in set(Platform) or bool(_ATLAS_PAGE.fullmatch(word))


def parse_public_vantage(word: str) -> PublicVantage:
    """Return the vantage of `globalping:AS8359`, `atlas:country=RU,limit=20`, `atlas:12345678`, or its page.

    Raises CannotRunError with one line.
    """
    page = _ATLAS_PAGE.fullmatch(word.removeprefix("atlas:"))
    if page is not None:
        return PublicVantage(Platform.ATLAS, measurement=int(page[1]))
    name, _, rest = word.partition(":")
    try:
        platform = Platform(name.strip().lower())
    except ValueError:
        raise CannotRunError(
            f"{safe_text(word, limit=80)!r} is no public vantage: begin with globalping: or atlas:"
        ) from None
    terms = [term.strip() for term in rest.split(",") if term.strip()]
    if platform is Platform.ATLAS and len(terms) == 1 and re.fullmatch(r"[0-9]{1,12}", terms[0]):
        return PublicVantage(platform, measurement=int(terms[0]))
    return _probes(word, platform, terms)


def _probes(word: str, platform: Platform, terms: list[str]) -> PublicVantage:
    found: dict[str, str] = {}
    for term in terms:
        key, equals, value = term.partition("=")
        if not equals:
            key, value = ("as" if re.match(r"(?i)as\d", term) else "country"), term
        key = {"asn": "as"}.get(key.strip().lower(), key.strip().lower())
        if key in found:
            raise _malformed(word, platform, f"{safe_text(key, limit=20)} is there twice")
        found[key] = value.strip()
    limit = found.pop("limit", str(DEFAULT_PROBES))
    asn, country, city = (found.pop(key, "") for key in ("as", "country", "city"))
    if found:
        raise _malformed(word, platform, f"{safe_text(next(iter(found)), limit=20)!r} is not known")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 1 <= int(limit) <= MAX_PROBES):
        raise _malformed(word, platform, f"limit is a number from 1 to {MAX_PROBES}")
    if country and not _COUNTRY.fullmatch(country):
        raise _malformed(word, platform, f"{safe_text(country, limit=40)!r} is no country of two letters")
    if city and not _CITY.fullmatch(city):
        raise _malformed(word, platform, f"{safe_text(city, limit=40)!r} is no city")
    if not (asn or country or city):
        raise _malformed(word, platform, "it names no AS and no country")
    if platform is Platform.ATLAS and (city or (asn and country)):
        raise _malformed(word, platform, "RIPE Atlas selects probes by an AS or by a country")
    return PublicVantage(
        platform, _asn(word, platform, asn) if asn else None, country.upper(), city, int(limit)
    )


def _asn(word: str, platform: Platform, text: str) -> Asn:
    try:
        found = parse_asn(text[2:] if text[:2].lower() == "as" else text)
    except ValueError:
        found = 0
    if not found:
        raise _malformed(word, platform, f"{safe_text(text, limit=20)!r} is no AS")
    return Asn(found)


def _malformed(word: str, platform: Platform, what: str) -> CannotRunError:
    return CannotRunError(f"{safe_text(word, limit=80)!r}: {what}: write {_FORMS[platform]}")


@dataclass(frozen=True, slots=True)
class WantedTrace:
    """An endpoint that a public vantage is to trace to."""

    address: str
    protocol: ProbeProtocol
    port: int | None = None

    @property
    def text(self) -> str:
        """`TCP/25 to 192.0.2.1`."""
        service = f"TCP/{self.port}" if self.protocol is ProbeProtocol.TCP else self.protocol.upper()
        return f"{service} to {self.address}"


class AskStage(StrEnum):
    """How far a platform has got."""

    ASKING = "asking"
    """Nothing is measured yet."""

    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"
    """What arrived before is kept."""

    CANCELLED = "cancelled"
    """By the user; what arrived before is kept."""

    @property
    def is_over(self) -> bool:
        """True when nothing more will come."""
        return self not in {AskStage.ASKING, AskStage.MEASURING}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a platform still allows."""

    remaining: int
    limit: int
    reset_at: datetime


@dataclass(frozen=True, slots=True)
class VantageAsk:
    """One question to a platform, and how it stands."""

    vantage: PublicVantage
    traces: tuple[WantedTrace, ...]
    """None where the vantage is a measurement that exists."""

    stage: AskStage = AskStage.ASKING
    probes: int = 0
    """That the platform selected."""

    results: int = 0
    """That are final."""

    wanted: int = 0
    """Results in all; 0 before that is known."""

    imported: int = 0
    """Traces that became lanes."""

    credits: int | None = None
    """What RIPE Atlas takes for it at most; None where it costs nothing."""

    balance: int | None = None
    """Credits that the user had before; None where that is not known."""

    limit: RateLimit | None = None
    waits_until: datetime | None = None
    """Set while the platform wants to be left alone."""

    problem: str = ""
    """One line, safe text."""

    remarks: tuple[str, ...] = ()
    """What is missing in the answer, one line each, safe text."""

"""Short names of AS holders: the user's own, or the registered name without its legal form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SHORT_LIMIT: Final = 16
NAME_LIMIT: Final = 32

_LEGAL_WORDS: Final = """
ab ag aktiengesellschaft aps as asa ao bv company corp corporation da doo eood fze gmbh inc incorporated jsc
kft kg limited llc llp lp ltd ltda mbh nv oao ood oy oyj ooo pao pbc pjsc plc pte pty pvt sa sac saic sal sas
se sia spa spk sro srl szo tov uab zao zrt
"""
_LEGAL_FORMS: Final = frozenset(_LEGAL_WORDS.split())
_PHRASES: Final = re.compile(
    r"\b(public |open |closed |private )?(joint[- ]stock company|limited liability company)\b"
    r"|\bd\. ?o\. ?o\.|\bsp\. ?z ?o\. ?o\.|\bs\. ?r\. ?o\.|\bs\. ?a\. ?(r\. ?l\.)?",
    re.IGNORECASE,
)
_NOISE: Final = re.compile(r"^as\d+[-_ ]|[-_ ]as(n|\d+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Holding:
    """The user's own name and colour of an AS."""

    name: str | None = None
    colour: int | None = None
    """An xterm-256 palette entry."""


@dataclass(frozen=True, slots=True)
class HolderBook:
    """The user's own names and colours of ASes."""

    holdings: Mapping[int, Holding] = field(default_factory=dict)

    def short(self, asn: int, name: str) -> str:
        """Return the short form of a holder's name: the user's own, if there is one."""
        holding = self.holdings.get(asn)
        return (holding.name if holding is not None else None) or short_name(name)

    def colour(self, asn: int) -> int | None:
        """Return the colour that the user gave an AS."""
        holding = self.holdings.get(asn)
        return holding.colour if holding is not None else None


def cut_name(name: str) -> str:
    """Return a holder's name for a sentence, cut when it is long."""
    return name if len(name) <= NAME_LIMIT else name[: NAME_LIMIT - 1].rstrip() + "…"


def short_name(name: str, limit: int = SHORT_LIMIT) -> str:
    """Return a holder's name without its legal form, cut at a word when it is still too long.

    `Google LLC` is `Google`, `PJSC "Vimpelcom"` is `Vimpelcom`; a name of nothing but such words is kept.
    """
    plain = _PHRASES.sub(" ", name)
    words = [word for word in re.split(r"[\s,\"'«»“”()]+", plain) if word]
    kept = [word for word in words if word.lower().replace(".", "").replace("/", "") not in _LEGAL_FORMS]
    short = _NOISE.sub("", " ".join(kept or words)) or name
    if len(short) <= limit:
        return short
    at_word = short[: limit + 1].rpartition(" ")[0]
    return at_word if len(at_word) * 2 >= limit else short[: limit - 1] + "…"

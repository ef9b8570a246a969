"""Asks Team Cymru's IP to ASN mapping over DNS: the origin of an address, the holder of an AS.

    8.8.8.8.origin.asn.cymru.com           TXT "15169 | 8.8.8.0/24 | US | arin | 2023-12-28"
    8.8.8.8. ... .origin6.asn.cymru.com    the same for IPv6, by nibbles
    AS15169.asn.cymru.com                  TXT "15169 | US | arin | 2000-03-30 | GOOGLE, US"

One answer may have several ASes, and so may several answers (MOAS). Of several prefixes the longest counts. A
name that does not exist means that nobody announces the address.
Source: the description of the service at https://www.team-cymru.com/ip-asn-mapping.
"""

import asyncio
import ipaddress
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from tracetui.model import AsSource, Attribution, ResolutionError, safe_text
from tracetui.model.reference import parse_asn
from tracetui.ownership.cached_rows import MIN_PREFIX_LENGTH, Origin
from tracetui.ownership.interfaces import NoSuchNameError
from tracetui.ownership.lookup_cache import CachedAnswer, LookupCache

NAME: Final = "Team Cymru"
ZONE: Final = "asn.cymru.com"
_ROUTED_BITS: Final = {4: 24, 6: 48}
"""Longer prefixes are rarely announced: addresses that share this many bits are looked up one after another,
as the first answer most likely covers them all."""


class TextSource(Protocol):
    """Answers TXT questions."""

    async def texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, each as one string; none when it has none.

        Raises NoSuchNameError when the name does not exist, ResolutionError when there is no answer.
        """


class CymruSource:
    """A `NetworkSource`. For one event loop."""

    def __init__(
        self, texts: TextSource, cache: LookupCache, unix_s: Callable[[], float] = time.time
    ) -> None:
        """`unix_s`: the clock that dates answers."""
        self._texts, self._unix_s = texts, unix_s
        self._cache = cache
        self._groups: dict[str, asyncio.Lock] = {}
        self._holders: dict[int, str] = {}
        self.info = AsSource(NAME, None)

    async def attribute(self, address: str) -> Attribution | None:
        """Return the origin of an address; None for an invalid answer.

        When there is no answer, an old one from the cache is used, with its date; without one raises
        ResolutionError.
        """
        group = _group(address)
        async with self._groups.setdefault(group, asyncio.Lock()):
            known = self._cache.origin(address)
            if known is not None and known[1].fresh:
                return _attribution(*known)
            try:
                found = await self._ask(address)
            except ResolutionError:
                if known is None:
                    raise
                return _attribution(*known)
            if found is None:
                return None
            self._cache.put_origin(*found)
        return _attribution(found[0], CachedAnswer(found[1], self._unix_s(), fresh=True))

    async def _ask(self, address: str) -> tuple[str, Origin] | None:
        """Return prefix and origin. Raises ResolutionError."""
        try:
            texts = await self._texts.texts(question(address))
        except NoSuchNameError:
            return str(ipaddress.ip_network(address)), Origin((), "")
        found = longest_origin(texts, address)
        if found is None:
            return None
        prefix, asns = found
        return prefix, Origin(asns, await self._holder(asns[0]))

    async def _holder(self, asn: int) -> str:
        """Return the name of an AS, "" when there is no answer: the number is worth having without it."""
        if asn not in self._holders:
            try:
                texts = await self._texts.texts(f"AS{asn}.{ZONE}")
            except NoSuchNameError:
                texts = ()
            except ResolutionError:
                return ""
            self._holders[asn] = next(filter(None, (parse_holder(text, asn) for text in texts)), "")
        return self._holders[asn]


def question(address: str) -> str:
    """Return the name to ask for the origin of an address."""
    value = ipaddress.ip_address(address)
    digits, _, _ = value.reverse_pointer.rpartition(".in-addr.arpa" if value.version == 4 else ".ip6.arpa")
    return f"{digits}.{'origin' if value.version == 4 else 'origin6'}.{ZONE}"


def longest_origin(texts: Sequence[str], address: str) -> tuple[str, tuple[int, ...]] | None:
    """Return the longest prefix around `address` in the answers, with all its ASes; None for no prefix."""
    value = ipaddress.ip_address(address)
    origins: dict[ipaddress.IPv4Network | ipaddress.IPv6Network, list[int]] = {}
    for text in texts:
        numbers, _, rest = text.partition("|")
        try:
            network = ipaddress.ip_network(rest.partition("|")[0].strip())
            asns = [parse_asn(word) for word in numbers.split()]
        except ValueError:
            continue
        if network.version != value.version or network.prefixlen < MIN_PREFIX_LENGTH[network.version]:
            continue
        if asns and all(asns) and value in network:
            origins.setdefault(network, []).extend(asns)
    if not origins:
        return None
    longest = max(origins, key=lambda network: network.prefixlen)
    return str(longest), tuple(dict.fromkeys(origins[longest]))


def parse_holder(text: str, asn: int) -> str | None:
    """Return the name in an answer about an AS, without the country at its end; None when it is none."""
    fields = [field.strip() for field in text.split("|", 4)]
    if len(fields) < 5 or fields[0] != str(asn):
        return None
    name, comma, country = fields[4].rpartition(", ")
    return safe_text(name if comma and len(country) == 2 and country == fields[1] else fields[4])


def _group(address: str) -> str:
    value = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((value, _ROUTED_BITS[value.version]), strict=False))


def _attribution(prefix: str, known: CachedAnswer[Origin]) -> Attribution:
    learned = datetime.fromtimestamp(known.learned, UTC).date().isoformat()
    return Attribution(known.value.asns, known.value.name, prefix, NAME, learned)

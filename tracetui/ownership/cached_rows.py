"""Checks rows of the lookup cache as answers of the network are checked: anybody may have written them."""

import ipaddress
from dataclasses import dataclass
from typing import Final

from tracetui.model import safe_text
from tracetui.model.reference import parse_asn

MIN_PREFIX_LENGTH: Final = {4: 8, 6: 16}
"""Shorter prefixes are not announced; an answer with one would cover half of the internet."""

MAX_NAME: Final = 255
"""Characters of a PTR name."""

_MAX_ASNS: Final = 32
_FIRST_DAY_S: Final = 946_684_800.0
"""The year 2000: no answer is older."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who announces a prefix; no AS: nobody does."""

    asns: tuple[int, ...]
    name: str


def checked_origin(prefix: object, asns: object, name: object) -> tuple[str, Origin]:
    """Return a row's prefix and who announces it. Raises ValueError where no answer could say so."""
    if not (isinstance(prefix, str) and isinstance(asns, str) and isinstance(name, str)):
        raise ValueError("not text")  # noqa: TRY004  (as for any other row)
    network = ipaddress.ip_network(prefix)
    numbers = tuple(map(parse_asn, asns.split()))
    if not all(numbers) or len(numbers) > _MAX_ASNS:
        raise ValueError("no AS number")
    shortest = MIN_PREFIX_LENGTH[network.version] if numbers else network.max_prefixlen
    if network.prefixlen < shortest:  # that nothing is announced is known of single addresses
        raise ValueError("too many addresses")
    return str(network), Origin(numbers, safe_text(name))


def checked_pointer(address: object, name: object) -> tuple[str, str | None]:
    """Return a row's address and PTR name. Raises ValueError where no answer could say so."""
    if not (isinstance(address, str) and isinstance(name, str | None)):
        raise ValueError("not text")  # noqa: TRY004  (as for any other row)
    shown = None if name is None else safe_text(name, limit=MAX_NAME)
    if shown == "":
        raise ValueError("an empty name")
    return str(ipaddress.ip_address(address)), shown


def checked_time(learned: object, now_s: float) -> float:
    """Return when a row was learned, Unix time. Raises ValueError where that cannot be."""
    if not isinstance(learned, float) or not _FIRST_DAY_S <= learned <= max(now_s, _FIRST_DAY_S):
        raise ValueError("no time of an answer")
    return learned

"""Reads and checks the ASes of a scenario file, with the nodes that are in them."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tracetui.model import safe_text
from tracetui.simulation.scenario import Prefix, System
from tracetui.simulation.scenario_names import HOST, ROUTER, parse_prefix, placed
from tracetui.simulation.scenario_schema import InvalidKeyError, SystemTable, convert, join, quoted, shown

MAX_ASN: Final = 4_294_967_295
_POOLS: Final[dict[int, tuple[Prefix, int]]] = {
    4: (ipaddress.ip_network("198.18.0.0/15"), 24),
    6: (ipaddress.ip_network("2001:db8::/32"), 48),
}
"""Ranges (RFC 2544, RFC 3849) from which an AS without a prefix gets one, and its length."""


@dataclass(slots=True)
class Systems:
    """The ASes of a file."""

    by_number: dict[int, System] = field(default_factory=dict)
    members: dict[str, dict[str, int]] = field(default_factory=lambda: {ROUTER: {}, HOST: {}})
    """Kind of node to name to ASN, for nodes that an AS lists."""


def read_systems(entries: Mapping[str, Any], families: Sequence[int]) -> Systems:
    """Return the ASes of `[as]`. Raises InvalidKeyError."""
    systems = Systems()
    tables: list[tuple[int, str, SystemTable]] = []
    for key, entry in entries.items():
        place = join("as", quoted(key))
        if not (key.isascii() and key.isdigit()) or not 1 <= int(key[:11]) <= MAX_ASN:
            raise InvalidKeyError(place, f"{key!r} is not an AS number: digits only, such as 64500")
        if not isinstance(entry, str | dict):
            raise InvalidKeyError(place, f"a holder's name or a table is expected, not {shown(entry)}")
        table = convert({"name": entry} if isinstance(entry, str) else entry, SystemTable, place)
        for kind, words in ((ROUTER, table.routers), (HOST, table.hosts)):
            for word, where in placed(words, f"{place}.{kind}s"):
                if word in systems.members[kind]:
                    raise InvalidKeyError(where, f"{word!r} is in AS{systems.members[kind][word]} already")
                systems.members[kind][word] = int(key)
        tables.append((int(key), place, table))
    given: list[Prefix] = []
    for asn, place, table in tables:
        prefixes = tuple(parse_prefix(word, at) for word, at in placed(table.prefixes, f"{place}.prefixes"))
        systems.by_number[asn] = System(asn, safe_text(table.name), prefixes)
        given += prefixes
    for asn, system in systems.by_number.items():
        missing = [family for family in families if all(own.version != family for own in system.prefixes)]
        added = tuple(_free_prefix(family, given) for family in missing)
        given += added
        systems.by_number[asn] = System(asn, system.name, system.prefixes + added)
    return systems


def _free_prefix(family: int, taken: Sequence[Prefix]) -> Prefix:
    pool, length = _POOLS[family]
    for index in range(1, 2 ** (length - pool.prefixlen)):
        address = pool.network_address + (index << (pool.max_prefixlen - length))
        prefix = ipaddress.ip_network((address, length))
        if not any(other.version == family and other.overlaps(prefix) for other in taken):
            return prefix
    raise InvalidKeyError("as", f"too many ASes without an IPv{family} prefix of their own: declare some")

"""Decides whose router an address belongs to, and how firmly, from the hops next to it.

A link between two networks is numbered by one of them, and a router may answer from an address of a third. So
the AS of an address is the router's own only where the path goes on inside that AS.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tracetui.model import Asn, Attribution, Candidate, Relation, Standing
from tracetui.model.evidence import RouterOwner

_NEAR_BITS: Final = {4: 24, 6: 48}
"""Longest prefixes that are announced by themselves: what lies in one is routed alike."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The origin ASes of what stands next to a router, path by path; () where nothing shows itself there."""

    before: Sequence[tuple[int, ...]]
    after: Sequence[tuple[int, ...]]
    """Of the next routers."""

    endpoint: Sequence[tuple[int, ...]]
    """Of the endpoints right behind it."""

    credible: AbstractSet[int]
    """ASes that are on the paths beyond doubt."""


def router_owner(router: Candidate, owner: Attribution | None, around: Neighbourhood) -> RouterOwner:
    """Return whose a router may be.

    Firm: its address and the next router's are in one AS. Loose: its own and the one before are, so it may be
    the next network's router, on a link numbered by this one. Edge: its own and the endpoint's right behind
    it are, so it may be that of the network before. Alone otherwise. Of an address that several ASes announce
    (MOAS) all count. On an exchange LAN it may be the network's before or the next one's, unless the exchange
    says whose port it is. A private address tells nothing.
    """
    origins = owner.asns if owner is not None and owner.special is None else ()
    before, after, endpoint = _all(around.before), _all(around.after), _all(around.endpoint)
    if owner is not None and owner.exchange:
        if owner.member is not None:
            return _found(router, origins, Standing.FIRM, (owner.member,))
        return _found(router, origins, Standing.ALONE, (*before, *origins, *after))
    own = [asn for asn in origins if asn in around.credible]
    firm = [asn for asn in own if asn in after]
    if firm:
        return _found(router, origins, Standing.FIRM, firm if len(origins) == 1 else origins)
    if set(own) & set(before):
        return _found(router, origins, Standing.LOOSE, (*origins, *after, *endpoint))
    if set(own) & set(endpoint) and before:
        return _found(router, origins, Standing.EDGE, (*before, *origins))
    standing = Standing.ALONE if origins else Standing.UNKNOWN
    return _found(router, origins, standing, (*before, *origins, *after, *endpoint) if origins else ())


def _found(
    router: Candidate, origins: Iterable[int], standing: Standing, owners: Iterable[int]
) -> RouterOwner:
    return RouterOwner(router, tuple(map(Asn, origins)), standing, tuple(map(Asn, dict.fromkeys(owners))))


def _all(paths: Sequence[tuple[int, ...]]) -> list[int]:
    return list(dict.fromkeys(asn for asns in paths for asn in asns))


def relation(one: str, other: str, owner: Attribution | None, owner_other: Attribution | None) -> Relation:
    """Return what two addresses of one family have in common."""
    if one == other:
        return Relation.SAME_ADDRESS
    if _near_network(one) == _near_network(other):
        return Relation.NEIGHBOUR
    if owner is None or owner_other is None or not set(owner.asns) & set(owner_other.asns):
        return Relation.OTHER
    same = owner.prefix is not None and owner.prefix == owner_other.prefix
    return Relation.SAME_PREFIX if same else Relation.SAME_ORIGIN


def near_prefix(address: str) -> str:
    """Return the /24 (IPv6: /48) of an address."""
    version, number = _near_network(address)
    bits = _NEAR_BITS[version]
    size = 32 if version == 4 else 128
    made = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return f"{made(number << (size - bits))}/{bits}"


@lru_cache(maxsize=4096)
def _near_network(address: str) -> tuple[int, int]:
    value = ipaddress.ip_address(address.partition("%")[0])
    return value.version, int(value) >> (value.max_prefixlen - _NEAR_BITS[value.version])

"""Masks ASes in BGP routes: a path keeps its length, and nothing beside it tells which AS is meant."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from tracetui.model import Asn
from tracetui.model.bgp_route import HIDDEN_ASN, AsSegment, BgpRoute
from tracetui.model.evidence import BgpPath


def without_ases(facts: object, hidden: AbstractSet[int]) -> object:
    """Return a route, a segment of its path, or evidence of one, without hidden ASes; else `facts`.

    A hidden viewer's peer and next hop, and communities that begin with a hidden number, are left out.
    """
    if isinstance(facts, AsSegment):
        return replace(facts, asns=_masked(facts.asns, hidden))
    if isinstance(facts, BgpPath):
        return replace(facts, path=_masked(facts.path, hidden))
    if isinstance(facts, BgpRoute):
        kept = tuple(one for one in facts.communities if not _names_hidden(one, hidden))
        if facts.viewer in hidden:
            source = replace(facts.source, peer=None)
            return replace(facts, viewer=HIDDEN_ASN, next_hop=None, source=source, communities=kept)
        return replace(facts, communities=kept)
    return facts


def _masked(asns: tuple[Asn, ...], hidden: AbstractSet[int]) -> tuple[Asn, ...]:
    return tuple(HIDDEN_ASN if asn in hidden else asn for asn in asns)


def _names_hidden(community: str, hidden: AbstractSet[int]) -> bool:
    return any(part.isascii() and part.isdigit() and int(part) in hidden for part in community.split(":"))

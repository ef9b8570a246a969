"""Reads `show bgp ... json` of FRR and `bgpctl -j show rib` of OpenBGPD."""

from collections.abc import Iterable, Iterator
from typing import Final

from tracetui.evidence.bgp.route_format import Context, DocumentFormat, RouteDraft
from tracetui.evidence.bgp.route_tokens import (
    address_of,
    asn_of,
    communities_of,
    path_of,
    prefix_of,
    rpki_of,
    unix_time,
)
from tracetui.evidence.json_documents import Json
from tracetui.evidence.json_fields import field, items, text
from tracetui.model import Asn
from tracetui.model.bgp_route import BgpRoute, OriginCode
from tracetui.model.reference import Prefix

_CODES: Final = {code.value: code for code in OriginCode}


def _read_frr(value: Json, context: Context) -> Iterable[BgpRoute] | None:
    if isinstance(value, dict) and isinstance(value.get("routes"), dict):
        local = asn_of(text(value, "localAS"))
        return (
            route
            for name, paths in items(value["routes"])
            for route in _frr_paths(name, paths, local, context)
        )
    if isinstance(value, dict) and "prefix" in value and isinstance(value.get("paths"), list):
        return _frr_paths(text(value, "prefix"), value["paths"], None, context)
    return None


def _frr_paths(name: str, paths: Json, local: Asn | None, context: Context) -> Iterator[BgpRoute]:
    prefix = prefix_of(name)
    if prefix is None:
        raise ValueError(f"no prefix: {name!r}")
    # Of what nobody wants, one route is enough to tell that there are routes.
    kept = None if context.wanted.covered_by(prefix) else 1
    for path in paths[:kept] if isinstance(paths, list) else []:
        if isinstance(path, dict):
            yield _frr_path(prefix, path, local).finished("FRR", context)


def _frr_path(prefix: Prefix, path: dict[str, Json], local: Asn | None) -> RouteDraft:
    words = text(field(path, "aspath"), "string") or text(path, "path")
    as_path = path_of("" if words == "Local" else words)
    if as_path is None:
        raise ValueError(f"no AS path: {words!r}")
    hops = path.get("nexthops")
    best = path.get("bestpath")
    state = text(path, "rpkiValidationState")
    epoch = field(path, "lastUpdate").get("epoch")
    return RouteDraft(
        prefix,
        as_path,
        viewer=local,
        peer=address_of(text(field(path, "peer"), "peerId") or text(path, "peerId")),
        origin=_CODES.get(text(path, "origin").lower()),
        next_hop=next(
            (found for hop in hops if isinstance(hop, dict) and (found := address_of(text(hop, "ip")))), None
        )
        if isinstance(hops, list)
        else None,
        best=best is True or (isinstance(best, dict) and best.get("overall") is True),
        communities=communities_of(text(field(path, "community"), "string")),
        rpki=rpki_of(state) if state else None,
        last_updated=unix_time(epoch) if isinstance(epoch, int | float) else None,
    )


def _read_openbgpd(value: Json, context: Context) -> Iterable[BgpRoute] | None:
    if not isinstance(value, dict) or not isinstance(value.get("rib"), list):
        return None
    return (_openbgpd_path(one).finished("OpenBGPD", context) for _, one in items(value["rib"]))


def _openbgpd_path(one: Json) -> RouteDraft:
    prefix, path = prefix_of(text(one, "prefix")), path_of(text(one, "aspath"))
    if prefix is None or path is None:
        raise ValueError(f"no route: prefix {text(one, 'prefix')!r}, path {text(one, 'aspath')!r}")
    return RouteDraft(
        prefix,
        path,
        origin=_CODES.get(text(one, "origin").lower()),
        next_hop=address_of(text(one, "exit_nexthop") or text(one, "true_nexthop")),
        peer=address_of(text(field(one, "neighbor"), "remote_addr")),
        best=field(one).get("best") is True,
        rpki=rpki_of(text(one, "ovs")),
    )


FORMATS: Final = (
    DocumentFormat("FRR JSON", 'an object with "routes", or "prefix" and "paths"', _read_frr),
    DocumentFormat("OpenBGPD JSON", 'an object with "rib"', _read_openbgpd),
)

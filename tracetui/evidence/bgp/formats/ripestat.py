"""Reads answers of RIPEstat's data calls `looking-glass` and `bgplay`, from its server or from a file."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from tracetui.evidence.bgp.collector_route import collector_route, viewer_of
from tracetui.evidence.bgp.route_format import Context, DocumentFormat
from tracetui.evidence.bgp.route_tokens import (
    MAX_COMMUNITIES,
    address_of,
    asn_of,
    communities_of,
    path_of,
    prefix_of,
)
from tracetui.evidence.json_documents import Json
from tracetui.evidence.json_fields import field, items, text
from tracetui.model import Address, Asn, safe_text
from tracetui.model.bgp_route import AsPath, BgpRoute, OriginCode, RouteSource, SegmentKind

TOOL: Final = "RIPEstat"
_CODES: Final = {code.value: code for code in OriginCode}


def utc_time(words: str) -> datetime | None:
    """Return a time as RIPEstat writes it, in UTC and without a zone; None where `words` is none."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def looking_glass_routes(data: Json, context: Context) -> Iterator[BgpRoute]:
    """Yield the routes of `data` of the data call `looking-glass`: one for each peer of each collector."""
    latest = utc_time(text(data, "latest_time") or text(data, "query_time"))
    for _, collector in items(field(data).get("rrcs")):
        name = safe_text(f"{text(collector, 'rrc')} {text(collector, 'location')}", limit=60)
        for _, peer in items(field(collector).get("peers")):
            found = _peer_route(peer, name, latest, context)
            if found is not None:
                yield found


def _peer_route(peer: Json, collector: str, latest: datetime | None, context: Context) -> BgpRoute | None:
    prefix, path = prefix_of(text(peer, "prefix")), path_of(text(peer, "as_path"))
    if prefix is None or path is None or "/" not in text(peer, "prefix"):
        return None
    neighbour, next_hop = address_of(text(peer, "peer")), address_of(text(peer, "next_hop"))
    return BgpRoute(
        prefix=prefix,
        path=path,
        source=RouteSource(
            TOOL,
            context.name,
            collector,
            None if neighbour is None else Address(neighbour),
            utc_time(text(peer, "latest_time")) or latest,
            is_stamped=True,
        ),
        # Even a route server's peer tells the route that the first AS of its path has.
        viewer=context.viewer if context.viewer is not None else _first(path),
        origin=_CODES.get(text(peer, "origin").lower()),
        next_hop=None if next_hop is None else Address(next_hop),
        communities=tuple(communities_of(text(peer, "community")))[:MAX_COMMUNITIES],
        last_updated=utc_time(text(peer, "last_updated")),
    )


def _first(path: AsPath) -> Asn | None:
    first = path.segments[0] if path.segments else None
    return first.asns[0] if first is not None and first.kind is SegmentKind.SEQUENCE else None


def bgplay_updates(data: Json, context: Context) -> Iterator[BgpRoute]:
    """Yield the changes in `data` of the data call `bgplay`, in the order of the answer."""
    sources = {text(one, "id"): one for _, one in items(field(data).get("sources"))}
    for _, event in items(field(data).get("events")):
        attributes = field(event, "attrs")
        peer = sources.get(text(attributes, "source_id"), {})
        path = _numbers(attributes.get("path")) if text(event, "type") == "A" else None
        moment = utc_time(text(event, "timestamp"))
        neighbour = address_of(text(peer, "ip"))
        if text(event, "type") not in {"A", "W"} or moment is None or neighbour is None:
            continue
        if path is None and text(event, "type") == "A":
            continue
        asn = asn_of(text(peer, "as_number"))
        found = collector_route(
            text(attributes, "target_prefix"),
            path,
            tool=TOOL,
            context=context,
            peer=neighbour,
            peer_asn=viewer_of(path, asn) or asn,
            moment=moment,
            update=True,
            collector=f"RRC{text(peer, 'rrc')[:4]}",
        )
        if found is not None:
            yield found


def _numbers(value: Json) -> AsPath | None:
    """Return a path that is a list of numbers."""
    if not isinstance(value, list):
        return None
    return path_of(" ".join(str(one) for one in value[:2000] if isinstance(one, int | str)))


def _read(value: Json, context: Context) -> Iterable[BgpRoute] | None:
    data = field(value, "data")
    if isinstance(data.get("rrcs"), list):
        return looking_glass_routes(data, context)
    if isinstance(data.get("events"), list) and "initial_state" in data:
        return bgplay_updates(data, context)
    return None


FORMAT: Final = DocumentFormat(TOOL, 'an object with "data" and in it "rrcs", or "events"', _read)

"""Reads lines of `bgpdump -m` and `-M`: tables and updates of a route collector."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from tracetui.evidence.bgp.collector_route import collector_route
from tracetui.evidence.bgp.route_format import Context, TextFormat
from tracetui.evidence.bgp.route_tokens import address_of, asn_of, communities_of, date_of, path_of, unix_time
from tracetui.evidence.traces.source_text import Line
from tracetui.model.bgp_route import AsPath, BgpRoute, OriginCode

START: Final = re.compile(r"(TABLE_DUMP2?|BGP4MP(?:_ET)?)\|([^|]{1,30})\|")
_CODES: Final = {code.value: code for code in OriginCode}


class _Reader:
    def __init__(self, context: Context, _: Sequence[Line]) -> None:
        self._context = context
        self._routes: list[BgpRoute] = []

    def take(self, line: Line) -> bool:
        if not START.match(line.text):
            return False
        found = route_of(line.text, self._context)
        if isinstance(found, BgpRoute):
            self._routes.append(found)
        return found is not False

    def routes(self) -> Iterable[BgpRoute]:
        return self._routes


def route_of(text: str, context: Context) -> BgpRoute | bool:
    """Return the route of a line; True for a line that has none that is wanted, False for one that is
    broken.
    """
    fields = text.split("|")
    kind, stamp, action = fields[0], fields[1], fields[2] if len(fields) > 2 else ""
    if action not in {"A", "B", "W"}:
        return action in {"STATE", "OPEN", "KEEPALIVE", "NOTIFY"}
    moment = _moment(stamp)
    if len(fields) < (6 if action == "W" else 8) or moment is None:
        return False
    peer, peer_asn = address_of(fields[3]), asn_of(fields[4])
    path: AsPath | None = None
    if action != "W":
        path = path_of(fields[6])
        if path is None:
            return False
    if peer is None or peer_asn is None:
        return False
    found = collector_route(
        fields[5],
        path,
        tool="bgpdump",
        context=context,
        peer=peer,
        peer_asn=peer_asn,
        origin=_CODES.get(fields[7].lower()) if action != "W" else None,
        next_hop=address_of(fields[8]) if len(fields) > 8 else None,
        communities=tuple(communities_of(fields[11])) if len(fields) > 11 else (),
        moment=moment,
        update=kind.startswith("BGP4MP"),
    )
    return found if found is not None else False


def _moment(stamp: str) -> datetime | None:
    return date_of(stamp) if "/" in stamp else unix_time(stamp)


FORMAT: Final = TextFormat(
    "bgpdump", 'lines "TABLE_DUMP2|TIME|B|PEER|..." or "BGP4MP|TIME|A|PEER|..."', START, _Reader
)

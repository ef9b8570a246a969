"""Reads `bgpctl show rib` of OpenBGPD, the table and in detail."""

import re
from typing import Final

from tracetui.evidence.bgp.route_format import DraftReader, RouteDraft, TextFormat
from tracetui.evidence.bgp.route_tokens import (
    ORIGIN_LETTERS,
    address_of,
    age_of,
    before,
    communities_of,
    path_of,
    prefix_of,
    rpki_of,
)
from tracetui.evidence.traces.source_text import Line
from tracetui.model.bgp_route import OriginCode

_HEADER: Final = re.compile(r"flags +(?:(?:o?vs) +)?destination +gateway +lpref +med +aspath origin")
_LEGEND: Final = re.compile(
    r"flags: \* = Valid|\s+S = |origin(?: validation state)?: |aspa validation state: "
)
_ROW: Final = re.compile(
    r"([IASEmFL@*>]{0,8})((?: [m>]){0,2})\s+(?:([NV!])(?:-[?V!])?\s+)?(\S{3,60}/\d{1,3})\s+(\S{2,60})\s+"
    r"\d{1,10}\s+\d{1,10}\s+(?:(.{1,3000}) )?([ie?])"
)
_ENTRY: Final = re.compile(r"BGP table entry for (\S{3,60})")
_NEXT_HOP: Final = re.compile(r"\s+Nexthop (\S{2,45}) \(via \S{2,60}\) (?:Neighbor|from) .*?\((\S{2,45})\)")
_ORIGIN: Final = re.compile(r"\s+Origin (IGP|EGP|incomplete)\b(.*)", re.IGNORECASE)
_UPDATE: Final = re.compile(r"\s+Last update: (\S{1,30}) ago")
_COMMUNITIES: Final = re.compile(r"\s+(?:Large )?Communities: (.*)")


class _Reader(DraftReader):
    tool = "OpenBGPD"

    def take(self, line: Line) -> bool:
        text = line.text
        entry, row = _ENTRY.match(text), _ROW.fullmatch(text)
        if entry is not None:
            self._prefix, self._route = prefix_of(entry[1]), None
            return self._prefix is not None
        if row is not None:
            return self._take_row(row)
        if self._prefix is not None and self._route is None and text.startswith("    "):
            path = path_of(text)
            if path is not None or text.strip() == "":
                self._route = RouteDraft(self._prefix, path)
                return True
        if self._route is not None and self._take_attribute(text, self._route):
            return True
        return text.startswith("    ") or bool(_HEADER.match(text) or _LEGEND.match(text))

    def _take_row(self, row: re.Match[str]) -> bool:
        prefix, path, next_hop = prefix_of(row[4]), path_of(row[6] or ""), address_of(row[5])
        if prefix is None or path is None or next_hop is None:
            return False
        self._drafts.append(
            RouteDraft(
                prefix,
                path,
                origin=ORIGIN_LETTERS[row[7]],
                next_hop=next_hop,
                best=">" in row[1] + row[2],
                rpki=rpki_of(row[3]) if row[3] else None,
            )
        )
        return True

    def _take_attribute(self, text: str, route: RouteDraft) -> bool:
        hop, origin = _NEXT_HOP.fullmatch(text), _ORIGIN.fullmatch(text)
        update, communities = _UPDATE.fullmatch(text), _COMMUNITIES.fullmatch(text)
        if hop is not None:
            route.next_hop, route.peer = address_of(hop[1]), address_of(hop[2])
            self._drafts.append(route)
        if origin is not None:
            route.origin = OriginCode(origin[1].lower())
            words = [word.strip() for word in origin[2].split(",")]
            route.best = "best" in words
            route.rpki = next((rpki_of(word[4:]) for word in words if word.startswith("ovs ")), None)
        if update is not None:
            route.last_updated = before(self._context.taken_at, age_of(update[1]))
        if communities is not None:
            route.communities += communities_of(communities[1])
        return any(match is not None for match in (hop, origin, update, communities))


FORMAT: Final = TextFormat(
    "OpenBGPD",
    'a header "flags ovs destination gateway ..." or a line "BGP table entry for PREFIX"',
    re.compile(f"(?:{_HEADER.pattern}|{_ENTRY.pattern}|flags: \\* = Valid)"),
    _Reader,
)

"""Reads `show ip bgp PREFIX` of Cisco IOS, IOS-XR and NX-OS, of Arista, FRR and Quagga."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.evidence.bgp.route_format import Context, RouteDraft, TextFormat
from tracetui.evidence.bgp.route_tokens import (
    address_of,
    age_of,
    before,
    communities_of,
    date_of,
    path_of,
    prefix_of,
    rpki_of,
)
from tracetui.evidence.traces.source_text import Line
from tracetui.model.bgp_route import AsPath, BgpRoute, OriginCode
from tracetui.model.reference import Prefix

_TOOL: Final = "Cisco or FRR"
_ENTRY: Final = re.compile(r"\s{0,8}BGP routing table entry for (\S{1,80}?),?(?:\s|$)")
_NEXT_HOP: Final = re.compile(r"\s{2,}([0-9A-Fa-f.:]{2,45}),? .{0,120}?\bfrom (\S{1,60})")
_AS_PATH: Final = re.compile(r"\s+AS-Path: (NONE|[\d .(){}\[\]]{1,2000}?)\s*(?:,.*)?")
_ORIGIN: Final = re.compile(r"\s+Origin (IGP|EGP|incomplete)\b(.*)", re.IGNORECASE)
_RPKI: Final = re.compile(r"(?:RPKI State|Origin-AS validity:|validation-state:)\s{0,3}([\w -]{1,20}\w)")
_UPDATED: Final = re.compile(r"\s+(?:Last update: |Updated on )(.{8,40}?)(?: UTC)?")
_MODIFIED: Final = re.compile(r"\s*Last Modified: .{0,40}? for (\S{1,30})")
_COMMUNITY: Final = re.compile(r"\s+(?:Large |Large-)?Community: (.*)", re.IGNORECASE)
_COMMUNITY_GOES_ON: Final = re.compile(r"\s{6,}(?:[\w-]{1,12}(?::\d{1,10}){1,2}(?:\s+|$))+", re.ASCII)
_HEADINGS: Final = re.compile(
    r"(?:Paths?|Versions|Last Modified|Flags|Multipath|Process|Not advertised|Advertised|Local AS)\b"
)
_PATH_DATES: Final = ("%a %b %d %H:%M:%S %Y", "%b %d %Y %H:%M:%S")


class _Reader:
    def __init__(self, context: Context, _: Sequence[Line]) -> None:
        self._context = context
        self._drafts: list[RouteDraft] = []
        self._prefix: Prefix | None = None
        self._path: AsPath | None = None
        """Of the next route: the line before its next hop."""

        self._best = False
        self._age = ""
        self._last: RouteDraft | None = None
        self._in_communities = False

    def take(self, line: Line) -> bool:
        text = line.text
        entry = _ENTRY.match(text)
        if entry is not None:
            self._prefix = _prefix(entry[1])
            self._path = self._last = None
            self._age, self._best = "", False
            return self._prefix is not None
        hop = _NEXT_HOP.match(text)
        if hop is not None and address_of(hop[1]) is not None:
            return self._start(hop)
        communities = _COMMUNITY.fullmatch(text)
        going_on = self._in_communities and _COMMUNITY_GOES_ON.fullmatch(text) is not None
        self._in_communities = communities is not None or going_on
        if self._last is not None:
            if self._in_communities:
                self._last.communities += communities_of(communities[1] if communities else text)
                return True
            if self._attribute(text, self._last):
                return True
        return self._before_route(text)

    def _start(self, hop: re.Match[str]) -> bool:
        if self._path is None or self._prefix is None:
            self._last = None
            return False
        self._last = RouteDraft(
            self._prefix,
            self._path,
            peer=address_of(hop[2].partition("(")[2] or hop[2]) or address_of(hop[2]),
            next_hop=address_of(hop[1]),
            best=self._best,
            last_updated=before(self._context.taken_at, age_of(self._age)),
        )
        self._drafts.append(self._last)
        self._path, self._best = None, False
        return True

    def _before_route(self, text: str) -> bool:
        """Take what may stand between an entry or a route and the next route."""
        modified = _MODIFIED.fullmatch(text)
        if modified is not None:
            self._age = modified[1]
            return True
        if text.lstrip().startswith("Path type:"):
            self._best = "is best path" in text
        path = _path(text)
        if path is not None:
            self._path = path
            return True
        return text.startswith("  ") or _HEADINGS.match(text.lstrip()) is not None

    def _attribute(self, text: str, route: RouteDraft) -> bool:
        origin = _ORIGIN.fullmatch(text)
        rpki = _RPKI.search(text)
        updated = _UPDATED.fullmatch(text)
        if origin is not None:
            route.origin = OriginCode(origin[1].lower())
            words = [word.strip().partition(" ")[0] for word in origin[2].split(",")]
            route.best = route.best or "best" in words
        if rpki is not None:
            route.rpki = rpki_of(rpki[1])
        if updated is not None:
            route.last_updated = date_of(updated[1], _PATH_DATES)
        return origin is not None or rpki is not None or updated is not None

    def routes(self) -> Iterable[BgpRoute]:
        return (draft.finished(_TOOL, self._context) for draft in self._drafts)


def _path(text: str) -> AsPath | None:
    """Return the path where a line holds nothing else."""
    named = _AS_PATH.fullmatch(text)
    words = named[1] if named is not None else text.partition(", (")[0].strip()
    if words in {"Local", "NONE"}:
        return AsPath()
    return path_of(words) if text.startswith(" ") and words else None


def _prefix(text: str) -> Prefix | None:
    """Return the prefix of an entry, without the route distinguisher that stands before it in a VPN."""
    found = prefix_of(text)
    for _ in range(2):
        if found is None:
            text = text.partition(":")[2]
            found = prefix_of(text)
    return found


FORMAT: Final = TextFormat(
    "Cisco or FRR, one prefix", 'a line "BGP routing table entry for PREFIX"', _ENTRY, _Reader
)

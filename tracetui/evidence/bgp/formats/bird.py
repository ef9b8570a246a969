"""Reads `show route all` of BIRD 1, 2 and 3."""

import re
from datetime import datetime
from typing import Final

from tracetui.evidence.bgp.route_format import DraftReader, RouteDraft, TextFormat
from tracetui.evidence.bgp.route_tokens import (
    address_of,
    asn_of,
    communities_of,
    date_of,
    path_of,
    prefix_of,
)
from tracetui.evidence.traces.source_text import Line
from tracetui.model.bgp_route import OriginCode

_ROUTE: Final = re.compile(
    r"(\S{3,60}/\d{1,3})?\s+"
    r"(?:via (?P<via>\S{2,45}) on \S{1,20}|unicast|unreachable|blackhole|prohibited?|multipath|dev \S{1,20})"
    r" +\[(?P<protocol>[^\s\]]{1,60})(?: (?P<since>[^\]]{1,60}?))?(?: from (?P<peer>[^\s\]]{2,60}))?\]"
    r"(?P<best> \*)?(?P<rest>.*)"
)
_START: Final = re.compile(rf"Table \w{{1,60}}:|\S{{3,60}}/\d{{1,3}}{_ROUTE.pattern.partition('?')[2]}")
_ATTRIBUTE: Final = re.compile(r"\s+(?:BGP\.|bgp_)(\w{1,30}): ?(.*)")
_VIA: Final = re.compile(r"\s+via (\S{2,45}) on ")


class _Reader(DraftReader):
    tool = "BIRD"

    def take(self, line: Line) -> bool:
        text = line.text
        route = _ROUTE.fullmatch(text)
        if route is not None:
            return self._begin(route)
        attribute, via = _ATTRIBUTE.fullmatch(text), _VIA.match(text)
        if attribute is not None:
            return self._route is None or self._take_attribute(attribute[1], attribute[2])
        if via is not None and self._route is not None and self._route.next_hop is None:
            self._route.next_hop = address_of(via[1])
        return text.startswith((" ", "Table ", "BIRD ", "Access restricted"))

    def _begin(self, route: re.Match[str]) -> bool:
        if route[1] is not None:
            self._prefix = prefix_of(route[1])
        if self._prefix is None:
            return False
        self._route = RouteDraft(
            self._prefix,
            peer=address_of(route["peer"]) if route["peer"] else None,
            next_hop=address_of(route["via"]) if route["via"] else None,
            best=route["best"] is not None,
            last_updated=_since(route["since"] or "", self._context.taken_at),
        )
        return True

    def _take_attribute(self, name: str, value: str) -> bool:
        route = self._route
        if route is None:
            return True
        match name:
            case "origin":
                code = value.strip().lower()
                route.origin = OriginCode(code) if code in set(OriginCode) else None
            case "as_path" | "path":
                route.path = path_of(value)
                if route.path is None:
                    return False
                self._drafts.append(route)
            case "next_hop":
                route.next_hop = address_of(value.split(maxsplit=1)[0]) if value.strip() else route.next_hop
            case "local_as":
                route.viewer = asn_of(value.strip())
            case "community" | "large_community":
                route.communities += communities_of(value)
            case _:
                pass
        return True


def _since(text: str, taken_at: datetime | None) -> datetime | None:
    """Return the moment of `2019-03-12 12:04:05`, `2019-03-12`, or `12:04:05.123`, a time of the same day."""
    words = text.partition(".")[0].strip()
    if ":" in words and "-" not in words and taken_at is not None:
        words = f"{taken_at:%Y-%m-%d} {words}"
    return date_of(words, ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"))


FORMAT: Final = TextFormat(
    "BIRD", 'a line "PREFIX unicast [PROTOCOL ...]" or "PREFIX via ROUTER on ..."', _START, _Reader
)

"""Reads `show route PREFIX` of Junos, brief and detail."""

import re
from typing import Final

from tracetui.evidence.bgp.route_format import DraftReader, RouteDraft, TextFormat
from tracetui.evidence.bgp.route_tokens import (
    ORIGIN_LETTERS,
    address_of,
    age_of,
    asn_of,
    before,
    communities_of,
    path_of,
    prefix_of,
    rpki_of,
)
from tracetui.evidence.traces.source_text import Line

_TABLE: Final = re.compile(r"[\w.-]{1,60}: \d{1,9} destinations, \d{1,9} routes")
_BRIEF: Final = re.compile(
    r"(\S{3,60}/\d{1,3})?\s*([*+-])?\[(\w[\w-]{0,20})/\d{1,10}(?:/-?\d{1,10})?\] ?(.*)"
)
_DETAIL: Final = re.compile(r"(\S{3,60}/\d{1,3}) \(\d{1,6} entr(?:y|ies), \d{1,6} announced\)")
_PROTOCOL: Final = re.compile(r"\s{4,}([*+-])?(\w{2,10})\s+Preference: \d")
_PATH: Final = re.compile(r"\s+AS path: (?:Recorded|(.*))")
_VALUE: Final = re.compile(r"\s+(Source|Next hop|Local AS|Age|Validation State|Communities):\s+(\S.*)")
_FROM: Final = re.compile(r"\bfrom (\S{2,45})")
_VIA: Final = re.compile(r"\s+(>)?\s*to (\S{2,45}) via ")
_START: Final = re.compile(f"(?:{_TABLE.pattern}|{_DETAIL.pattern}|{_BRIEF.pattern})")
_MAX_PATH_TEXT: Final = 4000


class _Reader(DraftReader):
    tool = "Junos"

    def take(self, line: Line) -> bool:
        text = line.text
        detail, brief, protocol = _DETAIL.match(text), _BRIEF.fullmatch(text), _PROTOCOL.match(text)
        if detail is not None:
            self._prefix, self._route = prefix_of(detail[1]), None
            return self._prefix is not None
        if brief is not None:
            return self._begin(brief)
        if protocol is not None:
            self._open(protocol[2], best=protocol[1] in {"*", "+"})
            return True
        path, value, via = _PATH.fullmatch(text), _VALUE.fullmatch(text), _VIA.match(text)
        if path is not None:
            return self._take_path(path[1])
        if value is not None:
            self._take_value(value[1], value[2])
        if via is not None and self._route is not None and (via[1] or self._route.next_hop is None):
            self._route.next_hop = address_of(via[2])
        alone = prefix_of(text) if "/" in text and not text.startswith(" ") else None
        if alone is not None:  # a long one has its own line
            self._prefix, self._route = alone, None
        known = _TABLE.match(text) is not None or text.startswith(("+ = ", "- = ", "Limit/", "{", "  "))
        return known or alone is not None

    def _begin(self, brief: re.Match[str]) -> bool:
        if brief[1] is not None:
            self._prefix = prefix_of(brief[1])
        self._open(brief[3], best=brief[2] in {"*", "+"})
        if self._route is not None:
            learned = _FROM.search(brief[4])
            self._route.peer = address_of(learned[1]) if learned is not None else None
            self._route.last_updated = before(
                self._context.taken_at, age_of(brief[4].partition(",")[0].strip())
            )
        return self._prefix is not None

    def _open(self, protocol: str, *, best: bool) -> None:
        is_bgp = protocol == "BGP" and self._prefix is not None
        self._route = RouteDraft(self._prefix, best=best) if is_bgp and self._prefix is not None else None

    def _take_path(self, text: str | None) -> bool:
        if self._route is None or text is None:
            return True
        words, _, rest = text[:_MAX_PATH_TEXT].partition(",")
        ends = [place for place, word in enumerate(words.split()) if word in ORIGIN_LETTERS]
        if not ends:
            return False
        numbers = words.split()[: ends[0]]
        if numbers and numbers[0].startswith("["):  # a local AS of the session, which is the viewer's own
            numbers = " ".join(numbers).partition("]")[2].split()
        path = path_of(" ".join(numbers))
        if path is None:
            return False
        self._route.path, self._route.origin = path, ORIGIN_LETTERS[words.split()[ends[0]]]
        state = rest.partition("validation-state:")[2]
        self._route.rpki = rpki_of(state) or self._route.rpki
        if self._route not in self._drafts[-1:]:
            self._drafts.append(self._route)
        return True

    def _take_value(self, name: str, value: str) -> None:
        route = self._route
        if route is None:
            return
        match name:
            case "Source":
                route.peer = address_of(value)
            case "Next hop":
                if route.next_hop is None or value.endswith("selected"):
                    route.next_hop = address_of(value.partition(" ")[0])
            case "Local AS":
                route.viewer = asn_of(value.split(maxsplit=1)[0])
            case "Age":
                route.last_updated = before(self._context.taken_at, age_of(value.partition("  ")[0].strip()))
            case "Validation State":
                route.rpki = rpki_of(value)
            case _:
                route.communities = communities_of(value)


FORMAT: Final = TextFormat(
    "Junos", 'a line "inet.0: N destinations, N routes" or "PREFIX *[BGP/170]"', _START, _Reader
)

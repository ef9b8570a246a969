"""Reads the answer of a router that has no route to the address asked for."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.evidence.bgp.route_format import Context, RouteDraft, TextFormat
from tracetui.evidence.bgp.route_tokens import address_of, host_prefix, prefix_of
from tracetui.evidence.traces.source_text import Line
from tracetui.model.bgp_route import BgpRoute
from tracetui.model.reference import Prefix

_START: Final = re.compile(r"\s{0,4}%? ?Network not (?:in table|found)\b", re.IGNORECASE)
_COMMAND: Final = re.compile(r"\b(?:sh[ow]{0,2}|display|bgpctl)\b(.*)", re.IGNORECASE)


class _Reader:
    def __init__(self, context: Context, before: Sequence[Line]) -> None:
        self._context = context
        self._asked = next((found for line in reversed(before) if (found := _asked(line.text))), None)

    def take(self, line: Line) -> bool:
        return self._asked is not None and _START.match(line.text) is not None

    def routes(self) -> Iterable[BgpRoute]:
        if self._asked is not None:
            yield RouteDraft(self._asked).finished("router", self._context)


def _asked(text: str) -> Prefix | None:
    """Return the address or prefix that a command names."""
    command = _COMMAND.search(text)
    for word in command[1].split() if command is not None else ():
        if "/" in word and (prefix := prefix_of(word)) is not None:
            return prefix
        address = address_of(word) if "." in word or ":" in word else None
        if address is not None:
            return host_prefix(address)
    return None


FORMAT: Final = TextFormat(
    "a router without a route",
    'a line "% Network not in table" after the command "show ... ADDRESS"',
    _START,
    _Reader,
)

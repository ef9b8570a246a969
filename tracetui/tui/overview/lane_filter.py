"""The filter that the user types: words that an AS, a host, an address or a state must match."""

import re
from collections.abc import Sequence
from typing import Final

from tracetui.model import LaneSnapshot, Role, Snapshot
from tracetui.words import headline, start_words

FILTER_EXAMPLES: Final = "failing   as8359   mts   mail.example   192.0.2.   silent   control   !icmp"
FAILING: Final = "failing"
"""The word for lanes that do not reach their endpoint; `!failing` is for endpoints of which no lane fails."""

_AS_NUMBER: Final = re.compile(r"as:?(\d+)")
"""Matches the AS of that number alone, not one whose number only begins so."""

_FIELDS: Final = ("as", "host", "address", "state")


class LaneFilter:
    """All words must match; one that begins with `!` must not.

    A word is looked for in the target, host, source and address, the lane's label and role, its state in
    words, and in the ASes on its path by number and holder. `as:`, `host:`, `address:` and `state:` look in
    one place only. `failing` is a state of its own. Upper and lower case are the same.
    """

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self._words = self.text.lower().split(" ") if self.text else []

    def __bool__(self) -> bool:
        return bool(self._words)

    def lanes(self, lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> tuple[LaneSnapshot, ...]:
        """Return the lanes of those endpoints of which any lane matches."""
        if not self:
            return tuple(lanes)
        panels = {lane.lane.panel for lane in lanes if self._matches(lane, snapshot)}
        if f"!{FAILING}" in self._words:
            panels -= {lane.lane.panel for lane in lanes if lane.verdict.state.fails}
        return tuple(lane for lane in lanes if lane.lane.panel in panels)

    def _matches(self, lane: LaneSnapshot, snapshot: Snapshot) -> bool:
        places = _places(lane, snapshot)
        return all(
            not _found(word[1:], places) if word.startswith("!") and len(word) > 1 else _found(word, places)
            for word in self._words
        )


def _found(word: str, places: dict[str, str]) -> bool:
    field, colon, rest = word.partition(":")
    number = _AS_NUMBER.fullmatch(word)
    if number is not None:
        return f"as{number[1]}" in places["as"].split()
    if word == FAILING:
        return word in places["state"].split()
    if colon and field in _FIELDS:
        return rest in places[field]
    return any(word in place for place in places.values())


def _places(lane: LaneSnapshot, snapshot: Snapshot) -> dict[str, str]:
    one = lane.lane
    names = {system.asn: f"{system.name} {system.label}" for system in snapshot.ases}
    role = "control" if one.role is Role.CONTROL else "suspect"
    state = lane.verdict.state
    fails = FAILING if state.fails else ""
    places = {
        "as": " ".join(f"as{asn} {names.get(asn, '')}" for asn in lane.as_path),
        "host": f"{one.target} {one.host} {start_words(one)}",
        "address": one.address,
        "state": " ".join((state.value.replace("_", " "), headline(lane, snapshot), fails)),
        "lane": f"{one.label} {role}",
    }
    return {name: text.lower() for name, text in places.items()}

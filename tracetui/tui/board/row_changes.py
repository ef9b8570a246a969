"""What differs from the moment compared with at one TTL of a panel, in words for its row."""

from collections.abc import Iterator, Mapping, Sequence

from tracetui.model import LaneSnapshot, Snapshot
from tracetui.model.comparison import HopChange
from tracetui.words import change_of_answer_words, figures_words, hop_change_words

Changes = Mapping[int, Sequence[tuple[str, HopChange]]]
"""TTL to the changes there, each with the label of its lane; "" where all lanes of the panel have it."""


def panel_changes(lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> Changes:
    """Return what differs on the lanes of a panel; nothing where nothing is compared."""
    if snapshot.comparison is None:
        return {}
    labels = {lane.id: lane.lane.label for lane in lanes}
    found: dict[int, list[tuple[str, HopChange]]] = {}
    for change in snapshot.comparison.lanes:
        for hop in change.hops if change.lane in labels else ():
            found.setdefault(hop.ttl, []).append((labels[change.lane], hop))
    return {ttl: _told(changes, len(lanes)) for ttl, changes in found.items()}


def _told(changes: Sequence[tuple[str, HopChange]], lanes: int) -> Sequence[tuple[str, HopChange]]:
    """Tell once what all lanes have alike: their figures differ a little."""
    kinds = {(hop.answer, hop.before, hop.now, hop.rtt is None, hop.loss is None) for _, hop in changes}
    return [("", changes[0][1])] if len(kinds) == 1 and len(changes) == lanes else changes


def change_wordings(changes: Sequence[tuple[str, HopChange]], address: str) -> tuple[str, ...]:
    """Return what differs at a TTL, the longest wording first; `address` stands in the row already."""
    return tuple(dict.fromkeys(filter(None, _wordings(changes, address))))


def _wordings(changes: Sequence[tuple[str, HopChange]], address: str) -> Iterator[str]:
    yield "; ".join(
        f"{label}: {words}" if label else words
        for label, hop in changes
        if (words := hop_change_words(hop, address))
    )
    for _, hop in changes[:1]:
        yield hop_change_words(hop, address)
        yield change_of_answer_words(hop, address)
        yield figures_words(hop)

"""The overview: a line per lane, for more endpoints than there is room for panels."""

from collections.abc import Hashable, Sequence
from functools import partial
from typing import Final, cast

from rich.cells import cell_len

from tracetui.analysis.cache import Cache
from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, Role, Snapshot
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.board.since_change import hop_at
from tracetui.tui.list_view import ListView
from tracetui.tui.overview.lane_order import endpoint_loss_percent, endpoint_rtt_ns
from tracetui.tui.paint.fit import fit, fit_middle, fit_words, loss_text, rtt_text
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lane_name import lane_name
from tracetui.tui.paint.pieces import Piece, exactly
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.paint.sparkline import LOST, round_scale, spark
from tracetui.tui.paint.state_glyph import end_style, state_glyph
from tracetui.tui.view import Scene
from tracetui.words import headline, headline_short

_LABEL: Final = 9
_FIGURE: Final = 6
_MIN_HOST: Final = 16
_MAX_HOST: Final = 38
_SPARK: Final = 12
_PATHS: Final = (9, 26)
"""Cells for the tags of a path, and the gaps around them: at least, at most."""

_STATE: Final = 26
"""Cells for the state in short words, and the gap before it."""


class OverviewView(ListView):
    """All lanes of a scene, those of one endpoint together; sorted as the scene is."""

    COUNTED = "lanes"

    def __init__(self) -> None:
        super().__init__()
        self._headlines, self._lines = Cache(), Cache()
        """By lane: few lanes have a new round each time this is drawn."""

    def fill(self, scene: Scene, width: int) -> None:
        """Draw column headings and one line per lane."""
        ink, snapshot = self.rows.ink, scene.snapshot
        for cache in (self._headlines, self._lines):
            cache.next_generation()
        about = snapshot.owners, snapshot.ases, snapshot.names
        headlines = [
            self._headlines.get(lane.id, (lane, *about), partial(headline, lane, snapshot))
            for lane in scene.lanes
        ]
        plan = _ColumnPlan(width, scene.lanes, headlines, snapshot)
        self.heading(plan.heading(ink))
        before: Panel | None = None
        rows = []
        for lane, words in zip(scene.lanes, headlines, strict=True):
            first = lane.lane.panel != before
            before = lane.lane.panel
            make = partial(plan.line, lane, words, ink, first=first)
            pieces = self._lines.get(lane.id, (lane, *about, ink), make, equal=(plan.columns, first, words))
            rows.append(Row(pieces, (before, lane.id)))
        self.rows.show(rows)

    def panel_of(self, key: Hashable) -> Panel | None:
        return cast("tuple[Panel, str]", key)[0] if key is not None else None


class _ColumnPlan:
    """Chooses columns: endpoint, lane, loss, RTT and state in short words are always there.

    Then the AS path, the state in full words, the address, the line of bars.
    """

    def __init__(
        self, width: int, lanes: Sequence[LaneSnapshot], headlines: Sequence[str], snapshot: Snapshot
    ) -> None:
        longest = max((cell_len(_name(lane)) + 1 for lane in lanes), default=_MIN_HOST)
        left = width - 3 - _LABEL - 2 * _FIGURE
        self.width = width
        self.host = max(_MIN_HOST, min(longest, _MAX_HOST, left // 2))
        left -= self.host
        self._systems = systems_by_number(snapshot)
        self.path = self.address = self.spark = 0
        path = max((2 + cell_len("━".join(self._tags(lane))) for lane in lanes), default=0)
        path = min(max(path, _PATHS[0]), _PATHS[1])
        if left >= _STATE + path:
            self.path = path
            left -= path
        words = 2 + max(map(cell_len, headlines), default=0)
        self.short = words > left
        left -= _STATE if self.short else words
        addresses = [len(one.lane.address) for one in lanes if one.lane.host != one.lane.address]
        if addresses and left >= 2 + max(addresses):
            self.address = 2 + max(addresses)
            left -= self.address
        if left >= _SPARK + 1:
            self.spark = _SPARK
        self.scale_ns = round_scale(int(max((endpoint_rtt_ns(lane) or 0.0 for lane in lanes), default=0)))

    @property
    def columns(self) -> tuple[object, ...]:
        """What lines depend on besides their lanes."""
        return self.width, self.host, self.path, self.address, self.spark, self.short, self.scale_ns

    def heading(self, ink: Ink) -> list[Piece]:
        words = [
            ("   ", 0),
            ("endpoint", self.host),
            ("address", self.address),
            ("lane", _LABEL),
        ]
        pieces: list[Piece] = [(fit(text, room) if room else text, ink.muted) for text, room in words[:2]]
        pieces += [(fit(text, room), ink.muted) for text, room in words[2:] if room]
        pieces += [
            (fit("loss", _FIGURE - 1, right=True), ink.muted),
            (fit("RTT", _FIGURE, right=True), ink.muted),
        ]
        if self.spark:
            pieces.append((" " + " " * self.spark, ink.none))
        if self.path:
            pieces.append((" " + fit("AS path", self.path - 1), ink.muted))
        return [*pieces, ("  state", ink.muted)]

    def line(self, lane: LaneSnapshot, full: str, ink: Ink, *, first: bool) -> tuple[Piece, ...]:
        """Return a lane's line; `full`: its state in full words; `first`: it shows its endpoint's name."""
        one = lane.lane
        glyph = state_glyph([lane])
        loss, rtt_ns = endpoint_loss_percent(lane), endpoint_rtt_ns(lane)
        pieces: list[Piece] = [
            (f" {glyph} ", end_style(glyph, ink)),
            (_fitted(lane, self.host - 1) + " ", ink.plain if first else ink.faint),
        ]
        if self.address:
            pieces.append((fit(one.address, self.address - 1) + " ", ink.muted if first else ink.faint))
        pieces += [
            (fit(one.label, _LABEL), ink.heading),
            (fit(loss_text(loss), _FIGURE - 1, right=True), ink.lost if loss else ink.loss),
            (fit(rtt_text(rtt_ns) if rtt_ns is not None else "–", _FIGURE, right=True), ink.rtt),
        ]
        if self.spark:
            pieces.append((" ", ink.none))
            pieces += _spark(lane, self.spark, self.scale_ns, ink)
        if self.path:
            pieces += [(" ", ink.none), *exactly(self._path(lane, ink), self.path - 1, ink.none)]
        words = headline_short(lane) if self.short else full
        room = self.width - sum(cell_len(text) for text, _ in pieces) - 2
        return (*pieces, (f"  {fit_words(words, room)}", ink.plain))

    def _tags(self, lane: LaneSnapshot) -> list[str]:
        systems = [self._systems.get(asn) for asn in lane.as_path]
        return [system.tag if system is not None else "?" for system in systems]

    def _path(self, lane: LaneSnapshot, ink: Ink) -> list[Piece]:
        pieces: list[Piece] = []
        for asn, tag in zip(lane.as_path, self._tags(lane), strict=True):
            system = self._systems.get(asn)
            pieces += [(tag, ink.of_as(system.colour) if system is not None else ink.muted), ("━", ink.faint)]
        return pieces[:-1]


def _name(lane: LaneSnapshot) -> str:
    one = lane.lane
    control = "c " if one.role is Role.CONTROL else ""
    return f"{control}{lane_name(one)}"


def _fitted(lane: LaneSnapshot, room: int) -> str:
    """Return the name in `room` cells; one with a source keeps its end, which tells it from the other."""
    return fit((fit_middle if lane.lane.origin else fit)(_name(lane), room), room)


def _spark(lane: LaneSnapshot, width: int, scale_ns: int, ink: Ink) -> list[Piece]:
    """Return the endpoint's RTTs, nothing for a lane that does not arrive; one scale for all lanes."""
    hop = hop_at(lane, lane.trace.destination_ttl or 0)
    if hop is None:
        return [(" " * width, ink.none)]
    drawn = spark(hop.recent, width, scale_ns)
    return [(character, ink.lost if character == LOST else ink.spark) for character in drawn]

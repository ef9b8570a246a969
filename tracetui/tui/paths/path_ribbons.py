"""The AS paths of lanes as values: the ASes crossed, how each ends, where two of them diverge."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.analysis.as_alignment import AsBlock, as_blocks
from tracetui.analysis.as_path import parting
from tracetui.analysis.cache import Cache
from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, PathState, Role, Snapshot
from tracetui.model.comparison import AsPaths
from tracetui.model.moment import unix_ns
from tracetui.tui.board.as_path_line import NOTHING_BEYOND, Beyond, expected_beyond
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.since_change import clock_words, current_trace
from tracetui.tui.paint.state_glyph import ARRIVED, STOPPED, end_glyph
from tracetui.words import common_place, headline_short

THEN: Final = "before"
"""Label of a path as it was at the moment compared with."""

EXPECTED: Final = "┄"
"""Leads to what is expected beyond the end of a path."""

PathKey = tuple[Panel, tuple[str, ...]]
"""Endpoint and lanes that a row stands for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One AS on a path, with the hops that answer in it; lanes that agree on the AS may differ in hops."""

    asn: int
    fewest: int
    most: int
    first_ttl: int
    last_ttl: int
    """Of the first lane."""

    @property
    def count(self) -> str:
        """`×3`, or `×3–4` where lanes differ; "" on the path of an earlier moment."""
        if not self.most:
            return ""
        return f"×{self.fewest}" if self.fewest == self.most else f"×{self.fewest}–{self.most}"


@dataclass(frozen=True, slots=True)
class PathRibbon:
    """Lanes of one endpoint that cross the same ASes and end in the same way."""

    lanes: tuple[LaneSnapshot, ...]
    stretches: tuple[Stretch, ...]
    end: str
    """`ARRIVED`, `STOPPED`, or the mark of a lane that is still open."""

    beyond: Beyond
    """The continuation shown by the control that shares the last responsive hop."""

    moment: str = ""
    """Time of day of the earlier moment whose path this is; "" for the path that is shown."""

    @property
    def key(self) -> PathKey:
        """What the row of it stands for."""
        return self.lanes[0].lane.panel, tuple(lane.id for lane in self.lanes)

    @property
    def path(self) -> tuple[int, ...]:
        """The ASes that answer."""
        return tuple(stretch.asn for stretch in self.stretches)

    @property
    def expected(self) -> tuple[int, ...]:
        """The ASes that the control goes on through."""
        return self.beyond.path

    @property
    def labels(self) -> str:
        """`TCP/25+ICMP`."""
        if self.moment:
            return THEN
        return "+".join(lane.lane.label for lane in self.lanes)

    @property
    def control(self) -> bool:
        """True for a control's."""
        return self.lanes[0].lane.role is Role.CONTROL

    @property
    def origin(self) -> str | None:
        """Where its lanes start; paths from different places are not compared."""
        return common_place(self.lanes[0]) or None

    @property
    def words(self) -> str:
        """How it ends, in a few words."""
        if self.moment:
            return f"at {self.moment}"
        if self.end == ARRIVED:
            ttls = sorted({lane.verdict.destination_ttl or 0 for lane in self.lanes} - {0})
            return f"reached at {'–'.join(map(str, (ttls[0], ttls[-1])[: len(ttls)]))}" if ttls else "reached"
        said = " / ".join(dict.fromkeys(headline_short(lane) for lane in self.lanes))
        return f"{said} ({EXPECTED} {self.beyond.reservation})" if self.beyond.reservation else said


@dataclass(frozen=True, slots=True)
class Parting:
    """Where a path leaves the one of the row before."""

    shared: int
    """ASes that both cross, from the start."""

    words: str


class RibbonMaker:
    """Makes ribbons; the hops of a lane that has not changed are not counted again."""

    def __init__(self) -> None:
        self._blocks = Cache()

    def as_path_lines(self, lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> list[PathRibbon]:
        """Return the ribbons of `lanes` in their order, those that begin at one place together.

        Only these are compared, so a control stands right below what it is compared with. Controls are those
        of the whole snapshot.
        """
        self._blocks.next_generation()
        controls = Continuations(snapshot)
        paths = _compared_paths(snapshot)
        found: dict[tuple[object, ...], PathRibbon] = {}
        for lane in lanes:
            end = end_glyph(lane)
            beyond = expected_beyond(lane, controls) if end == STOPPED else NOTHING_BEYOND
            blocks = self._of(lane, snapshot)
            key = (lane.lane.panel, tuple(block.asn for block in blocks), end, beyond, paths.get(lane.id))
            before = found.get(key)
            if before is None:
                stretches = tuple(
                    Stretch(block.asn, block.hops, block.hops, block.first_ttl, block.last_ttl)
                    for block in blocks
                )
                found[key] = PathRibbon((lane,), stretches, end, beyond)
            else:
                merged = tuple(
                    replace(one, fewest=min(one.fewest, block.hops), most=max(one.most, block.hops))
                    for one, block in zip(before.stretches, blocks, strict=True)
                )
                found[key] = replace(before, lanes=(*before.lanes, lane), stretches=merged)
        origins = list(dict.fromkeys(ribbon.origin for ribbon in found.values()))
        ordered = sorted(found.values(), key=lambda ribbon: origins.index(ribbon.origin))
        return [one for ribbon in ordered for one in (ribbon, *_then(ribbon, paths, snapshot))]

    def _of(self, lane: LaneSnapshot, snapshot: Snapshot) -> tuple[AsBlock, ...]:
        return self._blocks.get(
            lane.id,
            (lane, snapshot.owners),
            lambda: as_blocks(current_trace(lane), snapshot.owners, lane.verdict),
        )


def _compared_paths(snapshot: Snapshot) -> Mapping[str, tuple[AsPaths, bool]]:
    """Return by lane the AS paths that differ from the moment compared with, and whether it arrived then."""
    comparison = snapshot.comparison
    changes = comparison.lanes if comparison is not None else ()
    lanes = {lane.id: lane.verdict for lane in snapshot.lanes}
    return {
        change.lane: (change.paths, verdict.state is PathState.REACHED)
        for change in changes
        if change.paths is not None
        for verdict in (change.states[0] if change.states is not None else lanes[change.lane],)
    }


def _then(
    ribbon: PathRibbon, paths: Mapping[str, tuple[AsPaths, bool]], snapshot: Snapshot
) -> Iterator[PathRibbon]:
    """Yield the path of the lanes of a ribbon as it was at the moment compared with, where it differs."""
    known = paths.get(ribbon.lanes[0].id)
    if known is None or snapshot.comparison is None:
        return
    then, arrived = known
    stretches = tuple(Stretch(asn, 0, 0, 0, 0) for asn in then.before)
    clock = clock_words(unix_ns(snapshot.comparison.since), snapshot)
    yield PathRibbon(ribbon.lanes, stretches, ARRIVED if arrived else STOPPED, NOTHING_BEYOND, clock)


def part(one: PathRibbon, other: PathRibbon) -> Parting | None:
    """Return where two ribbons part; None where they do not, or where that says nothing.

    They part where another AS follows, or where one stops and the other goes on. What is still open, or
    begins elsewhere, is not compared.
    """
    if one.origin != other.origin or any(end not in {STOPPED, ARRIVED} for end in (one.end, other.end)):
        return None
    shared = parting((one.path, other.path))
    if shared is None:
        if one.end == other.end:
            return None
        shared = len(one.path)
    ended = [ribbon for ribbon in (one, other) if len(ribbon.path) == shared]
    if ended and all(ribbon.end != STOPPED for ribbon in ended):
        return None
    if shared:
        last_ttl = one.stretches[shared - 1].last_ttl
    else:
        last_ttl = one.stretches[0].first_ttl - 1 if one.stretches else len(one.lanes[0].hops)
    router = _last_shared_router(one.lanes[0], other.lanes[0], last_ttl)
    if not shared:
        return Parting(0, "no AS in common" + (f", after router {router}" if router else ""))
    words = f"after AS{one.path[shared - 1]}"
    return Parting(shared, f"{words}, router {router}" if router else words)


def _last_shared_router(one: LaneSnapshot, other: LaneSnapshot, last_ttl: int) -> str | None:
    """Return the last router up to `last_ttl` of one lane that the other passes too."""
    known = set(_routers(other, len(other.hops)))
    shared = [address for address in _routers(one, last_ttl) if address in known]
    return shared[-1] if shared else None


def _routers(lane: LaneSnapshot, last_ttl: int) -> Iterable[str]:
    for hop in lane.hops[:last_ttl]:
        main = hop.main
        if main is not None and main.address != lane.lane.address:
            yield main.address

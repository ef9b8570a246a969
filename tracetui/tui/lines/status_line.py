"""The first line: title, view, time shown, rounds, prober, AS data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rich.cells import cell_len

from tracetui.model import FlowKind, ProbeProtocol, Snapshot
from tracetui.model.snapshot import KeptRounds
from tracetui.tui.lines.comparison_lines import CHANGED
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.view import Scene, ViewName
from tracetui.words import kept_words, stretched_in_short, stretched_words, vantage_states_words

_GAP: Final = "   "
_HEADING: Final = " tracetui "
_MOST_OF_A_VANTAGE: Final = 40
"""Cells for a vantage that is not there."""

_WIDE: Final = 140


@dataclass(frozen=True, slots=True)
class ViewState:
    """Options of the display, where they differ from the defaults."""

    rounds_behind: int | None = None
    """Rounds measured since the view was frozen; None: it is not."""

    moment: datetime | None = None
    """The past moment that is shown."""

    age_s: float = 0.0
    """How long ago that was."""

    kept: KeptRounds | None = None
    """What that moment is derived from, where rounds were dropped."""

    window_s: float | None = None
    filter: str = ""
    shown: int = 0
    """Endpoints shown, of those there are."""

    of: int = 0
    failing_first: int = 0
    """Endpoints that come before others because they fail."""

    private: bool = False
    view: ViewName = ViewName.BOARD
    compared_with: datetime | None = None
    """The moment that it is compared with."""

    compared: bool = False
    """False where that moment is not earlier than the one shown."""


DEFAULT_VIEW_STATE: Final = ViewState()


def view_state_of(
    scene: Scene, frozen_before: Snapshot | None, looked: tuple[str, bool, ViewName]
) -> ViewState:
    """Return the options of the display; `frozen_before` is the newest snapshot where the view is frozen.

    `looked`: the words of the filter, whether addresses are masked, and the view.
    """
    filtered, private, view = looked
    rounds = frozen_before.rounds if frozen_before is not None else 0
    return ViewState(
        rounds_behind=None if frozen_before is None else max(0, rounds - scene.snapshot.rounds),
        moment=scene.moment,
        age_s=(scene.newest.created_at - scene.moment).total_seconds() if scene.moment else 0.0,
        kept=scene.snapshot.kept,
        compared_with=scene.compared_with,
        compared=scene.snapshot.comparison is not None,
        window_s=scene.window_s,
        filter=filtered,
        shown=len({lane.lane.panel for lane in scene.lanes}),
        of=len({lane.lane.panel for lane in scene.snapshot.lanes}),
        failing_first=scene.failing_first,
        private=private,
        view=view,
    )


_VIEWS: Final = {
    ViewName.OVERVIEW: "overview",
    ViewName.PATHS: "AS paths",
    ViewName.TIMELINE: "timeline",
    ViewName.EVIDENCE: "evidence",
    ViewName.SURVEY: "survey",
}


def status_pieces(
    snapshot: Snapshot, ink: Ink, width: int, title: str, state: ViewState = DEFAULT_VIEW_STATE
) -> list[Piece]:
    """Return the line in at most `width` cells.

    What matters least goes first when there is no room: AS data, flow, prober, options of the display. Which
    moment is shown, and its round and time, stand there at any width.
    """
    kept = _kept_facts(snapshot, state, ink)
    options = _state_facts(state, ink)
    more: list[Piece] = [
        (fit(vantage_states_words(snapshot), _MOST_OF_A_VANTAGE).rstrip(), ink.end),
        (stretched_words(snapshot) or "" if width >= _WIDE else stretched_in_short(snapshot), ink.end),
        (snapshot.vantage.prober, ink.muted),
        (_flow_hint(snapshot), ink.muted),
        (_as_data(snapshot), ink.muted),
    ]
    more = [fact for fact in more if fact[0]]
    name = title or snapshot.title or snapshot.vantage.hostname
    before = min(len(name), 24) + len(_HEADING) + 4
    while more and _length([*kept, *options, *more]) + before > width:
        more.pop()
    while options and _length([*kept, *options]) + len(_HEADING) + 1 > width:
        options.pop()
    facts = [*kept[:-1], *options, kept[-1], *more]
    if _length(facts) - len(_GAP) >= width:
        facts = kept[:-1]  # a terminal of less than 70 cells that shows samples of another moment
    room = width - _length(facts) - len(_HEADING) - 2
    shown = name if cell_len(name) <= room else ""
    if not shown and room > 8:
        shown = fit(name, room)
    left: list[Piece] = [(_HEADING, ink.heading), (f" {shown}", ink.plain)]
    if _length(facts) + len(_HEADING) > width:
        left = []
    filler = width - sum(cell_len(text) for text, _ in left) - _length(facts) + len(_GAP) - 1
    line = [*left, (" " * max(1, filler), ink.none)]
    for position, fact in enumerate(facts):
        line += [(_GAP if position else "", ink.none), fact]
    return line


def least_width(snapshot: Snapshot, state: ViewState, ink: Ink) -> int:
    """Return the cells that the line needs at the least: for the moment shown, its round and its time."""
    return _length(_kept_facts(snapshot, state, ink))


def _kept_facts(snapshot: Snapshot, state: ViewState, ink: Ink) -> list[Piece]:
    """Return what is never left out: the moment, what of it is kept, that it is frozen, round and time."""
    found: list[Piece] = []
    if state.moment is not None:
        ago = elapsed_text(timedelta(seconds=state.age_s))
        found.append((f" {state.moment:%H:%M:%S} UTC · {ago} ago ", ink.chosen))
    if state.kept is not None:
        found.append((kept_words(state.kept), ink.end))
    if state.rounds_behind is not None and state.moment is None:
        rounds = state.rounds_behind
        found.append((f" FROZEN · {rounds} round{'' if rounds == 1 else 's'} behind ", ink.chosen))
    elapsed = elapsed_text(snapshot.created_at - snapshot.started_at)
    return [*found, (f"round {snapshot.rounds} · {elapsed}", ink.plain)]


def _state_facts(state: ViewState, ink: Ink) -> list[Piece]:
    """Return options of the display that must not be overlooked, the most important first."""
    found: list[Piece] = []
    if state.compared_with is not None:
        later = "" if state.compared else " (later)"
        found.append((f"{CHANGED} {state.compared_with:%H:%M:%S}{later}", ink.end))
    if state.rounds_behind is not None and state.moment is not None:
        found.append((" FROZEN ", ink.chosen))
    if state.filter:
        found.append((f"/{state.filter} · {state.shown} of {state.of}", ink.end))
    elif state.shown != state.of:
        found.append((f"{state.of - state.shown} hidden", ink.end))
    if state.failing_first:
        found.append((f"{state.failing_first} failing first", ink.end))
    if state.private:
        found.append(("private", ink.end))
    if state.window_s is not None:
        found.append((f"last {state.window_s / 60:.0f} min", ink.end))
    if state.view in _VIEWS:
        found.append((_VIEWS[state.view], ink.plain))
    return found


def _length(facts: list[Piece]) -> int:
    return sum(cell_len(text) + len(_GAP) for text, _ in facts)


def elapsed_text(elapsed: timedelta) -> str:
    """Return `0:42`, `12:05`, `3:04:09`."""
    seconds = max(0, int(elapsed.total_seconds()))
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _flow_hint(snapshot: Snapshot) -> str:
    varies = any(
        lane.trace.flow is FlowKind.PER_HOP and lane.lane.protocol is ProbeProtocol.TCP
        for lane in snapshot.probed
    )
    return FlowKind.PER_HOP.value if varies else ""


def _as_data(snapshot: Snapshot) -> str:
    named = [
        f"{source.name} {source.date or ''}".rstrip()
        for source in snapshot.as_sources
        if source.name != "special-purpose"
    ]
    return f"AS data {', '.join(dict.fromkeys(named))}" if named else ""

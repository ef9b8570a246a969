"""The timeline view: every lane over time, and a cursor that goes back to earlier moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message

from tracetui.analysis.cache import Cache
from tracetui.investigation.board import Panel
from tracetui.investigation.past_snapshot import moment_shown
from tracetui.model import LaneSnapshot
from tracetui.model.moment import moment_of, unix_ns
from tracetui.model.span import Span
from tracetui.tui.list_view import RowsViewer
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.position import position_words
from tracetui.tui.paint.rows_view import Row, RowsView
from tracetui.tui.timeline.axis import (
    TimelineEvent,
    axis_pieces,
    cursor_pieces,
    event_pieces,
    nearest_event,
    nearest_event_pieces,
    timeline_events,
)
from tracetui.tui.timeline.lane_strip import LaneStrip, StripLayout, make_strip_layout, scale_us, strip_rows
from tracetui.tui.timeline.time_columns import NS, LaneColumns, TimeGrid, make_grid, newest_ns, oldest_ns
from tracetui.tui.view import Scene
from tracetui.words import headline_short, import_words

_US: int = 1000
_FRAME = 4
"""Lines above and below the strips."""


class StripRows(RowsView):
    """Rows of strips; a click says where in the row it was."""

    @dataclass
    class Clicked(Message):
        """A cell was clicked."""

        cell: int

    def on_click(self, event: events.Click) -> None:
        """Say which cell it was; the row is chosen as in any view of rows."""
        self.post_message(self.Clicked(event.x))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is on the screen."""

    scene: Scene
    layout: StripLayout
    grid: TimeGrid
    strips: tuple[LaneStrip, ...]


class TimelineView(RowsViewer):
    """One strip per lane up to now; its cursor chooses a lane and a moment."""

    DEFAULT_CSS: ClassVar[str] = """
    TimelineView {
        StripRows { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size: 0 0; }
    }
    """

    @dataclass
    class MomentChosen(Message):
        """The cursor stands on another moment; None: at the right edge, now."""

        moment: datetime | None

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TimelineView.MomentChosen)

    def __init__(self) -> None:
        super().__init__()
        self.rows = StripRows()
        self._head = LinesView()
        self._foot = LinesView()
        self._scene: Scene | None = None
        self._drawn: _Drawn | None = None
        self._axis: list[Piece] = []
        self._columns, self._painted = Cache(), Cache()
        self._cursor_ns: int | None = None
        """Unix time that the cursor stands on; None: now."""

        self._posted: tuple[datetime | None, int | None] = (None, None)
        """The moment that was announced last, and the cursor's place then."""

        self._seen: tuple[datetime | None, Panel | None] = (None, None)
        """Moment and endpoint of the scene before."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self.rows
        yield self._foot

    def on_mount(self) -> None:
        """Say which strips are in sight, wherever the view is scrolled."""
        self.watch(self.rows, "scroll_y", self._draw_head, init=False)

    # The scene

    def show(self, scene: Scene) -> None:
        self._follow(scene)
        self._scene = scene
        self._draw()

    def _follow(self, scene: Scene) -> None:
        """Follow the moment or the endpoint that was chosen in another view."""
        moment, panel = self._seen
        if scene.moment != moment:
            if scene.moment == self._posted[0]:
                self._cursor_ns = self._posted[1]
            else:
                self._cursor_ns = None if scene.moment is None else unix_ns(scene.moment)
                self._posted = scene.moment, self._cursor_ns
        if scene.chosen != panel:
            for lane in scene.lanes:
                if lane.lane.panel == scene.chosen != self.chosen_panel:
                    self.rows.choose(lane.id)
                    break
        self._seen = scene.moment, scene.chosen

    def _draw(self) -> None:
        scene, (width, height) = self._scene, self.room
        if scene is None or not width:
            return
        self._drawn = drawn = self._make(scene, width, height)
        grid, ink = drawn.grid, self.rows.ink
        cursor, past = self._cursor, self._cursor_ns is not None
        scales = [scale_us(strip.columns) for strip in drawn.strips]
        shared = None if drawn.layout.two_lines else max(scales, default=0)
        rows: list[Row] = []
        self._painted.next_generation()
        for strip, own in zip(drawn.strips, scales, strict=True):
            rows += self._strip(drawn, strip, ink, (cursor, past, own if shared is None else shared))
        self.rows.show(rows or [Row(((" nothing is traced yet", ink.muted),))])
        self._axis = axis_pieces(grid, drawn.layout, ink, cursor=cursor, scale=shared)
        self._draw_head()
        self._draw_foot()

    def _draw_head(self) -> None:
        """Draw events and clock times, and which strips are in sight."""
        drawn, ink = self._drawn, self.rows.ink
        if drawn is None:
            return
        marks = _marks(drawn.scene)
        seen = position_words(self.rows.scroll_offset.y, self.room.height - _FRAME, len(self.rows))
        self._head.show([event_pieces(marks, drawn.grid, drawn.layout, ink, seen), self._axis])

    def _make(self, scene: Scene, width: int, height: int) -> _Drawn:
        newest = {lane.id: lane for lane in scene.newest.lanes}
        lanes = [newest[lane.id] for lane in scene.lanes if lane.id in newest]
        traces = [lane.trace for lane in lanes if lane.trace.timed]
        layout = make_strip_layout(width, height - _FRAME, [lane.lane for lane in lanes])
        edge = newest_ns(traces) or unix_ns(scene.newest.created_at)
        grid = make_grid(
            layout.strip, oldest_ns=oldest_ns(traces) or edge, newest_ns=edge, window_s=scene.window_s
        )
        interval_ns = int(scene.newest.round_s * NS)
        self._columns.next_generation()
        strips = []
        for _, of_panel in groupby(lanes, key=lambda lane: lane.lane.panel):
            for place, lane in enumerate(of_panel):
                words = " · ".join(import_words(lane))
                if words:
                    blank = (None,) * grid.columns
                    strips.append(
                        LaneStrip(lane.lane, place == 0, blank, f"{words} · {headline_short(lane)}")
                    )
                    continue
                columns = self._columns.get(lane.id, (), LaneColumns)
                shown = columns.update(lane.trace, grid, interval_ns)
                strips.append(LaneStrip(lane.lane, place == 0, shown))
        return _Drawn(scene, layout, grid, tuple(strips))

    def _strip(
        self, drawn: _Drawn, strip: LaneStrip, ink: Ink, looks: tuple[int, bool, int]
    ) -> Sequence[Row]:
        """Return the rows of a lane; they are made again only where its inputs have changed."""
        return self._painted.get(
            strip.lane.id,
            (strip.columns, ink),
            lambda: _strip_rows(drawn, strip, ink, looks),
            equal=(strip.lane, strip.heads, drawn.grid, drawn.layout, looks),
        )

    def _draw_foot(self) -> None:
        drawn = self._drawn
        if drawn is None:
            return
        grid, ink, snapshot = drawn.grid, self.rows.ink, drawn.scene.newest
        strip = next((each for each in drawn.strips if each.lane.id == self.rows.chosen), None)
        shown = moment_shown(snapshot, moment_of(grid.ends_ns(self._cursor) // _US * _US))
        words = cursor_pieces(
            strip.lane if strip is not None else None,
            self._at_cursor(strip),
            grid,
            ink,
            self.room.width,
            cursor=self._cursor,
            past=self._cursor_ns is not None,
            now_ns=unix_ns(snapshot.created_at),
            shown_ns=unix_ns(shown) if shown is not None else None,
        )
        near = nearest_event(_marks(drawn.scene), grid, self._cursor)
        self._foot.show([words, nearest_event_pieces(near, snapshot, ink, self.room.width)])

    def _at_cursor(self, strip: LaneStrip | None) -> Span | None:
        drawn = self._drawn
        if strip is None or drawn is None:
            return None
        return strip.columns[self._cursor - drawn.grid.first]

    @property
    def _cursor(self) -> int:
        """The cursor's column, on the screen."""
        grid = self._drawn.grid if self._drawn is not None else None
        if grid is None:
            return 0
        if self._cursor_ns is None:
            return grid.last
        return max(grid.first, min(grid.column_at(self._cursor_ns), grid.last))

    # The board's wishes

    def repaint(self) -> None:
        self.rows.repaint()
        self._draw()

    def release(self) -> None:
        self._scene = self._drawn = None

    def on_resize(self) -> None:
        if self.display:
            self.call_after_refresh(self._draw)

    @property
    def chosen_panel(self) -> Panel | None:
        lane = self._chosen_lane
        return lane.lane.panel if lane is not None else None

    @property
    def _chosen_lane(self) -> LaneSnapshot | None:
        lanes = self._scene.lanes if self._scene is not None else ()
        return next((lane for lane in lanes if lane.id == self.rows.chosen), None)

    def move_aside(self, step: int) -> None:
        self._go_to_column(self._cursor + step)

    def _go_to_column(self, column: int) -> None:
        drawn = self._drawn
        if drawn is None or not drawn.strips:
            return
        grid = drawn.grid
        columns = [place for strip in drawn.strips for place, span in enumerate(strip.columns) if span]
        column = max(grid.first + min(columns, default=0), column)
        cursor_ns = None if column >= grid.last else grid.ends_ns(column) // _US * _US
        if cursor_ns == self._cursor_ns:
            return
        self._cursor_ns = cursor_ns
        moment = None if cursor_ns is None else moment_shown(drawn.scene.newest, moment_of(cursor_ns))
        self._draw()
        if moment != self._posted[0]:
            self.post_message(self.MomentChosen(moment))
        self._posted = moment, cursor_ns

    @on(StripRows.Clicked)
    def _clicked(self, event: StripRows.Clicked) -> None:
        """Put the cursor on the column under the pointer."""
        event.stop()
        drawn = self._drawn
        if drawn is None:
            return
        grid, width = drawn.grid, self.rows.size.width
        cell = event.cell - (width - grid.columns * grid.cells)
        if cell >= 0:
            self._go_to_column(grid.first + cell // grid.cells)

    @on(RowsView.Moved)
    def _moved(self) -> None:
        """Post the lane that is now chosen, as a message to the screen."""
        self._draw_foot()


def _marks(scene: Scene) -> list[TimelineEvent]:
    """Return what happened, and the moment that is compared with."""
    return timeline_events(scene.newest.events, scene.newest.notes, scene.compared_with)


def _strip_rows(drawn: _Drawn, strip: LaneStrip, ink: Ink, looks: tuple[int, bool, int]) -> Sequence[Row]:
    cursor, past, scale = looks
    lines = strip_rows(strip, drawn.grid, drawn.layout, ink, cursor=cursor, scale=scale, past=past)
    keys = (strip.lane.id, *[None] * (len(lines) - 1))
    return [Row(tuple(line), key) for line, key in zip(lines, keys, strict=True)]

"""The board view: lays out panels, shows a page of them, moves the cursor, scrolls them together.

Of many endpoints only those on the screen have widgets.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from textual import events, on
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from tracetui.config.settings import Figure
from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, Role, Snapshot
from tracetui.tui.board.arrangement import Arrangement, arrange
from tracetui.tui.board.column_widths import HostMode
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.fold_silent_rows import row_count
from tracetui.tui.board.hop_view import HopView
from tracetui.tui.board.panel_strip import Tab
from tracetui.tui.board.panel_view import PanelFrame, PanelView, panel_name
from tracetui.tui.paint.state_glyph import state_glyph
from tracetui.tui.view import Scene, View


class BoardGrid(View):
    """The view of hops side by side: a page of the panels of a scene."""

    class CursorMoved(Message):
        """Another hop or another panel is chosen."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, BoardGrid.CursorMoved)

    def __init__(self, figures: Sequence[Figure] = ()) -> None:
        """`figures`: columns of panels that are wide enough."""
        super().__init__()
        self._figures = figures
        self.mode = HostMode.ADDRESS
        self.row = 0
        """The chosen row, in whatever panel has the focus; 0 is TTL 1."""

        self.chosen: Panel | None = None
        self.alone = False
        """True when the chosen panel has all the room."""

        self.holder: Widget | None = None
        """What holds this view and the widgets in rows that its panels leave; None: it is alone there."""

        self._panels: dict[Panel, list[LaneSnapshot]] = {}
        self._places: list[PanelView] = []
        """As many as a page has had; those that this page has no use for are hidden."""

        self._arrangement = Arrangement(1, 1, 0, 0)
        self._snapshot: Snapshot | None = None

    @property
    def shown(self) -> list[PanelView]:
        """The panels on the screen."""
        return self._places[: len(self._arrangement.shown)]

    @property
    def chosen_view(self) -> PanelView | None:
        """The panel with the focus."""
        return next((view for view in self.shown if view.panel == self.chosen), None)

    @property
    def complete(self) -> bool:
        """True when every panel is on the screen."""
        return self._arrangement.complete

    def tabs(self) -> list[Tab]:
        """All panels, for the strip."""
        hosts = Counter(lanes[0].lane.host for lanes in self._panels.values())
        tabs = []
        for index, (panel, lanes) in enumerate(self._panels.items()):
            lane = lanes[0].lane
            several = hosts[lane.host] > 1
            tabs.append(
                Tab(
                    state_glyph(lanes),
                    panel_name(lanes, vantage=several),
                    lane.via if several else None,
                    lane.role is Role.CONTROL,
                    index in self._arrangement.shown,
                    panel == self.chosen,
                )
            )
        return tabs

    def show(self, scene: Scene) -> None:
        """Bring the panels in line with `scene`; what is the same stays as it is."""
        chosen, top = self.chosen, next((view.hops.scroll_offset.y for view in self.shown), 0)
        self.take(scene)
        if not self._panels:
            self.screen.set_focus(None)  # else keys would go to a panel that is no more
        self._arrange()
        self._fill(self.shown)
        if self.chosen != chosen:
            self._follow(top)
            self.move_to(self.row)
        if self.row > self._last_row:  # there are fewer now: one stands for a path's silent end
            self.move_to(self._last_row)

    def take(self, scene: Scene) -> None:
        """Take over the endpoints of `scene` without drawing: another view is seen, whose keys lead here."""
        before = list(self._panels)
        self._snapshot = scene.snapshot
        self._panels = {
            panel: list(lanes) for panel, lanes in groupby(scene.lanes, lambda lane: lane.lane.panel)
        }
        if scene.chosen in self._panels:
            self.chosen = scene.chosen
        self._keep_a_choice(before)

    def release(self) -> None:
        """Keep what is painted; `take` brings the rest up to date."""
        for view in self._places:
            view.lanes = ()

    def _keep_a_choice(self, before: Sequence[Panel]) -> None:
        """Choose the neighbour of a panel that was removed."""
        panels = list(self._panels)
        if self.chosen not in self._panels:
            removed_at = before.index(self.chosen) if self.chosen in before else 0
            self.chosen = panels[min(removed_at, len(panels) - 1)] if panels else None

    @property
    def _height(self) -> int:
        return max((row_count(lane) for lanes in self._panels.values() for lane in lanes), default=0)

    @property
    def _last_row(self) -> int:
        """The last row that the cursor can stand on."""
        view = self.chosen_view
        return max(self._height, len(view.hops.rows) if view is not None else 0, 1) - 1

    @property
    def _chosen_index(self) -> int:
        return next((index for index, panel in enumerate(self._panels) if panel == self.chosen), 0)

    def _fill(self, views: Sequence[PanelView]) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        controls = Continuations(snapshot)
        frame = PanelFrame(
            mode=self.mode,
            figures=self._figures,
            height=self._height,
            lanes=max(map(len, self._panels.values()), default=0),
            ttl_digits=3 if snapshot.max_hops > 99 else 2,
            tag=max((len(system.tag) for system in snapshot.ases), default=1),
            asn_digits=max([5, *(len(str(system.asn)) for system in snapshot.ases)]),
            vantages=len(
                {vantage for (_, vantage), lanes in self._panels.items() if lanes[0].lane.imported is None}
            )
            > 1,
        )
        for view in views:
            if view.panel in self._panels:
                view.show(self._panels[view.panel], snapshot, controls, frame)

    def _arrange(self) -> None:
        """Show the page that the chosen panel is on, in a grid that fits the space there is.

        The panels of another page take over the places of this one: nothing is laid out again.
        """
        count, space = len(self._panels), self._space
        found = (
            Arrangement(1, 1, self._chosen_index, count)
            if self.alone and count
            else arrange(space.width, space.height, count=count, focused=self._chosen_index)
        )
        self._arrangement = found
        self.styles.grid_size_columns = found.columns
        self.styles.grid_size_rows = found.rows
        page = list(self._panels)[found.first : found.first + len(found.shown)]
        missing = [PanelView() for _ in page[len(self._places) :]]
        if missing:
            self._places += missing
            self.mount(*missing)
        for index, view in enumerate(self._places):
            view.display = index < len(page)
            if view.display:
                view.panel = page[index]
            else:
                view.lanes = ()
        self.take_focus()

    @property
    def _space(self) -> Size:
        """Return the size of the area for panels, whether or not something uses the rows they leave."""
        holder = self.holder.size if self.holder is not None else None
        return holder or self.room or self.app.size

    @property
    def spare(self) -> int:
        """Rows that no panel on the screen needs for its hops."""
        needed = [view.needed for view in self.shown]
        if not needed or not all(needed):
            return 0
        return max(0, self._space.height - self._arrangement.rows * max(needed))

    def has_room_for(self, count: int) -> bool:
        """Tell whether `count` panels fit on the screen at once."""
        space = self._space
        return arrange(space.width, space.height, count=count, focused=0).complete

    def take_focus(self) -> None:
        view = self.chosen_view
        if view is not None and self.display and self.screen.is_current and not view.hops.has_focus:
            self.screen.set_focus(view.hops, scroll_visible=False)

    def go_to(self, index: int) -> None:
        """Choose panel number `index`; counts around the ends."""
        panels = list(self._panels)
        if not panels:
            return
        top = next((view.hops.scroll_offset.y for view in self.shown), 0)
        self.chosen = panels[index % len(panels)]
        self.turn_page()
        self._follow(top)
        self.move_to(self.row)

    def turn_page(self) -> None:
        """Go to the page that the chosen panel is on, and fill what is new on it."""
        before = {(view, view.panel) for view in self.shown}
        self._arrange()
        self._fill([view for view in self.shown if (view, view.panel) not in before])

    def go_to_lane(self, lane_id: str, ttl: int) -> None:
        """Choose the panel that has a lane, and one of its hops."""
        for index, lanes in enumerate(list(self._panels.values())):
            if any(lane.id == lane_id for lane in lanes):
                self.go_to(index)
                self.move_to(ttl - 1)

    def move_to(self, row: int) -> None:
        """Choose a row of the chosen panel."""
        view = self.chosen_view
        if view is None:
            return
        self.row = max(0, min(row, self._last_row))
        view.hops.move_cursor(self.row)
        self.post_message(self.CursorMoved())

    @property
    def chosen_panel(self) -> Panel | None:
        return self.chosen

    def move_by(self, step: int) -> None:
        self.move_to(self.row + step)

    def move_first(self) -> None:
        self.move_to(0)

    def move_last(self) -> None:
        view = self.chosen_view
        if view is not None:
            self.move_to(len(view.hops.rows) - 1)

    def move_page(self, direction: int) -> None:
        view = self.chosen_view
        self.move_by(direction * (max(1, view.hops.size.height // 2) if view is not None else 1))

    def move_aside(self, step: int) -> None:
        self.go_to(self._chosen_index + step)

    def switch_mode(self) -> None:
        """Show hops another way: by address, by name, both."""
        self.mode = self.mode.next
        self._fill(self.shown)

    def repaint(self) -> None:
        for view in self._places:
            view.hops.repaint()
        self._fill(self.shown)

    def on_resize(self) -> None:
        self.turn_page()
        self.post_message(self.CursorMoved())  # there are more rows to spare, or fewer

    @on(PanelView.Resized)
    def _panel_resized(self, event: PanelView.Resized) -> None:
        event.stop()
        if event.view in self.shown:
            self._fill([event.view])
            self.post_message(self.CursorMoved())  # only now are there rows to tell of

    @on(HopView.Scrolled)
    def _scrolled(self, event: HopView.Scrolled) -> None:
        event.stop()
        self._follow(event.row)

    def _follow(self, row: int) -> None:
        for view in self.shown:
            if view.hops.scroll_offset.y != row:
                view.hops.scroll_to(y=row, animate=False)
            view.tell_position()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus wherever the mouse puts it."""
        for view in self.shown:
            if view.hops is event.widget and view.panel != self.chosen:
                self.chosen = view.panel
                self.move_to(self.row)

    @on(HopView.Chosen)
    def _row_chosen(self, event: HopView.Chosen) -> None:
        self.chosen = next(view.panel for view in self._places if view.hops is event.view)
        self.take_focus()
        self.move_to(event.ttl - 1)

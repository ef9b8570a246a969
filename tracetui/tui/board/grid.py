"""The panels: which there are, which are shown, which has the focus, all scrolled together."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from textual import events, on
from textual.message import Message

from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, Role, Snapshot
from tracetui.tui.board.arrangement import Arrangement, arrange
from tracetui.tui.board.columns import HostMode
from tracetui.tui.board.hop_line import Controls
from tracetui.tui.board.hop_view import HopView
from tracetui.tui.board.panel_strip import Tab
from tracetui.tui.board.panel_view import PanelFrame, PanelView, panel_name
from tracetui.tui.paint.ends import state_glyph
from tracetui.tui.view import Scene, View


class BoardGrid(View):
    """The view of hops side by side: all panels of a scene."""

    class CursorMoved(Message):
        """Another hop or another panel is chosen."""

        def can_replace(self, message: Message) -> bool:
            """Only the last move counts."""
            return isinstance(message, BoardGrid.CursorMoved)

    def __init__(self) -> None:
        super().__init__()
        self.mode = HostMode.ADDRESS
        self.row = 0
        """The chosen row, in whatever panel has the focus; 0 is TTL 1."""

        self.chosen: Panel | None = None
        self.alone = False
        """True when the chosen panel has all the room."""

        self._views: dict[Panel, PanelView] = {}
        self._arrangement = Arrangement(1, 1, 0, 0)
        self._height = 0
        self._snapshot: Snapshot | None = None

    @property
    def views(self) -> list[PanelView]:
        """All panels in board order, shown or not."""
        return list(self._views.values())

    @property
    def chosen_view(self) -> PanelView | None:
        """The panel with the focus."""
        return self._views.get(self.chosen) if self.chosen else None

    @property
    def complete(self) -> bool:
        """True when every panel is on the screen."""
        return self._arrangement.complete

    @property
    def shown(self) -> list[PanelView]:
        """The panels on the screen."""
        views = self.views
        return [views[index] for index in self._arrangement.shown]

    def tabs(self) -> list[Tab]:
        """All panels, for the strip."""
        shown = set(self._arrangement.shown)
        hosts = Counter(view.lanes[0].lane.host for view in self.views if view.lanes)
        return [
            Tab(
                state_glyph(view.lanes),
                panel_name(view.lanes, vantage=hosts[view.lanes[0].lane.host] > 1),
                view.lanes[0].lane.role is Role.CONTROL,
                index in shown,
                view.panel == self.chosen,
            )
            for index, view in enumerate(self.views)
            if view.lanes
        ]

    def show(self, scene: Scene) -> None:
        """Bring the panels in line with `scene`; what is the same stays as it is."""
        self._snapshot = scene.snapshot
        lanes = {panel: list(group) for panel, group in groupby(scene.lanes, lambda lane: lane.lane.panel)}
        self._sync(lanes)
        for panel, view in self._views.items():
            view.lanes = lanes[panel]
        self._height = max((len(lane.trace.hops) for lane in scene.lanes), default=0)
        self.row = max(0, min(self.row, self._height - 1))
        self.arrange_panels()
        self._fill(self.shown)

    def _fill(self, views: Sequence[PanelView]) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        controls = Controls(snapshot)
        frame = PanelFrame(
            mode=self.mode,
            height=self._height,
            lanes=max((len(view.lanes) for view in self._views.values()), default=0),
            ttl_digits=3 if snapshot.max_hops > 99 else 2,
            tag=max((len(system.tag) for system in snapshot.ases), default=1),
            asn_digits=max([5, *(len(str(system.asn)) for system in snapshot.ases)]),
            vantages=len({view.panel[1] for view in self._views.values()}) > 1,
        )
        for view in views:
            view.show(snapshot, controls, frame)

    def _sync(self, lanes: dict[Panel, list[LaneSnapshot]]) -> None:
        if list(lanes) == list(self._views):
            return
        order = list(self._views)
        for panel in order:
            if panel not in lanes:
                self._views.pop(panel).remove()
        if not lanes:
            self.screen.set_focus(None)  # else keys would go to a panel that is no more
        following: PanelView | None = None
        for panel in reversed(lanes):
            view = self._views.get(panel)
            if view is None:
                view = PanelView(panel)
                self.mount(view, before=following)
            elif following is not None:
                self.move_child(view, before=following)
            following = view
            self._views[panel] = view
        self._views = {panel: self._views[panel] for panel in lanes}
        if self.chosen not in self._views:
            gone_at = order.index(self.chosen) if self.chosen in order else 0
            remaining = list(self._views)
            self.chosen = remaining[min(gone_at, len(remaining) - 1)] if remaining else None

    def arrange_panels(self) -> None:
        """Show the page that the chosen panel is on, in a grid that fits the space there is."""
        views = self.views
        chosen = next((index for index, view in enumerate(views) if view.panel == self.chosen), 0)
        space = self.size if self.size.height else self.app.size
        found = (
            Arrangement(1, 1, chosen, len(views))
            if self.alone and views
            else arrange(space.width, space.height, count=len(views), focused=chosen)
        )
        if found != self._arrangement or any(
            view.display != (index in found.shown) for index, view in enumerate(views)
        ):
            self._arrangement = found
            self.styles.grid_size_columns = found.columns
            self.styles.grid_size_rows = found.rows
            for index, view in enumerate(views):
                view.display = index in found.shown
        self.take_focus()

    def has_room_for(self, count: int) -> bool:
        """Tell whether so many panels fit on the screen at once."""
        space = self.size if self.size.height else self.app.size
        return arrange(space.width, space.height, count=count, focused=0).complete

    def take_focus(self) -> None:
        """Give the keyboard to the chosen panel."""
        view = self.chosen_view
        if view is not None and self.display and self.screen.is_current and not view.hops.has_focus:
            self.screen.set_focus(view.hops, scroll_visible=False)

    def go_to(self, index: int) -> None:
        """Choose panel number `index`; counts around the ends."""
        views = self.views
        if not views:
            return
        before = self.shown
        self.chosen = views[index % len(views)].panel
        self.arrange_panels()
        self._fill([view for view in self.shown if view not in before])
        self._follow(before[0].hops.scroll_offset.y if before else 0)
        self.move_to(self.row)

    def go_by(self, step: int) -> None:
        """Choose the panel `step` places on."""
        index = next((index for index, view in enumerate(self.views) if view.panel == self.chosen), 0)
        self.go_to(index + step)

    def go_to_lane(self, lane_id: str, ttl: int) -> None:
        """Choose the panel that has a lane, and one of its hops."""
        for index, view in enumerate(self.views):
            if any(lane.id == lane_id for lane in view.lanes):
                self.go_to(index)
                self.move_to(ttl - 1)

    def move_to(self, row: int) -> None:
        """Choose a row of the chosen panel."""
        view = self.chosen_view
        if view is None:
            return
        self.row = max(0, min(row, max(self._height, 1) - 1))
        view.hops.move_cursor(self.row)
        self.post_message(self.CursorMoved())

    @property
    def chosen_panel(self) -> Panel | None:
        """The panel with the focus."""
        return self.chosen

    def move_by(self, step: int) -> None:
        """Go `step` hops down."""
        self.move_to(self.row + step)

    def move_first(self) -> None:
        """Go to the first hop."""
        self.move_to(0)

    def move_last(self) -> None:
        """Go to the last hop of the chosen panel."""
        view = self.chosen_view
        if view is not None:
            self.move_to(len(view.hops.rows) - 1)

    def move_page(self, direction: int) -> None:
        """Go half a page down (1) or up (-1)."""
        view = self.chosen_view
        self.move_by(direction * (max(1, view.hops.size.height // 2) if view is not None else 1))

    def move_aside(self, step: int) -> None:
        """Go to the next endpoint, or the one before."""
        self.go_by(step)

    def switch_mode(self) -> HostMode:
        """Show hops another way: by address, by name, both."""
        self.mode = self.mode.next
        self._fill(self.shown)
        return self.mode

    def repaint(self) -> None:
        """Draw everything again: the colours are different."""
        for view in self.views:
            view.hops.repaint()
        self._fill(self.shown)

    def on_resize(self) -> None:
        """Arrange the panels anew."""
        before = self.shown
        self.arrange_panels()
        self._fill([view for view in self.shown if view not in before])

    @on(PanelView.Resized)
    def _panel_resized(self, event: PanelView.Resized) -> None:
        event.stop()
        if event.view.panel in self._views and event.view in self.shown:
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
        self.chosen = next(view.panel for view in self.views if view.hops is event.view)
        self.arrange_panels()
        self.move_to(event.ttl - 1)

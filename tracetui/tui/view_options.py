"""What the user chose to see: moment, comparison, window, order, filter, hidden endpoints, privacy mask."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import RLock
from typing import Final

from tracetui.analysis.cache import Remembered
from tracetui.investigation.board import Panel
from tracetui.investigation.compare_moments import MomentComparer
from tracetui.investigation.past_snapshot import PastSnapshots, Windows
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.privacy.mask import Mask
from tracetui.tui.automatic_choice import AutomaticChoice
from tracetui.tui.overview.failing_first import MAX_BESIDE, FailingFirst, failing_rank
from tracetui.tui.overview.lane_filter import LaneFilter
from tracetui.tui.overview.lane_order import LaneOrder, ordered
from tracetui.tui.view import Scene

WINDOWS_S: Final = (None, 60.0, 300.0, 900.0)
"""Stretches of time that loss and RTT can be counted over; None: all."""

_QUICK: Final = 40
"""Up to this number of lanes, a past moment is computed while a key is held down: about 0.3 ms each."""

NO_FILTER: Final = LaneFilter("")


class ViewOptions:
    """Turns the newest snapshot into the scene to draw.

    The steps, each left out where nothing is asked for: earlier moment, window, comparison, mask, order,
    hidden, filter.
    """

    def __init__(self, *, masked_hops: int, private: bool) -> None:
        """`masked_hops`: how many TTLs the privacy mask covers; `private`: whether it is on."""
        self.private = private
        self.moment: datetime | None = None
        self.compared_with: datetime | None = None
        self.window_s: float | None = None
        self.order = LaneOrder.FAILING
        self.choice = AutomaticChoice()
        self._failing = FailingFirst()
        self.hidden: frozenset[Panel] = frozenset()
        self.filter = NO_FILTER
        self._mask = Mask(masked_hops, RLock())  # a report is written on another thread
        self._windows = Windows()
        self._looking_back = PastSnapshots()
        self._looked_back = Remembered[Snapshot]()
        self._comparer = MomentComparer()

    @property
    def masked_hops(self) -> int:
        """How many TTLs the privacy mask covers."""
        return self._mask.first_hops

    def real(self, panel: Panel) -> Panel:
        """Return what the investigation calls a panel of a scene."""
        return self._mask.reveal_panel(panel) if self.private else panel

    def real_address(self, address: str) -> str:
        """Return the address that a scene's `address` stands for."""
        return self._mask.reveal(address) if self.private else address

    def next_window(self) -> None:
        """Count over the next stretch of time."""
        self.window_s = WINDOWS_S[(WINDOWS_S.index(self.window_s) + 1) % len(WINDOWS_S)]

    def scene(
        self,
        newest: Snapshot,
        chosen: Panel | None,
        has_room_for: Callable[[int], bool] = lambda _: True,
        *,
        by_time: bool = False,
    ) -> Scene:
        """Return what to draw of `newest`.

        `has_room_for` tells whether so many endpoints fit on the board; else those that fail come first.
        `by_time`: for a view that shows all moments at once. Of many lanes, the one under its cursor is not
        made then: it would take longer than the next key.
        """
        shown = newest
        self._release()
        self._failing.update(newest.lanes)
        awaited = self.choice.awaited(newest, chosen)
        if self.moment is not None and not (by_time and len(newest.lanes) > _QUICK):
            shown = self._look_back(newest, self.moment)
        elif self.window_s is not None:
            shown = self._windows.within(newest, self.window_s)
        if self.compared_with is not None:
            shown = self._comparer.compare(
                newest, shown, self.compared_with, windowed=self.window_s is not None
            )
        if self.private:  # last: findings of an earlier moment need the real addresses
            same = shown is newest
            newest = self._mask.apply(newest)
            shown = newest if same else self._mask.apply(shown)
        asked = tuple(lane for lane in shown.lanes if lane.lane.panel not in self.hidden)
        first = frozenset[Panel]()
        lanes = asked
        if self.order is not LaneOrder.FAILING:
            lanes = ordered(asked, self.order)
        elif not has_room_for(len({lane.lane.panel for lane in asked})):
            imported = {lane.lane.panel for lane in asked if lane.lane.imported is not None}
            beside = len(imported) <= MAX_BESIDE
            first = self._failing_panels(asked, with_imported=beside)
            lanes = ordered(asked, self.order, lambda lane: failing_rank(lane, first, apart=not beside))
        if all(one is other for one, other in zip(lanes, asked, strict=True)):
            first = frozenset()  # they come first anyway
        lanes = self.filter.lanes(lanes, shown)
        return Scene(
            shown,
            newest,
            lanes,
            self._choose(lanes, newest, awaited, chosen),
            self.moment,
            self.compared_with,
            self.window_s,
            failing_first=sum(self.real(panel) in self._failing.panels for panel in first),
        )

    def _choose(
        self, lanes: Sequence[LaneSnapshot], newest: Snapshot, awaited: Panel | None, chosen: Panel | None
    ) -> Panel | None:
        """Return the endpoint of `lanes` to choose: the one that is `awaited`, the first, or as before."""
        found = (lane.lane.panel for lane in lanes if self.real(lane.lane.panel) == awaited)
        panel = next(found, None) if awaited is not None else None
        if panel is not None:
            self.choice.drop()
        return panel or self.choice.first(lanes, newest, chosen) or chosen

    def _failing_panels(self, lanes: Sequence[LaneSnapshot], *, with_imported: bool) -> frozenset[Panel]:
        """Return the endpoints that fail; `with_imported`: and imported traces to them."""
        failing = self._failing.panels
        addresses = {address for address, _ in failing} if with_imported else set()
        return frozenset(
            lane.lane.panel
            for lane in lanes
            if self.real(lane.lane.panel) in failing
            or (lane.lane.imported is not None and self.real(lane.lane.panel)[0] in addresses)
        )

    def _release(self) -> None:
        """Release the caches of options that are off: they hold snapshots, which are large."""
        if self.moment is None:
            self._looked_back, self._looking_back = Remembered(), PastSnapshots()
        if self.compared_with is None:
            self._comparer = MomentComparer()
        if self.window_s is None:
            self._windows = Windows()
        if not self.private:
            self._mask.rest()

    def _look_back(self, newest: Snapshot, moment: datetime) -> Snapshot:
        """Return the snapshot of a moment; it is computed once, for the past does not change."""
        return self._looked_back.get(
            (newest.owners,),
            lambda: self._looking_back.at(newest, moment, self.window_s),
            equal=(moment, self.window_s, newest.notes, [lane.lane for lane in newest.lanes]),
        )

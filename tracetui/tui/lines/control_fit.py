"""Says whether an endpoint marked as a control can serve as one, in its title and in a notice."""

from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.model import ControlCheck, ControlFit, Role, Snapshot
from tracetui.tui.paint.lane_name import endpoint_name
from tracetui.words import control_words

_UNFIT: Final = {
    ControlFit.FAILS_ITSELF: "fails itself",
    ControlFit.STOPS_TOO: "stops too",
    ControlFit.NO_ROUTER_BEYOND: "no router beyond",
    ControlFit.NOT_THROUGH_LAST_HOP: "different path",
    ControlFit.PARTS_BEFORE: "diverges earlier",
    ControlFit.UNIDENTIFIED_LAST_HOP: "no hop to share",
    ControlFit.NO_LAST_HOP: "no hop to share",
    ControlFit.OTHER_FAMILY: "other IP version",
    ControlFit.OTHER_VANTAGE: "other vantage",
}
"""Why a control does not fit, for a title; the reason that explains most comes first."""

UNDECIDED: Final = frozenset({ControlFit.NO_ROUNDS, ControlFit.NOT_CLEAR})
"""More rounds can change these."""

_SERVING: Final = (ControlFit.VALID, ControlFit.OTHER_SERVICE, ControlFit.OTHER_ORIGIN)
_RANKS: Final = {fit: rank for rank, fit in enumerate((*_SERVING, *_UNFIT))}


def validity_words(fit: ControlFit) -> str:
    """Return `valid`, `valid in part`, `not known yet` or `not valid`."""
    if fit is ControlFit.VALID:
        return "valid"
    if fit in UNDECIDED:
        return "not known yet"
    return "valid in part" if fit.serves else "not valid"


def checks_to_show(snapshot: Snapshot) -> Sequence[ControlCheck]:
    """Return the checks of controls, without those that say of one that serves another place than the silent
    lane's: each place has its own."""
    if not snapshot.vantages:
        return snapshot.controls
    suspects = {one.lane.origin for one in snapshot.lanes if one.lane.role is Role.SUSPECT}
    in_use = {one.id for one in snapshot.lanes if one.lane.origin in suspects}
    return [
        check
        for check in snapshot.controls
        if check.fit is not ControlFit.OTHER_VANTAGE or check.control not in in_use
    ]


def best_check(checks: Iterable[ControlCheck], lanes: Iterable[str]) -> ControlCheck | None:
    """Return what the controls `lanes`, an endpoint's, are good for at best; None while that is not known.

    For a control that fits no silent lane, the check that explains most.
    """
    ids = set(lanes)
    own = [check for check in checks if check.control in ids]
    known = [check for check in own if check.fit not in UNDECIDED]
    best = min(known, key=lambda check: _RANKS[check.fit], default=None)
    return best if best is not None and (best.fit.serves or len(known) == len(own)) else None


def unfit_words(checks: Iterable[ControlCheck], lanes: Iterable[str]) -> str:
    """Return why the controls `lanes`, an endpoint's, fit no silent lane, or "": `fails itself`."""
    check = best_check(checks, lanes)
    return "" if check is None else _UNFIT.get(check.fit, "")


class ControlNotices:
    """Says once for each control whether it can serve as one.

    For those that were controls from the start, only where they cannot.
    """

    def __init__(self) -> None:
        self._told: dict[Panel, bool] = {}
        """The controls there are, and whether it was said of them."""

        self._first: frozenset[Panel] | None = None
        """Those from the start; None before it."""

    def update(self, snapshot: Snapshot) -> Sequence[tuple[str, bool]]:
        """Return what is to be said now, each with whether the control fits."""
        lanes: dict[Panel, list[str]] = {}
        names: dict[Panel, str] = {}
        for lane in snapshot.lanes:
            if lane.lane.role is Role.CONTROL:
                lanes.setdefault(lane.lane.panel, []).append(lane.id)
                names[lane.lane.panel] = endpoint_name(lane, snapshot.lanes)
        self._first = frozenset(lanes) if self._first is None else self._first & lanes.keys()
        self._told = {panel: self._told.get(panel, False) for panel in lanes}
        news: list[tuple[str, bool]] = []
        checks = checks_to_show(snapshot)
        for panel, told in self._told.items():
            check = None if told else best_check(checks, lanes[panel])
            if check is not None:
                self._told[panel] = True
                if panel in self._first and check.fit.serves:
                    continue
                why = control_words(check, snapshot)
                said = f"{names[panel]} as a control: {validity_words(check.fit)}, {why}"
                news.append((said, check.fit.serves))
        return news

"""Finds the control, or the BGP path, that shows how a silent lane would continue."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tracetui.analysis.as_path import hop_systems
from tracetui.analysis.bgp_paths import ExpectedPath, bgp_beyond
from tracetui.model import ControlCheck, ControlFit, Hop, LaneSnapshot, ProbeProtocol, Role, Snapshot
from tracetui.tui.board.since_change import current_trace, hop_at

CONTROL: Final = "control"
_OTHER_NETWORK: Final = ("another network's path", "other network")
_OTHER_PORT: Final = ("over another port", "other port")
_OTHER_PROTOCOL: Final = ("over another protocol", "other protocol")
_OTHER_LANE: Final = ("another lane", "other lane")
BY_BGP: Final = ("BGP, next AS", "BGP")
BY_ANOTHERS_BGP: Final = ("another AS's BGP path, next AS", "BGP of others")


@dataclass(frozen=True, slots=True)
class Continuation:
    """The lane that shows how a silent one would go on."""

    check: ControlCheck
    control: LaneSnapshot
    ttl: int
    """Of the last hop that answers the silent lane, on the control's path."""

    last_ttl: int
    """Of the same hop on the silent lane's own path."""

    systems: tuple[int | None, ...]
    """The AS of each hop of the control, index 0 for TTL 1."""

    words: tuple[str, str]
    """What it is, in a few words and in as few as there are: a control, or only another network's path."""

    def hop(self, ttl: int) -> Hop | None:
        """Return the control's hop where the silent lane has `ttl`."""
        return hop_at(self.control, self.ttl + ttl - self.last_ttl)

    @property
    def beyond(self) -> tuple[int, ...]:
        """The ASes of the control's hops beyond the last that they share, repeats folded."""
        known = [asn for asn in self.systems[self.ttl :] if asn is not None]
        return tuple(asn for asn, _ in groupby(known))

    @property
    def reservation(self) -> str:
        """Its caveat, such as `over another port`; "" for a valid control."""
        return "" if self.check.fit is ControlFit.VALID else self.words[0]


class Continuations:
    """The best control of each silent lane of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._owners = snapshot.owners
        self._lanes = {lane.id: lane for lane in snapshot.lanes}
        self._found: dict[str, Continuation | None] = {}
        self._best: dict[str, ControlCheck] = {}
        for check in sorted(snapshot.controls, key=lambda check: check.fit is not ControlFit.VALID):
            if check.fit.serves and check.ttl is not None and check.control in self._lanes:
                self._best.setdefault(check.suspect, check)

    def by_bgp(self, lane: LaneSnapshot) -> ExpectedPath | None:
        """Return where BGP expects `lane` to go on; None where a control that fits shows it."""
        return bgp_beyond(lane, self._snapshot)

    def of(self, lane: LaneSnapshot) -> Continuation | None:
        """Return what shows how `lane` would go on; None where nothing does, or it is a control itself."""
        if lane.id not in self._found:
            self._found[lane.id] = self._continuation(lane)
        return self._found[lane.id]

    def _continuation(self, lane: LaneSnapshot) -> Continuation | None:
        check = self._best.get(lane.id)
        last_ttl = check.last.ttl if check and check.last else lane.verdict.last_responsive_ttl
        if check is None or check.ttl is None or not last_ttl or lane.lane.role is Role.CONTROL:
            return None
        control = self._lanes[check.control]
        systems = hop_systems(current_trace(control), self._owners, control.verdict)
        return Continuation(check, control, check.ttl, last_ttl, systems, _words(check, lane, control))


def _words(check: ControlCheck, suspect: LaneSnapshot, control: LaneSnapshot) -> tuple[str, str]:
    if check.fit is ControlFit.OTHER_ORIGIN:
        return _OTHER_NETWORK
    if check.fit is ControlFit.OTHER_SERVICE:
        protocols = {suspect.lane.protocol, control.lane.protocol}
        return _OTHER_PORT if protocols == {ProbeProtocol.TCP} else _OTHER_PROTOCOL
    return (CONTROL, CONTROL) if check.marked else _OTHER_LANE

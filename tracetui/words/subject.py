"""The lanes that a statement speaks of: `TCP/25 and ICMP to mail.example`, as the subject of a sentence."""

from collections.abc import Sequence

from tracetui.model import Finding, LaneSnapshot, ProbeProtocol, Snapshot
from tracetui.words.names import (
    capitalised,
    from_words,
    hosts_words,
    lanes_of,
    listed,
    place_of,
    services_words,
)


class Subject:
    """What a finding is about, and the verbs that fit it."""

    def __init__(self, finding: Finding, snapshot: Snapshot) -> None:
        self.lanes = lanes_of(finding.lanes, snapshot)
        self._removed = len(finding.lanes)
        self._singular = False
        place = from_words(self.lanes[0], snapshot) if self.lanes else ""
        self.words = f"{self._said(snapshot)}{place}"

    @property
    def sentence(self) -> str:
        """The words as a sentence begins."""
        return capitalised(self.words)

    def verb(self, plural: str, singular: str) -> str:
        """Return the form of a verb that fits."""
        return singular if self._singular else plural

    @property
    def family(self) -> int | None:
        """IPv4 or IPv6; None where no lane is left."""
        return self.lanes[0].lane.family if self.lanes else None

    def _said(self, snapshot: Snapshot) -> str:
        if not self.lanes:
            self._singular = self._removed == 1
            return "a removed lane" if self._removed == 1 else f"{self._removed} removed lanes"
        exchangers = self._exchangers(snapshot)
        if exchangers is not None:
            return exchangers
        by_services: dict[str, list[LaneSnapshot]] = {}
        for lanes in self._by_endpoint():
            by_services.setdefault(services_words(lanes), []).extend(lanes)
        if len(by_services) > 2:
            return f"{len(self.lanes)} lanes to {hosts_words(self.lanes)}"
        self._singular = len(self.lanes) == 1 and self.lanes[0].lane.protocol is not ProbeProtocol.UNTOLD
        parts = [f"{services} to {hosts_words(lanes)}" for services, lanes in by_services.items()]
        return ", and ".join(parts)

    def _by_endpoint(self) -> Sequence[list[LaneSnapshot]]:
        found: dict[object, list[LaneSnapshot]] = {}
        for lane in self.lanes:
            found.setdefault(lane.lane.address, []).append(lane)
        return list(found.values())

    def _exchangers(self, snapshot: Snapshot) -> str | None:
        """Return `2 of 3 mail exchangers of example.org (TCP/25)`; None for one, or where services differ."""
        target = self.lanes[0].lane.target
        if not target.lower().startswith("mx:") or any(one.lane.target != target for one in self.lanes):
            return None
        place = place_of(self.lanes[0])
        total = {
            lane.lane.address
            for lane in snapshot.lanes
            if lane.lane.target == target and place_of(lane) == place
        }
        endpoints = self._by_endpoint()
        services = {services_words(lanes) for lanes in endpoints}
        if len(endpoints) < 2 or len(services) > 1:
            return None
        return f"{len(endpoints)} of {len(total)} mail exchangers of {target[3:]} ({listed(services)})"

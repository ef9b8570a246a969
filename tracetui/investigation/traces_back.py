"""Decides which vantages trace back, and to which of our addresses."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracetui.analysis.findings.other_direction import relation_to_endpoint
from tracetui.investigation.board_targets import TargetEntry, Targets
from tracetui.investigation.endpoint_lanes import endpoint_lanes
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import (
    Attribution,
    CannotRunError,
    Endpoint,
    Lane,
    LaneTrace,
    ProbeProtocol,
    Relation,
    Target,
)
from tracetui.model.remote_vantage import RemoteVantage


def source_here(traces: Iterable[LaneTrace]) -> str | None:
    """Return the first source address of lanes from here, once there is one."""
    return next((trace.source for trace in traces if trace.lane.via is None and trace.source), None)


class TracesBack:
    """Puts our own addresses on the board, for vantages near an endpoint to trace.

    Each once: what the user removes stays removed.
    """

    def __init__(self, settings: Settings) -> None:
        self.public: tuple[str, ...] = settings.public_addresses
        """The addresses by which this machine is known outside."""

        self._settings = settings
        self._wanted = settings.both_ways
        self._put: set[Target] = set()

    def begin(self) -> None:
        """From now on, have vantages trace back. Raises CannotRunError where no address is known to trace."""
        if not self.public:
            raise CannotRunError(
                "the address of this machine is private: start with --public-address, the one it has outside"
            )
        self._wanted = True

    def put(
        self,
        board: Targets,
        traces: Mapping[str, LaneTrace],
        owners: Mapping[str, Attribution],
        vantages: Iterable[RemoteVantage] = (),
    ) -> list[tuple[TargetEntry, list[Lane]]]:
        """Put what is new on the board, if traces back are wanted; return its entries with their lanes, as
        there is no name to resolve."""
        own = _own_addresses(traces.values())
        seen = [one.sees_us_as for one in vantages if one.sees_us_as]
        families = {":" in address for address in own}
        outside = dict.fromkeys(address for address in seen if (":" in address) not in families)
        self.public = self._settings.public_addresses or (*own, *outside)
        if not self._wanted:
            return []
        found = dict.fromkeys(_targets(self._settings, [*traces.values()], owners, self.public))
        new = [target for target in found if target not in self._put]
        self._put.update(new)
        return [
            (board.add(target), endpoint_lanes([Endpoint(target, target.host, target.host)], self._settings))
            for target in new
        ]


def _own_addresses(traces: Iterable[LaneTrace]) -> tuple[str, ...]:
    """Return the global source addresses of lanes from here."""
    own = (trace.source for trace in traces if trace.lane.via is None and trace.lane.imported is None)
    return tuple(dict.fromkeys(address for address in own if address and _is_global(address)))


def _targets(
    settings: Settings,
    traces: Sequence[LaneTrace],
    owners: Mapping[str, Attribution],
    public: Sequence[str],
) -> Iterator[Target]:
    endpoints = [trace.lane for trace in traces if trace.lane.via is None and trace.lane.imported is None]
    for trace in traces:
        via, source = trace.lane.via, trace.source
        if via is None or source is None or trace.lane.address in public:
            continue
        near = any(
            relation_to_endpoint(source, lane, owners.get(lane.address), owners.get(source)) > Relation.OTHER
            for lane in endpoints
        )
        for address in public if near else ():
            if (":" in address) == (":" in source):
                yield Target(address, address, protocols=_protocols(settings), via=via)


def _protocols(settings: Settings) -> tuple[ProbeProtocol, ...]:
    """Return ICMP where it is allowed: no port need be open here."""
    icmp = ProbeProtocol.ICMP
    return (icmp,) if icmp in settings.protocols else settings.protocols


def _is_global(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global

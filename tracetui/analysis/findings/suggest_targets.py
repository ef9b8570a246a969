"""Suggests controls and services that would help a silent lane, for the user to accept or not."""

import ipaddress
from collections.abc import Iterator
from typing import Final

from tracetui.analysis.findings.router_owner import near_prefix, relation
from tracetui.model import (
    Address,
    Lane,
    LaneId,
    NextStep,
    PathState,
    ProbeProtocol,
    Relation,
    Role,
    Snapshot,
    StepKind,
)

_OTHER_PORTS: Final = (443, 80, 25)
_MAX_NEIGHBOURS: Final = 3
"""Addresses of one prefix that are offered."""


def suggested_controls(snapshot: Snapshot, lane_id: str) -> tuple[NextStep, ...]:
    """Return what could stand beside a lane for comparison, the most telling first.

    Neighbours in the same /24 (IPv6: /48) that are reached already, then others of the same target, then
    other addresses of the same name, then neighbours that nobody traces yet.
    """
    suspect = next((lane.lane for lane in snapshot.probed if lane.id == lane_id), None)
    if suspect is None or suspect.address in snapshot.public_addresses:
        return ()
    known = sorted(_on_the_board(snapshot, suspect), key=lambda step: -(step.relation or 0))
    return (*known, *_same_name(snapshot, suspect), *_neighbours(snapshot, suspect))


def other_services(snapshot: Snapshot, suspect: Lane) -> tuple[NextStep, ...]:
    """Return other protocols and ports of a lane's endpoint that are not traced yet."""
    there = {
        (lane.lane.protocol, lane.lane.port)
        for lane in snapshot.probed
        if lane.lane.address == suspect.address
    }
    wanted = [(ProbeProtocol.ICMP, None), *((ProbeProtocol.TCP, port) for port in _OTHER_PORTS)]
    return tuple(
        NextStep(
            StepKind.ADD_SERVICE,
            LaneId(suspect.id),
            address=Address(suspect.address),
            protocol=protocol,
            port=port,
        )
        for protocol, port in wanted
        if (protocol, port) not in there
    )


def _on_the_board(snapshot: Snapshot, suspect: Lane) -> Iterator[NextStep]:
    """Endpoints on the board that are reached and could be marked: of the same target, or close."""
    failing = {
        lane.lane.address
        for lane in snapshot.probed
        if lane.lane.vantage == suspect.vantage and lane.verdict.state is not PathState.REACHED
    }
    seen: set[str] = {suspect.address, *failing}
    for lane in snapshot.probed:
        other = lane.lane
        if (
            lane.verdict.state is not PathState.REACHED
            or other.vantage != suspect.vantage
            or other.address in seen
            or other.family != suspect.family
            or other.role is Role.CONTROL
        ):
            continue
        related = _relation(snapshot, suspect.address, other.address)
        if related is Relation.NEIGHBOUR or other.target == suspect.target:
            seen.add(other.address)
            yield NextStep(
                StepKind.MARK_CONTROL, LaneId(suspect.id), address=Address(other.address), relation=related
            )


def _same_name(snapshot: Snapshot, suspect: Lane) -> Iterator[NextStep]:
    traced = {lane.lane.address for lane in snapshot.probed}
    for address in snapshot.addresses.get(suspect.host, ()):
        if address not in traced and (":" in address) == (suspect.family == 6):
            yield _add(suspect, address, _relation(snapshot, suspect.address, address))


def _neighbours(snapshot: Snapshot, suspect: Lane) -> Iterator[NextStep]:
    traced = {lane.lane.address for lane in snapshot.probed}
    bare = suspect.address.partition("%")[0]
    address, network = ipaddress.ip_address(bare), ipaddress.ip_network(near_prefix(bare))
    owner = snapshot.owners.get(suspect.address)
    if owner is not None and owner.prefix is not None and owner.special is None:
        announced = ipaddress.ip_network(owner.prefix)
        if announced.version == network.version and announced.prefixlen > network.prefixlen:
            network = announced
    first, last = int(network.network_address), int(network.broadcast_address)
    offered = 0
    for distance in (1, -1, 2, -2, 3, -3):
        value = int(address) + distance
        if not first < value < last or offered == _MAX_NEIGHBOURS:
            continue
        neighbour = str(address + distance)
        if neighbour not in traced:
            offered += 1
            yield _add(suspect, neighbour, Relation.NEIGHBOUR)


def _add(suspect: Lane, address: str, related: Relation) -> NextStep:
    """An address to be traced as a control, like the suspect."""
    return NextStep(
        StepKind.ADD_CONTROL,
        LaneId(suspect.id),
        address=Address(address),
        protocol=suspect.protocol,
        port=suspect.port,
        relation=related,
    )


def _relation(snapshot: Snapshot, one: str, other: str) -> Relation:
    return relation(one, other, snapshot.owners.get(one), snapshot.owners.get(other))

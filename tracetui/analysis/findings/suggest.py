"""Controls that would help a silent lane, for the user to accept. Nothing here is probed by itself."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.model import Lane, LaneSnapshot, NextStep, PathState, ProbeProtocol, Role, Snapshot, StepKind

_OTHER_PORTS: Final = (443, 80, 25)
_NEIGHBOURS: Final = 3
"""Addresses of one prefix that are offered."""


def suggested_controls(snapshot: Snapshot, lane_id: str) -> tuple[NextStep, ...]:
    """Return what could stand beside a lane for comparison, the most telling first.

    First other addresses of the same name or set of mail exchangers, then neighbours in the same prefix, then
    other ports and ICMP of the same address. A step's `target` is in the form a target is typed in; what is
    traced already is left out.
    """
    lanes = {lane.id: lane for lane in snapshot.lanes}
    if lane_id not in lanes:
        return ()
    suspect = lanes[lane_id].lane
    traced = {lane.lane.address for lane in snapshot.lanes}
    family = [*_same_set(snapshot, suspect), *_same_name(snapshot, suspect, traced)]
    return (*family, *_neighbours(snapshot, suspect, traced), *_other_services(snapshot.lanes, suspect))


def control_prefix(snapshot: Snapshot, address: str) -> str:
    """Return the prefix a control is best looked for in: the one announced, else the /24 (IPv6: /48)."""
    owner = snapshot.owners.get(address)
    if owner is not None and owner.prefix is not None and owner.special is None:
        return owner.prefix
    bare = address.partition("%")[0]
    return str(ipaddress.ip_network(f"{bare}/{48 if ':' in bare else 24}", strict=False))


def _same_set(snapshot: Snapshot, suspect: Lane) -> Iterator[NextStep]:
    """Other endpoints of the same target that are reached: on the board already, only not marked."""
    seen: set[str] = set()
    for lane in snapshot.lanes:
        other = lane.lane
        if (
            lane.verdict.state is PathState.REACHED
            and other.target == suspect.target
            and other.address not in {suspect.address, *seen}
            and other.role is Role.SUSPECT
        ):
            seen.add(other.address)
            yield NextStep(
                f"mark {other.host} ({other.address}) as a control: it is of the same set and answers",
                StepKind.MARK_CONTROL,
                other.address,
            )


def _same_name(snapshot: Snapshot, suspect: Lane, traced: set[str]) -> Iterator[NextStep]:
    for address in snapshot.addresses.get(suspect.host, ()):
        if address not in traced:
            yield NextStep(
                f"add {address} as a control: another address of {suspect.host}",
                StepKind.ADD_CONTROL,
                _target(suspect, address),
            )


def _neighbours(snapshot: Snapshot, suspect: Lane, traced: set[str]) -> Iterator[NextStep]:
    address = ipaddress.ip_address(suspect.address.partition("%")[0])
    near = ipaddress.ip_network(f"{address}/{48 if address.version == 6 else 24}", strict=False)
    prefix = ipaddress.ip_network(control_prefix(snapshot, suspect.address))
    inside = near if near.version != prefix.version or near.prefixlen >= prefix.prefixlen else prefix
    first, last = int(inside.network_address), int(inside.broadcast_address)
    offered = 0
    for distance in (1, -1, 2, -2, 3, -3):
        value = int(address) + distance
        if not first < value < last or offered == _NEIGHBOURS:
            continue
        neighbour = str(ipaddress.ip_address(value))
        if neighbour not in traced:
            offered += 1
            yield NextStep(
                f"add {neighbour} as a control: in the same prefix {inside}",
                StepKind.ADD_CONTROL,
                _target(suspect, neighbour),
            )


def _other_services(lanes: Sequence[LaneSnapshot], suspect: Lane) -> Iterator[NextStep]:
    there = {(lane.lane.protocol, lane.lane.port) for lane in lanes if lane.lane.address == suspect.address}
    if (ProbeProtocol.ICMP, None) not in there:
        yield NextStep(
            f"trace {suspect.host} over ICMP too",
            StepKind.ADD_TARGET,
            f"icmp://{_bracketed(suspect.address)}",
        )
    for port in _OTHER_PORTS:
        if (ProbeProtocol.TCP, port) not in there:
            yield NextStep(
                f"trace TCP/{port} of {suspect.host} too",
                StepKind.ADD_TARGET,
                f"tcp://{_bracketed(suspect.address)}:{port}",
            )


def _target(suspect: Lane, address: str) -> str:
    """Write an address as a target that is traced like the suspect."""
    if suspect.protocol is ProbeProtocol.ICMP:
        return f"icmp://{_bracketed(address)}"
    return f"{_bracketed(address)}:{suspect.port}"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address

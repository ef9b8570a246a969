"""Decides which endpoint an imported trace is about: from the trace, the user's choice, or the board."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracetui.model import Lane, Role, TargetError, safe_text
from tracetui.model.imported_trace import ImportedTrace


@dataclass(frozen=True, slots=True)
class TraceEndpoint:
    """An endpoint as a lane names it."""

    target: str
    host: str
    address: str
    role: Role = Role.SUSPECT
    """That of the endpoint where it is on the board."""


def trace_endpoint(
    trace: ImportedTrace, about: str, lanes: Sequence[Lane], addresses: Mapping[str, Sequence[str]]
) -> TraceEndpoint:
    """Return the endpoint of a trace.

    The address that it names wins. Without one: `about`, an address or a host on the board; the target's
    name, where it is on the board; where the trace names nothing at all, the only suspect. `lanes` are those
    of the board, `addresses` host to all addresses of its name. Raises TargetError.
    """
    if trace.address is not None:
        return _at(trace.address, trace.target, lanes)
    for name in (about, trace.target):
        found = _address_of(name, lanes, addresses) if name else None
        if found is not None:
            return _at(found, trace.target or name, lanes)
        if name and name == about:
            raise TargetError(
                f"{safe_text(about)!r} is neither an address nor a host on the board: give the address"
            )
    suspects = {lane.address for lane in lanes if lane.role is Role.SUSPECT and lane.imported is None}
    if not trace.target and len(suspects) == 1:
        return _at(suspects.pop(), "", lanes)
    said = f"names {trace.target!r} without its address" if trace.target else "does not state its target"
    raise TargetError(f"this {trace.tool} trace {said}: say which address it is about")


def _at(address: str, name: str, lanes: Sequence[Lane]) -> TraceEndpoint:
    """Return an endpoint, under the names that it has on the board."""
    known = next((lane for lane in lanes if lane.address == address), None)
    if known is not None:
        return TraceEndpoint(known.target, known.host, address, known.role)
    return TraceEndpoint(name or address, name or address, address)


def _address_of(name: str, lanes: Sequence[Lane], addresses: Mapping[str, Sequence[str]]) -> str | None:
    """Return the address of a name; None for one that is not on the board, or has several addresses there."""
    try:
        return str(ipaddress.ip_address(name.strip("[] ")))
    except ValueError:
        pass
    wanted = name.strip().rstrip(".").lower()
    found = {lane.address for lane in lanes if wanted in {lane.host.lower(), lane.target.lower()}}
    found = found or {one for host, known in addresses.items() if host.lower() == wanted for one in known}
    return found.pop() if len(found) == 1 else None

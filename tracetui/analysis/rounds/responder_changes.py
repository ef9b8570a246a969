"""Finds when another router began to answer at a TTL; for the details."""

from dataclasses import dataclass

from tracetui.model import LaneTrace


@dataclass(frozen=True, slots=True)
class ResponderChange:
    """A round in which another address answered than in the last round that was answered."""

    at_ns: int
    """Unix time at which the round started."""

    before: str
    after: str


def responder_changes(trace: LaneTrace, ttl: int) -> list[ResponderChange]:
    """Return the changes at `ttl` in the rounds that are kept, oldest first; silence between is no change."""
    changes = []
    before: str | None = None
    for outcome in trace.outcomes:
        address = outcome.path[ttl - 1] if len(outcome.path) >= ttl else None
        if address is None:
            continue
        if before is not None and address != before:
            changes.append(ResponderChange(outcome.started_ns, before, address))
        before = address
    return changes

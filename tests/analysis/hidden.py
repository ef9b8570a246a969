"""Investigations with something to hide, and what a privacy mask must leave nowhere."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache

from analysis.findings.simulated import shipped
from tracetui.model import (
    Address,
    Event,
    EventKind,
    ForeignText,
    LaneId,
    Note,
    RecordedAs,
    ReplyKind,
    Snapshot,
)
from tracetui.model.event import HopMoved, LaneName
from tracetui.simulation.catalogue import available

SCENARIOS = [scenario.name for scenario in available()]
AT = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def investigated(name: str = "protonmail-2019", rounds: int = 12) -> Snapshot:
    """A scenario after some rounds, with names, notes, a command line and a host that tell who measured."""
    found = shipped(name, rounds)
    names = {
        address: f"r{index}-{address.replace('.', '-').replace(':', '-')}.net{index}.example"
        for index, address in enumerate(found.owners)
    }
    recorded = {
        address: RecordedAs((4_200_000_000 + index,), f"Holder-{index}-of-then", "2019", "trace")
        for index, address in enumerate(found.owners)
    }
    first = found.lanes[0].trace.hops[0].main.address
    command = f"tracetui demo {name} --source {found.vantage.source} --interface=eth7 --dns-server 192.0.2.53"
    return replace(
        found,
        names=names,
        confirmations=dict.fromkeys(names, True),
        registrations=dict.fromkeys(names),
        recorded=recorded,
        tool=replace(found.tool, command=command),
        vantage=replace(found.vantage, hostname="own-host-name", interface="eth7"),
        notes=(
            Note(AT, f"the gateway {first} ({names[first]}) of own-host-name was replaced"),
            Note(AT, f"{first.upper()}, again: {first}"),
            Note(AT, f"{recorded[first].name}, AS{recorded[first].asns[0]}, had it then"),
        ),
        events=(
            *found.events,
            Event(
                AT,
                EventKind.PATH_CHANGED,
                HopMoved(
                    LaneName("ICMP", ForeignText("x"), Address("203.0.113.7"), 4),
                    1,
                    Address(first),
                    Address("198.51.100.77"),
                ),
                LaneId(found.lanes[0].id),
            ),
        ),
    )


def first_responders(snapshot: Snapshot, first_hops: int) -> set[str]:
    """Who answers the first TTLs, but for endpoints that answer in their own name only."""
    found = set()
    for lane in snapshot.lanes:
        for hop in lane.trace.hops[:first_hops]:
            for responder in hop.responders:
                if responder.address != lane.lane.address or ReplyKind.TIME_EXCEEDED in responder.replies:
                    found.add(responder.address)
    return found


def secrets(snapshot: Snapshot, first_hops: int) -> set[str]:
    hidden = first_responders(snapshot, first_hops)
    hidden |= {lane.trace.source for lane in snapshot.lanes if lane.trace.source}
    hidden |= {lane.lane.vantage for lane in snapshot.lanes if lane.lane.vantage}
    shown = {
        address
        for lane in snapshot.lanes
        for address in (lane.lane.address, *(r.address for hop in lane.trace.hops for r in hop.responders))
    } - hidden
    owners = snapshot.owners
    shown_ases = {asn for address in shown & owners.keys() for asn in owners[address].asns}
    shown_prefixes = {owners[address].prefix for address in shown & owners.keys()}
    words = {*hidden, "own-host-name", "eth7", "192.0.2.53"}
    words |= {"198.51.100.77"} if first_hops else set()
    words |= {snapshot.names[address] for address in hidden & snapshot.names.keys()}
    for address in hidden & owners.keys():
        words |= {f"AS{asn}" for asn in set(owners[address].asns) - shown_ases}
        words |= {prefix for prefix in (owners[address].prefix,) if prefix} - shown_prefixes
        words |= {f"AS{snapshot.recorded[address].asns[0]}", snapshot.recorded[address].name}
    shown_holders = {system.name for system in snapshot.ases if system.asn in shown_ases}
    words |= {system.name for system in snapshot.ases if system.asn not in shown_ases} - shown_holders - {""}
    return words


def holds(text: str, secret: str) -> bool:
    """Return whether a word of the text is the secret, in any case.

    Searched for as it stands: a pattern takes a hundred times as long, and texts are long.
    """
    folded, wanted = _folded(text), secret.casefold()
    place = folded.find(wanted)
    while place >= 0:
        end = place + len(wanted)
        if not re.match(r"[\w.]", folded[max(place - 1, 0) : place]) and not re.match(
            r"\w|\.\w", folded[end : end + 2]
        ):
            return True
        place = folded.find(wanted, place + 1)
    return False


@lru_cache(4)
def _folded(text: str) -> str:
    return text.casefold()


def looked_at(snapshot: Snapshot) -> Snapshot:
    """Return it with all made that is made when somebody looks."""
    return replace(
        snapshot,
        lanes=tuple(
            replace(
                lane,
                trace=replace(lane.trace, hops=tuple(lane.trace.hops), outcomes=tuple(lane.trace.outcomes)),
            )
            for lane in snapshot.lanes
        ),
    )

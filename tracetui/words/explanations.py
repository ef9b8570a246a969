"""Explanations in words: what could account for a finding, where, and whether it is left."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tracetui.model import (
    Candidate,
    Explanation,
    ExplanationKind,
    ExplanationState,
    Finding,
    Place,
    PlaceKind,
    Snapshot,
)
from tracetui.model.evidence import SameNextAs
from tracetui.model.finding import ENDPOINT_KINDS, RouterSays, SilentAfter
from tracetui.words.names import asn_words, lanes_of, listed, router_words

E = ExplanationKind

_PLACES: Final = {
    PlaceKind.ENDPOINT: "the endpoint",
    PlaceKind.HERE: "here",
    PlaceKind.UNKNOWN: "unknown",
    PlaceKind.NOBODY: "nobody",
}
_STATES: Final = {
    ExplanationState.LEFT: "left",
    ExplanationState.STRAINED: "strained",
    ExplanationState.RULED_OUT: "ruled out",
}

_SAID: Final[Mapping[ExplanationKind, str]] = {
    E.ENDPOINT_SILENT: "the endpoint, its firewall or CPE is silent, behind routers that do not answer",
    E.RARE_OR_LATE: "routers beyond answer rarely or late",
    E.LOST_ON_RETURN: "answers are lost on the way back",
    E.DEAD_BRANCH: "a load balancer sends these flows over a dead branch",
    E.OWN_FILTER: "a filter or NAT here, or the first network, drops packets or answers",
    E.TOO_FAR: "the endpoint is farther away than the TTLs probed",
    E.HOST_OFF: "the host is off, or its address is not in use",
    E.BOX_ANSWERS: "something on the way answers in the endpoint's name",
    E.ONLY_PROBES: "probes are treated differently from connections, which are answered",
    E.ROUTERS_LOOP: "routers hand the packets to each other",
    E.PASSING_LOOP: "the loop is transient: routing is converging",
}
"""Explanations worded alike in every finding."""


def explanation_words(kind: ExplanationKind, finding: Finding, snapshot: Snapshot) -> str:
    """Return a short clause: `dropped at 195.34.53.162 (hop 4), after its TTL check`."""
    if kind in _SAID:
        return _SAID[kind]
    return _MADE[kind](finding, snapshot)


def places_words(places: Iterable[Place], snapshot: Snapshot) -> str:
    """Return `AS8359 MTS or AS22822 LLNW`, `the endpoint`, `here`, `unknown`, `nobody`."""
    words = (
        asn_words(one.asn, snapshot) if one.kind is PlaceKind.SYSTEM else _PLACES[one.kind] for one in places
    )
    return listed(dict.fromkeys(words), last="or")


def state_words(explanation: Explanation) -> str:
    """Return `left`, `strained` or `ruled out`."""
    return _STATES[explanation.state]


def last_router(finding: Finding) -> Candidate | None:
    """Return hop L of a silence; None where nothing answers, or the finding is no silence."""
    return finding.fact.last if isinstance(finding.fact, SilentAfter) else None


def _at_last(finding: Finding, snapshot: Snapshot) -> str:
    last = last_router(finding)
    if not isinstance(finding.fact, SilentAfter):
        return "dropped by a router on the way, after its TTL check"
    if last is None:
        return "dropped before anything answers"
    return f"dropped at {router_words(last, snapshot, system=False)}, after its TTL check"


def _beyond(finding: Finding, snapshot: Snapshot) -> str:
    if not isinstance(finding.fact, SilentAfter):
        return "dropped by a router on the way, before its TTL check"
    last = last_router(finding)
    ttl = last.ttl if last is not None else 0
    known = next((one for one in finding.candidates if one.ttl > ttl and one.address is not None), None)
    router = "" if known is None else f", {router_words(known, snapshot, system=False)}"
    return f"dropped at the next router{router}{',' if router else ''} before its TTL check"


def _in_next_as(finding: Finding, snapshot: Snapshot) -> str:
    way = next((one for one in finding.evidence if isinstance(one, SameNextAs)), None)
    whose = "the next AS" if way is None else asn_words(way.next_as, snapshot)
    return f"dropped at the first router of {whose}, before its TTL check"


def _other_way(finding: Finding, snapshot: Snapshot) -> str:
    if not isinstance(finding.fact, SilentAfter):
        return "some packets take another path, which fails"
    last = last_router(finding)
    if finding.controls:
        start = "from here" if last is None else f"after {router_words(last, snapshot, system=False)}"
        whose = "the control's" if _has_control(finding, snapshot) else "that of other ports or protocols"
        return f"the path {start} differs from {whose}"
    start = "here" if last is None else router_words(last, snapshot, system=False)
    return f"the path leaves {start} through routers that nothing here shows"


def _has_control(finding: Finding, snapshot: Snapshot) -> bool:
    """Tell whether any control goes to another address; True where that is unknown."""
    suspects = {lane.lane.address for lane in lanes_of(finding.lanes, snapshot)}
    compared = {lane.lane.address for lane in lanes_of(finding.controls, snapshot)}
    return not compared or not compared <= suspects


def _refuses(finding: Finding, snapshot: Snapshot) -> str:
    fact = finding.fact
    if not isinstance(fact, RouterSays):
        return "the router that says so refuses the packets"
    who = "the endpoint" if fact.from_endpoint else router_words(fact.router, snapshot, system=False)
    return f"{who} refuses the packets, as it says"


def _forged(finding: Finding, _: Snapshot) -> str:
    fact = finding.fact
    at_endpoint = isinstance(fact, RouterSays) and fact.from_endpoint
    return f"somebody else sent the message in the {'endpoint' if at_endpoint else 'router'}'s name"


def _endpoint_answers(finding: Finding, _: Snapshot) -> str:
    if finding.kind in ENDPOINT_KINDS:
        return "the endpoint itself answers"
    return "the endpoint itself answers: near, behind NAT, or on a short branch"


_MADE: Final[Mapping[ExplanationKind, Callable[[Finding, Snapshot], str]]] = {
    E.DROPPED_AT_LAST: _at_last,
    E.DROPPED_BEYOND: _beyond,
    E.DROPPED_IN_NEXT_AS: _in_next_as,
    E.OTHER_WAY: _other_way,
    E.ROUTER_REFUSES: _refuses,
    E.FORGED_MESSAGE: _forged,
    E.ENDPOINT_ANSWERS: _endpoint_answers,
}
"""Explanations that name a router of the finding, or depend on its kind."""

"""Evidence from other vantages, each kind as a sentence without its full stop."""

from collections.abc import Sequence
from typing import Final

from tracetui.model import LaneSnapshot, Relation, Snapshot, counted
from tracetui.model.evidence import (
    NoProbeArrives,
    OtherWayArrivals,
    ProbesArrive,
    ReachedElsewhere,
    ReverseTrace,
    StopsElsewhere,
)
from tracetui.words.lanes import outcome_words
from tracetui.words.names import (
    asn_words,
    hosts_words,
    lanes_of,
    listed,
    router_words,
    services_words,
)

_NEAR: Final = {
    Relation.SAME_ADDRESS: "the endpoint itself",
    Relation.NEIGHBOUR: "next to the endpoint, in one /24 or /48",
    Relation.SAME_PREFIX: "in the endpoint's prefix",
    Relation.SAME_ORIGIN: "in the endpoint's AS",
    Relation.OTHER: "elsewhere",
}
"""Where a vantage is."""


def nearness_words(relation: Relation) -> str:
    """Return where a vantage is: `in the endpoint's AS`."""
    return _NEAR[relation]


def way_end_words(lane: LaneSnapshot, *, arrive: bool | None) -> str:
    """Return how one direction ends: `silent after hop 4, but probes arrive`."""
    ends = {None: "", True: ", but probes arrive", False: ", no probe arrives"}
    return f"{outcome_words(lane)}{ends[arrive]}"


def reached_elsewhere(one: ReachedElsewhere, snapshot: Snapshot) -> str:
    """That another vantage reaches the endpoint, and by which path."""
    path = f", through {listed(asn_words(asn, snapshot) for asn in one.path)}" if one.path else ""
    crossed = []
    if one.through_last:
        crossed.append("the router after which it is silent from here")
    if one.through_next:
        crossed.append("the router that follows that one")
    way = f"; that path crosses {listed(crossed)}" if crossed else ""
    return f"from {one.source or 'another vantage'} {_lanes(one.lanes, snapshot)} answered{path}{way}"


def stops_elsewhere(one: StopsElsewhere, snapshot: Snapshot) -> str:
    """That another vantage does not reach the endpoint, and where it is silent from there."""
    inside = "" if one.inside is None else f" (in {asn_words(one.inside, snapshot)})"
    if one.last is None:
        where = "nothing answers there"
    else:
        same = ", the same router as from here" if one.same_last_hop else ""
        where = f"the last reply there comes from {router_words(one.last, snapshot)}{same}"
    control = "; a control from there passes that router" if one.control_passes else ""
    return (
        f"from {one.source or 'another vantage'}{inside} {_lanes(one.lanes, snapshot)} not answered "
        f"either: {where}{control}"
    )


def reverse_trace(one: ReverseTrace, snapshot: Snapshot) -> str:
    """What traces the other way show: from where, how far, in how many rounds."""
    path = f", through {listed(asn_words(asn, snapshot) for asn in one.path)}" if one.path else ""
    share = f"in {one.hits} of {one.rounds} rounds{path}"
    if not one.back:
        what = "the way out, traced from here,"
        end = "the endpoint"
    else:
        what = f"the way back, traced from {one.source or 'a vantage'} ({_NEAR[one.relation]}),"
        end = "this address"
    if one.passes:
        return f"{what} reaches {end if one.reached else f'the network of {end}'} {share}"
    if one.last is None:
        return f"{what} is not answered"
    return f"{what} stops: the last reply there comes from {router_words(one.last, snapshot)}"


def probes_arrive(one: ProbesArrive, snapshot: Snapshot) -> str:
    """That probes of a silent lane arrive, and whether answers leave."""
    answers = f"answers to them left in {one.answered}" if one.answered else "no answer to them left"
    where, whose = _seen_where(one.seen_by, one.lane, snapshot)
    return f"{where}, {whose} arrived in {one.arrived} of {counted(one.rounds, 'round')}; {answers}"


def no_probe_arrives(one: NoProbeArrives, snapshot: Snapshot) -> str:
    """That no probe of a silent lane arrives."""
    where, whose = _seen_where(one.seen_by, one.lane, snapshot)
    return f"{where}, none of the {whose} arrived in {counted(one.rounds, 'round')}"


def other_way_arrivals(one: OtherWayArrivals, snapshot: Snapshot) -> str:
    """Whether probes of a trace the other way arrive."""
    where, whose = _seen_where(one.seen_by, one.lane, snapshot)
    return f"the other way: {where}, {whose} arrived in {one.arrived} of {counted(one.rounds, 'round')}"


def _seen_where(seen_by: str | None, lane_id: str, snapshot: Snapshot) -> tuple[str, str]:
    """Return where probes are watched, and whose."""
    lanes = lanes_of([lane_id], snapshot)
    service = services_words(lanes) if lanes else "removed"
    if seen_by is not None:
        return f"at {seen_by}, which has the endpoint's address", f"{service} probes"
    via = lanes[0].lane.via if lanes else None
    return "at this machine", f"{service} probes from {via or 'a vantage'}"


def _lanes(ids: Sequence[str], snapshot: Snapshot) -> str:
    """Return `TCP/25 to mail.example is`, without the vantage, which the sentence has already."""
    lanes = lanes_of(ids, snapshot)
    if not lanes:
        return "a removed lane is"
    return f"{services_words(lanes)} to {hosts_words(lanes)} {'is' if len(lanes) == 1 else 'are'}"

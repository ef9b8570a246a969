"""Evidence from other vantages, each kind as a sentence without its full stop."""

from collections.abc import Sequence

from tracetui.model import Snapshot
from tracetui.model.evidence import ReachedElsewhere, StopsElsewhere
from tracetui.words.names import (
    asn_words,
    hosts_words,
    lanes_of,
    listed,
    router_words,
    services_words,
)


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


def _lanes(ids: Sequence[str], snapshot: Snapshot) -> str:
    """Return `TCP/25 to mail.example is`, without the vantage, which the sentence has already."""
    lanes = lanes_of(ids, snapshot)
    if not lanes:
        return "a removed lane is"
    return f"{services_words(lanes)} to {hosts_words(lanes)} {'is' if len(lanes) == 1 else 'are'}"

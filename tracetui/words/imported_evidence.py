"""What imported traces show, each kind as a sentence without its full stop, for findings and evidence."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tracetui.model import Asn, ProbeProtocol, Snapshot, counted
from tracetui.model.evidence import ImportedGoesOn, ImportedReach, ImportedStop
from tracetui.model.imported_trace import Untold
from tracetui.words.icmp import icmp_words
from tracetui.words.names import asn_words, endpoint_words, from_words, hosts_words, lane_of, router_words

UNTOLD_WORDS: Final = {
    Untold.ADDRESSES: "some routers' addresses",
    Untold.MESSAGES: "which kind of message each answer was",
    Untold.PROBES: "the probes one by one",
    Untold.LOST_PROBES: "probes without an answer",
    Untold.END: "whether the trace went on",
    Untold.TARGET: "the address that was traced",
    Untold.PROTOCOL: "protocol and port",
    Untold.TIME: "when it was made",
}
"""What an output leaves open."""


def imported_reach(one: ImportedReach, snapshot: Snapshot) -> str:
    """That an imported trace reaches the endpoint, and by which way."""
    return f"{_trace(one.lane, snapshot)} {how_far_words(one, snapshot)}"


def imported_stop(one: ImportedStop, snapshot: Snapshot) -> str:
    """That an imported trace does not reach the endpoint, and where it ends."""
    return f"{_trace(one.lane, snapshot)} {how_far_words(one, snapshot)}"


def imported_goes_on(one: ImportedGoesOn, snapshot: Snapshot) -> str:
    """That another imported trace from the same place goes on where one stops."""
    lane = lane_of(one.lane, snapshot)
    host = "another address" if lane is None else hosts_words([lane])
    if one.router is None:
        where = "through the same ASes, and on"
    else:
        where = f"through {router_words(one.router, snapshot, system=False)}, and on"
    path = _path(one.path, snapshot)
    return f"the imported trace from the same place to {host}{_when(one.at)} goes{path} {where}"


def how_far_words(one: ImportedReach | ImportedStop, snapshot: Snapshot) -> str:
    """Return how far a trace gets: `goes silent after 195.34.53.162 (hop 4, AS8359 MTS): ...`."""
    if isinstance(one, ImportedReach):
        hop = "" if one.ttl is None else f" at hop {one.ttl}"
        share = f", {one.answered} of {counted(one.probes, 'probe')} answered" if one.probes else ""
        return f"reaches it{hop}{share}{_path(one.path, snapshot)}"
    lane = lane_of(one.lane, snapshot)
    if one.last is None:
        return f"shows no answer, not even from the first hop{_beyond(one)}"
    router = router_words(one.last, snapshot)
    if one.icmp_type is not None:
        words = icmp_words(one.icmp_type, one.icmp_code, 4 if lane is None else lane.lane.family)
        return f"is answered with “{words}” by {router}"
    if not one.silent_ttls:
        return f"ends at {router}{_beyond(one)}"
    return f"goes silent after {router}{_beyond(one)}"


def untold_words(untold: frozenset[Untold]) -> Sequence[str]:
    """Return what an output leaves open, in one order."""
    return [UNTOLD_WORDS[one] for one in Untold if one in untold]


def _beyond(one: ImportedStop) -> str:
    tried = ""
    if one.silent_ttls:
        probes, hops = counted(one.probes, "probe"), counted(one.silent_ttls, "hop")
        tried = f": none of {probes} to {hops} beyond is answered"
    return f"{tried}; its output does not tell whether it went on" if one.open_end else tried


def _trace(lane: str, snapshot: Snapshot) -> str:
    known = lane_of(lane, snapshot)
    if known is None:
        return "an imported trace, since removed,"
    over = "" if known.lane.protocol is ProbeProtocol.UNTOLD else f" over {known.lane.label}"
    return f"the trace to {endpoint_words(known.lane)}{from_words(known, snapshot)}{over}"


def _path(path: Sequence[Asn], snapshot: Snapshot) -> str:
    return f", by {', '.join(asn_words(asn, snapshot) for asn in path)}" if path else ""


def _when(at: datetime | None) -> str:
    return "" if at is None else f" of {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

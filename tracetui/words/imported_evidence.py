"""What imported traces show, each kind as a sentence without its full stop, for findings and evidence."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tracetui.model import Asn, ProbeProtocol, Snapshot, counted
from tracetui.model.evidence import ImportedGoesOn, ImportedReach, ImportedStop
from tracetui.words.icmp import icmp_words
from tracetui.words.names import asn_words, endpoint_words, from_words, hosts_words, lane_of, router_words


def how_far(one: ImportedReach | ImportedStop, snapshot: Snapshot) -> str:
    """That an imported trace reaches the endpoint, and by which path; or where it ends."""
    return f"{_trace(one.lane, snapshot)} {_gets(one, snapshot)}"


def imported_goes_on(one: ImportedGoesOn, snapshot: Snapshot) -> str:
    """That another imported trace from the same place goes on where one stops."""
    lane = lane_of(one.lane, snapshot)
    host = "another address" if lane is None else hosts_words([lane])
    where = "shows the same ASes up to there and goes on"
    if one.router is not None:
        where = f"passes {router_words(one.router, snapshot, system=False)} and goes on"
    path = _path(one.path, snapshot)
    what = "a trace" if lane is not None and lane.lane.imported is None else "an imported trace"
    return f"{what} from the same place to {host}{_when(one.at)} {where}{path}"


def _gets(one: ImportedReach | ImportedStop, snapshot: Snapshot) -> str:
    """Return `goes silent after 195.34.53.162 (hop 4, AS8359 MTS): none of ...`."""
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


def _beyond(one: ImportedStop) -> str:
    tried = ""
    if one.silent_ttls:
        probes, hops = counted(one.probes, "probe"), counted(one.silent_ttls, "hop")
        tried = f": none of {probes} to {hops} beyond is answered"
    return f"{tried}; its output does not say whether it went on" if one.open_end else tried


def _trace(lane: str, snapshot: Snapshot) -> str:
    known = lane_of(lane, snapshot)
    if known is None:
        return "an imported trace, since removed,"
    over = "" if known.lane.protocol is ProbeProtocol.UNTOLD else f" over {known.lane.label}"
    return f"the trace to {endpoint_words(known.lane)}{from_words(known, snapshot)}{over}"


def _path(path: Sequence[Asn], snapshot: Snapshot) -> str:
    return f", via {', '.join(asn_words(asn, snapshot) for asn in path)}" if path else ""


def _when(at: datetime | None) -> str:
    return "" if at is None else f" of {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

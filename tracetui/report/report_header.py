"""The facts at the head of both written reports: what was asked, when, from where and how."""

from datetime import UTC, datetime
from typing import Final

from tracetui.analysis.findings.what_fails import failing
from tracetui.model import FlowKind, LaneSnapshot, Role, Snapshot, Unresolved, counted
from tracetui.words import import_words, stretched_words, vantage_words

_MAX_VANTAGES: Final = 8
"""Places elsewhere that are described; the rest is counted."""


def utc(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the second: `2026-11-24T03:55:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def targets_words(snapshot: Snapshot, *, limit: int = 3) -> list[str]:
    """Return the hosts that fail, or where none does all suspects, at most `limit` and how many more."""
    failed = {lane for finding in failing(snapshot) for lane in finding.lanes}
    suspects = [lane for lane in snapshot.lanes if lane.lane.role is Role.SUSPECT] or snapshot.lanes
    failing_suspects = [lane for lane in suspects if lane.id in failed]
    named = failing_suspects or [lane for lane in snapshot.lanes if lane.id in failed] or suspects
    hosts = list(
        dict.fromkeys([*(lane.lane.host for lane in named), *(one.target for one in snapshot.unresolved)])
    )
    if len(hosts) <= limit:
        return hosts
    return [*hosts[:limit], f"{len(hosts) - limit} more"]


def origin_words(snapshot: Snapshot) -> str:
    """Return where the probes started."""
    vantage = snapshot.vantage
    here = [lane for lane in snapshot.probed if lane.lane.via is None]
    sources = list(dict.fromkeys(lane.trace.source for lane in here if lane.trace.source))
    if not sources and vantage.source:
        sources = [vantage.source]
    parts = [vantage.hostname]
    if sources:
        parts.append(f"source {' and '.join(sources)}")
    if vantage.interface:
        parts.append(f"interface {vantage.interface}")
    told = [vantage_words(one) for one in snapshot.vantages[:_MAX_VANTAGES]]
    more = len(snapshot.vantages) - _MAX_VANTAGES
    return "; ".join([", ".join([*parts, vantage.kernel]), *told, *([f"{more} more"] if more > 0 else [])])


def hidden_words(snapshot: Snapshot) -> str | None:
    """Return what a privacy mask hides; None where there is none."""
    hops = snapshot.masked_hops
    if hops is None:
        return None
    first = "" if not hops else " and the first hop" if hops == 1 else f" and the first {hops} hops"
    return (
        f"at the request of the person who measured, own addresses and names{first}; measurements are not "
        "changed, and an address has the same word everywhere (hidden-1, hidden-2 ...)"
    )


def method_words(snapshot: Snapshot) -> str:
    """Return protocols, rounds, pace, limits and prober."""
    protocols = list(dict.fromkeys(lane.lane.label for lane in snapshot.probed))
    rounds = sorted({lane.trace.rounds for lane in snapshot.probed})
    imported = len(snapshot.lanes) - len(snapshot.probed)
    if imported and not protocols:
        return f"nothing was probed; {counted(imported, 'trace')} of other tools"
    run = counted(sum(rounds), "complete round")
    if len(rounds) > 1:
        run = f"{rounds[0]} to {rounds[-1]} complete rounds"
    stretched = stretched_words(snapshot)
    every = f"{snapshot.interval_s:g} s" + (f", {stretched}" if stretched else "")
    return (
        f"{', '.join(protocols) or 'nothing traced'}; {run} each, one every {every}; "
        f"a probe counts as lost after {snapshot.timeout_s:g} s; "
        f"at most {counted(snapshot.max_hops, 'hop')}; {snapshot.vantage.prober} prober"
    )


def flow_words(snapshot: Snapshot) -> str | None:
    """Return what load balancers saw of the lanes; None when there is nothing to say."""
    varying = list(
        dict.fromkeys(lane.lane.label for lane in snapshot.probed if lane.trace.flow is FlowKind.PER_HOP)
    )
    if not snapshot.probed:
        return None
    if not varying:
        return "one flow per port or protocol, so a load balancer shows one path of each"
    return (
        f"{', '.join(varying)}: flow varies per hop, so hops may belong to different paths of a load balancer"
    )


def as_data_words(snapshot: Snapshot) -> str:
    """Return the AS sources with their dates, and when the trace itself recorded its ASes.

    A source that is asked for two things, ASes and exchange LANs, is named once. Then how many addresses were
    not looked up.
    """
    sources = [
        f"{source.name} ({source.date})" if source.date else source.name for source in snapshot.as_sources
    ]
    moments = sorted({recorded.when for recorded in snapshot.recorded.values() if recorded.when})
    if moments:
        sources.append(f"ASes as recorded in {', '.join(moments)}")
    words = ", ".join(dict.fromkeys(sources)) or "none"
    left = snapshot.not_looked_up
    if left:
        words += f"; {counted(left, 'address', 'addresses')} not looked up: too many answered"
    return words


def receiver_words(snapshot: Snapshot) -> str | None:
    """Return what the receiver dropped; None when that is nothing."""
    counters = snapshot.counters
    ignored = {
        "unrelated": counters.foreign,
        "with a wrong token": counters.forged,
        "malformed": counters.malformed,
    }
    if not any((*ignored.values(), counters.dropped)):
        return None
    text = f"{counted(counters.matched, 'reply', 'replies')} matched"
    for words, count in ignored.items():
        if count:
            packets = "packet" if count == 1 else "packets"
            named = f"{packets} {words}" if words.startswith("with") else f"{words} {packets}"
            text += f"; {count:,} {named} ignored"
    if counters.dropped:
        text += f"; {counters.dropped:,} lost in the kernel before they were read"
    if counters.dropped:
        text += ". Rounds in which replies may have been among them are left out"
    return text


def unresolved_words(one: Unresolved) -> str:
    """Return what became of a target that has no lane."""
    problem = one.problem or "still being resolved"
    return problem if problem.startswith(one.target) else f"{one.target}: {problem}"


def lane_title(lane: LaneSnapshot) -> list[str]:
    """Return host (and the target it stands for), address, protocol and role of a lane."""
    one = lane.lane
    host = one.host if one.host == one.target else f"{one.host} ({one.target})"
    parts = [host] if one.host == one.address else [host, one.address]
    parts.append(one.label)
    if one.role.value == "control":
        parts.append("control")
    if one.vantage:
        parts.append(f"from {one.vantage}")
    return [*parts, *import_words(lane)]

"""Sentences about what differs from an earlier moment: of a lane, and of one of its hops."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tracetui.analysis.lanes.window import WINDOW
from tracetui.model import LaneSnapshot, PathState, PathVerdict, Snapshot, counted
from tracetui.model.comparison import AsPaths, Comparison, HopAnswer, HopChange, LaneChange
from tracetui.words.lanes import state_words_short
from tracetui.words.names import clock_words, lane_of, listed, services_words

_ALIKE_SHARE: Final = 0.25
_ALIKE_NS: Final = 2_000_000
"""RTT steps of neighbouring hops that differ by less are told as one."""

_ALIKE_POINTS: Final = 10
"""Loss of neighbouring hops that differs by no more percentage points is told as one."""

_MOST: Final = 3
"""Groups of hops that a sentence tells of one kind of difference; the rest is counted."""


def since_moment(comparison: Comparison, snapshot: Snapshot) -> str:
    """Return `since 00:53:18`, and what it is told from where rounds of that time were dropped."""
    samples = " (told from samples)" if comparison.sampled_s is not None else ""
    return f"since {clock_words(comparison.since, snapshot)}{samples}"


def compared_lanes(
    comparison: Comparison, snapshot: Snapshot
) -> Iterator[tuple[tuple[LaneSnapshot, ...], str, bool]]:
    """Yield lanes of one endpoint that share their words, these words, and whether anything differs."""
    found: dict[tuple[object, str], tuple[list[LaneSnapshot], bool]] = {}
    for change in comparison.lanes:
        lane = lane_of(change.lane, snapshot)
        if lane is not None:
            key = (lane.lane.panel, change_words(change, lane))
            found.setdefault(key, ([], change.differs))[0].append(lane)
    for (_, words), (lanes, differs) in found.items():
        yield tuple(lanes), words, differs


def comparison_sentence(lanes: Sequence[LaneSnapshot], words: str) -> str:
    """Return `mail.example TCP/25 and ICMP: hops 5–7 no longer answer`."""
    return f"{lanes[0].lane.host} {services_words(lanes)}: {words}"


def change_words(change: LaneChange, lane: LaneSnapshot) -> str:
    """Return `hops 5–7 no longer answer, last AS 8359 instead of 19905, RTT of hop 3 +12 ms`."""
    if not change.before_rounds:
        return "not measured then"
    if not change.now_rounds:
        return "no round since then"
    parts = list(_parts(change, lane))
    if parts:
        return ", ".join(parts)
    if min(change.before_rounds, change.now_rounds) < WINDOW:
        rounds = counted(min(change.before_rounds, change.now_rounds), "round")
        return f"{rounds} {'since' if change.now_rounds < WINDOW else 'before'}: too few to compare"
    return "no difference beyond chance"


def _parts(change: LaneChange, lane: LaneSnapshot) -> Iterator[str]:
    if change.states is not None:
        before, now = change.states
        if before.state is not now.state:
            yield f"{_state(now, lane)} instead of {_state(before, lane)}"
        else:
            was, current = (state_words_short(verdict, lane.lane.family) for verdict in change.states)
            yield f"{current} instead of {was}"
    yield from _silences(change.hops)
    if change.paths is not None:
        yield from _last_as(change.paths)
    yield from _other_routers(change.hops)
    if change.paths is not None:
        yield from _through(change.paths)
    if change.lengths is not None:
        yield f"endpoint at hop {change.lengths[1]} instead of {change.lengths[0]}"
    yield from _groups([hop for hop in change.hops if hop.rtt is not None], _alike_rtt, _rtt_words)
    yield from _groups([hop for hop in change.hops if hop.loss is not None], _alike_loss, _loss_words)


def _state(verdict: PathVerdict, lane: LaneSnapshot) -> str:
    """Say a state as short as it goes: protocols are answered alike, but for the kind of reply."""
    return "reached" if verdict.state is PathState.REACHED else state_words_short(verdict, lane.lane.family)


def _silences(hops: Sequence[HopChange]) -> Iterator[str]:
    stopped = [hop for hop in hops if hop.answer is HopAnswer.STOPPED]
    begun = [hop for hop in hops if hop.answer is HopAnswer.BEGUN]
    if stopped:
        yield f"{_hops(stopped)} no longer {'answers' if len(stopped) == 1 else 'answer'}"
    if begun:
        yield f"{_hops(begun)} now {'answers' if len(begun) == 1 else 'answer'}"


def _other_routers(hops: Sequence[HopChange]) -> Iterator[str]:
    others = [hop for hop in hops if hop.answer is HopAnswer.REPLACED]
    if len(others) == 1 and others[0].before and others[0].now:
        yield f"hop {others[0].ttl} is {others[0].now.address} instead of {others[0].before.address}"
    elif others:
        yield f"other routers at {_hops(others)}"


def _hops(hops: Sequence[HopChange]) -> str:
    """Return `hop 5`, or `hops 2–4 and 7`."""
    runs: list[list[int]] = []
    for hop in hops:
        if runs and hop.ttl == runs[-1][1] + 1:
            runs[-1][1] = hop.ttl
        else:
            runs.append([hop.ttl, hop.ttl])
    words = listed(str(low) if low == high else f"{low}–{high}" for low, high in runs)
    return f"hop{'' if len(hops) == 1 else 's'} {words}"


def _last_as(paths: AsPaths) -> Iterator[str]:
    before, now = (path[-1] if path else None for path in (paths.before, paths.now))
    if before != now:
        yield f"last AS {now or 'unknown'} instead of {before or 'unknown'}"


def _through(paths: AsPaths) -> Iterator[str]:
    """Yield the ASes that only one of the paths crosses, but for where they end."""
    ends_elsewhere = paths.before[-1:] != paths.now[-1:]
    before, now = (path[:-1] if ends_elsewhere else path for path in (paths.before, paths.now))
    left = [str(asn) for asn in before if asn not in paths.now]
    joined = [str(asn) for asn in now if asn not in paths.before]
    if joined:
        yield f"through AS {listed(joined)}" + (f" instead of {listed(left)}" if left else "")
    elif left and not ends_elsewhere:  # else the path only ends before them
        yield f"no longer through AS {listed(left)}"


def _groups(
    hops: Sequence[HopChange],
    alike: Callable[[HopChange, HopChange], bool],
    words: Callable[[Sequence[HopChange]], str],
) -> Iterator[str]:
    groups: list[list[HopChange]] = []
    for hop in hops:
        if groups and alike(groups[-1][0], hop):
            groups[-1].append(hop)
        else:
            groups.append([hop])
    for group in groups[:_MOST]:
        yield words(group)
    rest = sum(map(len, groups[_MOST:]))
    if rest:
        yield f"and of {counted(rest, 'hop')} more"


def _alike_rtt(one: HopChange, other: HopChange) -> bool:
    if one.rtt is None or other.rtt is None:
        return False
    by, far = one.rtt.by_ns, abs(one.rtt.by_ns - other.rtt.by_ns)
    return (by > 0) == (other.rtt.by_ns > 0) and far <= max(_ALIKE_NS, _ALIKE_SHARE * abs(by))


def _rtt_words(group: Sequence[HopChange]) -> str:
    steps = sorted({_step_words(hop.rtt.by_ns): hop.rtt.by_ns for hop in group if hop.rtt}.items(), key=_size)
    if len(steps) == 1:
        return f"RTT of {_hops(group)} {steps[0][0]} ms"
    return f"RTT of {_hops(group)} {steps[0][0]} to {steps[-1][0]} ms"


def _size(step: tuple[str, int]) -> int:
    return abs(step[1])


def _step_words(by_ns: int) -> str:
    """Return `+12`, `-0.4`: with a digit after the point below 10 ms."""
    return f"{by_ns / 1e6:+.{0 if abs(by_ns) >= 9_950_000 else 1}f}".replace("-", "−")


def _alike_loss(one: HopChange, other: HopChange) -> bool:
    if one.loss is None or other.loss is None:
        return False
    now, before = (
        one.loss.now_percent - other.loss.now_percent,
        one.loss.before_percent - other.loss.before_percent,
    )
    return max(abs(now), abs(before)) <= _ALIKE_POINTS


def _loss_words(group: Sequence[HopChange]) -> str:
    known = [hop.loss for hop in group if hop.loss is not None]
    now, before = ([loss.now_percent for loss in known], [loss.before_percent for loss in known])
    return f"loss of {_hops(group)} {_percent(now)} instead of {_percent(before)}"


def _percent(shares: Sequence[float]) -> str:
    low, high = f"{min(shares):.0f}", f"{max(shares):.0f}"
    return f"{low} %" if low == high else f"{low}–{high} %"


def hop_change_words(change: HopChange, shown: str = "") -> str:
    """Return what differs at a hop in a few words: `was 192.0.2.1, RTT +12 ms`.

    `shown`: the address that stands beside it already.
    """
    return ", ".join(filter(None, (change_of_answer_words(change, shown), figures_words(change))))


def change_of_answer_words(change: HopChange, shown: str = "") -> str:
    """Return only who answers or answered: `was 192.0.2.1`; "" where that is as before."""
    before, now = change.before, change.now
    match change.answer:
        case HopAnswer.BEGUN:
            return "no reply before"
        case HopAnswer.STOPPED if before is not None:
            return f"was {before.address}" + (f" AS{before.asn}" if before.asn is not None else "")
        case HopAnswer.REPLACED if before is not None and now is not None:
            told = [f"now {now.address}"] if now.address != shown else []
            return ", ".join([*told, *([f"was {before.address}"] if before.address != shown else [])])
    return ""


def figures_words(change: HopChange) -> str:
    """Return only how RTT and loss differ: `RTT +12 ms, loss 0 → 40 %`."""
    parts = []
    if change.rtt is not None:
        parts.append(f"RTT {_step_words(change.rtt.by_ns)} ms")
    if change.loss is not None:
        parts.append(f"loss {change.loss.before_percent:.0f} → {change.loss.now_percent:.0f} %")
    return ", ".join(parts)

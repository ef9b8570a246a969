"""What differs from an earlier moment, in reports: sentences, then hop by hop."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.model import Asn, LaneSnapshot, PathVerdict, Snapshot, counted
from tracetui.model.comparison import Answerer, HopAnswer, HopChange, LaneChange
from tracetui.report.as_paths import tagged
from tracetui.report.finding_json import facts_json, text_json, time_json
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_table import table
from tracetui.report.owner_json import Json
from tracetui.report.report_header import utc
from tracetui.words import change_words, compared_lanes, comparison_sentence, kept_span_words, services_words

_HOW: Final = (
    "Only what chance does not explain: the last rounds of then against the last rounds since. Where other "
    "routers answer, the hops below are counted since they do."
)
_HEADER: Final = ("lanes", "hop", "then", "now", "RTT then", "RTT now", "loss then", "loss now")
_MOST_ON_PAGE: Final = 6
"""Differences, and lanes without one, that the one-page report tells."""

_LEFT: Final = (0, 2, 3)


def comparison_markdown(snapshot: Snapshot) -> Iterator[str]:
    """Yield the section as Markdown; nothing where nothing was compared."""
    if snapshot.comparison is None:
        return
    yield f"## Since {utc(snapshot.comparison.since)}\n"
    yield f"{inert(' '.join(_how(snapshot)))}\n"
    yield "".join(f"- {inert(line)}\n" for line in _sentences(snapshot))
    rows = [
        [inert(name), *map(inert, _cells(hop, snapshot))]
        for name, change in _changes(snapshot)
        for hop in change.hops
    ]
    if rows:
        yield _table(rows)
    paths = [inert(line) for name, change in _changes(snapshot) for line in _paths(name, change, snapshot)]
    if paths:
        yield "".join(f"- {line}\n" for line in paths)


def comparison_on_page(snapshot: Snapshot) -> Iterator[str]:
    """Yield the section for the one-page report: sentences of what differs, and who does not."""
    if snapshot.comparison is None:
        return
    told = list(compared_lanes(snapshot.comparison, snapshot))
    differing = [comparison_sentence(lanes, words) for lanes, words, differs in told if differs]
    lines = differing[:_MOST_ON_PAGE]
    if len(differing) > _MOST_ON_PAGE:
        lines.append(f"{counted(len(differing) - _MOST_ON_PAGE, 'difference')} more: see `--full`")
    alike: dict[str, list[str]] = {}
    for lanes, words, differs in told:
        if not differs:
            alike.setdefault(words, []).append(f"{lanes[0].lane.host} {services_words(lanes)}")
    for words, names in alike.items():
        more = f" and {len(names) - _MOST_ON_PAGE} more" if len(names) > _MOST_ON_PAGE else ""
        lines.append(f"{', '.join(names[:_MOST_ON_PAGE])}{more}: {words}")
    yield f"## Since {utc(snapshot.comparison.since)}\n"
    yield "".join(f"- {inert(line)}\n" for line in lines)


def comparison_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield the same as lines of text: the sentences alone."""
    if snapshot.comparison is not None:
        yield f"since {utc(snapshot.comparison.since)}:"
        yield from (f"    {line}" for line in _sentences(snapshot))


def comparison_json(snapshot: Snapshot) -> Json:
    """Return the facts with a sentence for each lane; None where nothing was compared."""
    comparison = snapshot.comparison
    if comparison is None:
        return None
    lanes = {lane.id: lane for lane in snapshot.lanes}
    return {
        "since": time_json(comparison.since),
        "sampled_s": comparison.sampled_s,
        "lanes": [_lane(change, lanes[change.lane]) for change in comparison.lanes if change.lane in lanes],
    }


def _how(snapshot: Snapshot) -> Iterator[str]:
    yield _HOW
    if snapshot.comparison is not None and snapshot.comparison.sampled_s is not None:
        yield f"Of that moment samples are kept: the last rounds of each {_sampled(snapshot)}."


def _sampled(snapshot: Snapshot) -> str:
    comparison = snapshot.comparison
    return kept_span_words(comparison.sampled_s or 0) if comparison is not None else ""


def _sentences(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.comparison is not None:
        for lanes, words, _ in compared_lanes(snapshot.comparison, snapshot):
            yield comparison_sentence(lanes, words)


def _changes(snapshot: Snapshot) -> Iterator[tuple[str, LaneChange]]:
    """Yield of lanes that differ alike their names, and the change of the first of them."""
    if snapshot.comparison is None:
        return
    changes: dict[str, LaneChange] = {change.lane: change for change in snapshot.comparison.lanes}
    for lanes, _, differs in compared_lanes(snapshot.comparison, snapshot):
        if differs:
            yield comparison_sentence(lanes, "").rstrip(" :"), changes[lanes[0].trace.lane.id]


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return the hops as a table, without columns in which nothing differs."""
    used = [place for place in range(len(_HEADER)) if any(row[place] for row in rows)]
    right = [place for place, column in enumerate(used) if column not in _LEFT]
    cells = [[row[place] for place in used] for row in rows]
    return table([_HEADER[place] for place in used], cells, right=right)


def _cells(hop: HopChange, snapshot: Snapshot) -> Iterator[str]:
    yield str(hop.ttl)
    silent = "no reply" if hop.answer in {HopAnswer.STOPPED, HopAnswer.BEGUN} else ""
    for answerer in (hop.before, hop.now):
        yield _answerer(answerer, snapshot) if answerer is not None else silent
    rtt, loss = hop.rtt, hop.loss
    yield from (f"{rtt.before_ns / 1e6:.1f}", f"{rtt.now_ns / 1e6:.1f}") if rtt is not None else ("", "")
    yield from (f"{loss.before_percent:.0f} %", f"{loss.now_percent:.0f} %") if loss is not None else ("", "")


def _answerer(answerer: Answerer, snapshot: Snapshot) -> str:
    return f"{answerer.address} ({tagged(answerer.asn, snapshot)})" if answerer.asn else answerer.address


def _paths(name: str, change: LaneChange, snapshot: Snapshot) -> Iterator[str]:
    if change.paths is not None:
        then, now = (_path(path, snapshot) for path in (change.paths.before, change.paths.now))
        yield f"AS path of {name}, then: {then}; now: {now}"


def _path(path: tuple[Asn, ...], snapshot: Snapshot) -> str:
    return ", ".join(tagged(asn, snapshot) for asn in path) or "no AS"


def _lane(change: LaneChange, lane: LaneSnapshot) -> Json:
    return {
        "lane": change.lane,
        "rounds_before": change.before_rounds,
        "rounds_now": change.now_rounds,
        "differs": change.differs,
        "text": text_json(change_words(change, lane)),
        "states": None if change.states is None else [_state(verdict) for verdict in change.states],
        "hops": [_hop(hop) for hop in change.hops],
        "as_paths": None if change.paths is None else facts_json(change.paths),
        "destination_ttls": None if change.lengths is None else list(change.lengths),
    }


def _state(verdict: PathVerdict) -> Json:
    return {
        "state": verdict.state.value,
        "last_responsive_ttl": verdict.last_responsive_ttl,
        "proof": None if verdict.proof is None else verdict.proof.value,
    }


def _hop(hop: HopChange) -> Json:
    return {
        "ttl": hop.ttl,
        "answer": hop.answer.value,
        "before": None if hop.before is None else facts_json(hop.before),
        "now": None if hop.now is None else facts_json(hop.now),
        "rtt_ms": None
        if hop.rtt is None
        else {"before": round(hop.rtt.before_ns / 1e6, 3), "now": round(hop.rtt.now_ns / 1e6, 3)},
        "loss": None if hop.loss is None else facts_json(hop.loss),
    }

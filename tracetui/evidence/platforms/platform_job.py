"""What the clients of all platforms share: one question, its progress, and the traces that arrive."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model import EvidenceError, TracetuiError, counted, safe_text
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.public_vantage import VantageAsk, WantedTrace

MAX_REMARKS: Final = 20

Take = Callable[[Sequence[ImportedTrace], str], None]
"""Makes lanes of traces, measured in what the text names. Raises TracetuiError."""


@dataclass
class PlatformJob:
    """One question while it runs; every change is told."""

    ask: VantageAsk
    tell: Callable[[VantageAsk], None]
    take: Take
    names: set[str] = field(default_factory=set)
    """Given to probes whose platform has no numbers for them, by earlier questions too."""

    def change(self, **changes: object) -> None:
        """Note a change and tell it."""
        self.ask = replace(self.ask, **changes)  # type: ignore[arg-type]
        self.tell(self.ask)

    def remark(self, *remarks: str) -> None:
        """Note what is missing; the same once."""
        kept = tuple(dict.fromkeys((*self.ask.remarks, *remarks)))[:MAX_REMARKS]
        if kept != self.ask.remarks:
            self.change(remarks=kept)

    def add(self, traces: Sequence[ImportedTrace], measured: str) -> None:
        """Make lanes of traces."""
        if not traces:
            return
        try:
            self.take(traces, measured)
        except TracetuiError as error:
            self.remark(str(error))
        else:
            self.change(imported=self.ask.imported + len(traces))

    def keep(self, problem: EvidenceError) -> None:
        """Note a problem; the first one counts, the others are remarks."""
        if self.ask.problem:
            self.remark(str(problem))
        else:
            self.change(problem=str(problem))


def read_result(document: Json) -> tuple[ImportedTrace | None, Sequence[str]]:
    """Return the trace in one result, or None, and what is wrong with it."""
    try:
        found = read_traces(json.dumps(document))
    except EvidenceError as error:
        return None, (str(error),)
    return found.traces[0], found.remarks


def as_wanted(trace: ImportedTrace, wanted: WantedTrace) -> ImportedTrace:
    """Return a trace that was asked for with its port. Raises EvidenceError where it is of something else."""
    if trace.address != wanted.address or trace.protocol not in {None, wanted.protocol}:
        raise EvidenceError(f"{trace.vantage}: the result is not of {wanted.text}: left out")
    return replace(trace, protocol=wanted.protocol, port=wanted.port)


class ProbeNames:
    """Names of probes; one and the same probe keeps its name over all measurements of a question."""

    def __init__(self, given: set[str]) -> None:
        self._by_place: dict[tuple[int, str], str] = {}
        self._given = given

    def name(self, place: int, name: str) -> str:
        """Return the name of the probe at a place in the list of results; unlike those of all others."""
        known = self._by_place.get((place, name))
        if known is None:
            known = next(one for one in _numbered(name) if one not in self._given)
            self._given.add(known)
            self._by_place[place, name] = known
        return known


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1


def some_failed(failures: Mapping[str, int], wanted: WantedTrace) -> Iterator[str]:
    """Yield a line for each way in which probes have not traced: `TCP/25 to 192.0.2.1: 2 probes: offline`."""
    for reason, count in failures.items():
        yield f"{wanted.text}: {counted(count, 'probe')}: {safe_text(reason, limit=120)}"

"""Finds all traces in a text or a document, whatever tool made them and whatever text surrounds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tracetui.evidence.json_documents import json_documents
from tracetui.evidence.traces.document_traces import take_document
from tracetui.evidence.traces.line_traces import MAX_TRACES, LineTraces
from tracetui.evidence.traces.source_text import MAX_SIZE, clean_lines, decode
from tracetui.model import EvidenceError, safe_text
from tracetui.model.imported_trace import ImportedTrace

_MAX_REMARKS: Final = 20


@dataclass(frozen=True, slots=True)
class ReadTraces:
    """What was found in a text."""

    traces: tuple[ImportedTrace, ...]
    """In the order of the text; at least one."""

    remarks: tuple[str, ...] = ()
    """What was left out, one line each."""


def read_traces(source: bytes | str) -> ReadTraces:
    """Return all traces in a file or a paste.

    Raises EvidenceError with one line when there is none: what was looked for, the nearest format, and the
    line that did not fit.
    """
    if len(source) > MAX_SIZE:
        raise EvidenceError(f"more than {MAX_SIZE >> 20} MiB of text: give the traces alone")
    text = source if isinstance(source, str) else decode(source)
    documents = _Documents(text)
    lines = clean_lines(documents.rest)
    in_lines = LineTraces(lines)
    if not documents.taken and not in_lines.traces:
        # A document may be quoted in a mail or stand in a page.
        bare = "\n".join(line.text for line in lines)
        documents = documents if bare == text else _Documents(bare)
    found = (*documents.traces, *in_lines.traces)
    if not found:
        raise EvidenceError(next(documents.remarks(), None) or in_lines.nothing_found())
    left_out = max(len(found) - MAX_TRACES, 0) + documents.left_out
    return ReadTraces(found[:MAX_TRACES], (*documents.remarks(), *_left_out(left_out, in_lines.stopped_at)))


def traces_in_lines(text: str) -> tuple[ImportedTrace, ...]:
    """Return the traces in the output of text tools alone, as documents hold it; () for none, or too long."""
    try:
        return LineTraces(clean_lines(text)).traces
    except EvidenceError:
        return ()


def _left_out(traces: int, stopped_at: int | None) -> Iterator[str]:
    if traces > 0:
        yield f"{traces} more traces were left out: {MAX_TRACES} are read at once"
    if stopped_at is not None:
        yield f"line {stopped_at} and what follows was not read: too many traces or hops for once"


# Documents


class _Documents:
    """The JSON documents in a text: their traces, and the text without them."""

    def __init__(self, text: str) -> None:
        self.traces: list[ImportedTrace] = []
        self.left_out = 0
        """Traces past MAX_TRACES."""

        self.taken = False
        """At least one document has a known format."""

        self._problems: list[str] = []
        self._more_problems = 0
        rest: list[str] = []
        done = 0
        for start, end, value in json_documents(text):
            if take_document(value, self._receive):
                self.taken = True
                rest += (text[done:start], "\n" * text.count("\n", start, end))
                done = end
        self.rest: Final = "".join((*rest, text[done:]))

    def remarks(self) -> Iterator[str]:
        """Yield what could not be read, one line each."""
        yield from self._problems
        if self._more_problems:
            yield f"{self._more_problems} more could not be read"

    def _receive(self, item: ImportedTrace | str) -> None:
        if isinstance(item, str):
            self._problem(item)
        elif len(self.traces) < MAX_TRACES:
            self.traces.append(item)
        else:
            self.left_out += 1

    def _problem(self, said: str) -> None:
        if len(self._problems) < _MAX_REMARKS:
            self._problems.append(safe_text(said))
        else:
            self._more_problems += 1

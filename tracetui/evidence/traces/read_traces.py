"""Finds all traces in a text or a document, whatever tools made them and whatever stands around them."""

import json
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Final

from tracetui.evidence.traces import formats
from tracetui.evidence.traces.source_text import MAX_SIZE, Line, clean_lines, decode
from tracetui.evidence.traces.trace_format import DocumentFormat, Json, Taken, TextFormat
from tracetui.model import EvidenceError, safe_text
from tracetui.model.imported_trace import ImportedTrace

MAX_TRACES: Final = 1000
"""Traces taken from one text."""

_LINES_BEFORE: Final = 24
"""Lines before a trace that may hold the prompt, the command or the date."""

_MAX_REMARKS: Final = 20

_DOCUMENT: Final = re.compile(r"^[ \t]*(?:\[\s*)?\{", re.MULTILINE)
_NEXT_IN_LIST: Final = re.compile(r"\s*,\s*\{")
_MAX_FAILURES: Final = 20
"""Documents nested too deep or with numbers too long: where they end is not known; each costs time."""

_MAX_DEPTH: Final = 4
"""Levels of objects and lists around a document, such as the envelope of an API."""

_MAX_GAP: Final = 8
"""Lines without a hop, at the beginning of a trace and within one."""


@dataclass(frozen=True, slots=True)
class ReadTraces:
    """What was found in a text."""

    traces: tuple[ImportedTrace, ...]
    """In the order of the text; at least one."""

    remarks: tuple[str, ...] = ()
    """What was left out, a line each."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one format made of the lines from a place on."""

    format: TextFormat
    trace: ImportedTrace | None
    start: int
    end: int
    """Places of its first line, and after its last one."""

    missed: Sequence[Line]
    """Lines between its own that it did not understand."""

    signs: int
    """Lines that only this tool writes."""

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """More hops win, then fewer lines that were not understood, then more signs, then more lines."""
        hops = len(self.trace.hops) if self.trace is not None else 0
        return hops, -len(self.missed), self.signs, self.end


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
    attempts = list(_attempts(lines))
    if not documents.taken and not any(attempt.trace for attempt in attempts):
        # A document may be quoted in a mail or stand in a page.
        documents = _Documents("\n".join(line.text for line in lines))
    found = (*documents.traces, *_finished_traces(attempts, lines))
    if not found:
        raise EvidenceError(next(documents.remarks(), None) or _nothing_found(lines, attempts))
    left_out = len(found) - MAX_TRACES + documents.left_out
    return ReadTraces(found[:MAX_TRACES], (*documents.remarks(), *_left_out(left_out)))


def traces_in_lines(text: str) -> tuple[ImportedTrace, ...]:
    """Return the traces in the output of text tools alone, as documents hold it; () for none."""
    lines = clean_lines(text)
    return tuple(_finished_traces(_attempts(lines), lines))


@cache
def known_formats() -> tuple[Sequence[TextFormat], Sequence[DocumentFormat]]:
    """Return every format that a module of `formats` declares as `FORMAT` or in `FORMATS`."""
    texts: list[TextFormat] = []
    documents: list[DocumentFormat] = []
    for module in sorted(module.name for module in pkgutil.iter_modules(formats.__path__)):
        loaded = import_module(f"{formats.__name__}.{module}")
        for declared in getattr(loaded, "FORMATS", None) or [loaded.FORMAT]:
            if isinstance(declared, TextFormat):
                texts.append(declared)
            else:
                documents.append(declared)
    return texts, documents


# Documents


class _Documents:
    """The JSON documents in a text: their traces, and the text without them."""

    def __init__(self, text: str) -> None:
        self.traces: list[ImportedTrace] = []
        self.left_out = 0
        """Traces past MAX_TRACES."""

        self.taken = False
        """Some document is of a known format."""

        self._problems: list[str] = []
        self._more_problems = 0
        rest: list[str] = []
        done = 0
        for start, end, value in _documents(text):
            if self._take(value):
                self.taken = True
                rest += (text[done:start], "\n" * text.count("\n", start, end))
                done = end
        self.rest: Final = "".join((*rest, text[done:]))

    def remarks(self) -> Iterator[str]:
        """Yield what could not be read, a line each."""
        yield from self._problems
        if self._more_problems:
            yield f"{self._more_problems} more could not be read"

    def _take(self, value: Json, depth: int = 0) -> bool:
        """Tell whether `value` is of a known format, broken or not, or holds something that is."""
        if isinstance(value, dict) and self._read(value):
            return True
        if depth == _MAX_DEPTH or not isinstance(value, dict | list):
            return False
        parts = value.values() if isinstance(value, dict) else value
        taken = [self._take(part, depth + 1) for part in parts]
        return any(taken)

    def _read(self, value: dict[str, Json]) -> bool:
        for form in known_formats()[1]:
            try:
                found = form.read(value)
                if found is None:
                    continue
                for item in found:
                    if isinstance(item, str):
                        self._problem(f"{form.name}: {item}")
                    elif len(self.traces) < MAX_TRACES:
                        self.traces.append(item)
                    else:
                        self.left_out += 1
            except ValueError as error:
                self._problem(f"{form.name}: {error}")
            return True
        return False

    def _problem(self, said: str) -> None:
        if len(self._problems) < _MAX_REMARKS:
            self._problems.append(safe_text(said))
        else:
            self._more_problems += 1


def _documents(text: str) -> Iterator[tuple[int, int, Json]]:
    """Yield where each JSON object that begins a line begins and ends, and its value.

    Lists are looked into, object by object: a file of many results is never in memory as a whole.
    """
    decoder = json.JSONDecoder()
    place = failures = 0
    next_object = _DOCUMENT.search(text)
    while next_object is not None and failures < _MAX_FAILURES:
        start = next_object.end() - 1
        try:
            value, place = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            # What was read in vain is not read again, so that the time stays linear.
            place = max(error.pos, start + 1)
        except (ValueError, RecursionError):
            place = start + 1
            failures += 1
        else:
            yield start, place, value
        next_object = _NEXT_IN_LIST.match(text, place) or _DOCUMENT.search(text, place)


# Lines


def _attempts(lines: Sequence[Line]) -> Iterator[_Attempt]:
    """Yield the best reading at each place where a trace begins, also of what turned out to be none."""
    place = 0
    last_end = 0
    while place < len(lines):
        text = lines[place].text
        before = lines[max(last_end, place - _LINES_BEFORE) : place]
        tried = [
            _attempt(form, lines, place, before)
            for form in known_formats()[0]
            if text and form.start.match(text)
        ]
        if tried:
            best = max(tried, key=lambda attempt: attempt.rank)
            yield best
            if best.trace is not None:
                place = last_end = best.end
                continue
        place += 1


def _attempt(form: TextFormat, lines: Sequence[Line], start: int, before: Sequence[Line]) -> _Attempt:
    reader = form.reader(before)
    end, last_hop = start, start
    missed: list[Line] = []
    waiting: list[Line] = []
    for place in range(start, len(lines)):
        line = lines[place]
        if not line.text.strip():
            continue
        taken = reader.take(line)
        if taken is Taken.NO:
            waiting.append(line)
        else:
            missed += waiting
            waiting = []
            end = place + 1
            last_hop = place if taken is Taken.HOP else last_hop
        if place - last_hop > _MAX_GAP or _begins_anew(lines, place, start, taken):
            break
    return _Attempt(form, reader.trace(), start, end, missed, _signs(form, (*before, *lines[start:end])))


def _signs(form: TextFormat, lines: Sequence[Line]) -> int:
    return sum(form.signs is not None and form.signs.search(line.text) is not None for line in lines)


def _begins_anew(lines: Sequence[Line], place: int, start: int, taken: Taken) -> bool:
    """Tell whether the line that a reader did not take is the first of another trace."""
    return (
        taken is Taken.NO
        and place > start
        and any(form.start.match(lines[place].text) for form in known_formats()[0])
    )


def _finished_traces(attempts: Iterable[_Attempt], lines: Sequence[Line]) -> Iterator[ImportedTrace]:
    for attempt in attempts:
        if attempt.trace is not None:
            yield _finished(attempt.trace, attempt, lines)


def _finished(trace: ImportedTrace, attempt: _Attempt, lines: Sequence[Line]) -> ImportedTrace:
    remarks = [
        f"line {line.number} was not understood: {safe_text(line.text, limit=80)}" for line in attempt.missed
    ]
    return replace(
        trace,
        lines=(lines[attempt.start].number, lines[attempt.end - 1].number),
        remarks=(*trace.remarks, *remarks[:_MAX_REMARKS]),
    )


def _left_out(traces: int) -> Iterator[str]:
    if traces > 0:
        yield f"{traces} more traces were left out: {MAX_TRACES} are read at once"


def _nothing_found(lines: Sequence[Line], attempts: Sequence[_Attempt]) -> str:
    texts, documents = known_formats()
    known = ", ".join(dict.fromkeys([form.name for form in texts] + [form.name for form in documents]))
    if not attempts:
        return f"no trace found: looked for the output of {known}"
    nearest = max(attempts, key=lambda attempt: attempt.end)
    rest = next((line for line in lines[nearest.end :] if line.text.strip()), None)
    said = f"line {rest.number} does not fit: {safe_text(rest.text, limit=60)!r}" if rest else "it has no hop"
    return f"no trace found; nearest is {nearest.format.name} ({nearest.format.looks_for}), but {said}"

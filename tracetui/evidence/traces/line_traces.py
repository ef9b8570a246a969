"""Finds the traces in clean lines: where one begins, which format reads it best, where it ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from tracetui.evidence.traces.command_line import is_command
from tracetui.evidence.traces.known_formats import known_formats
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import ImportedTrace

MAX_TRACES: Final = 1000
"""Traces taken from one text."""

_MAX_HOPS: Final = 10_000
"""Hops taken from one text, after which no more traces are begun."""

_MAX_BEGINNINGS: Final = 1500
"""Places tried where a trace may begin."""

_MIN_BEGINNING: Final = 5
"""Characters; no format begins with a shorter line."""

_LINES_BEFORE: Final = 24
"""Lines before a trace that may hold the prompt, the command or the date."""

_MAX_GAP: Final = 8
"""Lines without a hop, at the beginning of a trace and within one."""

_LIKELY_LINES: Final = 4
"""Lines before and after the beginning of a trace that most often show which tool wrote it."""

_MAX_LINES_FOR_SIGNS: Final = 80
_MAX_LINE_FOR_SIGNS: Final = 200
"""Characters of a line in which a tool shows itself."""

_MAX_REMARKS: Final = 20


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one format recognised in the lines from a position on."""

    format: TextFormat
    trace: ImportedTrace | None
    start: int
    end: int
    """Places of its first line, and after its last one."""

    missed: Sequence[Line]
    """Lines between its own that it did not understand."""

    signs: int = 0
    """What only this tool writes, counted."""

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """More hops win, then fewer lines that were not understood, then more signs, then more lines."""
        hops = len(self.trace.hops) if self.trace is not None else 0
        return hops, -len(self.missed), self.signs, self.end


class LineTraces:
    """The traces in lines, and what else there is to say of the lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._nearest: _Attempt | None = None
        self.stopped_at: int | None = None
        """The first line that is not read, after too many traces, hops or false starts."""

        self.traces: Final = tuple(self._traces())

    def nothing_found(self) -> str:
        """Return a line for a text without a trace: what was looked for, and the nearest format."""
        texts, documents = known_formats()
        known = ", ".join(dict.fromkeys([form.name for form in texts] + [form.name for form in documents]))
        if self._nearest is None:
            return f"no trace found: looked for the output of {known}"
        nearest = self._nearest.format
        rest = next((line for line in self._lines[self._nearest.end :] if line.text.strip()), None)
        said = (
            f"line {rest.number} does not fit: {safe_text(rest.text, limit=60)!r}"
            if rest
            else "it has no hop"
        )
        return f"no trace found; nearest is {nearest.name} ({nearest.looks_for}), but {said}"

    def _traces(self) -> Iterator[ImportedTrace]:
        place = last_end = beginnings = traces = hops = 0
        begins = _any_start().match
        while place < len(self._lines):
            text = self._lines[place].text
            if len(text) < _MIN_BEGINNING or begins(text) is None:
                place += 1
                continue
            if traces == MAX_TRACES or hops >= _MAX_HOPS or beginnings == _MAX_BEGINNINGS:
                self.stopped_at = self._lines[place].number
                return
            beginnings += 1
            best = self._best_attempt(place, max(last_end, place - _LINES_BEFORE))
            if best is None or best.trace is None:
                place += 1
            else:
                place = last_end = best.end
                traces += 1
                hops += len(best.trace.hops)
                yield self._finished(best.trace, best)

    def _best_attempt(self, place: int, before: int) -> _Attempt | None:
        """Return the best reading of what begins at a place, also where that turned out to be none."""
        tried = []
        for start, forms in _formats_by_start():
            if start.match(self._lines[place].text):
                tried.append(self._attempt(forms, place, before))
        best_attempt = max(tried, key=lambda attempt: attempt.rank, default=None)
        if best_attempt is not None and (self._nearest is None or best_attempt.end > self._nearest.end):
            self._nearest = best_attempt
        return best_attempt

    def _attempt(self, forms: Sequence[TextFormat], start: int, before: int) -> _Attempt:
        """Read with the one of the formats, which all read the same lines, whose signs are there."""
        likely, _ = self._likeliest(forms, max(before, start - _LIKELY_LINES), start + _LIKELY_LINES)
        attempt = self._read(likely, start, before)
        if attempt.trace is None:
            return attempt
        form, signs = self._likeliest(forms, before, attempt.end)
        if form is not likely:
            attempt = self._read(form, start, before)
        return replace(attempt, signs=signs)

    def _likeliest(self, forms: Sequence[TextFormat], start: int, end: int) -> tuple[TextFormat, int]:
        """Return the format with most signs in some lines, and how many they are.

        Without any, it is one that needs none, or the first.
        """
        if len(forms) == 1 and forms[0].signs is None:
            return forms[0], 0
        lines = self._lines[start : min(end, start + _MAX_LINES_FOR_SIGNS)]
        text = "\n".join([line.text[:_MAX_LINE_FOR_SIGNS] for line in lines])
        signs = [0 if form.signs is None else len(form.signs.findall(text)) for form in forms]
        best = max(range(len(forms)), key=lambda place: (signs[place], forms[place].signs is None))
        return forms[best], signs[best]

    def _read(self, form: TextFormat, start: int, before: int) -> _Attempt:
        reader = form.reader(self._lines[before:start])
        end, last_hop = start, start
        missed: list[Line] = []
        waiting: list[Line] = []
        for place in range(start, len(self._lines)):
            line = self._lines[place]
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
            if place - last_hop > _MAX_GAP or (
                taken is Taken.NO and place > start and _begins_anew(line.text)
            ):
                break
        return _Attempt(form, reader.trace(), start, end, missed)

    def _finished(self, trace: ImportedTrace, attempt: _Attempt) -> ImportedTrace:
        remarks = [
            f"line {line.number} was not understood: {safe_text(line.text, limit=80)}"
            for line in attempt.missed
        ]
        return replace(
            trace,
            lines=(self._lines[attempt.start].number, self._lines[attempt.end - 1].number),
            remarks=(*trace.remarks, *remarks[:_MAX_REMARKS]),
        )


def _begins_anew(text: str) -> bool:
    """Tell whether a line that a reader did not take is the first of another trace, or the command for it."""
    return _any_start().match(text) is not None or is_command(text)


@cache
def _formats_by_start() -> Sequence[tuple[re.Pattern[str], Sequence[TextFormat]]]:
    """Return the formats that begin with the same pattern together."""
    found: dict[re.Pattern[str], list[TextFormat]] = {}
    for form in known_formats()[0]:
        found.setdefault(form.start, []).append(form)
    return tuple(found.items())


@cache
def _any_start() -> re.Pattern[str]:
    """Return one pattern for the beginnings of all formats: a line is looked at once."""
    flags = {re.IGNORECASE: "i", re.VERBOSE: "x", re.ASCII: "a"}
    return re.compile(
        "|".join(
            # Names of groups may occur once only.
            f"(?{letters}:" + re.sub(r"\(\?P<\w+>", "(?:", start.pattern) + ("\n)" if "x" in letters else ")")
            for start, _ in _formats_by_start()
            for letters in ["".join(letter for flag, letter in flags.items() if start.flags & flag)]
        )
    )

"""The declaration of a format of traces: how its output is recognised and read."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.source_text import Line
from tracetui.model.imported_trace import ImportedTrace


class Taken(Enum):
    """What the reader of a trace took a line for."""

    HOP = auto()
    """A hop, or the continuation of one."""

    PART = auto()
    """Part of the trace: a header, a summary, a remark that is known."""

    NO = auto()
    """Not understood: a comment, a prompt, or the end of the trace."""


class TraceReader(Protocol):
    """Reads one trace from line to line."""

    def take(self, line: Line) -> Taken:
        """Take the next line that is not blank; the first one is the one that `start` matched."""

    def trace(self) -> ImportedTrace | None:
        """Return the trace as read up to now; None while no hop was read.

        Its `lines` and the remarks on lines that were not understood are filled in by the caller.
        """


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format of lines."""

    name: str
    """Of the tool, as people call it."""

    looks_for: str
    """What its output is recognised by, for error messages: `a line "traceroute to NAME (ADDRESS)"`."""

    start: re.Pattern[str]
    """Matches the beginning of the first line of a trace: its header, or hop 1 where people leave that out.
    Linear in time. Formats with the same pattern read the same lines; their `signs` tell them apart."""

    reader: Callable[[Sequence[Line]], TraceReader]
    """Makes the reader of one trace from the few lines before the first: prompt, command, date."""

    signs: re.Pattern[str] | None = None
    """Found in what only this tool writes, in the trace or the lines before it. Of formats that read the
    same lines equally well, the one with most matches is taken."""


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A format of JSON documents."""

    name: str
    looks_for: str
    keys: frozenset[str]
    """Each of its objects has at least one of these."""

    read: Callable[[dict[str, Json]], Iterable[ImportedTrace | str] | None]
    """Returns the traces of one JSON object with such a key, and a line for each that could not be read; None
    where it is of another format. Raises ValueError with one line where it is of this format and broken. The
    caller looks into lists of objects and the envelopes of APIs."""

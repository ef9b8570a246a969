"""Reads the heading of Windows tracert and pathping, in any language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.source_text import Line
from tracetui.model import safe_text

HEADING: Final = re.compile(
    r"\s{0,24}(?:"
    r"\S[^\[\]]{0,250}\[(?=[\da-fA-F]{0,4}[:.])[\da-fA-F:.]{3,45}(?:%\w{1,16})?\]"
    r"|Tracing route|Трассировка маршрута|Routenverfolgung|D[ée]termination de l|Traza a|Rastreando a rota"
    r"|Rilevazione|Traccia instradamento|Śledzenie trasy|通过最多|在最多|透過最多|.{1,60}ルートをトレース"
    r")"
)
"""A line that names the target, as `NAME [ADDRESS]` in all languages; or without brackets, in those known."""

_BRACKETS: Final = re.compile(r"\[([\da-fA-F:.]{3,45})(?:%\w{1,16})?\]")
_WORD: Final = re.compile(r"(?<![\dA-Za-z:.])[\da-fA-F:.]{3,45}(?![\dA-Za-z:.])")
_NUMBER: Final = re.compile(r"(?<![\w.:])\d{1,3}(?![\w.:]*[.:]\w)")

_HEADING_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """What the lines before the first hop say."""

    target: str = ""
    address: str | None = None
    max_hops: int | None = None

    def is_another(self, line: Line) -> bool:
        """Tell whether a line is the heading of another trace."""
        return self.address is not None and HEADING.match(line.text) is not None

    def with_line(self, line: Line) -> "Heading":
        """Return this heading, with what one more of its lines adds."""
        text = line.text[:400]
        found = _BRACKETS.search(text)
        target, address = self.target, self.address
        if found is not None and (known := address_of(found[1])) is not None:
            *words, name = text[: found.start()].split() or [known]
            target, address = safe_text(name), known
            text = " ".join((*words, text[found.end() :]))
        elif address is None:
            bare = next((word for word in _WORD.findall(text) if address_of(word) is not None), None)
            if bare is not None:
                target, address = bare, address_of(bare)
                text = text.replace(bare, " ")
        number = _NUMBER.search(text)
        max_hops = int(number[0]) if number is not None and 0 < int(number[0]) < 256 else self.max_hops
        return Heading(target, address, max_hops)


def heading_before(before: Sequence[Line]) -> Heading:
    """Return the heading in the lines before a trace whose first line is a hop."""
    heading = Heading()
    for line in [line for line in before if line.text.strip()][-_HEADING_LINES:]:
        if heading != Heading() or HEADING.match(line.text):
            heading = heading.with_line(line)
    return heading

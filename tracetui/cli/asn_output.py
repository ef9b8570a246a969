"""Formats the answers of `tracetui asn`: rows of a text table, or a JSON array."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.model import Attribution, Registration
from tracetui.report.owner_json import Json, answer_fields, doubt_fields, registration_fields
from tracetui.words import (
    confirmation_words,
    holder_words,
    owner_remarks,
    registration_words,
)

_COLUMNS: Final = ("ADDRESS", "AS", "HOLDER", "PREFIX", "SOURCE", "DATE", "NAME")
_MIN_WIDTHS: Final = (15, 7, 24, 18, 10, 10, 4)
_MAX_HOLDER_WIDTH: Final = 36


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything known about one address."""

    asked: str
    """What was typed: the address, or a name that has it."""

    address: str
    owner: Attribution
    name: str | None
    """Of its PTR record."""

    confirmed: bool | None
    """Whether the name resolves to the address; None: it could not be checked, or there is no name."""

    registration: Registration | str | None = None
    """With `--whois`: the registration, or why there is none."""


class TextTable:
    """A table printed as answers arrive: column widths are those of the first batch."""

    def __init__(self) -> None:
        self._widths: Sequence[int] | None = None

    def rows(self, answers: Sequence[Answer]) -> Iterator[str]:
        """Yield the lines for some answers, under a heading the first time."""
        cells = [_cells(answer) for answer in answers]
        if self._widths is None:
            self._widths = [
                max(min_width, *(len(row[column]) for row in [_COLUMNS, *cells]))
                for column, min_width in enumerate(_MIN_WIDTHS)
            ]
            yield self._line(_COLUMNS)
        for answer, row in zip(answers, cells, strict=True):
            yield self._line(row)
            yield from (f"    {remark}" for remark in _remarks(answer))

    def end(self) -> Iterator[str]:
        """Yield nothing: a table has no last line."""
        yield from ()

    def _line(self, cells: Sequence[str]) -> str:
        assert self._widths is not None  # noqa: S101  (set by the first rows)
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, self._widths, strict=True)).rstrip()


class JsonArray:
    """A JSON array with one object per address, each on a line."""

    def __init__(self) -> None:
        self._first = True

    def rows(self, answers: Sequence[Answer]) -> Iterator[str]:
        """Yield the lines for some answers."""
        for answer in answers:
            yield ("[" if self._first else ",") + json.dumps(_object(answer), ensure_ascii=False)
            self._first = False

    def end(self) -> Iterator[str]:
        """Yield the closing bracket."""
        yield "[]" if self._first else "]"


def _cells(answer: Answer) -> tuple[str, ...]:
    owner = answer.owner
    holder = holder_words(owner)
    name = answer.name or ""
    check = confirmation_words(answer.confirmed)
    if name and check:
        name += f" ({check})"
    return (
        answer.address,
        " ".join(map(str, owner.asns)) or "-",
        holder if len(holder) <= _MAX_HOLDER_WIDTH else holder[: _MAX_HOLDER_WIDTH - 1] + "…",
        owner.prefix or "-",
        owner.source or "-",
        owner.date or "-",
        name,
    )


def _remarks(answer: Answer) -> Iterator[str]:
    owner = answer.owner
    if answer.asked != answer.address:
        yield f"an address of {answer.asked}"
    if len(holder_words(owner)) > _MAX_HOLDER_WIDTH:
        yield holder_words(owner)
    yield from owner_remarks(owner)
    if answer.registration is not None:
        yield from registration_words(answer.registration)


def _object(answer: Answer) -> dict[str, Json]:
    found = answer.registration
    fields: dict[str, Json] = {
        "asked": answer.asked,
        "address": answer.address,
        **answer_fields(answer.owner),
        **doubt_fields(answer.owner),
        "name": answer.name,
        "name_confirmed": answer.confirmed,
    }
    if found is not None:
        fields["whois"] = {"problem": found} if isinstance(found, str) else registration_fields(found)
    return fields

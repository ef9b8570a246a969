"""The declaration of a format of block registers: how its lines are recognised and read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class RegisterRow(NamedTuple):
    """What one line lists."""

    hosts: Sequence[str] = ()
    """Addresses, prefixes, ranges `A-B`, names, `*.name` for all names below it, `.name` for both.

    Without space around them, as removing it once more takes time; "" stands for nothing.
    """

    urls: Sequence[str] = ()
    stamp: str = ""
    """When the register was made, where the line says that."""


NOTHING = RegisterRow()
"""A line of the format that lists nothing: a comment, a header."""

LineParser = Callable[[str], RegisterRow | None]
"""Reads the lines of one file in turn, without their ends; None for one of another format. Linear in time."""


class EntryFields(NamedTuple):
    """The decision behind an entry, as its line states it."""

    urls: Sequence[str] = ()
    authority: str = ""
    decision: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class RegisterFormat:
    """A format of lines."""

    name: str
    looks_for: str
    """What its lines look like, for error messages."""

    parser: Callable[[str | None], LineParser]
    """Makes the parser of one file; the argument is the column that the user chose.

    A parser raises EvidenceError where the file has no such column.
    """

    fields: Callable[[str], EntryFields] = lambda _: EntryFields()
    """Reads the fields of an entry's line."""

    has_columns: bool = False
    """True where the user may choose a column; no other format is tried then."""


def without_comment(line: str, marks: str = "#") -> str:
    """Return a line without what follows one of `marks` at its beginning or behind a space."""
    for mark in marks:
        if line.startswith(mark):
            return ""
        line = line.partition(f" {mark}")[0].partition(f"\t{mark}")[0]
    return line.strip()

"""Parses the traditional header `traceroute to NAME (ADDRESS), N hops max, N byte packets`.

Many systems print it, so that it does not tell which: each format adds its own signs.
"""

import re
from typing import Final

BEFORE: Final = r"(?:.{0,60}?[\s>:\"'`(])?"
"""What may stand before a header on its line: a prompt, a few words of a comment."""

START: Final = (
    BEFORE + r"traceroute6? to (?:\S{1,255}\s{1,3}\(\S|"
    r"[^\s,(]{1,255}(?: from \S{1,60})?, ?\d{1,3} hops max|\(.{0,60}hops max)"
)
"""Begins a trace; the rest of the header may stand on the next line."""

HEADER: Final = re.compile(
    BEFORE
    + r"""traceroute6?\ to\s
    (?:(?P<target>[^\s(,][^\s,]{0,254})\s{1,3}(?=\())?      # a name before the address in parentheses
    \(?(?P<address>[^()\s,]{1,60})?\)?
    (?:\ from\ (?P<source>[^\s,()]{1,60})(?:\ \(\S{1,60}\))?)?
    (?:,?\s?(?P<max>\d{1,3})\ hops\ max)?
    (?:,?\s?\d{1,5}\ byte\ packets?)?""",
    re.IGNORECASE | re.VERBOSE,
)

HOP_LINE: Final = (
    r"\s{0,40}\d{1,3}[.:)]?\s{1,8}(?!\d{1,6}\s?m?s)(?:\*\s{1,4}){0,4}"
    r"(?:\*$|\[AS ?\d{1,10}\] \d|(?:\[AS ?\d{1,10}\]\s{1,2})?[\w.:%-]{2,255}(?:\s{1,3}\([^()\s]{1,255}\))?"
    r"(?:\s{1,3}\[[^\]]{1,80}\]){0,3}\s{1,6}(?:\*\s{1,4}){0,4}(?:<?\d{1,6}(?:[.,]\d{1,6})?\s?ms|!))"
)
"""A hop that says so without a header: a number, who answered, a time."""

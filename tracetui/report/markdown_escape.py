"""Escapes text from outside for Markdown: it is shown as it is and has no effect.

A word of plain letters, digits and harmless punctuation stays as it is. Any other word becomes a code span,
in which Markdown knows no markup, no HTML, no entities, no links, no mentions and no emoji codes.
"""

import itertools
import re
from collections.abc import Iterable
from typing import Final

from tracetui.model import safe_text

_PLAIN: Final = re.compile(r"[&<=]|(?:[^\W_]|(?<=\d):(?=\d)|[,.()'\"/+%?·–…×→◀●○“”-])+[:;]?")
"""A colon stands between digits or at the end only: `:a:` is an emoji code. `&`, `<` and `=` stand alone."""

_PUNCTUATION: Final = re.compile(r"[,;]+$|(?<!:):$")
_LINK: Final = re.compile(r"www\.|[^\W\d_]\.[^\W\d_]", re.IGNORECASE)
"""What renderers turn into a link unasked: `www.` and bare domains."""


def inert(text: str) -> str:
    """Return one line of Markdown that shows `text` and nothing else.

    A table needs its pipes escaped besides; `table` does that.
    """
    words = safe_text(text, limit=2000).split(" ")
    if words == ["="]:  # underlines a heading, where it stands alone
        return _coded("=")
    runs = itertools.groupby(words, key=_is_plain)
    return " ".join(" ".join(run) if plain else _coded_list(run) for plain, run in runs)


def _coded_list(words: Iterable[str]) -> str:
    """Return code spans: a new one after a comma, which is the sentence's."""
    parts: list[list[str]] = [[]]
    for word in words:
        parts[-1].append(word)
        if word.endswith((",", ";")):
            parts.append([])
    return " ".join(_coded(" ".join(part)) for part in parts if part)


def _coded(words: str) -> str:
    """Return a code span; punctuation at the end is the sentence's and stays outside."""
    bare = _PUNCTUATION.sub("", words)
    return code(bare) + words[len(bare) :] if bare else code(words)


def code(text: str) -> str:
    """Return a code span that shows `text`, backticks included (CommonMark 6.1)."""
    line = safe_text(text, limit=2000)
    if not line:
        return ""
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _is_plain(word: str) -> bool:
    return not word or (_PLAIN.fullmatch(word) is not None and _LINK.search(word) is None)

"""Makes text from outside (PTR names, AS holders, files) safe to show; counts in words."""

import unicodedata
from typing import Final

_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that can move the cursor, reorder text or be invisible in it."""


def safe_text(text: str, *, limit: int = 200) -> str:
    """Return `text` as one printable line of at most `limit` characters.

    Control characters (ESC among them), bidirectional and zero-width format characters, line and
    paragraph separators, surrogates and unassigned code points become `�`; runs of white space
    become one space; combining marks past three in a row are dropped. Markup and Markdown stay: each writer
    escapes what is dangerous in its own format.
    """
    if text.isascii() and text.isprintable():
        return _cut(" ".join(text[: limit * 4].split()), limit)
    shown: list[str] = []
    marks = 0
    for character in text[: limit * 4]:
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > 3:
                continue
        else:
            marks = 0
        if character in "\t\n\r":
            shown.append(" ")
        elif category in _REFUSED:
            shown.append("�")
        else:
            shown.append(character)
    return _cut(" ".join("".join(shown).split()), limit)


def safe_line(text: str) -> str:
    """Return `text` with all its spaces and of any length, but without what `safe_text` refuses.

    For the program's own lines, which may have names of files in them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if character in "\t\n\r" else "�" if unicodedata.category(character) in _REFUSED else character
        for character in text
    )


def _cut(line: str, limit: int) -> str:
    return line if len(line) <= limit else line[: limit - 1] + "…"


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 round` or `2 rounds`; `many` where that is not `one` with an s."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"

"""The shortest sequence from one colour and attribute to another (ECMA-48, Select Graphic Rendition)."""

from functools import lru_cache
from typing import Final, NamedTuple

_OFF: Final = {"1": "22", "2": "22", "4": "24", "7": "27"}
"""What ends bold, dim, underline and reverse on every terminal. All else ends by a reset."""

_KNOWN_MOST: Final = 8192


class Rendition(NamedTuple):
    """Codes of one style, by what they set."""

    attributes: frozenset[str]
    foreground: str
    background: str


@lru_cache(_KNOWN_MOST)
def change(old: str, new: str) -> str:
    """Return what to send for `new` codes (`1;38;5;208`) where `old` ones hold."""
    if old == new:
        return ""
    reset = f"\x1b[0;{new}m" if new else "\x1b[m"
    if not new:
        return reset
    difference = _difference(rendition(old), rendition(new))
    if difference is None:
        return reset
    return min(f"\x1b[{';'.join(difference)}m" if difference else "", reset, key=len)


def _difference(old: Rendition, new: Rendition) -> list[str] | None:
    """Return only the codes that differ; None where something ends that only a reset ends everywhere."""
    ended = old.attributes - new.attributes
    if not ended <= _OFF.keys():
        return None
    ends = {_OFF[code] for code in ended}
    ended_with_them = {code for code, end in _OFF.items() if end in ends}
    begun = (new.attributes - old.attributes) | (new.attributes & ended_with_them)
    codes = [*sorted(ends), *sorted(begun)]
    if new.foreground != old.foreground:
        codes.append(new.foreground or "39")
    if new.background != old.background:
        codes.append(new.background or "49")
    return codes


@lru_cache(_KNOWN_MOST)
def rendition(codes: str) -> Rendition:
    """Sort `codes` by what they set."""
    attributes, foreground, background = set(), "", ""
    left = iter(codes.split(";") if codes else ())
    for code in left:
        if code in {"38", "48"}:
            kind = next(left)
            code = ";".join((code, kind, *(next(left) for _ in range(1 if kind == "5" else 3))))  # noqa: PLW2901
        if code.startswith(("3", "9")) and len(code) > 1:
            foreground = code
        elif code.startswith(("4", "10")) and len(code) > 1:
            background = code
        else:
            attributes.add(code)
    return Rendition(
        frozenset(attributes),
        "" if foreground == "39" else foreground,
        "" if background == "49" else background,
    )

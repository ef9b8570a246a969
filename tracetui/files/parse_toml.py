"""Parses TOML of the user's files: whatever is wrong with it is one ValueError."""

import re
import tomllib
from typing import Final

MAX_KEY_PARTS: Final = 16
"""Of a dotted key. `tomllib` takes memory with the square of their number: 100 kB of `a.a.a` took 4 GB."""

_PART: Final = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_LONG_KEY: Final = re.compile(
    rf"(?:^|[\[{{,])[ \t]*+(?:{_PART}[ \t]*+\.[ \t]*+){{{MAX_KEY_PARTS}}}", re.MULTILINE
)


def parse_toml(text: str) -> dict[str, object]:
    """Return the table that a TOML text is. Raises ValueError that says what is wrong."""
    if _LONG_KEY.search(text):
        raise ValueError(f"a key has more than {MAX_KEY_PARTS} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None

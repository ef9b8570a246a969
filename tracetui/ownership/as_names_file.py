"""Reads the user's own names and colours of ASes from a TOML file.

[as.8359]
name = "MTS"
colour = 208        # of xterm's 256
"""

import difflib
from pathlib import Path
from typing import Final

from tracetui.files.parse_toml import parse_toml
from tracetui.files.read_file import read_file
from tracetui.model import HolderBook, Holding, TableError, safe_text
from tracetui.model.reference import parse_asn

FILE_NAME: Final = "as.toml"
"""What it is called in the user's configuration directory."""

_KEYS: Final = ("name", "colour")
_NAME_LIMIT: Final = 40
_MAX_SIZE: Final = 1_000_000


def read_holders(path: Path) -> HolderBook:
    """Read such a file. Raises TableError with one line: file, key, what is wrong, what would be right."""
    try:
        tree = parse_toml(read_file(path, _MAX_SIZE, pipes=True).decode())
    except (OSError, ValueError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
        raise TableError(f"{path}: cannot be read as names of ASes ({safe_text(reason)})") from None
    for key in tree:
        if key != "as":
            raise TableError(f"{path}: {safe_text(key)!r} is not known here: write [as.8359]")
    return holder_book(path, tree.get("as", {}))


def holder_book(path: Path, entries: object) -> HolderBook:
    """Return what a file says below `[as]`. Raises TableError as `read_holders` does."""
    if not isinstance(entries, dict):
        raise TableError(f"{path}: 'as' is not a table: write [as.8359]")
    return HolderBook(
        {_asn(path, text): _holding(path, f"as.{text}", entry) for text, entry in entries.items()}
    )


def _asn(path: Path, text: str) -> int:
    try:
        asn = parse_asn(text.upper().removeprefix("AS"))
    except ValueError:
        asn = 0
    if not asn:
        raise TableError(f"{path}: as.{safe_text(text)}: {safe_text(text)!r} is not an AS number")
    return asn


def _holding(path: Path, place: str, entry: object) -> Holding:
    if not isinstance(entry, dict):
        raise TableError(f'{path}: {place}: not a table: write [{place}] and below it name = "..."')
    for key in entry:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1, 0.5)
            hint = f"; did you mean {near[0]!r}?" if near else f": there are {' and '.join(_KEYS)}"
            raise TableError(f"{path}: {place}.{safe_text(key)} is not known{hint}")
    name, colour = entry.get("name"), entry.get("colour")
    if name is not None and (not isinstance(name, str) or not name.strip()):
        raise TableError(f'{path}: {place}.name: not a text: write name = "..."')
    if colour is not None and (type(colour) is not int or not 0 <= colour <= 255):
        raise TableError(f"{path}: {place}.colour: not a number from 0 to 255")
    return Holding(None if name is None else safe_text(name, limit=_NAME_LIMIT), colour)

"""Checks a value of the configuration file or the command line against the declared type of its setting.

msgspec converts and enforces limits; the messages are our own.
"""

import contextlib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from tracetui.model import ResolutionError

MAX_TEXT_LENGTH: Final = 1000


class DnsServer(str):
    """The address of a DNS server as written, perhaps with a port; empty: the system's."""

    __slots__ = ()


def checked(value: object, wanted: Any, *, typed: bool = False) -> Any:  # noqa: ANN401
    """Return `value` as the type `wanted`.

    `typed`: it is text from the command line, where commas separate the items of a list. Raises ValueError:
    what the value is not.
    """
    plain, meta = get_args(wanted)[:2] if get_origin(wanted) is Annotated else (wanted, Meta())
    arguments = get_args(plain)
    if get_origin(plain) is tuple:
        items = value.split(",") if typed and isinstance(value, str) else value
        if not isinstance(items, list):
            raise ValueError(f"{toml(value)} is not a list: write [...]")
        if len(items) < (meta.min_length or 0):
            raise ValueError("the list is empty")
        return tuple(dict.fromkeys(checked(item, arguments[0], typed=typed) for item in items))
    if type(None) in arguments:
        return None if value == "" else checked(value, arguments[0], typed=typed)
    if isinstance(value, str) and (len(value) > MAX_TEXT_LENGTH or not (value.isprintable() or not value)):
        raise ValueError(_mismatch(value, plain, meta, typed=typed))
    try:
        found = msgspec.convert(_trimmed(value, plain, typed=typed), wanted, dec_hook=_custom)
    except ResolutionError as error:
        raise ValueError(str(error)) from None
    except (msgspec.ValidationError, OverflowError):
        raise ValueError(_mismatch(value, plain, meta, typed=typed)) from None
    if found not in (_only(meta) or (found,)):
        raise ValueError(_mismatch(value, plain, meta, typed=typed))
    return found


def _only(meta: Meta) -> tuple[Any, ...]:
    """Return which members of an enumeration a setting may have, by `Meta(extra={"only": ...})`; (): all."""
    only: tuple[Any, ...] = (meta.extra or {}).get("only", ())
    return only


def _trimmed(value: object, plain: Any, *, typed: bool) -> object:  # noqa: ANN401
    """Return text without white space around it, a choice in lower case, and a number typed as a number."""
    if not isinstance(value, str):
        return value
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return value.strip().lower()
    if typed and plain in {int, float}:
        with contextlib.suppress(ValueError):
            return plain(value)
    return value.strip()


def _custom(wanted: type, value: object) -> object:
    """Convert to the types that msgspec does not know."""
    if not isinstance(value, str):
        raise TypeError
    if wanted is Path:
        return Path(value)
    if value:
        from tracetui.ownership.system_names import parse_server

        parse_server(value)
    return DnsServer(value)


def _mismatch(value: object, plain: Any, meta: Meta, *, typed: bool) -> str:  # noqa: ANN401
    """Say what `value` is not."""
    shown = repr(value) if typed and plain in {int, float} else toml(value)
    if plain is bool:
        return f"{shown} is neither true nor false"
    if get_origin(plain) is Literal or issubclass(plain, StrEnum):
        words = tuple(map(str, _only(meta) or get_args(plain) or plain))
        return f"{shown} is not one of {', '.join(words)}{nearest(value, words)}"
    if plain is DnsServer:
        return f"{shown} is not the address of a DNS server: write it in quotes, on one line"
    return f"{meta.title or ''} {shown} is not {meta.description}".lstrip()


def toml(value: object) -> str:  # noqa: PLR0911  (a table of types)
    """Return a value as TOML writes it, in one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case Path():
            return toml(str(value))
        case None:
            return '""'
        case str():
            import json

            text = json.dumps(value, ensure_ascii=False)
            return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in text)
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "a table"
        case _:
            return str(value)


def nearest(word: object, known: Iterable[str], min_likeness: float = 0.5) -> str:
    """Return `; did you mean 'interval'?`, or nothing where no known word is near."""
    import difflib

    found = difflib.get_close_matches(str(word).lower()[:100], list(known), 1, min_likeness)
    return f"; did you mean {found[0]!r}?" if found else ""

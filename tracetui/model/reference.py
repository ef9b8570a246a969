"""Types for what facts refer to: lanes, addresses, prefixes, ASes, and text from outside.

Findings and events hold facts, and facts hold references. The privacy mask replaces the references and need
not know the facts.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

_T = TypeVar("_T")


class LaneId(str):
    """The id of a lane (`Lane.id`)."""

    __slots__ = ()


class Address(str):
    """An IP address, canonical text."""

    __slots__ = ()


class Prefix(str):
    """An IP prefix in CIDR notation."""

    __slots__ = ()


class Asn(int):
    """The number of an AS."""


def parse_asn(text: str) -> int:
    """Return the AS number that `text` is, digits alone; 0, which no AS has, passes. Raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10) or int(text) >> 32:
        raise ValueError(f"{text!r} is not an AS number")
    return int(text)


class ForeignText(str):
    """Text that may name anything: typed by the user, or reported by the local system."""

    __slots__ = ()


Reference = LaneId | Address | Prefix | Asn | ForeignText


def replace_references(
    value: _T,
    swap: Callable[[Reference], Reference | None],
    first: Callable[[Any], Any] = lambda value: value,
) -> _T:
    """Return `value` with each reference in it replaced by what `swap` returns.

    Searches dataclasses and tuples; `first` is applied to each dataclass before its fields are. Where `swap`
    returns None, a field becomes None and a tuple loses the item. A value without a change is returned
    itself.
    """
    changed: Any = _replaced(value, swap, first)
    return changed  # type: ignore[no-any-return]


def _replaced(
    value: Any,  # noqa: ANN401
    swap: Callable[[Reference], Reference | None],
    first: Callable[[Any], Any],
) -> Any:  # noqa: ANN401
    if isinstance(value, Reference):
        return swap(value)
    if isinstance(value, tuple):
        items = tuple(_replaced(item, swap, first) for item in value)
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return tuple(new for new, old in zip(items, value, strict=True) if new is not None or old is None)
    if is_dataclass(value) and not isinstance(value, type):
        value = first(value)
        changes = {}
        for field in fields(value):
            old = getattr(value, field.name)
            new = _replaced(old, swap, first)
            if new is not old:
                changes[field.name] = new
        return replace(value, **changes) if changes else value
    return value

"""Changes valid input a little: bytes, text, and trees as JSON and TOML give them."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

Json = object

_ODD_BYTES: Final = (0, 1, 4, 5, 0x45, 0x60, 0x7F, 0x80, 0xFE, 0xFF)
_ODD_WORDS: Final = (0, 1, 7, 8, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
_ODD_TEXTS: Final = (
    *("", " ", "\n", "\t", "\0", "\x1b[2J", "\u202e", "\ufeff", "*", "{", "}", "[", "]", '"', "'", ",", ":"),
    *("=", "-", "|", ";", "(", ")", "#", "%", "\\", "0", "-1", "256", "65536", "4294967296", "9" * 400),
    *("1e999", "NaN", "null", "true", "0x10", "::", "fe80::1%eth0", "::ffff:192.0.2.1", "192.0.2.1/33"),
    *("AS0", "AS4294967295", "ms", "\u0661", "é" * 50, "a" * 3000, "[" * 500),
)
_ODD_VALUES: Final[tuple[Json, ...]] = (
    *(None, True, False, -1, 0, 1, 255, 256, 2**31, 2**63, 2**70, -0.5, 1e308, float("nan"), float("inf")),
    *(
        "",
        "*",
        "192.0.2.1",
        "fe80::1%eth0",
        "x" * 3000,
        "\x1b[2J",
        "\u202e",
        "1" * 99,
        [],
        {},
        [[[{"a": [{}]}]]],
    ),
)


def changed_bytes(chance: Random, data: bytes) -> bytes:
    """Flip, replace, insert, remove and repeat a few bytes; now and then cut the rest off."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        place = chance.randrange(len(found) + 1)
        match chance.randrange(8):
            case 0:
                del found[place:]
            case 1:
                del found[place : place + chance.randrange(1, 9)]
            case 2:
                found[place:place] = chance.randbytes(chance.randrange(1, 9))
            case 3:
                found[place : place + 2] = chance.choice(_ODD_WORDS).to_bytes(2, "big")
            case 4:
                piece = found[place : place + chance.randrange(1, 33)]
                found[place:place] = piece * chance.choice((1, 1, 4))
            case 5 if place < len(found):
                found[place] ^= 1 << chance.randrange(8)
            case 6 if place < len(found):
                found[place] = chance.choice(_ODD_BYTES)
            case _ if place < len(found):
                found[place] = chance.randrange(256)
    return bytes(found)


def changed_text(chance: Random, text: str, others: Sequence[str] = ()) -> str:
    """Replace, insert and remove pieces and lines; now and then splice in a piece of another text."""
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        place = chance.randrange(len(text) + 1)
        end = min(len(text), place + chance.choice((0, 1, 1, 2, 5, 20)))
        match chance.randrange(6):
            case 0:
                text = text[:place] + chance.choice(_ODD_TEXTS) + text[end:]
            case 1:
                text = text[:place] + text[end:]
            case 2:
                lines = text.splitlines(keepends=True)
                chance.shuffle(lines)
                text = "".join(lines[: chance.randrange(len(lines) + 1)])
            case 3 if others:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                text = text[:place] + other[start : start + chance.randrange(200)] + text[end:]
            case 4:
                text = text[:place] + text[place : place + 60] * chance.choice((2, 3, 30)) + text[end:]
            case _:
                text = text[:place] + chr(
                    chance.choice((chance.randrange(32, 127), chance.randrange(0xD800)))
                )
                text += text[end:][:20_000]
    return text


def changed_tree(chance: Random, tree: Json) -> Json:
    """Return a copy in which some values are others, missing, moved, or there too often."""
    found = _copy(tree)
    for _ in range(chance.choice((1, 1, 2, 4))):
        places = list(_containers(found))
        if not places:
            return chance.choice(_ODD_VALUES)
        container = chance.choice(places)
        keys: list[_Key] = list(container) if isinstance(container, dict) else list(range(len(container)))
        if not keys:
            continue
        key = chance.choice(keys)
        _CHANGES[chance.randrange(len(_CHANGES))](chance, container, key, places)
    return found


_Container = Any
_Key = Any
"""A dictionary or a list, and what finds a value in it."""


def _exchange(chance: Random, container: _Container, key: _Key, _: Sequence[_Container]) -> None:
    container[key] = _copy(chance.choice(_ODD_VALUES))


def _drop(_chance: Random, container: _Container, key: _Key, _: Sequence[_Container]) -> None:
    del container[key]


def _move(chance: Random, container: _Container, key: _Key, places: Sequence[_Container]) -> None:
    container[key] = _copy(chance.choice(places))


def _as_text(_chance: Random, container: _Container, key: _Key, _: Sequence[_Container]) -> None:
    container[key] = str(container[key])[:5000]


def _more(chance: Random, container: _Container, key: _Key, _: Sequence[_Container]) -> None:
    if isinstance(container, list):
        container += [_copy(container[0]) for _ in range(chance.choice((1, 300)))]
    else:
        container[chance.choice(_ODD_TEXTS)] = _copy(container[key])


_CHANGES: Final[tuple[Callable[[Random, _Container, _Key, Sequence[_Container]], None], ...]] = (
    _exchange, _exchange, _drop, _move, _as_text, _more,
)  # fmt: skip


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def _containers(value: Json) -> "list[_Container]":
    if not isinstance(value, dict | list):
        return []
    parts = value.values() if isinstance(value, dict) else value
    return [value, *(found for part in parts for found in _containers(part))]

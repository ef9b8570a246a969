"""A TOML file to settings, strictly: what is not known or not right is one line, never a guess."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from tracetui.config.kinds import near
from tracetui.config.paths import UserPaths
from tracetui.config.reading import read_bytes
from tracetui.config.settings import SECTIONS, Config, Keys, Origin, kind_of, names
from tracetui.model import ConfigError, HolderBook, TableError, safe_text

_FILE_MOST: Final = 1_000_000
_KEYS_MOST: Final = 10
_BESIDE: Final = ("keys", "as")
"""Sections that are not settings."""


def load_config(path: Path | None, paths: UserPaths) -> Config:
    """Return the settings of `path`, or those of the user's own file: there need not be one.

    Raises ConfigError with one line: file, key, what is wrong, what would be right.
    """
    file = path or paths.config_file
    try:
        content = read_bytes(file, _FILE_MOST)
        if len(content) > _FILE_MOST:
            raise ConfigError(f"{file}: too large for a configuration file")
        tree = tomllib.loads(content.decode("utf-8-sig"))  # editors of Windows begin a file with a mark
    except FileNotFoundError:
        if path is None:
            return Config()
        raise ConfigError(
            f"{file}: no such file: write one with 'tracetui config init --config {file}'"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"{file}: cannot be read ({reason}): mend it, or add --no-config") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file}: not in UTF-8 (line {line}): save it in that encoding") from None
    except (ValueError, RecursionError) as error:  # no TOML, a number of thousands of digits
        reason = "nested too deeply" if isinstance(error, RecursionError) else safe_text(str(error))
        raise ConfigError(f"{file}: not a TOML file: {reason}") from None
    return read_config(tree, file, paths.home)


def read_config(tree: Mapping[str, object], file: Path, home: Path) -> Config:
    """Return what a parsed file says. `file` is named in errors; its paths are seen from where it lies.

    `home` is what `~` stands for. Raises ConfigError.
    """
    values: dict[str, object] = {}
    for section, table in tree.items():
        if section not in (*SECTIONS, *_BESIDE):
            raise ConfigError(f"{file}: {safe_text(section)} is not known{_hint(section)}")
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: {section} is not a table: write [{section}] on a line of its own")
        if section in SECTIONS:
            values |= _section(section, table, file)
    values |= {
        f"ownership.{key}": _seen_from(values[f"ownership.{key}"], file.parent, home)
        for key in ("asn-table", "as-names")
        if f"ownership.{key}" in values
    }
    config = Config(
        keys=Keys(_keys(tree.get("keys", {}), file), str(file)),
        holders=_holders(tree.get("as", {}), file),
        file=file,
    )
    return config.overridden(values, Origin.FILE)


def _section(section: str, table: dict[str, Any], file: Path) -> dict[str, object]:
    known = [each.name.replace("_", "-") for each in fields(SECTIONS[section])]
    values = {}
    for key, value in table.items():
        name = f"{section}.{key}"
        if key not in known:
            raise ConfigError(f"{file}: {safe_text(name)} is not known{near(key, known) or _hint(key)}")
        try:
            values[name] = kind_of(name).take(value)
        except ValueError as error:
            raise ConfigError(f"{file}: {name}: {safe_text(str(error))}") from None
    return values


def _hint(word: str) -> str:
    """Return where a setting belongs that stands in another place, or the section that is meant."""
    place = next((name for name in names() if name.endswith(f".{word}")), None)
    if place is not None:
        return f": write it below [{place.partition('.')[0]}]"
    return near(word, (*SECTIONS, *_BESIDE, *(name.partition(".")[2] for name in names())))


def _keys(table: object, file: Path) -> dict[str, tuple[str, ...]]:
    found = {}
    for action, value in table.items() if isinstance(table, dict) else ():
        words = [value] if isinstance(value, str) else value
        if (
            not isinstance(words, list)
            or not 1 <= len(words) <= _KEYS_MOST
            or not all(isinstance(word, str) and word for word in words)
        ):
            raise ConfigError(f'{file}: keys.{safe_text(action)} is not a key: write "a", or ["a", "ctrl+a"]')
        found[action] = tuple(words)
    return found


def _holders(table: object, file: Path) -> HolderBook:
    from tracetui.ownership.as_names_file import holder_book

    try:
        return holder_book(file, table)
    except TableError as error:
        raise ConfigError(str(error)) from None


def _seen_from(value: object, directory: Path, home: Path) -> object:
    if isinstance(value, tuple):
        return tuple(_seen_from(each, directory, home) for each in value if each is not None)
    if not isinstance(value, Path):
        return value
    if value.parts[:1] == ("~",):
        return home.joinpath(*value.parts[1:])
    return directory / value

"""Reads the configuration file strictly: an unknown key or a wrong value is an error of one line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from tracetui.config.check import nearest
from tracetui.config.paths import UserPaths
from tracetui.config.settings import SECTIONS, SETTINGS, Config, Keys, Origin
from tracetui.config.vantage_tables import read_vantages
from tracetui.files.parse_toml import parse_toml
from tracetui.files.read_file import FileTooLargeError, read_file
from tracetui.model import ConfigError, HolderBook, TableError, safe_text

_KeysOfCommand = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1, max_length=10)]
_OTHER_SECTIONS: Final = ("keys", "as", "vantage")
_MAX_SIZE: Final = 1_000_000


def load_config(path: Path | None, paths: UserPaths) -> Config:
    """Return the settings of `path`, or those of the user's own file: there need not be one.

    Raises ConfigError with one line: file, key, what is wrong, what would be right.
    """
    file = path or paths.config_file
    if file is None:
        return Config()
    try:
        content = read_file(file, _MAX_SIZE, pipes=True)
        tree = parse_toml(content.decode("utf-8-sig"))  # Windows editors write a byte order mark
    except FileTooLargeError:
        raise ConfigError(f"{file}: too large for a configuration file") from None
    except FileNotFoundError:
        if path is None:
            return Config()
        raise ConfigError(
            f"{file}: no such file: write one with 'tracetui config init --config {file}'"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"{file}: cannot be read ({reason}): fix it, or add --no-config") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file}: not UTF-8 (line {line}): save it in that encoding") from None
    except ValueError as error:  # not TOML, or a number of thousands of digits
        raise ConfigError(f"{file}: not a TOML file: {safe_text(str(error))}") from None
    return read_config(tree, file, paths.home)


def read_config(tree: Mapping[str, object], file: Path, home: Path | None) -> Config:
    """Return the settings of a parsed file.

    `file` is named in errors, and relative paths start from its directory; `home` is what `~` stands for, if
    anything. Raises ConfigError.
    """
    values: dict[str, object] = {}
    for section, table in tree.items():
        if section not in (*SECTIONS, *_OTHER_SECTIONS):
            raise ConfigError(f"{file}: {safe_text(section)} is not known{_hint(section)}")
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: {section} is not a table: write [{section}] on a line of its own")
        if section in SECTIONS:
            values |= _section(section, table, file)
    for name in ("ownership.asn-table", "ownership.as-names", "evidence.register", "evidence.atlas-key-file"):
        if name in values:
            values[name] = _absolute(values[name], file.parent, home)
    config = Config(
        keys=Keys(_keys(tree.get("keys", {}), file), str(file)),
        holders=_holders(tree.get("as", {}), file),
        vantages=read_vantages(tree.get("vantage", {}), file),
        file=file,
    )
    return config.overridden(values, Origin.FILE)


def _section(section: str, table: Mapping[str, object], file: Path) -> dict[str, object]:
    known = [each.key for each in SETTINGS.values() if each.section == section]
    values = {}
    for key, value in table.items():
        name = f"{section}.{key}"
        if key not in known:
            raise ConfigError(f"{file}: {safe_text(name)} is not known{nearest(key, known) or _hint(key)}")
        try:
            values[name] = SETTINGS[name].checked(value)
        except ValueError as error:
            raise ConfigError(f"{file}: {name}: {safe_text(str(error))}") from None
    return values


def _hint(word: str) -> str:
    """Return the section that a misplaced setting belongs to, or else the nearest known word."""
    for each in SETTINGS.values():
        if each.key == word:
            return f": write it below [{each.section}]"
    return nearest(word, (*SECTIONS, *_OTHER_SECTIONS, *(each.key for each in SETTINGS.values())))


def _keys(table: object, file: Path) -> dict[str, tuple[str, ...]]:
    found = {}
    for action, value in table.items() if isinstance(table, dict) else ():
        try:
            found[action] = msgspec.convert([value] if isinstance(value, str) else value, _KeysOfCommand)
        except msgspec.ValidationError:
            raise ConfigError(
                f'{file}: keys.{safe_text(action)} is not a key: write "a", or ["a", "ctrl+a"]'
            ) from None
    return found


def _holders(table: object, file: Path) -> HolderBook:
    from tracetui.ownership.as_names_file import holder_book

    try:
        return holder_book(file, table)
    except TableError as error:
        raise ConfigError(str(error)) from None


def _absolute(value: object, directory: Path, home: Path | None) -> object:
    """Return the paths in a value, without empty ones, as seen from `directory`."""
    if isinstance(value, tuple):
        return tuple(_absolute(each, directory, home) for each in value if each.parts)
    if not isinstance(value, Path):
        return value
    if value.parts[:1] == ("~",) and home is not None:
        return home.joinpath(*value.parts[1:])
    return directory / value

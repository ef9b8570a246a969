"""Reads the tables `[vantage.NAME]` of the configuration file: places that trace for the user."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from tracetui.model import ConfigError, safe_text

_Text = Annotated[str, Meta(min_length=1, max_length=300)]
_NAME: Final = re.compile(r"[\w.@-]{1,40}")


class VantageTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One vantage, reached over ssh."""

    ssh: _Text
    """`ssh://user@host:port`, or a host of the user's ssh configuration."""

    python: _Text = "python3"
    """Python 3.11 or newer there."""


def read_vantages(table: object, file: Path) -> Mapping[str, VantageTable]:
    """Return the vantages by name, in the order of the file. Raises ConfigError."""
    found = {}
    for name, value in table.items() if isinstance(table, dict) else ():
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{file}: vantage.{safe_text(name)}: a name is letters, digits, . _ @ and -")
        try:
            found[name] = msgspec.convert(value, VantageTable)
        except msgspec.ValidationError:
            raise ConfigError(
                f'{file}: vantage.{name} needs ssh = "user@host", and may have python = "python3.12"'
            ) from None
    return found

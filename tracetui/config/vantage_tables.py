"""Reads the tables `[vantage.NAME]` of the configuration file: places that trace for the user."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tracetui.config.check import nearest
from tracetui.model import ConfigError, safe_text

_Text = Annotated[str, Meta(min_length=1, max_length=300)]
TEMPLATE_NAMES: Final = (
    "linux-traceroute",
    "mtr",
    "tracepath",
    "cisco-ios",
    "ios-xr",
    "junos",
    "vrp",
    "routeros",
    "frr-host",
)
"""The templates of `tracetui.vantage.trace_command`; a test compares them."""

_NAME: Final = re.compile(r"[\w.@-]{1,40}")


class VantageTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One vantage: a host reached over ssh, a command, or a ready template of one over ssh."""

    ssh: _Text = ""
    """`ssh://user@host:port`, or a host of the user's ssh configuration."""

    python: _Text = "python3"
    """Python 3.11 or newer there."""

    command: _Text | Annotated[tuple[_Text, ...], Meta(min_length=1, max_length=50)] = ""
    """A command that traces {address}: a list of arguments, or a string that is split into them."""

    template: _Text = ""
    """The name of a ready command, run over `ssh`."""

    protocol: Literal["icmp", "tcp", "udp"] | None = None
    """What `command` probes with, where it does not take {protocol} and does not look like it."""

    every: Annotated[float, Meta(ge=1, le=86_400)] = 30.0
    """Seconds between the runs of a command to one endpoint."""

    timeout: Annotated[float, Meta(ge=1, le=600)] = 90.0
    """Seconds after which a run is ended."""

    at_once: Annotated[int, Meta(ge=1, le=16)] = 1
    """Runs of a command at the same time."""

    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    """Two letters (ISO 3166), for surveys."""

    asn: Annotated[int, Meta(ge=1, lt=1 << 32)] | None = None
    """The AS that it is in, for surveys, where its address does not say so."""


def read_vantages(table: object, file: Path) -> Mapping[str, VantageTable]:
    """Return the vantages by name, in the order of the file. Raises ConfigError."""
    found = {}
    for name, value in table.items() if isinstance(table, dict) else ():
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{file}: vantage.{safe_text(name)}: a name is letters, digits, . _ @ and -")
        try:
            found[name] = _checked(value)
        except ValueError as error:
            raise ConfigError(f"{file}: vantage.{name}: {safe_text(str(error))}") from None
    return found


def _checked(value: object) -> VantageTable:
    """Return a table. Raises ValueError with what is wrong."""
    if isinstance(value, dict):
        unknown = next((key for key in value if key not in _KEYS), None)
        if unknown is not None:
            raise ValueError(f"{unknown} is not known{nearest(unknown, _KEYS)}")
    try:
        table = msgspec.convert(value, VantageTable)
    except msgspec.ValidationError as error:
        wanted, _, place = str(error).replace("`", "").partition(" - at $.")
        what = f"{place} cannot be that, {wanted.lower()}" if place else "it is no table"
        raise ValueError(f'{what}: write for example ssh = "user@host" below [vantage.NAME]') from None
    if bool(table.command) == bool(table.ssh):
        raise ValueError(
            'write either ssh = "user@host" (a template = "cisco-ios" may be beside it), or '
            'command = ["ssh", "r1", "traceroute", "-n", "{address}"]'
        )
    if table.template and (table.command or table.template not in TEMPLATE_NAMES):
        names = ", ".join(TEMPLATE_NAMES)
        raise ValueError(f'template goes with ssh = "user@host" and is one of {names}')
    return table


_KEYS: Final = tuple(field.encode_name for field in msgspec.structs.fields(VantageTable))

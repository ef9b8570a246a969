"""Writes settings as TOML: the commented file of `config init`, and the values in effect of `config show`."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from tracetui.config.check import toml
from tracetui.config.settings import SECTIONS, SETTINGS, Config, Origin, Setting
from tracetui.model import safe_line

_WIDTH: Final = 100
_BARE_KEY: Final = re.compile("[A-Za-z0-9_-]+")
_HEAD: Final = """\
# Settings of tracetui. Every setting is commented out and shows its default: to change one, remove its #.
# The command line overrides this file. `tracetui config show` prints the values in effect and their origin.
"""
_KEYS: Final = """\
# Your own keys, by the name of the command: one key, or a list. They replace the command's own keys.
[keys]
"""
_HOLDERS: Final = """\
# Your own names and colours of ASes, one table each. Colours are xterm's, 0 to 255.
#[as.8359]
#name = "MTS"
#colour = 208
"""
_VANTAGES: Final = """\
# Places that trace for you, one table each, for --via NAME: a host that your ssh reaches without a question.
#[vantage.office]
#ssh = "user@host.example"
#python = "python3"

# Or a command that traces {address}, and may have {port} {protocol} {max_hops} {family}: a list of arguments,
# or a string that is split into them. It is run again and again, as for a router or a host without Python.
#[vantage.r1]
#command = ["ssh", "r1", "traceroute", "-n", "{address}"]
#every = 30.0
#timeout = 90.0
#at-once = 1

# Or a ready command over ssh: linux-traceroute, mtr, tracepath, cisco-ios, ios-xr, junos, vrp, routeros or
# frr-host.
#[vantage.r2]
#ssh = "r2"
#template = "cisco-ios"
"""


def template(keys: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """Return a configuration file with every setting commented out. `keys`: the commands' own, by id."""
    parts = [_HEAD]
    for section, declared in SECTIONS.items():
        lines = [f"# {inspect.getdoc(declared)}", f"[{section}]"]
        docs = docs_of(declared)
        for each in _settings(section):
            lines += ["", *_comment(docs[each.attribute]), f"#{each.key} = {toml(each.default)}"]
        parts.append("\n".join(lines) + "\n")
    own = (
        f"#{action} = {toml(list(words) if len(words) > 1 else words[0])}\n"
        for action, words in (keys or {}).items()
    )
    parts.append(_KEYS + "".join(own))
    parts.append(_HOLDERS)
    parts.append(_VANTAGES)
    return "\n".join(parts)


def effective(config: Config) -> Iterator[str]:
    """Yield the lines of a TOML file with the values in effect, and where each comes from."""
    yield f"# {safe_line(str(config.file))}" if config.file else "# no file was read"
    for section in SECTIONS:
        names = [f"{section}.{each.key}" for each in _settings(section)]
        yield from _table(
            section,
            {SETTINGS[name].key: (config.value(name), config.origin(name)) for name in names},
        )
    if config.keys.chosen:
        yield from _table(
            "keys", {action: (words, Origin.FILE) for action, words in config.keys.chosen.items()}
        )
    for asn, holding in config.holders.holdings.items():
        given = {"name": holding.name, "colour": holding.colour}
        shown = {key: (value, Origin.FILE) for key, value in given.items() if value is not None}
        yield from _table(f"as.{asn}", shown)


def _table(header: str, values: Mapping[str, tuple[object, Origin]]) -> Iterator[str]:
    yield ""
    yield f"[{header}]"
    for key, (value, origin) in values.items():
        name = key if _BARE_KEY.fullmatch(key) else toml(key)
        yield f"{f'{name} = {toml(value)}':<44} # {origin.value}"


def _settings(section: str) -> list[Setting]:
    return [each for each in SETTINGS.values() if each.section == section]


def docs_of(declared: type[Struct]) -> dict[str, str]:
    """Return the docstrings under the fields of a class, by field."""
    body = ast.parse(textwrap.dedent(inspect.getsource(declared))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101  (it is one)
    docs = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            docs[ast.unparse(field.target)] = inspect.cleandoc(str(after.value.value))
    return docs


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH)]

"""The settings as text: a file to begin with, and what holds now and why. Both made from the declarations."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final

from tracetui.config.kinds import toml
from tracetui.config.settings import SECTIONS, Config, default_of

_WIDTH: Final = 100
_HEAD: Final = """\
# Settings of tracetui. Every setting is commented out and shows its default: to change one, take its # away.
# The command line wins over this file. `tracetui config show` prints what holds, and where it comes from.
"""
_KEYS: Final = """\
# Keys of your own, by the name of the command: one, or a list. They take the place of the command's own keys.
[keys]
"""
_HOLDERS: Final = """\
# Names of ASes of your own, and colours: xterm's, 0 to 255. A table each.
#[as.8359]
#name = "MTS"
#colour = 208
"""


def template(keys: dict[str, tuple[str, ...]] | None = None) -> str:
    """Return a configuration file with every setting commented out. `keys`: the commands' own, by id."""
    parts = [_HEAD]
    for section, declared in SECTIONS.items():
        lines = [f"# {inspect.getdoc(declared)}", f"[{section}]"]
        docs = docs_of(declared)
        for each in fields(declared):
            key = each.name.replace("_", "-")
            lines += ["", *_comment(docs[each.name])]
            lines.append(f"#{key} = {toml(default_of(f'{section}.{key}'))}")
        parts.append("\n".join(lines) + "\n")
    own = (
        f"#{action} = {toml(list(words) if len(words) > 1 else words[0])}\n"
        for action, words in (keys or {}).items()
    )
    parts.append(_KEYS + "".join(own))
    parts.append(_HOLDERS)
    return "\n".join(parts)


def effective(config: Config) -> Iterator[str]:
    """Yield the lines of a TOML file with the values that hold, and where each comes from."""
    yield f"# {config.file}" if config.file else "# no file was read"
    for section, declared in SECTIONS.items():
        yield ""
        yield f"[{section}]"
        for each in fields(declared):
            name = f"{section}.{each.name.replace('_', '-')}"
            setting = f"{name.partition('.')[2]} = {toml(config.value(name))}"
            yield f"{setting:<44} # {config.origin(name).value}"
    if config.keys.chosen:
        yield ""
        yield "[keys]"
        for action, words in config.keys.chosen.items():
            yield f"{f'{action} = {toml(words)}':<44} # file"
    for asn, holding in config.holders.holdings.items():
        yield ""
        yield f"[as.{asn}]"
        if holding.name is not None:
            yield f"{f'name = {toml(holding.name)}':<44} # file"
        if holding.colour is not None:
            yield f"{f'colour = {holding.colour}':<44} # file"


def docs_of(declared: type[Any]) -> dict[str, str]:
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

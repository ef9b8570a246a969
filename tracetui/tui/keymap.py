"""Checks the user's key bindings, and replaces the default keys of commands with them."""

import difflib
import string
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from textual.binding import Binding
from textual.keys import Keys as TextualKeys

from tracetui.config import Keys
from tracetui.model import ConfigError, safe_text
from tracetui.tui.command import Command
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.commands.workspace import BoardCommand

_MODIFIERS: Final = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_APART: Final = {",": "comma", " ": "space"}
"""What Textual's lists of keys cannot name by its sign."""


def effective_commands(keys: Keys, commands: Sequence[BoardCommand] = COMMANDS) -> tuple[BoardCommand, ...]:
    """Return `commands` with the keys that the user wants.

    Raises ConfigError with one line: an id that no command has, a word that is no key, a key that two have.
    """
    ids = [command.id for command in commands]
    for action in keys.chosen:
        if action not in ids:
            raise ConfigError(f"{keys.source}: keys.{safe_text(action)} is not known{_near(action, ids)}")
    found = tuple(
        replace(command, keys=_names(keys, command.id), shown_key="")
        if command.id in keys.chosen
        else command
        for command in commands
    )
    holders: dict[str, Command] = {}
    for command in found:
        for key in map(_name, command.keys):
            other = holders.setdefault(key, command)
            if other is not command and not keys.chosen.keys().isdisjoint({other.id, command.id}):
                mine, its = sorted((command.id, other.id), key=lambda action: action not in keys.chosen)
                raise ConfigError(
                    f"{keys.source}: keys.{mine}: {key!r} is also a key of {its!r}: change one of them"
                )
    return found


def textual_keymap(commands: Iterable[Command]) -> dict[str, str]:
    """Return what `App.set_keymap` takes, for the commands whose keys are not those declared."""
    declared = {command.id: command.keys for command in COMMANDS}
    return {
        command.id: ",".join(command.keys) for command in commands if declared.get(command.id) != command.keys
    }


def _names(keys: Keys, action: str) -> tuple[str, ...]:
    """Return the keys of a command as Textual names them."""
    found = []
    for word in keys.chosen[action]:
        name = _name(word)
        *modifiers, key = name.split("+")
        known = _known_keys()
        if name not in known and (key not in known or not set(modifiers) <= set(_MODIFIERS)):
            raise ConfigError(
                f"{keys.source}: keys.{action}: {safe_text(word)!r} is not a key{_near(name, known)}"
            )
        found.append(name)
    return tuple(dict.fromkeys(found))


def _name(key: str) -> str:
    """Return a key as Textual names it: `question_mark` for `?`."""
    if len(key) != 1 or key in _APART:
        return _APART.get(key, key)
    return next(iter(Binding.make_bindings([Binding(key, "", "")]))).key


def _known_keys() -> frozenset[str]:
    characters = {_name(character) for character in string.printable if character.isprintable()}
    return frozenset(characters | {key.value for key in TextualKeys})


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word[:100], list(known), 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else ""

"""The description of a command, from which bindings, footer, help and docs/keys.md are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding
from textual.keys import format_key

from tracetui.tui.view import ViewName


@dataclass(frozen=True, slots=True)
class Command:
    """Something the user can do on the board."""

    id: str
    """What the user's configuration calls it."""

    keys: tuple[str, ...]
    label: str
    """One or two words for the footer."""

    purpose: str
    """One sentence: tooltip, palette and help."""

    group: str
    """Heading in the help; in the palette, the word before the colon."""

    footer: frozenset[ViewName] = frozenset()
    """The views whose footer has it; it can be used in all."""

    shown_key: str = ""
    """The key as the footer and the help print it, where Textual's own way is not the clearest."""

    palette_word: str = ""
    """For the palette, where the label says too little beside the group."""

    label_elsewhere: str = ""
    """In the footer of other views than the board, where the key does something else there."""

    @property
    def action(self) -> str:
        """The action of the board's screen that runs it, as Textual's bindings have it."""
        return f"run_command({self.id!r})"

    @property
    def palette_name(self) -> str:
        """`Target: add`."""
        return f"{self.group}: {self.palette_word or self.label.lower()}"

    def label_in(self, view: ViewName) -> str:
        """Return the label for the footer of `view`."""
        return self.label if view is ViewName.BOARD else self.label_elsewhere or self.label

    @property
    def keys_in_words(self) -> str:
        """The key as the footer prints it."""
        return self.shown_key or key_word(self.keys[0])


_KEY_WORDS: Final = {
    "question_mark": "?",
    "ctrl+d": "^d",
    "ctrl+u": "^u",
    "ctrl+c": "^c",
    "ctrl+f": "^f",
    "ctrl+l": "^l",
    "ctrl+r": "^r",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "shift+tab": "⇧tab",
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_word(key: str) -> str:
    """Return a key as it is printed: `↓` for `down`, `/` for `slash`."""
    sign = format_key(key)
    return _KEY_WORDS.get(key) or (sign if len(sign) == 1 and sign.isascii() else key)


def bindings(commands: Sequence[Command]) -> list[Binding]:
    """Return the key bindings of `commands`."""
    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.label,
            show=bool(command.footer),
            key_display=command.keys_in_words if command.footer else None,
            tooltip=command.purpose,
            id=command.id,
        )
        for command in commands
    ]


def key_table(commands: Sequence[Command]) -> str:
    """Return the keys as the README's Markdown table."""
    rows = [
        f"| {' '.join(f'`{key_word(key)}`' for key in command.keys)} | {command.purpose} |\n"
        for command in commands
    ]
    return "| keys | what they do |\n|---|---|\n" + "".join(rows)


def commands_of(app: object) -> tuple[Command, ...]:
    """Return the commands of an app, with the keys that the user has for them."""
    found: tuple[Command, ...] = getattr(app, "commands", ())
    return found


def key_of(app: object, command_id: str) -> str:
    """Return the key of a command in an app, as it is printed."""
    return next((one.keys_in_words for one in commands_of(app) if one.id == command_id), "the palette")

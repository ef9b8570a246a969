"""What a command is: everything about it that is shown or typed, in one value."""

from dataclasses import dataclass
from typing import Final

from textual.keys import format_key

from tracetui.tui.view import ViewName


@dataclass(frozen=True, slots=True)
class Command:
    """Something the user can do on the board."""

    action: str
    """Name of the screen's action, and the binding's id."""

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

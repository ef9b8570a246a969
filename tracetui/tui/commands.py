"""Every command once: its keys, footer, tooltip, palette entry and help row all come from here."""

from dataclasses import dataclass
from typing import Final

from textual.binding import Binding


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

    footer: bool = False
    shown_key: str = ""
    """The key as the footer and the help print it, where Textual's own way is not the clearest."""

    palette_word: str = ""
    """For the palette, where the label says too little beside the group."""

    @property
    def palette_name(self) -> str:
        """`Target: add`."""
        return f"{self.group}: {self.palette_word or self.label.lower()}"

    @property
    def keys_in_words(self) -> str:
        """The key as the footer prints it."""
        return self.shown_key or key_word(self.keys[0])


_KEY_WORDS: Final = {
    "question_mark": "?",
    "ctrl+d": "^d",
    "ctrl+u": "^u",
    "ctrl+c": "^c",
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
    """Return a key as it is printed: `↓` for `down`."""
    return _KEY_WORDS.get(key, key)


COMMANDS: Final = (
    Command("add_target", ("a",), "Add", "Trace another target.", "Target", footer=True),
    Command(
        "add_control",
        ("c",),
        "Control",
        "Trace a target that is expected to work, for comparison.",
        "Target",
        footer=True,
    ),
    Command(
        "toggle_role",
        ("m", "C"),
        "Mark",
        "Mark the chosen endpoint as a control, or as a suspect again.",
        "Target",
        footer=True,
        shown_key="m",
    ),
    Command(
        "remove_target",
        ("d", "delete"),
        "Remove",
        "Stop tracing the chosen endpoint; asks first.",
        "Target",
        footer=True,
        shown_key="d",
    ),
    Command(
        "dismiss_target", ("x",), "Dismiss", "Take targets that did not resolve off the board.", "Target"
    ),
    Command(
        "toggle_freeze",
        ("space",),
        "Freeze",
        "Hold the view still while probing goes on.",
        "View",
        footer=True,
    ),
    Command(
        "toggle_details",
        ("enter",),
        "Details",
        "Show all that is known of the chosen hop.",
        "View",
        footer=True,
    ),
    Command(
        "show_findings",
        ("f",),
        "Findings",
        "Show all findings: evidence, what speaks against them, next steps.",
        "View",
        footer=True,
    ),
    Command(
        "ask_registry",
        ("w",),
        "Registry",
        "Ask the registry who holds the chosen hop's address.",
        "View",
    ),
    Command("show_log", ("o",), "Events", "Show what has happened so far, with times.", "View"),
    Command(
        "export_markdown",
        ("e",),
        "Export",
        "Write what the screen shows as a Markdown report.",
        "Export",
        footer=True,
        palette_word="Markdown",
    ),
    Command(
        "switch_names",
        ("n",),
        "Names",
        "Show hops by address, by name, or both.",
        "View",
        footer=True,
    ),
    Command(
        "restart_statistics",
        ("r",),
        "Restart",
        "Start all statistics again; probing goes on.",
        "View",
        footer=True,
    ),
    Command(
        "export_json", ("E",), "JSON", "Write what the screen shows as JSON.", "Export", palette_word="JSON"
    ),
    Command("next_panel", ("tab", "l", "right"), "Next endpoint", "Go to the next endpoint.", "Move"),
    Command(
        "previous_panel",
        ("shift+tab", "h", "left"),
        "Previous endpoint",
        "Go to the endpoint before.",
        "Move",
    ),
    Command("cursor_down", ("j", "down"), "Next hop", "Go to the next hop.", "Move"),
    Command("cursor_up", ("k", "up"), "Previous hop", "Go to the hop before.", "Move"),
    Command("first_hop", ("g", "home"), "First hop", "Go to the first hop.", "Move"),
    Command("last_hop", ("G", "end"), "Last hop", "Go to the last hop.", "Move"),
    Command("half_page_down", ("ctrl+d", "pagedown"), "Page down", "Go half a page down.", "Move"),
    Command("half_page_up", ("ctrl+u", "pageup"), "Page up", "Go half a page up.", "Move"),
    Command("help", ("question_mark",), "Help", "Show all keys and signs.", "General", footer=True),
    Command(
        "quit_board",
        ("q", "ctrl+c"),
        "Quit",
        "Stop probing and leave.",
        "General",
        footer=True,
        shown_key="q",
    ),
)
"""In the order of the footer, most wanted first."""


def bindings(commands: tuple[Command, ...] = COMMANDS) -> list[Binding]:
    """Return the key bindings of `commands`."""
    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.label,
            show=command.footer,
            key_display=command.keys_in_words if command.footer else None,
            tooltip=command.purpose,
            id=command.action,
        )
        for command in commands
    ]


def key_table(commands: tuple[Command, ...] = COMMANDS) -> str:
    """Return the keys as the README's Markdown table."""
    rows = [
        f"| {' '.join(f'`{key_word(key)}`' for key in command.keys)} | {command.purpose} |\n"
        for command in commands
    ]
    return "| keys | what they do |\n|---|---|\n" + "".join(rows)

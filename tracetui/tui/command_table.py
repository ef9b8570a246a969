"""Every command once: its keys, footer, tooltip, palette entry and help row all come from here."""

from typing import Final

from textual.binding import Binding

from tracetui.tui.command import Command, key_word
from tracetui.tui.view import ViewName

_EVERYWHERE: Final = frozenset(ViewName)
_BOARD: Final = frozenset({ViewName.BOARD})
_LANES: Final = frozenset({ViewName.BOARD, ViewName.OVERVIEW})
_TIMELINE: Final = frozenset({ViewName.TIMELINE})
_EVIDENCE: Final = frozenset({ViewName.EVIDENCE})

COMMANDS: Final = (
    Command("add_target", ("a",), "Add", "Trace another target.", "Target", footer=_EVERYWHERE - _TIMELINE),
    Command(
        "toggle_details",
        ("enter",),
        "Details",
        "Show all that is known of the chosen hop; in other views, go to what is chosen.",
        "View",
        footer=_EVERYWHERE - _EVIDENCE,
        label_elsewhere="Hops",
    ),
    Command(
        "toggle_endpoint",
        ("i",),
        "Endpoint",
        "Show all that is known of the chosen endpoint: its lanes, RTT, loss, findings.",
        "View",
    ),
    Command(
        "look_back",
        ("left_square_bracket",),
        "Back",
        "Show the moment a round before.",
        "Time",
        footer=_TIMELINE,
    ),
    Command(
        "look_on", ("right_square_bracket",), "On", "Show the moment a round later.", "Time", footer=_TIMELINE
    ),
    Command("look_now", ("full_stop",), "Now", "Show what is measured now.", "Time", footer=_TIMELINE),
    Command(
        "show_findings",
        ("f",),
        "Findings",
        "Show all findings: evidence, what speaks against them, next steps.",
        "View",
        footer=_EVERYWHERE - _TIMELINE,
    ),
    Command(
        "show_board",
        ("1",),
        "Board",
        "Hops side by side, a panel an endpoint.",
        "View",
        footer=_EVERYWHERE - _BOARD,
    ),
    Command(
        "show_paths",
        ("2",),
        "AS paths",
        "The AS paths of all lanes, aligned: where two of them part.",
        "View",
        footer=_EVERYWHERE - {ViewName.PATHS},
    ),
    Command(
        "show_timeline",
        ("3",),
        "Timeline",
        "State, loss and RTT of every lane over time; goes back to earlier moments.",
        "View",
        footer=_EVERYWHERE - _TIMELINE,
    ),
    Command(
        "show_evidence",
        ("4",),
        "Evidence",
        "Controls, findings, notes, addresses, sources.",
        "View",
        footer=_EVERYWHERE - _EVIDENCE,
    ),
    Command(
        "sort_lanes",
        ("s",),
        "Sort",
        "Sort endpoints: as asked, by state, by target, by loss, by RTT.",
        "View",
        footer=frozenset({ViewName.OVERVIEW}),
    ),
    Command(
        "export_markdown",
        ("e",),
        "Export",
        "Write what the screen shows as a Markdown report.",
        "Export",
        footer=_EVERYWHERE,
        palette_word="Markdown",
    ),
    Command(
        "add_control",
        ("c",),
        "Control",
        "Trace a target that is expected to work, for comparison.",
        "Target",
        footer=_BOARD | _EVIDENCE,
    ),
    Command(
        "filter_lanes",
        ("slash",),
        "Filter",
        "Show only endpoints with an AS, host, address or state; esc shows all again.",
        "View",
        footer=_LANES | {ViewName.PATHS},
    ),
    Command(
        "switch_window",
        ("t",),
        "Window",
        "Count loss and RTT over all time, or the last 1, 5 or 15 minutes.",
        "Time",
        footer=_LANES | _TIMELINE,
    ),
    Command(
        "toggle_freeze",
        ("space", "ctrl+f"),
        "Freeze",
        "Hold the view still while probing goes on.",
        "Time",
        footer=_LANES,
    ),
    Command(
        "add_note",
        ("N",),
        "Note",
        "Write a note down, with its time; it goes into the report.",
        "Work",
        footer=_EVERYWHERE - _BOARD,
    ),
    Command(
        "toggle_role",
        ("m", "C"),
        "Mark",
        "Mark the chosen endpoint as a control, or as a suspect again.",
        "Target",
        footer=_LANES,
        shown_key="m",
    ),
    Command(
        "switch_overview",
        ("v",),
        "Overview",
        "Change between panels and one line a lane.",
        "View",
        footer=_LANES,
        label_elsewhere="Panels",
    ),
    Command(
        "remove_target",
        ("d", "delete"),
        "Remove",
        "Stop tracing the chosen endpoint; in the evidence, take a note back.",
        "Target",
        footer=_LANES,
        shown_key="d",
    ),
    Command(
        "undo_removal", ("u",), "Undo", "Put back what was removed last, with its measurements.", "Target"
    ),
    Command(
        "change_probes",
        ("p",),
        "Probes",
        "Change protocols and ports of the chosen endpoint; interval and highest TTL of all.",
        "Target",
        footer=_LANES,
    ),
    Command(
        "dismiss_target",
        ("x",),
        "Dismiss",
        "Take targets that did not resolve off the board; stop resolving the others.",
        "Target",
    ),
    Command(
        "maximise",
        ("z",),
        "Maximise",
        "Give the whole board to the chosen endpoint, or to all again.",
        "View",
    ),
    Command(
        "move_back", ("less_than_sign",), "Move back", "Move the chosen endpoint one place back.", "View"
    ),
    Command("move_on", ("greater_than_sign",), "Move on", "Move the chosen endpoint one place on.", "View"),
    Command(
        "hide_target", ("minus",), "Hide", "Take the chosen endpoint from sight; it is traced on.", "View"
    ),
    Command("show_hidden", ("plus",), "Show hidden", "Show all hidden endpoints again.", "View"),
    Command(
        "switch_names", ("n",), "Names", "Show hops by address, by name, or both.", "View", footer=_BOARD
    ),
    Command(
        "look_far_back", ("left_curly_bracket",), "Far back", "Show the moment 15 rounds before.", "Time"
    ),
    Command("look_far_on", ("right_curly_bracket",), "Far on", "Show the moment 15 rounds later.", "Time"),
    Command(
        "restart_statistics",
        ("r", "ctrl+r"),
        "Restart",
        "Start all statistics again; probing goes on.",
        "Time",
        footer=_BOARD,
    ),
    Command(
        "ask_registry", ("w",), "Registry", "Ask the registry who holds the chosen hop's address.", "Work"
    ),
    Command("show_log", ("o",), "Events", "Show what has happened so far, with times.", "View"),
    Command(
        "copy",
        ("y",),
        "Copy",
        "Copy a hop, an endpoint or a finding, as text or Markdown.",
        "Export",
        footer=_LANES | _EVIDENCE,
    ),
    Command(
        "export_json", ("E",), "JSON", "Write what the screen shows as JSON.", "Export", palette_word="JSON"
    ),
    Command(
        "toggle_privacy",
        ("P",),
        "Privacy",
        "Hide own addresses and the first hops, on the screen and in exports.",
        "Export",
    ),
    Command(
        "next_panel",
        ("tab", "l", "right"),
        "Next endpoint",
        "Go to the next endpoint; in the timeline, to the next moment.",
        "Move",
    ),
    Command(
        "previous_panel",
        ("shift+tab", "h", "left"),
        "Previous endpoint",
        "Go to the endpoint before; in the timeline, to the moment before.",
        "Move",
    ),
    Command(
        "cursor_down",
        ("j", "down"),
        "Next row",
        "Go to the next hop or row.",
        "Move",
    ),
    Command(
        "cursor_up",
        ("k", "up"),
        "Previous row",
        "Go to the hop or row before.",
        "Move",
    ),
    Command(
        "first_hop",
        ("g", "home"),
        "First row",
        "Go to the first hop or row.",
        "Move",
    ),
    Command(
        "last_hop",
        ("G", "end"),
        "Last row",
        "Go to the last hop or row.",
        "Move",
    ),
    Command(
        "half_page_down",
        ("ctrl+d", "pagedown"),
        "Page down",
        "Go half a page down.",
        "Move",
    ),
    Command(
        "half_page_up",
        ("ctrl+u", "pageup"),
        "Page up",
        "Go half a page up.",
        "Move",
    ),
    Command("details_down", ("J",), "Details down", "Scroll the details beside the board down.", "Move"),
    Command("details_up", ("K",), "Details up", "Scroll the details beside the board up.", "Move"),
    Command(
        "clear",
        ("escape",),
        "Clear",
        "Stop an export, drop the filter, close the details, go back to now: one after the other.",
        "View",
    ),
    Command(
        "help", ("question_mark", "f1"), "Help", "Show all keys and signs.", "General", footer=_EVERYWHERE
    ),
    Command(
        "quit_board",
        ("q", "ctrl+c"),
        "Quit",
        "Stop probing and leave.",
        "General",
        footer=_EVERYWHERE,
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
            show=bool(command.footer),
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


def commands_of(app: object) -> tuple[Command, ...]:
    """Return the commands of an app with the keys that the user wants: what is to be printed."""
    found: tuple[Command, ...] = getattr(app, "commands", COMMANDS)
    return found


def key_of(app: object, action: str) -> str:
    """Return the key of a command in an app, as it is printed."""
    return next((one.keys_in_words for one in commands_of(app) if one.action == action), "the palette")

"""Commands that write reports and copies; what the mask hides on the screen is hidden in them too."""

import contextlib
import os
from functools import partial
from pathlib import Path
from typing import Final

from textual.worker import get_current_worker

from tracetui.investigation.write_report import default_name, write_beside
from tracetui.model import Snapshot, TracetuiError, safe_text
from tracetui.report import render
from tracetui.tui.commands.workspace import EVERYWHERE, EVIDENCE, LANES, Exports, command
from tracetui.tui.dialogs.copy import Copied, CopyDialog, copyable

_MAX_CLIPBOARD_BYTES: Final = 74_000
"""Bytes: xterm takes 100,000 in base64, some terminals less, and none says so."""

_WITHOUT_CLIPBOARD: Final = ("linux", "dumb", "vt100", "vt220", "cons25")
"""Values of TERM whose terminals have no clipboard."""


def reaches_clipboard(text: str) -> bool:
    """Guess whether OSC 52 reaches a clipboard: it gets no answer. Else a file has to do."""
    terminal = os.environ.get("TERM", "dumb").partition("-")[0]
    in_screen = "STY" in os.environ and "TMUX" not in os.environ  # GNU screen passes none on
    return len(text.encode()) <= _MAX_CLIPBOARD_BYTES and terminal not in _WITHOUT_CLIPBOARD and not in_screen


def way_to_clipboard() -> str:
    """Return how the text went, and what that needs where it often fails."""
    return "OSC 52; tmux needs: set -g set-clipboard on" if "TMUX" in os.environ else "OSC 52"


def place_words(path: Path) -> str:
    """Return `NAME in ~/tickets`: the name first, for it matters most where little fits."""
    directory = path.absolute().parent
    with contextlib.suppress(RuntimeError, ValueError):  # there is no home, or it is not below it
        directory = Path("~") / directory.relative_to(Path.home())
    return safe_text(f"{path.name} in {directory}")


def _export(screen: Exports, output_format: str) -> None:
    if screen.shown is None or not screen.shown.lanes:
        screen.say("nothing to export yet: add a target first", "warning")
        return
    to_write = [screen.shown]
    screen.export_jobs.start(
        lambda: _write(screen, to_write, output_format),
        progress=f"writing {output_format} ({screen.key_of('clear')} stops it)",
    )


def _write(screen: Exports, to_write: list[Snapshot], output_format: str) -> None:
    """Write the report, on its own thread.

    The snapshot is taken out of `to_write`: Textual keeps the last worker, with all that it refers to.
    """
    snapshot, worker, jobs = to_write.pop(), get_current_worker(), screen.export_jobs
    try:
        text = render(snapshot, output_format, full=screen.full_reports)
        if worker.is_cancelled:
            return
        path = write_beside(screen.export_directory, default_name(snapshot, output_format), text)
    except TracetuiError as error:
        jobs.call(partial(screen.say, str(error), "error"))
    else:
        screen.reports.append(path)
        jobs.call(partial(screen.say, f"wrote {place_words(path)}"))
    finally:
        if not worker.is_cancelled:  # else nobody waits for it
            jobs.call(partial(jobs.finish, worker))


@command("y", "Copy", "Export", LANES | EVIDENCE)
def copy(screen: Exports) -> None:
    """Copy a hop, an endpoint or a finding, as text or Markdown."""
    if screen.shown is None or not screen.chosen_lanes:
        screen.say("nothing to copy yet: add a target first", "warning")
        return
    ttl = screen.hop.ttl if screen.hop is not None else None
    choices = copyable(screen.shown, screen.chosen_lanes, ttl)
    screen.open(CopyDialog(choices), lambda chosen: _copy(screen, chosen))


def _copy(screen: Exports, chosen: Copied | None) -> None:
    if chosen is None:
        return
    text, suffix = chosen.make(), chosen.suffix
    if not chosen.to_file and reaches_clipboard(text):
        screen.copy_to_clipboard(text)
        screen.say(f"{chosen.words}: sent to the terminal's clipboard ({way_to_clipboard()})")
    else:
        screen.export_jobs.start(lambda: _write_copy(screen, text, suffix))


def _write_copy(screen: Exports, text: str, suffix: str) -> None:
    try:
        path = write_beside(screen.export_directory, f"tracetui-copy{suffix}", text)
    except TracetuiError as error:
        screen.export_jobs.call(partial(screen.say, str(error), "error"))
    else:
        screen.export_jobs.call(partial(screen.say, f"wrote {place_words(path)}"))


@command("e", "Export", "Export", EVERYWHERE, palette_word="Markdown")
def export_markdown(screen: Exports) -> None:
    """Write what the screen shows as a Markdown report."""
    _export(screen, "markdown")


@command("E", "JSON", "Export", palette_word="JSON")
def export_json(screen: Exports) -> None:
    """Write what the screen shows as JSON."""
    _export(screen, "json")

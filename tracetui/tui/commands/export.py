"""What leaves the screen: reports, copies, notes."""

from collections.abc import Sequence

from textual import work
from textual.worker import Worker, get_current_worker

from tracetui.investigation.export import default_name, write_beside
from tracetui.model import Snapshot, TracetuiError
from tracetui.report import render
from tracetui.tui.board_base import BoardBase
from tracetui.tui.command_table import key_of
from tracetui.tui.commands.clipboard import reaches_clipboard, way_to_clipboard
from tracetui.tui.dialogs.copy import Copied, CopyDialog, copyable
from tracetui.tui.dialogs.prompt import PromptDialog


class ExportActions(BoardBase):
    """The commands that write. What the mask hides on the screen is hidden in what is written."""

    _exports: Sequence[Worker[None]] = ()
    """Those that are waited for."""

    def action_export_markdown(self) -> None:
        """Write a Markdown report of what is shown."""
        self._export("markdown")

    def action_export_json(self) -> None:
        """Write JSON of what is shown."""
        self._export("json")

    def _export(self, output_format: str) -> None:
        if self.shown is None or not self.shown.lanes:
            self.say("nothing to export yet: add a target first", "warning")
        else:
            self.busy["export"] = f"writing {output_format} ({key_of(self.app, 'clear')} stops it)"
            self._exports = [*self._exports, self._write([self.shown], output_format)]

    @work(thread=True, group="export", exit_on_error=False, description="export")
    def _write(self, to_write: list[Snapshot], output_format: str) -> None:
        """Write the report off the screen's thread: a large one takes its time, and so does a slow disk.

        The snapshot is taken out of `to_write`: Textual keeps the last worker, with its arguments. Nor is it
        to describe the worker by them: a snapshot in words is megabytes.
        """
        snapshot, worker = to_write.pop(), get_current_worker()
        try:
            text = render(snapshot, output_format)
            if worker.is_cancelled:
                return
            path = write_beside(self.export_directory, default_name(snapshot, output_format), text)
        except TracetuiError as error:
            self.app.call_from_thread(self.say, str(error), "error")
        else:
            self.reports.append(path)
            self.app.call_from_thread(self.say, f"wrote {path.name}")
        finally:
            if not worker.is_cancelled:  # else nobody waits for it
                self.app.call_from_thread(self._export_is_over, worker)

    def _export_is_over(self, worker: Worker[None]) -> None:
        self._exports = [one for one in self._exports if one is not worker]
        if not self._exports:
            self.busy.pop("export", None)  # gone already where it was stopped just now

    def stop_export(self) -> None:
        """Stop an export that has not begun to write: what is written, is written whole."""
        self.workers.cancel_group(self, "export")
        self._exports = ()
        self.busy.pop("export", None)
        self.say("export stopped")

    def action_copy(self) -> None:
        """Ask what to copy, and how."""
        if self.shown is None or not self.chosen_lanes:
            self.say("nothing to copy yet: add a target first", "warning")
            return
        ttl = self.hop.ttl if self.hop is not None else None
        choices = copyable(self.shown, self.chosen_lanes, ttl)
        self.app.push_screen(CopyDialog(choices), self._copy)

    def _copy(self, chosen: Copied | None) -> None:
        if chosen is None:
            return
        text = chosen.make()
        if not chosen.to_file and reaches_clipboard(text):
            self.app.copy_to_clipboard(text)
            self.say(f"{chosen.words}: sent to the terminal's clipboard ({way_to_clipboard()})")
        else:
            self._write_copy(text, chosen.suffix)

    @work(thread=True, group="export", exit_on_error=False, description="copy")
    def _write_copy(self, text: str, suffix: str) -> None:
        try:
            path = write_beside(self.export_directory, f"tracetui-copy{suffix}", text)
        except TracetuiError as error:
            self.app.call_from_thread(self.say, str(error), "error")
        else:
            self.app.call_from_thread(self.say, f"written to {path.name}")

    def action_add_note(self) -> None:
        """Ask for a note."""
        self.app.push_screen(
            PromptDialog(
                "Note",
                self._note,
                explanation="Kept with its time; it stands in the evidence and in every report.",
                foot="enter keeps it · esc closes",
            )
        )

    def _note(self, text: str) -> None:
        if text.strip():
            self.board.add_note(text)
            self.thaw()
            self.say("noted")

    def action_quit_board(self) -> None:
        """Leave."""
        self.app.exit()

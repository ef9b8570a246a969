"""The dialog for traces and BGP routes, pasted or from a file; it shows immediately what it recognises."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from tracetui.evidence.bgp.found_routes import ReadRoutes
from tracetui.evidence.bgp.read_routes import read_bgp_text
from tracetui.evidence.source_file import MAX_SIZE, read_source_file
from tracetui.evidence.traces.read_traces import ReadTraces, read_traces
from tracetui.model import EvidenceError, TracetuiError, counted, safe_text
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.reference import Asn, parse_asn
from tracetui.tui.dialogs.wrapped_text import WrappedText
from tracetui.tui.modal import Dialog, closing
from tracetui.tui.paint.fit import wrapped
from tracetui.words import bare_route_words, trace_lines

PASTED: Final = "pasted text"
MAX_SHOWN: Final = 20_000
"""Characters of a paste that stand in the field; a longer one is named there instead, and read whole."""

_FILE_STARTS: Final = ("/", "./", "../", "~")
_PATIENCE_S: Final = 0.15
"""How long after a key the text is read: reading it at every key while the user types would be wasted."""

_TRACES_SHOWN: Final = 20
"""Traces that are shown hop by hop."""

_ROUTES_SHOWN: Final = 40

_EXPLANATION: Final = (
    "Paste the output of traceroute, mtr, a router or another tool, with any text around it, or BGP routes "
    "from a router or a looking glass; or type the name of a file, beginning with / ./ or ~"
)

Take = Callable[[Sequence[ImportedTrace], str, str], None]
"""Imports traces, read from a text of that name, about a host; raises TargetError."""

TakeRoutes = Callable[[ReadRoutes], None]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text holds."""

    name: str
    """The file's, or `PASTED`."""

    read: ReadTraces | None = None
    routes: ReadRoutes | None = None
    """In a text without traces."""

    problem: str = ""
    """Why there is neither."""


def recognise(text: str) -> Recognised | None:
    """Return what a text holds, or the file that it names; None where there is no text."""
    line = text.strip()
    if not line:
        return None
    path = _path_in(line)
    name = PASTED if path is None else safe_text(path.name)
    try:
        source = _checked(text) if path is None else read_source_file(path)
        try:
            return Recognised(name, read_traces(source))
        except EvidenceError:
            with contextlib.suppress(EvidenceError):
                return Recognised(name, routes=read_bgp_text(source, name=name))
            raise
    except EvidenceError as error:
        return Recognised(name, problem=safe_text(str(error), limit=2000))


def _path_in(line: str) -> Path | None:
    """Return the file that a line names; None where it is no name of a file."""
    if not line.startswith(_FILE_STARTS) or "\n" in line:
        return None
    path = Path(line)
    with contextlib.suppress(RuntimeError):  # ~name of nobody
        path = path.expanduser()
    return path


def _checked(text: str) -> str:
    if len(text) > MAX_SIZE:
        raise EvidenceError(f"more than {MAX_SIZE >> 20} MiB: paste the traces alone")
    return text


class PasteArea(TextArea):
    """A field for a paste: a long one is kept beside it, as its lines would take seconds to lay out."""

    def __init__(self) -> None:
        super().__init__(id="paste", soft_wrap=False, tab_behavior="focus")
        self._kept = ""
        self._stands_for_it = ""

    @property
    def whole(self) -> str:
        """The text to read."""
        return self._kept if self._kept and self.text == self._stands_for_it else self.text

    async def _on_paste(self, event: events.Paste) -> None:
        if len(event.text) <= MAX_SHOWN:
            return  # Textual calls the handler of the class below by itself
        event.prevent_default()
        self._kept = event.text[: MAX_SIZE + 1]
        lines = counted(event.text.count("\n") + 1, "line")
        self._stands_for_it = f"({lines} pasted: too many to show here; all are read)"
        self.text = self._stands_for_it


class ImportDialog(Dialog[Recognised | None]):
    """Returns what was imported; None for nothing."""

    AUTO_FOCUS = "#paste"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("ctrl+s", "accept", "Import", show=False, priority=True),
    ]

    def __init__(self, take: Take, take_routes: TakeRoutes, *, hosts: Sequence[str] = ()) -> None:
        """`hosts`: what is suspected; a single one is meant by traces that do not name what they traced."""
        super().__init__()
        self._take, self._take_routes = take, take_routes
        self._hosts = hosts
        self._text = ""
        self._found: Recognised | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -large -import") as dialog:
            dialog.border_title = "Import traces"
            dialog.border_subtitle = "ctrl+s imports · tab next field · esc closes"
            yield PasteArea()
            yield Input(
                self._hosts[0] if len(self._hosts) == 1 else "",
                placeholder="endpoint of traces that state none; of routes, their AS, such as AS8359",
                id="about",
                select_on_focus=False,
            )
            yield Static("", id="problem", markup=False)
            with VerticalScroll(id="recognised"):
                yield WrappedText(self._preview, id="preview")

    def _preview(self, width: int) -> Sequence[Content]:
        lines = preview_lines(self._found)
        return [Content(part) for line in lines for part in wrapped(line, width) or [""]]

    @on(TextArea.Changed)
    def _edited(self) -> None:
        self.query_one("#problem", Static).update("")
        self.run_worker(self._read_after_a_pause(), exclusive=True)

    async def _read_after_a_pause(self) -> None:
        await asyncio.sleep(_PATIENCE_S)
        await self._read()

    async def _read(self) -> Recognised | None:
        """Read the text, unless it is the same as before; a long one takes a while."""
        text = self.query_one(PasteArea).whole
        if text != self._text:
            found = await asyncio.to_thread(recognise, text)
            self._text, self._found = text, found
            self.query_one("#preview", WrappedText).tell()
        return self._found

    @on(Input.Submitted)
    def action_accept(self) -> None:
        """Import what is recognised, or say what is missing."""
        self.run_worker(self._accept(), exclusive=True)

    async def _accept(self) -> None:
        found, about = await self._read(), self.query_one("#about", Input).value.strip()
        try:
            if found is not None and found.read is not None:
                self._take(found.read.traces, found.name, about)
            elif found is not None and found.routes is not None:
                self._take_routes(_as_seen_by(found.routes, about))
            else:
                raise EvidenceError(found.problem if found is not None else "nothing pasted yet")
        except TracetuiError as error:
            self.query_one("#problem", Static).update(Content(str(error)))
            return
        self.dismiss(found)

    def action_leave(self) -> None:
        self.dismiss(None)


def _as_seen_by(found: ReadRoutes, text: str) -> ReadRoutes:
    """Return routes as those of the AS that was typed, where the output does not say whose they are."""
    if text[:2].upper() != "AS":
        return found
    try:
        viewer = Asn(parse_asn(text[2:].strip()))
    except ValueError:
        return found  # a host whose name begins so
    routes = tuple(
        route if route.viewer is not None else replace(route, viewer=viewer) for route in found.routes
    )
    return replace(found, routes=routes)


def preview_lines(found: Recognised | None) -> Sequence[str]:
    """Return the preview of a text before it is imported."""
    if found is None:
        return [_EXPLANATION]
    if found.routes is not None:
        return _routes_lines(found.name, found.routes)
    if found.read is None:
        return [found.problem]
    traces = found.read.traces
    shown = enumerate(traces[:_TRACES_SHOWN], start=1)
    rest = len(traces) - _TRACES_SHOWN
    return [
        f"{counted(len(traces), 'trace')} recognised in {found.name}",
        *(f"note: {remark}" for remark in found.read.remarks),
        *(line for number, trace in shown for line in ("", *trace_lines(trace, number))),
        *(["", f"and {counted(rest, 'more trace')}"] if rest > 0 else []),
    ]


def _routes_lines(name: str, found: ReadRoutes) -> Sequence[str]:
    rest = len(found.routes) - _ROUTES_SHOWN
    return [
        f"{counted(len(found.routes), 'BGP route')} recognised in {name}",
        *(f"note: {remark}" for remark in found.remarks),
        "",
        *map(bare_route_words, found.routes[:_ROUTES_SHOWN]),
        *([f"and {counted(rest, 'more route')}"] if rest > 0 else []),
    ]

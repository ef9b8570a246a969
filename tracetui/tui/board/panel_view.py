"""The widget of one panel: an endpoint's title, AS path, lane states and hops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from tracetui.config.settings import Figure
from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, Role, Snapshot
from tracetui.tui.board.as_path_line import as_path_lines, as_path_pieces
from tracetui.tui.board.column_widths import ColumnWidths, HostMode, column_widths
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.board.hop_paint import paint_heading
from tracetui.tui.board.hop_view import HopView
from tracetui.tui.board.panel_rows import PanelRows
from tracetui.tui.board.since_change import since_words
from tracetui.tui.lines.control_fit import checks_to_show, unfit_words
from tracetui.tui.paint.fit import fit, wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lane_name import IMPORTED
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.position import position_words
from tracetui.tui.paint.sparkline import round_scale
from tracetui.tui.paint.state_glyph import end_style, state_glyph
from tracetui.words import headline, import_words

_FRAME: Final = 2
_MIN_HOST: Final = 10
"""Cells of a host's name below which a title leaves something else out."""


@dataclass(frozen=True, slots=True)
class PanelFrame:
    """What a panel needs to know of the rest of the board, to stay aligned with it."""

    mode: HostMode
    figures: Sequence[Figure]
    """Columns wanted where a panel is wide."""

    height: int
    """Rows to scroll over: of the panel with most."""

    lanes: int
    """Lanes of the panel with most, for the height of the heads."""

    ttl_digits: int
    tag: int
    asn_digits: int
    vantages: bool
    """True when panels start from different places."""


class PanelView(Vertical):
    """A panel. It shows only what `show` gave it."""

    @dataclass
    class Resized(Message):
        """The width of its rows has changed: they must be made again."""

        view: "PanelView"

    def __init__(self) -> None:
        super().__init__()
        self.panel: Panel | None = None
        """Whose place this is now."""

        self.lanes: Sequence[LaneSnapshot] = ()
        self._rows = PanelRows()
        self._width = 0
        self._title = ""
        self._position = ""
        self.head = LinesView(classes="head")
        self.hops = HopView()

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.hops

    def show(
        self, lanes: Sequence[LaneSnapshot], snapshot: Snapshot, controls: Continuations, frame: PanelFrame
    ) -> None:
        """Show what `snapshot` says of `lanes`, an endpoint's; only what differs from before is drawn."""
        self.lanes = lanes
        lane = lanes[0].lane
        self.set_class(lane.role is Role.CONTROL, "-control")
        self.set_class(lane.imported is not None, "-imported")
        width = self.hops.size.width or self._width  # as wide as before, while it is not laid out
        self._width = width
        if not width:
            return  # not laid out yet: `Resized` follows
        unfit = unfit_words(checks_to_show(snapshot), (each.id for each in lanes))
        title = panel_title(lanes, vantage=frame.vantages, width=width - 4, unfit=unfit)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)  # never a str: that would be parsed as markup
        columns = column_widths(
            width,
            lanes=len(lanes),
            figures=frame.figures,
            ttl_digits=frame.ttl_digits,
            tag=frame.tag,
            asn_digits=frame.asn_digits,
            family=lane.family,
            mode=frame.mode,
            comparing=snapshot.comparison is not None,
        )
        self._show_head(snapshot, controls, frame, columns)
        rows = self._rows.lines(lanes, snapshot, controls)
        self.hops.show(
            rows, columns, mode=frame.mode, scale_ns=scale_of(rows), height=max(frame.height, len(rows))
        )
        self.tell_position()

    def _show_head(
        self, snapshot: Snapshot, controls: Continuations, frame: PanelFrame, columns: ColumnWidths
    ) -> None:
        ink = self.head.ink
        found = as_path_lines(self.lanes, controls)
        head: list[list[Piece]] = [
            [(" ", ink.none), *as_path_pieces(found, snapshot, ink, columns.width - 2)],
            *_lanes_in_words(self.lanes, snapshot, columns.width, ink),
            *([] for _ in range(frame.lanes - len(self.lanes))),
            paint_heading([lane.lane.label for lane in self.lanes], columns, ink, frame.mode),
        ]
        self.head.show(head)

    @property
    def needed(self) -> int:
        """Rows of the screen that it would fill: frame, head and all hops; 0 while it has none."""
        return _FRAME + self.head.count + len(self.hops.rows) if self.hops.rows else 0

    def tell_position(self) -> None:
        """Say which hops are in sight, when not all are."""
        hops = self.hops
        count = len(hops.rows)
        more = max(0, hops.rows[-1].until - count) if count else 0
        text = position_words(hops.scroll_offset.y, hops.size.height, count, "hops", more=more)
        if text != self._position:
            self._position = text
            self.border_subtitle = Content(text)

    def on_resize(self) -> None:
        """Ask for the rows again, where they have become wider or narrower."""
        if self.hops.size.width != self._width:
            self.post_message(self.Resized(self))
        else:
            self.tell_position()


def panel_title(lanes: Sequence[LaneSnapshot], *, vantage: bool, width: int, unfit: str = "") -> str:
    """Return `host · address`, with the role of a control and, when panels differ in it, the vantage.

    In `width` cells: the host is cut first, for the address says the rest. `unfit`: why the control cannot
    serve as one.
    """
    lane = lanes[0].lane
    control = "control · " if lane.role is Role.CONTROL else ""
    if lane.imported is not None:
        return _imported_title(lanes[0], control, width)
    if control and unfit:
        control = f"control ({unfit}) · "
    source = _source(lanes)
    provenance = lanes[0].trace.provenance
    tool = f" ({provenance.tool or 'by command'})" if provenance is not None else ""
    start = f" · from {source}{tool}" if (vantage or tool) and source else ""
    if lane.host == lane.address:
        return fit(f"{control}{lane.address}{start}", width).rstrip()
    for rest in (f" · {lane.address}{start}", start or f" · {lane.address}"):
        room = width - len(control) - len(rest)
        if room >= min(_MIN_HOST, cell_len(lane.host)):
            break
    return control + fit(lane.host, min(max(1, room), cell_len(lane.host))) + rest


def _imported_title(lane: LaneSnapshot, control: str, width: int) -> str:
    """Return `⇩ imported · GW-Core-R3 · 2019-03-12 · Cisco IOS · mail.example`; tool and day go first."""
    mark, name, *rest = import_words(lane)
    host = lane.lane.host
    while rest and cell_len(" · ".join((control, mark, name, *rest, host))) + 4 > width:
        rest.pop()
    return fit(f"{IMPORTED} {control}{' · '.join((mark, name, *rest, host))}", width).rstrip()


def panel_name(lanes: Sequence[LaneSnapshot], *, vantage: bool) -> str:
    """Return the endpoint in a word or two: its host, or, to tell vantages apart, `mail from 192.0.2.1`."""
    lane, source = lanes[0].lane, _source(lanes)
    if lane.imported is not None:
        return f"{lane.imported} {IMPORTED} {lane.host}"
    if not vantage or not source:
        return lane.host
    return f"{lane.host if lane.host == lane.address else lane.host.partition('.')[0]} from {source}"


def _source(lanes: Sequence[LaneSnapshot]) -> str | None:
    return lanes[0].lane.asked_start or next((lane.trace.source for lane in lanes if lane.trace.source), None)


def scale_of(lines: Sequence[HopLine]) -> int:
    """Return the RTT in nanoseconds that fills a bar, for all rows of a panel.

    It is the largest typical RTT: outliers do not flatten the rest, and small changes do not redraw every
    row.
    """
    return round_scale(max((cell.typical_ns for line in lines for cell in line.cells), default=0))


def _lanes_in_words(
    lanes: Sequence[LaneSnapshot], snapshot: Snapshot, width: int, ink: Ink
) -> list[list[Piece]]:
    """Return one line per lane. Lanes of which the same long sentence is true share their lines."""
    labels = [lane.lane.label for lane in lanes]
    column = max(map(len, labels)) + 2
    glyphs = [_glyph(lane, ink) for lane in lanes]
    words = [_wordings(lane, snapshot)[0] for lane in lanes]
    room = width - 3 - column
    if len(lanes) == 1 or len(set(words)) > 1 or cell_len(words[0]) <= room:
        said = [_fitting(_wordings(lane, snapshot), room) for lane in lanes]
        return [
            [glyph, (label.ljust(column), ink.heading), (fit(sentence, room), ink.plain)]
            for glyph, label, sentence in zip(glyphs, labels, said, strict=True)
        ]
    lead = " ".join(labels) + "  "
    rows = wrapped(words[0], width - 3, most=len(lanes), indent=len(lead))
    rows += [""] * (len(lanes) - len(rows))
    return [
        [glyphs[0], (lead, ink.heading), (rows[0][len(lead) :], ink.plain)],
        *([("   ", ink.none), (row, ink.plain)] for row in rows[1:]),
    ]


def _wordings(lane: LaneSnapshot, snapshot: Snapshot) -> list[str]:
    """Return how a lane stands, the longest wording first: of a silent one, since when.

    With little room the time matters more than whose the last router is: the row of that says so.
    """
    said, since = headline(lane, snapshot), since_words(lane, snapshot)
    last = lane.verdict.last_responsive_ttl
    if not since:
        return [said]
    return [f"{said} · {since}", f"silent after hop {last} · {since}" if last else f"silent {since}", said]


def _fitting(wordings: Sequence[str], room: int) -> str:
    return next((words for words in wordings if cell_len(words) <= room), wordings[-1])


def _glyph(lane: LaneSnapshot, ink: Ink) -> Piece:
    glyph = state_glyph([lane])
    return f" {glyph} ", end_style(glyph, ink)

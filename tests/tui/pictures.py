"""Screens kept as they were drawn, cell by cell, so that many rules can look at one of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import pytest
import textual.constants
from rich._palettes import STANDARD_PALETTE
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tracetui.investigation.board import Board
from tracetui.model import AutonomousSystem, PathState
from tracetui.tui.board.hop_view import HopView
from tracetui.tui.board.panel_view import PanelView
from tracetui.tui.paint.cached_rows import CachedRows
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.lines_view import LinesView
from tui.screens import hush, shown, text

SIZES = {f"{columns}x{rows}": (columns, rows) for columns, rows in ((60, 15), (80, 24), (120, 40), (200, 60))}
SYSTEMS = ("truecolor", "standard", "none", "light")
"""Colour systems; `light` is the light theme in all colours."""

STEPS = {
    "board": (),
    "hop": ("j", "j", "j", "enter"),
    "endpoint": ("escape", "i"),
    "overview": ("escape", "v"),
    "paths": ("2",),
    "timeline": ("3",),
    "looking back": ("left",) * 9,
    "evidence": ("full_stop", "4"),
}
"""Keys that lead from each view to the next."""

Rgb = tuple[int, int, int]


async def pictures(
    board: Board, size: tuple[int, int], views: Iterable[str] = STEPS
) -> dict[tuple[str, str], "Picture"]:
    """Walk through the views, in each colour system; return what is seen by view and system."""
    taken = {}
    for system in SYSTEMS:
        with pytest.MonkeyPatch.context() as patch:
            use(system, patch)
            async with shown(board, size) as pilot:
                if system == "light":
                    pilot.app.theme = "tracetui-light"
                await at_rest(pilot)
                for view in views:
                    await pilot.press(*STEPS[view])
                    await at_rest(pilot)
                    taken[view, system] = picture(pilot, view, system, board.snapshot().ases)
    return taken


def use(system: str, patch: pytest.MonkeyPatch) -> None:
    """Choose a colour system for screens that start from now on."""
    if system == "none":
        patch.setenv("NO_COLOR", "1")
    else:
        patch.delenv("NO_COLOR", raising=False)
        patch.setattr(textual.constants, "COLOR_SYSTEM", "standard" if system == "standard" else "truecolor")


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until the screen no longer changes; without notices, which go when their time is up."""
    seen = ""
    for _ in range(20):
        await pilot.pause()
        hush(pilot)
        await pilot.pause()
        now = text(pilot)
        if now == seen:
            return
        seen = now


@dataclass(frozen=True, slots=True)
class Cell:
    """One character as the terminal gets it."""

    text: str
    ink: Rgb
    paper: Rgb
    marks: frozenset[str]
    """Of bold, dim, italic, underline, reverse, blink."""


@dataclass(frozen=True, slots=True)
class PaintedLine:
    """A line as a widget of ours painted it: not yet cut to the screen, and with all its colours."""

    widget: str
    width: int
    """Cells that the widget has for it."""

    text: str
    segments: tuple[Segment, ...]
    cells: tuple[tuple[str, Style], ...]
    """Each character with its style."""

    base: Style
    """The widget's own style, under the ink."""

    cursor: bool = False
    """True for the chosen row of the widget that has the focus."""

    ttl: int | None = None
    """Of a row of hops."""

    last: bool = False
    """True for the last responsive hop of a lane that stops."""

    row: int = 0
    """Place in the widget, from 0."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A widget that is seen: where, and how wide what it holds is."""

    name: str
    region: Region
    fits: bool
    """Within the screen, and as wide as what it holds."""

    focused: bool


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A view at rest, in one size and colour system."""

    view: str
    size: tuple[int, int]
    system: str
    text: str
    rows: tuple[tuple[Cell, ...], ...]
    painted: tuple[PaintedLine, ...]
    widgets: tuple[Placed, ...]
    panels: tuple[Placed, ...]
    paper: Rgb
    foreground: Rgb
    ink: Ink
    cursor_paper: Color | None
    systems: tuple[AutonomousSystem, ...]

    def segments(self) -> list[list[Segment]]:
        """Return the cells as the terminal shows them, joined where their styles are the same."""
        return [
            [
                Segment(
                    "".join(cell.text for cell in cells),
                    Style(color=_hex(ink), bgcolor=_hex(paper), bold=bold),
                )
                for (ink, paper, bold), cells in groupby(
                    row, key=lambda cell: (cell.ink, cell.paper, "bold" in cell.marks)
                )
            ]
            for row in self.rows
        ]

    def __repr__(self) -> str:
        return f"<{self.view} {self.size[0]}x{self.size[1]} {self.system}>"


def picture(pilot: Pilot[None], view: str, system: str, systems: tuple[AutonomousSystem, ...]) -> Picture:
    """Keep what the screen shows now."""
    screen = pilot.app.screen
    assert isinstance(screen, InkedScreen)
    strips = screen._compositor.render_strips(screen.size)
    return Picture(
        view,
        (screen.size.width, screen.size.height),
        system,
        text(pilot),
        tuple(tuple(_cells(strip, sixteen=system == "standard")) for strip in strips),
        tuple(line for widget in screen.query(Widget) if widget.is_on_screen for line in _painted(widget)),
        tuple(_placed(widget) for widget in screen.query(Widget) if widget.is_on_screen and widget.region),
        tuple(_placed(panel) for panel in screen.query(PanelView) if panel.is_on_screen and panel.region),
        screen.background_colors[1].rgb,
        screen.styles.color.rgb,
        screen.ink,
        screen.cursor_paper,
        systems,
    )


def _placed(widget: Widget) -> Placed:
    fits = widget.screen.region.contains_region(widget.region)
    return Placed(
        repr(widget),
        widget.region,
        fits and widget.virtual_size.width <= max(widget.size.width, 0),
        widget.has_focus_within,
    )


def _cells(strip: Strip, *, sixteen: bool) -> Iterator[Cell]:
    for characters, given, _ in strip:
        style = given or Style.null()
        assert style.bgcolor is not None
        assert style.color is not None or characters.isspace(), characters
        marks = {
            name
            for name in ("bold", "dim", "italic", "underline", "reverse", "blink")
            if getattr(style, name)
        }
        for character in characters:
            yield Cell(
                character,
                _rgb(style.color or style.bgcolor, sixteen),
                _rgb(style.bgcolor, sixteen),
                frozenset(marks),
            )


def _hex(colour: Rgb) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def _rgb(colour: Color, sixteen: bool) -> Rgb:
    if sixteen:
        number = colour.downgrade(ColorSystem.STANDARD).number
        assert number is not None
        return STANDARD_PALETTE[number]
    return colour.get_truecolor()


def _painted(widget: Widget) -> Iterator[PaintedLine]:
    if not isinstance(widget, LinesView | CachedRows):
        return
    for y in range(widget.size.height):
        row = y + widget.scroll_offset.y
        segments = tuple(segment for segment in widget.render_line(y) if segment.text)
        yield PaintedLine(
            type(widget).__name__,
            widget.size.width,
            "".join(segment.text for segment in segments),
            segments,
            tuple((sign, style or Style.null()) for words, style, _ in segments for sign in words),
            widget.rich_style,
            row=row,
            cursor=isinstance(widget, CachedRows) and widget.has_focus and row == widget._cursor,
            ttl=row + 1 if isinstance(widget, HopView) and row < len(widget.rows) else None,
            last=isinstance(widget, HopView) and row + 1 in _last_ttls(widget),
        )


def _last_ttls(hops: HopView) -> set[int | None]:
    panel = hops.parent
    assert isinstance(panel, PanelView)
    return {
        lane.verdict.last_responsive_ttl
        for lane in panel.lanes
        if lane.verdict.state is PathState.SILENT_AFTER
    }

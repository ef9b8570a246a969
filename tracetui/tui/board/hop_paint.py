"""Paints one row of a panel into cells."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from tracetui.config.settings import Figure
from tracetui.model.imported_trace import is_stand_in
from tracetui.tui.board.column_widths import LOSS_WIDTH, RTT_WIDTH, ColumnWidths, HostMode, figure_width
from tracetui.tui.board.hop_line import Cell, ControlView, HopLine, Mark
from tracetui.tui.board.hop_owner import Owner
from tracetui.tui.lines.comparison_lines import CHANGED
from tracetui.tui.paint.fit import fit, fit_middle, loss_text, rtt_text
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece, exactly
from tracetui.tui.paint.sparkline import LOST, spark

ROW_CURSOR: Final = "▸"
SILENT: Final = "╱╱"
QUIET: Final = "·"
END: Final = "◀"
DIFFERS: Final = "≠"
CANDIDATE: Final = "◆"
LOOPS: Final = "↻"
CONTROL_SIGN: Final = "┄"


_NOT_SHOWN: Final = "not shown"
"""In place of an address that an imported trace leaves out."""


def paint(
    line: HopLine, columns: ColumnWidths, ink: Ink, *, cursor: bool, mode: HostMode, scale_ns: int
) -> list[Piece]:
    """Return the pieces of a row, exactly `columns.width` cells wide."""
    pieces: list[Piece] = [
        _edge(line, ink, cursor=cursor),
        (f"{line.ttl:>{columns.ttl}}", _ttl_style(line, ink)),
        (CANDIDATE if line.candidate else CHANGED if line.changes and cursor else " ", ink.end),
    ]
    if line.address:
        pieces += _owner(line, columns, ink)
        if columns.host:
            pieces += _host_and_changes(line, columns.host, mode, ink)
        for cell in line.cells[: columns.lanes]:
            pieces += _cell(cell, columns, ink, scale_ns)
    elif len({cell.mark for cell in line.cells}) > 1:
        pieces += _no_reply_of_some(line, columns, ink, scale_ns)
    else:
        pieces += _no_reply(line, columns, ink)
    return list(exactly(pieces, columns.width, ink.plain))


def _edge(line: HopLine, ink: Ink, *, cursor: bool) -> Piece:
    if cursor:
        return ROW_CURSOR, ink.heading
    return (CHANGED, ink.end) if line.changes else (" ", ink.none)


def _ttl_style(line: HopLine, ink: Ink) -> Style:
    if line.changes:
        return ink.end
    return ink.ttl if line.mark in {Mark.REPLY, Mark.LAST} else ink.faint


def paint_heading(labels: list[str], columns: ColumnWidths, ink: Ink, mode: HostMode) -> list[Piece]:
    """Return the pieces of the column heading; `labels` name the lanes."""
    pieces: list[Piece] = [
        (fit("hop", columns.ttl + 1, right=True) + " ", ink.muted),
        (fit("network", columns.owner), ink.muted),
    ]
    if columns.host:
        pieces.append((" " + fit(mode.words, columns.host), ink.muted))
    for position, label in enumerate(labels[: columns.lanes]):
        hidden = len(labels) - columns.lanes
        more = hidden > 0 and position == columns.lanes - 1
        head = f"{label} +{hidden}" if more else label
        loss = "loss" if columns.loss and columns.drawn >= len(head) + 1 else ""
        figures = "".join(fit(figure, figure_width(figure), right=True) for figure in columns.figures)
        pieces += [
            ("  " + fit(head, columns.lane - 2 - len(loss) - len(figures)), ink.heading),
            (loss + figures, ink.muted),
        ]
    return pieces


def owner_pieces(owner: Owner, ink: Ink, *, faint: bool = False) -> list[Piece]:
    """Return `B 8359 MTS` in its colour, of any length: for places that are not columns."""
    if owner.system is None:
        return [(owner.words, ink.faint if faint else ink.muted)]
    style = ink.faint_of_as(owner.system.colour) if faint else ink.of_as(owner.system.colour)
    return [(f"{owner.system.tag} {owner.system.asn} {owner.system.label}".rstrip(), style)]


def _owner(line: HopLine, columns: ColumnWidths, ink: Ink) -> Iterator[Piece]:
    system = line.owner.system
    if system is None:
        words = line.owner.words
        if cell_len(words) <= columns.owner - columns.tag - 1:
            words = f"{' ' * columns.tag}▏{words}"
        yield fit(words, columns.owner), ink.muted
        return
    number = f"{system.asn}+" if line.owner.more else str(system.asn)
    at_end = line.mark is Mark.LAST
    colour = ink.block_of_as(system.colour) if at_end else ink.of_as(system.colour)
    yield fit(system.tag, columns.tag, right=True), colour
    yield "█" if at_end else "▌", ink.of_as(system.colour)
    yield fit(number, columns.asn), colour
    if columns.holder:
        yield " " + fit(system.label, columns.holder), colour if at_end else ink.plain


def _host_and_changes(line: HopLine, width: int, mode: HostMode, ink: Ink) -> Iterator[Piece]:
    """Yield the host, and after it what differs, in the longest wording that fits."""
    host = _host(line, width, mode)
    left = width - cell_len(host.rstrip())
    words = next((f"  {words}" for words in line.changes if cell_len(words) + 2 <= left), "")
    if not words:
        yield f" {host}", ink.plain
        return
    yield f" {host.rstrip()}", ink.plain
    yield fit(words, left), ink.end


def _host(line: HopLine, width: int, mode: HostMode) -> str:
    tail = f" +{line.more}" if line.more > 0 else ""
    if line.other:
        tail = f" {DIFFERS}{tail}" if width < 34 else f" {DIFFERS} {line.other}{tail}"
    room = width - len(tail)
    if is_stand_in(line.address):
        text = line.name or _NOT_SHOWN
    elif mode is HostMode.ADDRESS or not line.name:
        text = fit_middle(line.address, room) if len(line.address) > room else line.address
    elif mode is HostMode.NAME:
        text = line.name
    else:
        text = f"{line.address} {line.name}"
    return fit(fit(text, room).rstrip() + tail, width)


def _cell(cell: Cell, columns: ColumnWidths, ink: Ink, scale_ns: int) -> Iterator[Piece]:
    yield " ", ink.plain
    sign = END if cell.mark is Mark.LAST else DIFFERS if cell.differs else LOOPS if cell.loops else " "
    yield sign, ink.end
    if cell.mark in {Mark.REPLY, Mark.LAST}:
        yield from _numbers(cell, columns, ink, scale_ns)
        return
    text, style = _no_reply_words(cell.mark, ink)
    room = columns.lane - 2
    yield fit(text if len(text) <= room else text.split()[0], room), style


def _numbers(cell: Cell, columns: ColumnWidths, ink: Ink, scale_ns: int) -> Iterator[Piece]:
    yield fit(rtt_text(cell.rtt_ns) if cell.rtt_ns is not None else "late", RTT_WIDTH, right=True), ink.rtt
    if columns.spark:
        yield " ", ink.plain
        yield from _spark(spark(cell.recent, columns.spark, scale_ns), ink)
    if columns.loss:
        loss = fit(loss_text(cell.loss_percent), LOSS_WIDTH + 1, right=True)
        yield loss, ink.lost if cell.loss_percent else ink.loss
    for figure in columns.figures:
        yield fit(_figure(figure, cell), figure_width(figure), right=True), ink.rtt


def _figure(figure: Figure, cell: Cell) -> str:
    if figure is Figure.SENT:
        return str(cell.sent) if cell.sent < 100_000 else f"{cell.sent // 1000}k"
    rtt_ns = getattr(cell.rtt, f"{figure}_ns", None)
    return rtt_text(rtt_ns) if rtt_ns is not None else ""


def _spark(drawn: str, ink: Ink) -> Iterator[Piece]:
    """Split at lost probes, which have their own colour."""
    start = 0
    for index, character in enumerate(drawn):
        lost = character == LOST
        if index and lost != (drawn[index - 1] == LOST):
            yield drawn[start:index], ink.spark if lost else ink.lost
            start = index
    yield drawn[start:], ink.lost if drawn[start:].startswith(LOST) else ink.spark


def _no_reply(line: HopLine, columns: ColumnWidths, ink: Ink) -> list[Piece]:
    text, style = _no_reply_words(line.mark, ink)
    room = columns.width - columns.ttl - 2
    if line.control is None:
        words = f"{text} {_until(line)}" if line.until else text
        return [(words, style), *_before(line, room - len(words), ink)]
    column = max(columns.owner, len(text)) + 1
    seen = _control(line.control, ink, room - column)
    left = room - column - sum(cell_len(piece) for piece, _ in seen)
    return [(fit(text, column), style), *seen, *_before(line, left, ink)]


def _before(line: HopLine, room: int, ink: Ink) -> list[Piece]:
    """Return who answered at a hop that is silent now, or when it answered last, where there is room."""
    changes = next((words for words in line.changes if cell_len(words) + 3 <= room), "")
    if changes:
        return [(f" · {changes}", ink.end)]
    words = f" · last answered {line.last_answered}"
    return [(words, ink.silent)] if line.last_answered and len(words) <= room else []


def _no_reply_of_some(line: HopLine, columns: ColumnWidths, ink: Ink, scale_ns: int) -> list[Piece]:
    """Say lane by lane what is missing: some lanes have ended, others are silent."""
    before = columns.before_lanes - columns.ttl - 2
    said = _control(line.control, ink, before) if line.control else [(_until(line), ink.silent)]
    used = sum(cell_len(text) for text, _ in said)
    said += _before(replace(line, last_answered=""), before - used, ink)
    pieces = list(exactly(said, before, ink.plain))
    for cell in line.cells[: columns.lanes]:
        pieces += _cell(cell, columns, ink, scale_ns)
    return pieces


def _until(line: HopLine) -> str:
    return f"to hop {line.until}" if line.until else ""


def _control(control: ControlView, ink: Ink, room: int) -> list[Piece]:
    """Return what a control sees here; what kind of control it is in fewer words where `room` is short."""
    seen = owner_pieces(control.owner, ink, faint=True) if control.replies else [("no reply", ink.control)]
    long, short = control.words
    needed = cell_len(f"{CONTROL_SIGN} {long}: ") + sum(cell_len(text) for text, _ in seen)
    return [(f"{CONTROL_SIGN} {long if needed <= room else short}: ", ink.control), *seen]


def _no_reply_words(mark: Mark, ink: Ink) -> Piece:
    if mark is Mark.SILENT:
        return f"{SILENT} silent", ink.silent
    if mark is Mark.QUIET:
        return f"{QUIET} no reply", ink.faint
    return ("…" if mark is Mark.PENDING else ""), ink.faint

"""The first line: what is investigated, for how long, by what means."""

from datetime import timedelta
from typing import Final

from rich.cells import cell_len

from tracetui.model import FlowKind, ProbeProtocol, Snapshot
from tracetui.tui.hop_paint import Piece
from tracetui.tui.ink import Ink

_GAP: Final = "   "


def status_pieces(
    snapshot: Snapshot, ink: Ink, width: int, *, title: str, rounds_behind: int | None
) -> list[Piece]:
    """Return the line in at most `width` cells; `rounds_behind` is None unless the view is frozen.

    What matters least goes first when there is no room: AS data, flow, prober.
    """
    left: list[Piece] = [(" tracetui ", ink.heading)]
    name = title or snapshot.title or snapshot.vantage.hostname
    facts: list[Piece] = [
        (f"round {snapshot.rounds} · {elapsed_text(snapshot.created_at - snapshot.started_at)}", ink.plain),
        (snapshot.vantage.prober, ink.muted),
        (_flow_hint(snapshot), ink.muted),
        (_as_data(snapshot), ink.muted),
    ]
    if rounds_behind is not None:
        behind = "1 round behind" if rounds_behind == 1 else f"{rounds_behind} rounds behind"
        facts.insert(0, (f" FROZEN · {behind} ", ink.chosen))
    facts = [fact for fact in facts if fact[0]]
    while len(facts) > 1 and _length(facts) + len(" tracetui ") + min(len(name), 24) + 4 > width:
        facts.pop()
    room = width - _length(facts) - len(" tracetui ") - 2
    shown = name if cell_len(name) <= room else ""
    if not shown and room > 8:
        from tracetui.tui.fit import fit

        shown = fit(name, room)
    left.append((f" {shown}", ink.plain))
    filler = width - sum(cell_len(text) for text, _ in left) - _length(facts) - 1
    line = [*left, (" " * max(1, filler), ink.none)]
    for position, fact in enumerate(facts):
        line += [(_GAP if position else "", ink.none), fact]
    return line


def _length(facts: list[Piece]) -> int:
    return sum(cell_len(text) + len(_GAP) for text, _ in facts)


def elapsed_text(elapsed: timedelta) -> str:
    """Return `0:42`, `12:05`, `3:04:09`."""
    seconds = max(0, int(elapsed.total_seconds()))
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _flow_hint(snapshot: Snapshot) -> str:
    varies = any(
        lane.trace.flow is FlowKind.PER_HOP and lane.lane.protocol is ProbeProtocol.TCP
        for lane in snapshot.lanes
    )
    return FlowKind.PER_HOP.value if varies else ""


def _as_data(snapshot: Snapshot) -> str:
    named = [
        f"{source.name} {source.date or ''}".rstrip()
        for source in snapshot.as_sources
        if source.name != "special-purpose"
    ]
    return f"AS data {', '.join(named)}" if named else ""

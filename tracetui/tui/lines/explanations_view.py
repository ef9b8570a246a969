"""The widget that shows a finding's explanations below the panels, where there is room."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from tracetui.analysis.cache import Remembered
from tracetui.model import ExplanationState, Finding, Snapshot
from tracetui.tui.command import key_of
from tracetui.tui.lines.explanation_table import Group, TableLine, Tone, explanation_table, in_order
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.pieces import Piece
from tracetui.words import state_words

MIN_ROOM: Final = 8
"""Rows below which explanations do not stand open."""

_MARGIN: Final = " "


class ExplanationsView(LinesView):
    """Shows the explanations of one finding; without room or explanations it has no lines.

    Lines are made again only where their inputs have changed.
    """

    def __init__(self) -> None:
        super().__init__(id="explanations")
        self._made = Remembered[list[list[Piece]]]()

    def tell(self, finding: Finding | None, snapshot: Snapshot, width: int, room: int) -> None:
        """Show the explanations of `finding` in `room` lines of `width` cells; none where that is too few."""
        if finding is None or not finding.explanations or room < MIN_ROOM:
            self.show([])
            return
        # Evidence is left out: its numbers change with every round, and nothing of them is shown.
        facts = (finding.kind, finding.lanes, finding.fact, finding.candidates, finding.explanations)
        lines = self._made.get(
            (self.ink,),
            lambda: self._make(finding, snapshot, width, room),
            equal=(facts, snapshot.ases, width, room),
        )
        self.show(lines)

    def _make(self, finding: Finding, snapshot: Snapshot, width: int, room: int) -> list[list[Piece]]:
        groups = explanation_table(finding, snapshot, width - 2 * len(_MARGIN))
        shown = _fitting(groups, room - 1)
        lines = [_title(finding, snapshot, self.ink, width)]
        lines += [_painted(line, self.ink) for group in shown for line in group]
        hidden = len(groups) - len(shown)
        if hidden:
            key = key_of(self.app, "show_findings")
            lines.append([(f"{_MARGIN}and {hidden} more: {key} shows all", self.ink.muted)])
        return lines


def _fitting(groups: Sequence[Group], room: int) -> Sequence[Group]:
    """Return as many groups as fit in `room` lines, with one left to say how many there are more."""
    if sum(map(len, groups)) <= room:
        return groups
    used = count = 0
    for group in groups:
        used += len(group)
        if used > room - 1:
            break
        count += 1
    return groups[:count]


def _title(finding: Finding, snapshot: Snapshot, ink: Ink, width: int) -> list[Piece]:
    """Return the heading: how many explanations are in each state, and of what."""
    shown = in_order(finding)
    counts = Counter(one.state for one in shown)
    words = {one.state: state_words(one) for one in shown}
    said = ", ".join(f"{counts[state]} {words[state]}" for state in words)
    head = f"{_MARGIN}Explanations"
    rest = f"  {said} · {_subject(finding, snapshot)}"
    return [(head, ink.heading), (fit(rest, max(0, width - len(head))).rstrip(), ink.muted)]


def _subject(finding: Finding, snapshot: Snapshot) -> str:
    """Return which lanes a finding is about: `TCP/25+ICMP to mail.example.org and 1 more`."""
    lanes = [lane.lane for lane in snapshot.lanes if lane.id in finding.lanes]
    hosts = list(dict.fromkeys(lane.host for lane in lanes))
    if not hosts:
        return "lanes removed since"
    labels = "+".join(dict.fromkeys(lane.label for lane in lanes))
    more = f" and {len(hosts) - 1} more" if len(hosts) > 1 else ""
    return f"{labels} to {hosts[0]}{more}"


def _painted(line: TableLine, ink: Ink) -> list[Piece]:
    ruled_out = line.state is ExplanationState.RULED_OUT
    rest = ink.faint if ruled_out else ink.muted
    styles = {
        Tone.HEAD: ink.muted,
        Tone.STATE: ink.end if line.state is ExplanationState.LEFT else rest,
        Tone.MAIN: rest if ruled_out else ink.plain,
        Tone.REST: rest,
    }
    return [(_MARGIN, ink.none), *((text, styles[tone]) for text, tone in line.pieces)]

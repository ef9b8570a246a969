"""What is left on the normal screen when the program has gone: where all stood, and how to come back."""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tracetui.analysis.words import headline, headline_of
from tracetui.model import Lane, Role, Snapshot, counted

_LANES_MOST: Final = 40
_FINDINGS_MOST: Final = 10
_NAME_MOST: Final = 40


def farewell(
    snapshot: Snapshot, reports: Sequence[Path], *, come_back: str = "", width: int = 80
) -> list[str]:
    """Return the lines: one a lane, the findings, the reports, and the command `come_back`.

    Nothing where nothing was traced and nothing written.
    """
    lines = [*_lanes(snapshot)]
    if snapshot.findings:
        lines += ["", *_findings(snapshot, width)]
    if reports:
        lines += ["", *(f"wrote {path}" for path in reports)]
    if lines and come_back:
        lines += ["", f"to go on: {come_back}"]
    return lines[1:] if lines[:1] == [""] else lines


def _lanes(snapshot: Snapshot) -> Iterator[str]:
    shown = snapshot.lanes[:_LANES_MOST]
    names = _names([lane.lane for lane in shown])
    column = max(map(len, names), default=0)
    labels = max((len(lane.lane.label) for lane in shown), default=0)
    for name, lane in zip(names, shown, strict=True):
        role = "control: " if lane.lane.role is Role.CONTROL else ""
        yield f"{name:<{column}}  {lane.lane.label:<{labels}}  {role}{headline(lane, snapshot)}"
    if len(snapshot.lanes) > len(shown):
        yield f"and {counted(len(snapshot.lanes) - len(shown), 'more lane')}"


def _findings(snapshot: Snapshot, width: int) -> Iterator[str]:
    for finding in snapshot.findings[:_FINDINGS_MOST]:
        yield from textwrap.wrap(
            f"{finding.confidence.value}: {headline_of(finding, snapshot)}",
            max(40, width),
            subsequent_indent="  ",
        )
    if len(snapshot.findings) > _FINDINGS_MOST:
        yield f"and {counted(len(snapshot.findings) - _FINDINGS_MOST, 'more finding')}"


def _names(lanes: Sequence[Lane]) -> list[str]:
    """Return what to call each lane's endpoint: its host, and what tells it from others of the same name."""
    addresses: dict[str, set[str]] = {}
    for lane in lanes:
        addresses.setdefault(lane.host, set()).add(lane.address)
    several = len({lane.vantage for lane in lanes}) > 1
    return [
        _cut(lane.host)
        + (f" ({lane.address})" if len(addresses[lane.host]) > 1 else "")
        + (f" from {lane.vantage}" if several and lane.vantage else "")
        for lane in lanes
    ]


def _cut(host: str) -> str:
    return host if len(host) <= _NAME_MOST else host[: _NAME_MOST - 1] + "…"

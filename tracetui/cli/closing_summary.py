"""The summary printed when the screen has closed: each lane's state, the findings, and how to continue."""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tracetui.model import Lane, Role, Snapshot, counted
from tracetui.words import headline, headline_of

_MAX_LANES: Final = 40
_MAX_FINDINGS: Final = 10
_MAX_NAME_LENGTH: Final = 40


def closing_summary(
    snapshot: Snapshot, reports: Sequence[Path], *, continue_with: str = "", width: int = 80
) -> list[str]:
    """Return the lines: one per lane, the findings, the reports written, and the command to continue with.

    No lines where nothing was traced or written.
    """
    lines = [*_lanes(snapshot)]
    if snapshot.findings:
        lines += ["", *_findings(snapshot, width)]
    if reports:
        lines += ["", *(f"wrote {path}" for path in reports)]
    if lines and continue_with:
        lines += ["", f"to continue: {continue_with}"]
    return lines[1:] if lines[:1] == [""] else lines


def _lanes(snapshot: Snapshot) -> Iterator[str]:
    shown = snapshot.lanes[:_MAX_LANES]
    names = _names([lane.lane for lane in shown])
    column = max(map(len, names), default=0)
    labels = max((len(lane.lane.label) for lane in shown), default=0)
    for name, lane in zip(names, shown, strict=True):
        role = "control: " if lane.lane.role is Role.CONTROL else ""
        yield f"{name:<{column}}  {lane.lane.label:<{labels}}  {role}{headline(lane, snapshot)}"
    if len(snapshot.lanes) > len(shown):
        yield f"and {counted(len(snapshot.lanes) - len(shown), 'more lane')}"


def _findings(snapshot: Snapshot, width: int) -> Iterator[str]:
    for finding in snapshot.findings[:_MAX_FINDINGS]:
        yield from textwrap.wrap(
            f"{finding.confidence.value}: {headline_of(finding, snapshot)}",
            max(40, width),
            subsequent_indent="  ",
        )
    if len(snapshot.findings) > _MAX_FINDINGS:
        yield f"and {counted(len(snapshot.findings) - _MAX_FINDINGS, 'more finding')}"


def _names(lanes: Sequence[Lane]) -> list[str]:
    """Return a name for each lane's endpoint: its host, and the address or vantage where hosts are equal."""
    addresses: dict[str, set[str]] = {}
    for lane in lanes:
        addresses.setdefault(lane.host, set()).add(lane.address)
    several = len({lane.asked_start for lane in lanes if lane.imported is None}) > 1
    return [
        _shortened(lane.host)
        + (f" ({lane.address})" if len(addresses[lane.host]) > 1 else "")
        + (f" from {lane.asked_start}" if several and lane.asked_start else "")
        + (f" imported from {_shortened(lane.imported)}" if lane.imported is not None else "")
        for lane in lanes
    ]


def _shortened(host: str) -> str:
    return host if len(host) <= _MAX_NAME_LENGTH else host[: _MAX_NAME_LENGTH - 1] + "…"

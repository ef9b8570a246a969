"""`tracetui report` run inside a lab, its JSON read."""

import json
import sys
from collections import Counter
from typing import Any, Final

from .eight_routers import VANTAGE
from .routers import Lab

Lane = dict[str, Any]
"""A lane of the JSON snapshot."""

PROBERS: Final = {"raw as root": ("raw", False), "rootless as nobody": ("rootless", True)}
"""Prober, and whether it runs without any rights."""


def report(lab: Lab, *words: str, nobody: bool = False, node: str = VANTAGE) -> dict[str, Any]:
    """Run `tracetui report --format json --no-dns` with further `words`; return the snapshot."""
    argv = [sys.executable, "-m", "tracetui", "report", "--format", "json", "--no-dns", *words]
    done = lab.run(node, argv, nobody=nobody, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(f"{words}: exit status {done.returncode}: {done.stderr}")
    snapshot = json.loads(done.stdout)
    assert isinstance(snapshot, dict)
    return snapshot


def lanes(snapshot: dict[str, Any]) -> dict[str, Lane]:
    """Return the lanes by their id."""
    return {lane["id"]: lane for lane in snapshot["lanes"]}


def path(lane: Lane) -> list[str | None]:
    """Return who answered most at each TTL; None for silence. Silence at the end is left out."""
    found = [hop["responders"][0]["address"] if hop["responders"] else None for hop in lane["hops"]]
    while found and found[-1] is None:
        found.pop()
    return found


def replies(lane: Lane) -> Counter[tuple[int, str, str]]:
    """Count a lane's replies by TTL, responder and kind."""
    return Counter(
        {
            (hop["ttl"], responder["address"], kind): count
            for hop in lane["hops"]
            for responder in hop["responders"]
            for kind, count in responder["replies"].items()
        }
    )

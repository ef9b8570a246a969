"""Sixteen vantages of four lanes on the screen: CPU of the program, bytes to its terminal, delay of keys."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from key_latency import answered_ms, latency_line
from many_vantages import HOPS, HOSTS, VANTAGES
from processes import own_cpu_s
from table import Line, Samples
from terminal import Terminal

_WARM_UP_S = 30
"""Sixteen far ends start on this machine."""


def measure(seconds: float, repetitions: int) -> list[Line]:
    """Show real far ends on a terminal of 120 × 40."""
    command = [sys.executable, str(Path(__file__).with_name("many_vantages.py")), "screen"]
    percent, kb_per_s = _running(command, seconds)
    keys = answered_ms(command, repetitions, patience_s=120, settle_s=_WARM_UP_S)
    lanes = 2 * len(HOSTS)
    what = f"{VANTAGES} vantages × {lanes} lanes × {HOPS} hops"
    live = (
        "far ends are processes on the same machine, whose CPU is not counted; simulated internet; "
        "the overview on 120 × 40"
    )
    return [
        Line(f"whole program, screen on, {what}", "% of a core", Samples((percent,)), remarks=(live,)),
        Line(f"bytes to the terminal, {what}", "kB/s", Samples((kb_per_s,)), budget=8, remarks=(live,)),
        latency_line(
            f"key to redraw, {what}",
            [ms for kind in keys.values() for ms in kind],
            (VANTAGES + 1) * lanes,
        ),
    ]


def _running(command: Sequence[str], seconds: float) -> tuple[float, float]:
    """Return the share of a core of the program alone, and what it sends to its terminal."""
    with Terminal(command) as terminal:
        terminal.wait_for(b"overview", patience_s=120)
        terminal.watch(_WARM_UP_S)
        drawn, spent_s, begun_s = terminal.drawn_bytes, own_cpu_s(terminal.pid), time.perf_counter()
        terminal.watch(seconds)
        took_s = time.perf_counter() - begun_s
        percent = 100 * (own_cpu_s(terminal.pid) - spent_s) / took_s
        kb_per_s = (terminal.drawn_bytes - drawn) / took_s / 1e3
        terminal.quit()
    return percent, kb_per_s

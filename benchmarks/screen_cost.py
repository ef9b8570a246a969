"""CPU of the whole program with the screen on: 6 lanes at a round a second, against 6 mtr on terminals."""

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import processes
from lab.eight_routers import BLACKHOLED, CONTROL, OPEN_PORTS, REACHED, VANTAGE, eight_routers
from lab.routers import Lab
from start_up import TRACETUI
from table import Line, Samples
from terminal import Terminal

WARM_UP_S: Final = 8.0
"""Start, first sweep and first look-ups: not what a running program costs."""

ADDRESSES: Final = (REACHED, CONTROL, BLACKHOLED)
PORT: Final = str(OPEN_PORTS[0])
OURS: Final = [[TRACETUI, "--no-dns", "--protocol", "tcp,icmp", "--port", PORT, *ADDRESSES]]
MTR: Final = [
    ["mtr", "--no-dns", *protocol, address]
    for address in ADDRESSES
    for protocol in ([], ["--tcp", "--port", PORT])
]


def measure(seconds: float) -> list[Line]:
    """Share of a core once running: a long run less a short one."""
    with eight_routers() as lab:
        ours = _share_percent(lab, OURS, seconds)
        peer = _share_percent(lab, MTR, seconds)
    return [
        Line(
            "whole program, screen on, 6 lanes at 1 Hz",
            "% of a core",
            Samples((ours,)),
            Samples((peer,)),
            "6 × mtr",
            budget=6,
            remarks=("on a terminal of 120 × 40, raw sockets; mtr stops at the last router that answers",),
        )
    ]


def _share_percent(lab: Lab, commands: Sequence[Sequence[str]], seconds: float) -> float:
    short_s = _cpu_s(lab, commands, WARM_UP_S)
    return 100 * (_cpu_s(lab, commands, WARM_UP_S + seconds) - short_s) / seconds


def _cpu_s(lab: Lab, commands: Sequence[Sequence[str]], seconds: float) -> float:
    """Run all commands at once, each on a terminal; return the CPU seconds of them all."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        results = [Path(folder, str(number)) for number in range(len(commands))]
        terminals = [
            running.enter_context(
                Terminal(lab.command(VANTAGE, [sys.executable, processes.__file__, str(result), *command]))
            )
            for result, command in zip(results, commands, strict=True)
        ]
        for _ in range(int(seconds * 10)):
            for terminal in terminals:
                terminal.watch(0.1 / len(terminals))
        for terminal in terminals:
            terminal.quit()
        return sum(json.loads(result.read_text(encoding="utf-8"))["cpu_s"] for result in results)

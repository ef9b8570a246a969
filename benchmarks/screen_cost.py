"""The whole program with the screen on: its CPU against mtr's on terminals, and when hops appear."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from lab.eight_routers import BLACKHOLED, CONTROL, HOP_ADDRESSES, OPEN_PORTS, REACHED, VANTAGE, eight_routers
from lab.routers import Lab
from processes import cpu_s
from start_up import TRACETUI
from table import Line, Samples
from terminal import Terminal

WARM_UP_S: Final = 6.0
"""Start, first sweep and first look-ups: not what a running program costs."""

ADDRESSES: Final = (REACHED, CONTROL, BLACKHOLED)
PORT: Final = str(OPEN_PORTS[0])
OURS: Final = [[TRACETUI, "--no-dns", "--protocol", "tcp,icmp", "--port", PORT, *ADDRESSES]]
MTR: Final = [
    ["mtr", "--no-dns", *protocol, address]
    for address in ADDRESSES
    for protocol in ([], ["--tcp", "--port", PORT])
]


def measure(repetitions: int, seconds: float) -> list[Line]:
    """Share of a core, once running, and the time until the first hop is there."""
    with eight_routers() as lab:
        first_hops = [_first_hop_ms(lab) for _ in range(2 + repetitions)]
        runs = [(_percent(lab, OURS, seconds), _percent(lab, MTR, seconds)) for _ in range(repetitions)]
    ours, peers = zip(*runs, strict=True)
    return [
        Line(
            "whole program, screen on, 6 lanes at 1 Hz",
            "% of a core",
            Samples(ours),
            Samples(peers),
            "6 × mtr",
            budget=6,
            remarks=("on a terminal of 120 × 40, raw sockets; mtr stops at the last router that answers",),
        ),
        Line(
            "first hop on screen, after the first frame, wall",
            "ms",
            Samples(tuple(first_hops)),
            budget=300,
            remarks=("a round-trip takes less than 1 ms there",),
        ),
    ]


def _first_hop_ms(lab: Lab) -> float:
    with Terminal(lab.command(VANTAGE, OURS[0])) as terminal:
        first_frame_s = terminal.wait_for(b"tracetui")
        first_hop_s = terminal.wait_for(HOP_ADDRESSES[0].encode())
        terminal.quit()
    return 1e3 * (first_hop_s - first_frame_s)


def _percent(lab: Lab, commands: Sequence[Sequence[str]], seconds: float) -> float:
    """Run all commands at once, each on a terminal; return the share of a core that they take together."""
    with ExitStack() as running:
        terminals = [running.enter_context(Terminal(lab.command(VANTAGE, command))) for command in commands]
        _watch(terminals, WARM_UP_S)
        before_s = sum(cpu_s(terminal.pid) for terminal in terminals)
        _watch(terminals, seconds)
        spent_s = sum(cpu_s(terminal.pid) for terminal in terminals) - before_s
        for terminal in terminals:
            terminal.quit()
    return 100 * spent_s / seconds


def _watch(terminals: Sequence[Terminal], seconds: float) -> None:
    for _ in range(int(seconds * 10)):
        for terminal in terminals:
            terminal.watch(0.1 / len(terminals))

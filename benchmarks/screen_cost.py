"""The whole program with the screen on: CPU and bytes against mtr's on terminals, and when hops appear."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
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
PORTS_OF_24: Final = "25,80,81,82,83,84,443"
"""Seven TCP lanes beside the ICMP lane of an address."""

PEERS: Final[dict[str, tuple[str, Callable[[str, str | None], list[str]]]]] = {
    "Trippy": (
        "trip",
        lambda address, port: ["--tcp", "--target-port", port, address] if port else [address],
    ),
    "ttl": ("ttl", lambda address, port: ["-p", *(["tcp", "--port", port] if port else ["icmp"]), address]),
}
"""Others, where they are installed: the command, and its arguments for an address and a port."""

RUNS: Final = {
    "1 lane": [[TRACETUI, "--no-dns", "--protocol", "icmp", REACHED]],
    "6 lanes": OURS,
    "24 lanes": [[TRACETUI, "--no-dns", "--protocol", "tcp,icmp", "--port", PORTS_OF_24, *ADDRESSES]],
    "6 × mtr": MTR,
}


@dataclass(frozen=True, slots=True)
class Run:
    """What programs took together, once they were running."""

    percent: float
    """Of a core."""

    kb_per_s: float
    """To their terminals."""


def measure(repetitions: int, seconds: float) -> list[Line]:
    """Share of a core and bytes to the terminal, once running, and the time until the first hop is there."""
    with eight_routers() as lab:
        first_hops = [_first_hop_ms(lab) for _ in range(2 + repetitions)]
        peers = {f"6 × {name}": commands for name, commands in installed_peers().items()}
        runs = {
            name: [_run(lab, commands, seconds) for _ in range(repetitions)]
            for name, commands in (RUNS | peers).items()
        }
    others = [
        Line(
            what,
            unit,
            Samples(tuple(getattr(run, field) for run in runs["6 lanes"])),
            Samples(tuple(getattr(run, field) for run in runs[peer])),
            peer,
            remarks=("the same six lanes, each program on a terminal of its own",),
        )
        for peer in peers
        for what, unit, field in (
            ("whole program, screen on, 6 lanes at 1 Hz", "% of a core", "percent"),
            ("bytes to the terminal, 6 lanes at 1 Hz", "kB/s", "kb_per_s"),
        )
    ]
    return [
        Line(
            "first hop on screen, after the first frame, wall",
            "ms",
            Samples(tuple(first_hops)),
            budget=300,
            remarks=("a round-trip takes less than 1 ms there",),
        ),
        *(
            Line(
                f"whole program, screen on, {lanes} at 1 Hz",
                "% of a core",
                Samples(tuple(run.percent for run in runs[lanes])),
                Samples(tuple(run.percent for run in runs["6 × mtr"])) if lanes == "6 lanes" else None,
                "6 × mtr" if lanes == "6 lanes" else "",
                budget=6 if lanes != "1 lane" else None,
                remarks=(
                    "on a terminal of 120 × 40, raw sockets; mtr stops at the last router that answers",
                ),
            )
            for lanes in ("1 lane", "6 lanes", "24 lanes")
        ),
        *(
            Line(
                f"bytes to the terminal, {lanes} at 1 Hz",
                "kB/s",
                Samples(tuple(run.kb_per_s for run in runs[lanes])),
                Samples(tuple(run.kb_per_s for run in runs["6 × mtr"])) if lanes == "6 lanes" else None,
                "6 × mtr" if lanes == "6 lanes" else "",
                budget=budget,
                remarks=("120 × 40, 256 colours",),
            )
            for lanes, budget in (("1 lane", None), ("6 lanes", 4), ("24 lanes", 8))
        ),
        *others,
    ]


def installed_peers() -> dict[str, list[list[str]]]:
    """Return what is run for six lanes of each other program that is on the PATH."""
    return {
        name: [[command, *arguments(address, port)] for address in ADDRESSES for port in (None, PORT)]
        for name, (command, arguments) in PEERS.items()
        if shutil.which(command)
    }


def _first_hop_ms(lab: Lab) -> float:
    with Terminal(lab.command(VANTAGE, OURS[0])) as terminal:
        first_frame_s = terminal.wait_for(b"tracetui")
        first_hop_s = terminal.wait_for(HOP_ADDRESSES[0].encode())
        terminal.quit()
    return 1e3 * (first_hop_s - first_frame_s)


def _run(lab: Lab, commands: Sequence[Sequence[str]], seconds: float) -> Run:
    """Run all commands at once, each on a terminal; return what they take together."""
    with ExitStack() as running:
        terminals = [running.enter_context(Terminal(lab.command(VANTAGE, command))) for command in commands]
        _watch(terminals, WARM_UP_S)
        before_s = sum(cpu_s(terminal.pid) for terminal in terminals)
        before = sum(terminal.drawn_bytes for terminal in terminals)
        _watch(terminals, seconds)
        spent_s = sum(cpu_s(terminal.pid) for terminal in terminals) - before_s
        drawn = sum(terminal.drawn_bytes for terminal in terminals) - before
        for terminal in terminals:
            terminal.quit()
    return Run(100 * spent_s / seconds, drawn / seconds / 1000)


def _watch(terminals: Sequence[Terminal], seconds: float) -> None:
    for _ in range(int(seconds * 10)):
        for terminal in terminals:
            terminal.watch(0.1 / len(terminals))

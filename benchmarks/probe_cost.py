"""CPU per probe, headless, against mtr at the same rate over the same path.

A run costs a fixed part (interpreter, imports, report) and a part per probe: two run lengths tell them apart.
Probes are counted where they leave, by nftables, not by what the programs say of themselves.
"""

import json
from dataclasses import dataclass
from typing import Final

from lab.eight_routers import OPEN_PORTS, REACHED, VANTAGE, eight_routers
from lab.routers import Lab
from processes import run
from start_up import TRACETUI
from table import Line, Samples

BUDGET: Final = 0.6
_COUNT_PROBES: Final = """
table inet bench {
    counter probes { }
    chain leaving {
        type filter hook output priority 0;
        icmp type echo-request counter name probes
        tcp flags & (syn | ack) == syn counter name probes
    }
}
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program that traces, told how often and how long."""

    name: str
    protocol: str
    arguments: tuple[str, ...]

    def command(self, rounds: int, interval_s: float) -> list[str]:
        if self.name == "mtr":
            tcp = ["--tcp", "--port", str(OPEN_PORTS[0])] if self.protocol == "tcp" else []
            pace = ["--report-cycles", str(rounds), "--interval", str(interval_s), "--gracetime", "0.5"]
            return ["mtr", "--no-dns", "--report", "--json", *pace, *tcp, REACHED]
        port = ["--port", str(OPEN_PORTS[0])] if self.protocol == "tcp" else []
        pace = ["--rounds", str(rounds), "--interval", str(interval_s), "--timeout", "0.5"]
        what = ["--protocol", self.protocol, *port, "--no-dns", "--format", "json"]
        return [TRACETUI, "report", *what, *pace, *self.arguments, REACHED]


CONTENDERS: Final = (
    Contender("mtr", "icmp", ()),
    Contender("raw", "icmp", ("--prober", "raw")),
    Contender("rootless", "icmp", ("--prober", "rootless")),
    Contender("mtr", "tcp", ()),
    Contender("raw", "tcp", ("--prober", "raw")),
    Contender("rootless", "tcp", ("--prober", "rootless")),
)
PAIRS: Final = tuple(
    (peer, ours)
    for ours in CONTENDERS
    for peer in CONTENDERS
    if ours.name != "mtr" and peer.name == "mtr" and peer.protocol == ours.protocol
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a contender took."""

    cpu_s: float
    wall_s: float
    probes: int


def measure(repetitions: int, *, slow_pace: bool) -> list[Line]:
    """Race all contenders at ten rounds a second and, with `slow_pace`, at the usual one a second."""
    with eight_routers() as lab:
        lab.run(VANTAGE, ["nft", "-f", "-"], stdin=_COUNT_PROBES)
        lines = _race_all(lab, 0.1, (20, 120), repetitions)
        if slow_pace:
            lines += _race_all(lab, 1.0, (4, 20), repetitions)
        return lines


def _race_all(lab: Lab, interval_s: float, rounds: tuple[int, int], repetitions: int) -> list[Line]:
    """Race at one pace; `rounds` are a short and a long run."""
    slopes: dict[Contender, list[float]] = {each: [] for each in CONTENDERS}
    fixed: dict[Contender, list[float]] = {each: [] for each in CONTENDERS}
    rates: dict[Contender, float] = {}
    for _ in range(repetitions):
        for contender in CONTENDERS:
            short, long = (_race(lab, contender, count, interval_s) for count in rounds)
            slope = (long.cpu_s - short.cpu_s) / (long.probes - short.probes)
            slopes[contender].append(1e6 * slope)
            fixed[contender].append(1e3 * (short.cpu_s - slope * short.probes))
            rates[contender] = (long.probes - short.probes) / (long.wall_s - short.wall_s)
    return [*_lines(slopes, rates, interval_s), *(_fixed_lines(fixed) if interval_s < 1 else [])]


def _race(lab: Lab, contender: Contender, rounds: int, interval_s: float) -> Run:
    lab.run(VANTAGE, ["nft", "reset", "counters"])
    command = contender.command(rounds, interval_s)
    cost = run(command, within=lab.command(VANTAGE, []), allowed=(0, 1))
    counted = json.loads(lab.run(VANTAGE, ["nft", "--json", "list", "counters"]).stdout)
    probes = next(item["counter"]["packets"] for item in counted["nftables"] if "counter" in item)
    return Run(cost.cpu_s, cost.wall_s, probes)


def _lines(
    slopes: dict[Contender, list[float]], rates: dict[Contender, float], interval_s: float
) -> list[Line]:
    return [
        Line(
            f"CPU per probe, {ours.name} {ours.protocol.upper()}, a round in {interval_s:g} s",
            "µs",
            Samples(tuple(slopes[ours])),
            Samples(tuple(slopes[peer])),
            "mtr",
            budget=BUDGET,
            budget_is_ratio=True,
            remarks=(
                "CPU of the whole process tree, slope between two run lengths; forwarding through the lab's "
                "routers runs in the sender's system calls and is in both figures",
                f"{rates[ours]:.0f} probes a second, mtr {rates[peer]:.0f}",
            ),
        )
        for peer, ours in PAIRS
    ]


def _fixed_lines(fixed: dict[Contender, list[float]]) -> list[Line]:
    return [
        Line(
            f"fixed CPU of a report, {ours.name} {ours.protocol.upper()}",
            "ms",
            Samples(tuple(fixed[ours])),
            Samples(tuple(fixed[peer])),
            "mtr",
        )
        for peer, ours in PAIRS
    ]

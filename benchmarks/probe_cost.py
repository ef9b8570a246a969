"""CPU per probe, headless, against mtr at the same rate over the same path.

Measured on running programs, from after their start to before their end. Probes are counted where they leave,
by nftables, not by what the programs say of themselves.

In a lab inside one machine a packet crosses the routers within the system call that sends it, which would
charge eight routers' work to the program. So the program is kept on one core, and the lab's first router
takes its packets on the others (receive packet steering of Linux).

Beside them runs a loop that only sends and reads (`bare_loop.py`): what Python itself takes for it.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab.eight_routers import OPEN_PORTS, REACHED, VANTAGE, eight_routers
from lab.routers import Lab
from processes import Running, cores
from start_up import TRACETUI
from table import Line, Samples

BUDGET: Final = 0.6
BARE_LOOP: Final = "bare loop"
WARM_UP_S: Final = 3.0
"""Start, first sweep, and the interpreter's specialising of what is run often."""

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
    """A program that traces, told how often."""

    name: str
    protocol: str

    def command(self, interval_s: float) -> list[str]:
        """Return a command that runs longer than anybody will watch it."""
        port = ["--port", str(OPEN_PORTS[0])] if self.protocol == "tcp" else []
        if self.name == BARE_LOOP:
            return [
                sys.executable,
                "-I",
                str(Path(__file__).with_name("bare_loop.py")),
                REACHED,
                str(interval_s),
            ]
        if self.name == "mtr":
            pace = ["--report", "--report-cycles", "100000", "--interval", str(interval_s)]
            return ["mtr", "--no-dns", *pace, *(["--tcp", *port] if port else []), REACHED]
        pace = ["--rounds", "100000", "--interval", str(interval_s)]
        what = ["--prober", self.name, "--protocol", self.protocol, *port, "--no-dns", "--format", "json"]
        return [TRACETUI, "report", *what, *pace, REACHED]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a contender took."""

    us_per_probe: float
    probes_per_s: float


def measure(repetitions: int, paces: Sequence[tuple[float, float]]) -> list[Line]:
    """Race at each pace: seconds a round, and seconds to watch."""
    with eight_routers() as lab:
        lab.run(VANTAGE, ["nft", "-f", "-"], stdin=_COUNT_PROBES)
        steered = _steer_away(lab)
        lines = []
        for interval_s, seconds in paces:
            costs: dict[Contender, list[Cost]] = {}
            for _ in range(repetitions):
                for protocol in ("icmp", "tcp"):
                    for name in ("mtr", "raw", "rootless", *([BARE_LOOP] if protocol == "icmp" else [])):
                        contender = Contender(name, protocol)
                        costs.setdefault(contender, []).append(
                            _race(lab, contender, interval_s, seconds, steered)
                        )
            lines += _lines(costs, interval_s, steered)
        return lines


def _steer_away(lab: Lab) -> bool:
    """Let the first router work on all cores but the first; False where that cannot be."""
    others = sum(1 << core for core in cores()[1:])
    if not others:
        return False
    queue = f"/sys/class/net/to-{VANTAGE}/queues/rx-0/rps_cpus"
    try:
        lab.world.shell(f"ip netns exec r1 sh -ec 'echo {others:x} > {queue}'\n")
    except RuntimeError:  # a kernel without it, or /sys that cannot be written
        return False
    return True


def _race(lab: Lab, contender: Contender, interval_s: float, seconds: float, steered: bool) -> Cost:  # noqa: FBT001
    command = contender.command(interval_s)
    if steered:
        command = ["taskset", "--cpu-list", str(cores()[0]), *command]
    with Running(lab.command(VANTAGE, command)) as running:
        time.sleep(WARM_UP_S)
        before_s, sent, started = running.cpu_s(), _probes(lab), time.perf_counter()
        time.sleep(seconds)
        spent_s, sent, took_s = running.cpu_s() - before_s, _probes(lab) - sent, time.perf_counter() - started
    return Cost(1e6 * spent_s / sent, sent / took_s)


def _probes(lab: Lab) -> int:
    counted = json.loads(lab.run(VANTAGE, ["nft", "--json", "list", "counters"]).stdout)
    return int(next(item["counter"]["packets"] for item in counted["nftables"] if "counter" in item))


def _lines(costs: dict[Contender, list[Cost]], interval_s: float, steered: bool) -> list[Line]:  # noqa: FBT001
    path = (
        "the lab's routers forward on another core"
        if steered
        else "forwarding through the lab's routers runs in the sender's system calls and is in both figures"
    )
    lines = []
    for contender, own in costs.items():
        if contender.name == "mtr":
            continue
        peer = costs[Contender("mtr", contender.protocol)]
        bare = contender.name == BARE_LOOP
        what = (
            "poll, sendto and recvmsg alone in Python"
            if bare
            else f"{contender.name} {contender.protocol.upper()}"
        )
        lines.append(
            Line(
                f"CPU per probe, {what}, a round in {interval_s:g} s",
                "µs",
                Samples(tuple(cost.us_per_probe for cost in own)),
                Samples(tuple(cost.us_per_probe for cost in peer)),
                "mtr",
                budget=None if bare else BUDGET,
                budget_is_ratio=True,
                remarks=(
                    f"user and system time of all processes while running; {path}",
                    f"{own[0].probes_per_s:.0f} probes a second, mtr {peer[0].probes_per_s:.0f}",
                ),
            )
        )
    return lines

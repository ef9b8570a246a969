"""What a dead network costs: with a DNS server that swallows every question, against `--offline`.

As a script (`python dead_network.py ROUNDS [DNS_SERVER]`) it is the program without a screen, in the lab.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from lab.eight_routers import BLACKHOLED, CONTROL, HOP_ADDRESSES, OPEN_PORTS, REACHED, VANTAGE, eight_routers
from lab.routers import Lab
from start_up import TRACETUI
from table import Line, Samples
from terminal import Terminal
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.live_investigation import live_investigation
from tracetui.model import FindingKind, ProbeProtocol, Tool
from tracetui.ownership.lookup_settings import OwnershipSettings
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace

DNS_SERVER: Final = "9.9.9.9"
"""Routed to the first router, which drops what is for it: nothing comes back, not even an error."""

ADDRESSES: Final = (REACHED, CONTROL, BLACKHOLED)
PORT: Final = OPEN_PORTS[0]
LATER_MS: Final = 50
OFFLINE: Final = ("--offline",)
DEAD: Final = ("--dns-server", DNS_SERVER)


def measure(repetitions: int, rounds: int) -> list[Line]:
    """Both ways by turns, so that what else the machine does hits both."""
    figures: dict[tuple[str, ...], dict[str, list[float]]] = {OFFLINE: {}, DEAD: {}}
    with eight_routers() as lab:
        lab.route(VANTAGE, f"{DNS_SERVER}/32", "r1")
        lab.blackhole("r1", DNS_SERVER)
        _on_screen(lab, OFFLINE)  # bytecode and disk cache
        for _ in range(repetitions):
            for way, found in figures.items():
                for name, value in {**_on_screen(lab, way), **_headless(lab, way, rounds)}.items():
                    found.setdefault(name, []).append(value)
    return [_line(name, figures[DEAD][name], figures[OFFLINE][name]) for name in figures[DEAD]]


def _line(name: str, dead: Sequence[float], offline: Sequence[float]) -> Line:
    later = tuple(one - other for one, other in zip(dead, offline, strict=True))
    remark = f"{name}: {statistics.median(dead):.1f} ms dead, {statistics.median(offline):.1f} ms offline"
    return Line(f"{name}, later with a dead DNS", "ms", Samples(later), budget=LATER_MS, remarks=(remark,))


def _on_screen(lab: Lab, way: Sequence[str]) -> dict[str, float]:
    """Milliseconds from the start of the program to the first frame and the first hop."""
    argv = [TRACETUI, *way, "--protocol", "tcp,icmp", "--port", str(PORT), *ADDRESSES]
    with Terminal(lab.command(VANTAGE, argv)) as terminal:
        frame_s = terminal.wait_for(b"tracetui")
        hop_s = terminal.wait_for(HOP_ADDRESSES[0].encode())
        terminal.quit()
    return {"first frame": 1e3 * frame_s, "first hop on screen": 1e3 * hop_s}


def _headless(lab: Lab, way: Sequence[str], rounds: int) -> dict[str, float]:
    program = [sys.executable, str(Path(__file__)), str(rounds), *way[1:]]
    done = lab.run(VANTAGE, program, timeout_s=rounds + 60)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def trace(rounds: int, dns_server: str | None) -> dict[str, float]:
    """Trace from this network namespace; return milliseconds to the first finding, and by how much probes
    were late.
    """
    investigation = live_investigation(
        Settings(pace=Pace(rounds=rounds), ports=(PORT,), protocols=tuple(ProbeProtocol)),
        Tool("0", "benchmark"),
        prober=ProberChoice.AUTO,
        interface=None,
        ownership=OwnershipSettings(
            offline=dns_server is None, pointers=dns_server is not None, dns_server=dns_server
        ),
        publish_every_s=0.2,
        narrate=lambda _: None,
    )
    for address in ADDRESSES:
        investigation.add(address)
    investigation.wait_resolved()
    started = time.perf_counter()
    told_ms = 0.0
    investigation.engine.start()
    while not investigation.engine.join(0.02):
        findings = investigation.snapshot().findings
        if not told_ms and any(finding.kind is not FindingKind.INSUFFICIENT for finding in findings):
            told_ms = 1e3 * (time.perf_counter() - started)
    send_delays = investigation.engine.here.send_delays
    investigation.close()
    return {"first finding": told_ms, "worst probe": send_delays.worst_ns / 1e6}


if __name__ == "__main__":
    print(json.dumps(trace(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)))

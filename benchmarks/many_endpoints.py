"""128 endpoints × TCP and ICMP × 20 hops at 1 Hz: whether probes leave on time and replies are read.

As a script (`python many_endpoints.py SECONDS PROBER`) it is the measured program, inside the lab.
"""

import json
import statistics
import sys
import time
from dataclasses import asdict
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from table import Line, Samples
from tracetui.model import Lane, ProbeProtocol
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.open_prober import ProberChoice, open_prober
from tracetui.probing.pace import Pace
from tracetui.probing.send_delays import SendDelays

ENDPOINTS: Final = 128
ROUTERS: Final = 19
FIRST_ENDPOINT: Final = "198.18.0.1"
PORT: Final = 443


def measure(seconds: int) -> list[Line]:
    """Both probers, one after the other."""
    from lab.routers import Lab, host, router

    vantage = host("here", "100.64.0.1")
    routers = [router(f"r{number}", f"100.65.{number}.1") for number in range(1, ROUTERS + 1)]
    crowd = host("crowd", "198.18.0.0/24", listens=(PORT,))
    lines = []
    with Lab.chain(vantage, routers, {crowd: None}, icmp_ratelimit_ms=0) as lab:
        lab.allow_ping("here")
        for prober in (ProberChoice.RAW, ProberChoice.ROOTLESS):
            program = [sys.executable, str(Path(__file__)), str(seconds), prober.value]
            done = lab.run("here", program, timeout_s=seconds + 60)
            lines += _lines(prober.value, json.loads(done.stdout))
    return lines


def _lines(prober: str, found: dict[str, float]) -> list[Line]:
    what = f"{ENDPOINTS} endpoints × 2 × {ROUTERS + 1} hops, {prober}"
    remark = (
        f"{prober}: {found['sent']:.0f} probes, {found['per_s']:.0f} a second, {found['cpu_percent']:.0f} % "
        f"of a core; {found['answered_percent']:.2f} % answered; late by p50 {found['p50_ms']:.2f} ms; "
        f"on the same cores as the {ROUTERS} routers"
    )
    return [
        Line(f"{what}: probes late, p99", "ms", Samples((found["p99_ms"],)), remarks=(remark,)),
        Line(f"{what}: probes late, worst", "ms", Samples((found["worst_ms"],)), budget=50),
        Line(f"{what}: replies dropped", "of all", Samples((found["dropped"],)), budget=0),
    ]


class EachSendDelay(SendDelays):
    """Keeps every figure."""

    __slots__ = ("each_ns",)

    def __init__(self) -> None:
        super().__init__()
        self.each_ns: list[int] = []

    def add(self, late_ns: int) -> None:
        super().add(late_ns)
        self.each_ns.append(late_ns)


def trace(seconds: int, prober: ProberChoice) -> dict[str, float]:
    """Trace all endpoints from this network namespace; return what came of it."""
    clock = SystemClock()
    pace = Pace(rounds=seconds, max_rate=100_000)
    engine = Engine(open_prober(prober, clock, None), clock, pace, publish_every_s=None)
    engine.send_delays = send_delays = EachSendDelay()
    engine.add(
        [
            Lane(address, address, address, protocol, PORT if protocol is ProbeProtocol.TCP else None)
            for address in (str(ip_address(FIRST_ENDPOINT) + number) for number in range(ENDPOINTS))
            for protocol in (ProbeProtocol.TCP, ProbeProtocol.ICMP)
        ]
    )
    cpu_s, started = time.process_time(), time.perf_counter()
    engine.start()
    engine.join(seconds + 30)
    took_s = time.perf_counter() - started
    cpu_s = time.process_time() - cpu_s
    engine.close()
    if engine.crash is not None:
        raise engine.crash
    hops = [hop for lane in engine.published.traces for hop in lane.hops]
    sent = send_delays.probes
    percentiles = statistics.quantiles(send_delays.each_ns, n=100)
    return {
        "sent": sent,
        "per_s": sent / took_s,
        "cpu_percent": 100 * cpu_s / took_s,
        "answered_percent": 100 * sum(hop.received for hop in hops) / sum(hop.completed for hop in hops),
        "p50_ms": percentiles[49] / 1e6,
        "p99_ms": percentiles[98] / 1e6,
        "worst_ms": send_delays.worst_ns / 1e6,
        **asdict(engine.published.counters),
    }


if __name__ == "__main__":
    print(json.dumps(trace(int(sys.argv[1]), ProberChoice(sys.argv[2]))))

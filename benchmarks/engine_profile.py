"""Where the engine's thread spends its time on raw sockets, by cProfile: what each step of a probe takes.

As a script (`python engine_profile.py ADDRESS INTERVAL SECONDS`) it is the measured program.
"""

import cProfile
import json
import pstats
import sys
from collections import Counter
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # for the lab

from lab.eight_routers import REACHED, VANTAGE, eight_routers
from table import Line, Samples
from tracetui.model import Lane, ProbeProtocol
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.packet_prober import PacketProber
from tracetui.probing.raw_wire import RawWire

SHARES: Final = {
    "the system call sendto": ("sendto",),
    "sending a probe otherwise": ("probe_template", "packet_prober", "tokens", "raw_wire.send"),
    "receiving": ("recvmsg", "socket_receive", "raw_wire"),
    "decoding and matching": (
        *("decode_reply", "icmp_extension", "ip_header", "checksum", "reply_matching"),
        *("flow", "reply_rules"),
    ),
    "counting": (
        *("lane_counts", "hop_meter", "round_meter", "span_meter", "outstanding_probes"),
        *("late_replies", "packed_rtts", "recent_rounds"),
    ),
}
REST: Final = "schedule, snapshots and the rest"
_SLEEP: Final = "poll"
_NS: Final = 1_000_000_000


def measure(interval_s: float, seconds: float) -> list[Line]:
    """Return the share of each step in the time that the thread does not sleep."""
    with eight_routers() as lab:
        script = [sys.executable, __file__, REACHED, str(interval_s), str(seconds)]
        found = json.loads(lab.run(VANTAGE, script).stdout)
    pace = f"raw ICMP, a round in {interval_s:g} s"
    remark = f"cProfile of the engine's thread, {pace}: shares of the time that it does not sleep"
    return [
        Line(f"profile: {name}", "%", Samples((share,)), remarks=(remark,)) for name, share in found.items()
    ]


def profiled(address: str, interval_s: float, seconds: float) -> dict[str, float]:
    """Trace one address; return the shares in percent."""
    clock = SystemClock()
    prober = PacketProber(RawWire(clock), clock)
    engine = Engine(prober, clock, Pace(interval_s=interval_s))
    engine.add([Lane(address, address, address, ProbeProtocol.ICMP, None)])
    profile = cProfile.Profile()
    start_ns = clock.monotonic_ns()
    engine.run_until(start_ns + 3 * _NS)
    profile.runcall(engine.run_until, start_ns + int((3 + seconds) * _NS))
    prober.close()
    return shares(pstats.Stats(profile))


def shares(stats: pstats.Stats) -> dict[str, float]:
    """Return by step, in percent, the time that functions took without those they call."""
    steps = {name: step for step, names in SHARES.items() for name in names}
    spent: Counter[str] = Counter()
    for (file, _, function), (_, _, own_s, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        called = (function.rpartition("of '")[0] and function.split("'")[1]) or function
        module = Path(file).stem if file != "~" else called
        if called == _SLEEP:
            continue
        step = steps.get(f"{module}.{function}") or steps.get(module) or steps.get(called) or REST
        spent[step] += own_s
    whole_s = sum(spent.values())
    return {step: 100 * spent[step] / whole_s for step in (*SHARES, REST)}


if __name__ == "__main__":
    print(json.dumps(profiled(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))

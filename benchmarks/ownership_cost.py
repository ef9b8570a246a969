"""Cost of looking owners up: the table in memory, a pipe, addresses cold through the chain while probing.

As a script (`python ownership_cost.py DELAY_S`) it is a DNS server on loopback that speaks Team Cymru's zones
and has a PTR name for every address; it prints its port and serves until its standard input ends.
"""

import contextlib
import ipaddress
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from ownership.dns_server import NXDOMAIN, DnsServer, Reply, records
from start_up import TRACETUI
from table import Line, Samples
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Tool
from tracetui.ownership.lookup_settings import OwnershipSettings, SourceKind
from tracetui.ownership.open_sources import Ownership
from tracetui.ownership.range_table import RangeTable, TableBuilder
from tracetui.probing.engine import Engine
from tracetui.probing.send_delays import SendDelays

COLD: Final = 1000
PIPED: Final = 100_000
LOOKED_UP: Final = 1_000_000
DELAY_S: Final = 0.02
"""Of every DNS answer."""

_PATIENCE_S: Final = 60.0
_WARM_UP_S: Final = 3.0
"""The engine's start and its fast first round."""


def measure(repetitions: int) -> list[Line]:
    """All of it."""
    pipes = [_pipe() for _ in range(repetitions)]
    rates = tuple(1e6 / table_rate(LOOKED_UP) for _ in range(repetitions))
    lines = [
        Line("look-up in the table in memory", "µs", Samples(rates), budget=1e6 / 300_000),
        Line(
            f"{PIPED:,} random addresses from a pipe, offline, wall",
            "s",
            Samples(tuple(seconds for seconds, _ in pipes)),
            budget=10,
            remarks=(f"at most {max(memory for _, memory in pipes)} MiB",),
        ),
    ]
    with _probing() as engine, _dns_server() as server:
        for what, settings in (
            ("offline", OwnershipSettings(pointers=False, offline=True)),
            ("the default chain, with names", OwnershipSettings(dns_server=server)),
            (
                "Team Cymru alone",
                OwnershipSettings(dns_server=server, pointers=False, kinds=(SourceKind.CYMRU,)),
            ),
        ):
            idle = tuple(_idle(engine) for _ in range(repetitions))
            runs = [_cold(settings, engine) for _ in range(repetitions)]
            lines += [
                Line(
                    f"{COLD:,} addresses cold: {what}, until the last AS, wall",
                    "s",
                    Samples(tuple(owned_s for owned_s, _, _ in runs)),
                    budget=3,
                    remarks=(
                        f"each DNS answer takes {DELAY_S * 1e3:.0f} ms",
                        f"{what}: until the last name {max(named_s for _, named_s, _ in runs):.2f} s",
                    ),
                ),
                Line(
                    "  probes late meanwhile, worst",
                    "ms",
                    Samples(tuple(late_ms for _, _, late_ms in runs)),
                    Samples(idle),
                    "no look-ups",
                    budget=50,
                ),
            ]
    return lines


def _cold(settings: OwnershipSettings, engine: Engine) -> tuple[float, float, float]:
    """Look addresses up; return seconds to the last AS and the last name, and ms that a probe was late."""
    wanted = random_addresses(COLD)
    engine.send_delays = send_delays = SendDelays()
    with tempfile.TemporaryDirectory() as directory:
        ownership = Ownership(replace(settings, cache_directory=Path(directory)))
        owners = ownership.owners(closing=ownership.close)
        started = time.perf_counter()
        owners.want(wanted)
        owned_s = 0.0
        while not owners.settle(0.01):
            if not owned_s and len(owners.owners()) == len(wanted):
                owned_s = time.perf_counter() - started
            if time.perf_counter() - started > _PATIENCE_S:
                raise TimeoutError(f"not all is answered after {_PATIENCE_S:.0f} s")
        named_s = time.perf_counter() - started
        owners.close()
    return owned_s or named_s, named_s, send_delays.worst_ns / 1e6


def _idle(engine: Engine) -> float:
    """Return how late a probe is, in ms, while nothing is looked up."""
    engine.send_delays = send_delays = SendDelays()
    time.sleep(2)
    return send_delays.worst_ns / 1e6


@contextlib.contextmanager
def _probing() -> Iterator[Engine]:
    """A demo's engine at work on the real clock: 8 lanes at 1 Hz, whole packets built and read."""
    investigation, _ = demo_investigation(
        None, Settings(), Tool("0", "benchmark"), controls=(), pointers=False, virtual=False, seed=7
    )
    investigation.wait_resolved()
    investigation.engine.start()
    time.sleep(_WARM_UP_S)
    try:
        yield investigation.engine.here
    finally:
        investigation.close()


@contextlib.contextmanager
def _dns_server() -> Iterator[str]:
    """A server in a process of its own, as `--dns-server` takes it."""
    server = subprocess.Popen(
        [sys.executable, __file__, str(DELAY_S)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.communicate()


def random_addresses(count: int) -> list[str]:
    """Anywhere in IPv4, the same in every run."""
    drawn = random.Random(7)
    return [str(ipaddress.IPv4Address(drawn.getrandbits(32))) for _ in range(count)]


def full_table() -> RangeTable:
    """Half a million ranges, as many as the internet's."""
    drawn, builder, first = random.Random(8), TableBuilder(), 0
    while first < (1 << 32) - 20_000:
        size = drawn.randint(256, 16_000)
        builder.add(4, first, first + size - 1, (drawn.randint(1, 65_000),), "holder")
        first += size
    return builder.build()


def table_rate(count: int) -> float:
    """QueryPool a second in the in-memory table."""
    table, addresses = full_table(), random_addresses(count)
    started = time.perf_counter()
    for address in addresses:
        table.lookup(address)
    return count / (time.perf_counter() - started)


def _pipe() -> tuple[float, int]:
    """Seconds for `tracetui asn - --offline`, and the most memory of a child so far in MiB."""
    text = "\n".join(random_addresses(PIPED)) + "\n"
    started = time.perf_counter()
    subprocess.run(
        [TRACETUI, "asn", "-", "--offline"], input=text, text=True, stdout=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


def _say(name: str, kind: str) -> Reply:
    """Answer as Team Cymru does: a prefix of 24 bits for every address, an AS for every 64 of them."""
    labels = name.split(".")
    if name.endswith(".origin.asn.cymru.com"):
        _, c, b, a = labels[:4]
        asn = 64496 + (int(a) * 256 + int(b)) % 1000
        return records(f'TXT "{asn} | {a}.{b}.{c}.0/24 | ZZ | ripencc | 2001-02-03"')
    if name.endswith(".asn.cymru.com"):
        return records(f'TXT "{labels[0][2:]} | ZZ | ripencc | 2001-02-03 | HOLDER-{labels[0]}, ZZ"')
    if kind == "PTR":
        return records(f"PTR host-{'-'.join(reversed(labels[:4]))}.example.")
    if kind == "A" and name.startswith("host-"):
        return records(f"A {labels[0].removeprefix('host-').replace('-', '.')}")
    return NXDOMAIN


def _serve(delay_s: float) -> None:
    with DnsServer(_say, delay_s=delay_s) as server:
        print(server.spelled, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve(float(sys.argv[1]))

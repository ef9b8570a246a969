"""RTTs while the screen repaints, against the kernel's own: packet out to packet in, by tcpdump's record.

As a script (`python rtt_error.py PROBER RESULT TARGET ...`) it is the measured program, inside the lab.
"""

import json
import statistics
import struct
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from table import Line, Samples
from terminal import Terminal
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.live_investigation import live_investigation
from tracetui.model import Tool
from tracetui.ownership.lookup_settings import OwnershipSettings
from tracetui.packet.decode_reply import read_icmp, read_tcp
from tracetui.packet.ip_header import ICMP, TCP
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace

INTERVAL_S: Final = 0.25
"""Four rounds a second: the board changes in every frame. All rounds of a run must be among those whose RTTs
are kept."""

_ETHERNET, _FILE_HEADER, _RECORD = 14, 24, struct.Struct("<IIII")

Trace = dict[str, dict[str, list[int | None]]]
"""Lane to TTL to the RTTs of its probes in ns, in the order sent; None for a lost one."""


def measure(seconds: float) -> list[Line]:
    """Both probers, one after the other."""
    from lab.eight_routers import SOURCE, VANTAGE, eight_routers
    from screen_cost import ADDRESSES, PORT

    lines = []
    with eight_routers() as lab, tempfile.TemporaryDirectory() as folder:
        for prober in (ProberChoice.RAW, ProberChoice.ROOTLESS):
            result, record = Path(folder, f"{prober}.json"), Path(folder, f"{prober}.pcap")
            program = [
                sys.executable,
                __file__,
                prober.value,
                str(result),
                *(f"{address}:{PORT}" for address in ADDRESSES),
            ]
            with (
                lab.record(VANTAGE, "icmp or tcp", record, interface="to-r1"),
                Terminal(lab.command(VANTAGE, program)) as terminal,
            ):
                terminal.watch(seconds)
                terminal.quit()
            ours = json.loads(result.read_text(encoding="utf-8"))
            lines.append(_line(prober, ours, kernel_rtts(record, SOURCE), terminal.drawn_bytes / seconds))
    return lines


def _line(
    prober: ProberChoice, ours: Trace, kernels: dict[tuple[str, int], list[int | None]], drawn: float
) -> Line:
    errors_ms = [
        abs(rtt - kernel) / 1e6
        for lane, hops in ours.items()
        for ttl, rtts in hops.items()
        for rtt, kernel in zip(rtts, kernels[lane, int(ttl)], strict=False)
        if rtt is not None and kernel is not None
    ]
    percentiles = statistics.quantiles(errors_ms, n=100)
    return Line(
        f"RTT error while the screen repaints, {prober}, p95",
        "ms",
        Samples((percentiles[94],)),
        budget=0.5,
        remarks=(
            "against the time from packet out to packet in at the network device, by tcpdump",
            f"{prober}: {len(errors_ms)} RTTs; median {percentiles[49]:.3f}, p99 {percentiles[98]:.3f} ms; "
            f"{drawn / 1000:.0f} kB drawn a second",
        ),
    )


def kernel_rtts(record: Path, here: str) -> dict[tuple[str, int], list[int | None]]:
    """Return the RTTs in ns by lane and TTL, in the order sent; None where nothing came back."""
    source = bytes(map(int, here.split(".")))
    sent: dict[bytes, tuple[tuple[str, int], int, int]] = {}
    rtts: dict[tuple[str, int], list[int | None]] = defaultdict(list)
    for at_ns, packet in _packets(record):
        payload = packet[(packet[0] & 15) * 4 :]
        protocol = packet[9]
        if packet[12:16] == source:
            if (protocol == ICMP and payload[0] == 8) or (protocol == TCP and payload[13] == 2):
                to = ".".join(map(str, packet[16:20]))
                lane = f"{to}:icmp" if protocol == ICMP else f"{to}:tcp/{int.from_bytes(payload[2:4], 'big')}"
                of_lane = rtts[lane, packet[8]]
                sent[payload[4:8] if protocol == ICMP else payload[:8]] = (
                    (lane, packet[8]),
                    len(of_lane),
                    at_ns,
                )
                of_lane.append(None)
            continue
        answer = read_icmp(payload) if protocol == ICMP else read_tcp(payload)
        if answer is not None and answer.key in sent:
            place, index, sent_ns = sent[answer.key]
            if rtts[place][index] is None:
                rtts[place][index] = at_ns - sent_ns
    return rtts


def _packets(record: Path) -> Iterator[tuple[int, bytes]]:
    """Yield Unix time in ns and packet, from the IP header on, of a pcap file taken at an Ethernet device."""
    data = record.read_bytes()
    position = _FILE_HEADER
    while position < len(data):
        seconds, microseconds, kept, _ = _RECORD.unpack_from(data, position)
        position += _RECORD.size
        yield seconds * 1_000_000_000 + microseconds * 1000, data[position + _ETHERNET : position + kept]
        position += kept


def show(prober: ProberChoice, result: Path, targets: Sequence[str]) -> None:
    """Trace on this terminal until `q`; write the RTTs of every probe."""
    from tracetui.tui import run

    investigation = live_investigation(
        Settings(pace=Pace(INTERVAL_S)),
        Tool("benchmark", "rtt_error"),
        prober=prober,
        interface=None,
        ownership=OwnershipSettings(pointers=False, offline=True),
        publish_every_s=0.2,
        narrate=lambda _: None,
    )
    for target in targets:
        investigation.add(target)
    investigation.engine.start()
    run(investigation, export_directory=result.parent)
    investigation.close()
    traces = investigation.engine.published.traces
    result.write_text(
        json.dumps({trace.lane.id: {hop.ttl: hop.recent for hop in trace.hops} for trace in traces}),
        encoding="utf-8",
    )


if __name__ == "__main__":
    show(ProberChoice(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

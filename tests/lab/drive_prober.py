"""Send single probes with the rootless prober and print what it makes of the answers, as JSON.

    drive_prober.py '{"probes": [["tcp", "9.9.0.1", 443, 3], ["icmp", "9.9.0.1", null, 3]], "listen_s": 1}'

Further keys: "repeat": how often to send all of them, one repetition after the other; "ttl_step": by which
the TTL grows from one to the next; "spacing_s": between two probes of one; "vantage"; "interface"; "files":
the limit of open files; "pauses": say "ready" and read a line before each repetition.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from tracetui.model import Lane, ProbeProtocol, Reply
from tracetui.probing.clock import SystemClock
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.rootless_prober import RootlessProber

_NS = 1_000_000_000


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class Driver:
    def __init__(self, wanted: dict[str, Any]) -> None:
        if "files" in wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted["files"] // 2, wanted["files"]))
        self.open_files = _open_files()
        self.wanted = wanted
        self.clock = SystemClock()
        self.prober = RootlessProber(self.clock, wanted.get("interface"))
        self.replies: list[dict[str, Any]] = []
        self.sent: dict[Probe, tuple[int, int]] = {}
        """Unix time before and after the send."""
        self.refusals: list[list[Any]] = []
        self.lanes = [
            Lane(address, address, address, ProbeProtocol(protocol), port, vantage=wanted.get("vantage"))
            for protocol, address, port, _ in wanted["probes"]
        ]

    def run(self) -> dict[str, Any]:
        for index, lane in enumerate(self.lanes):
            try:
                self.prober.open_lane(lane)
            except ProbeNotSentError as error:
                self.refusals.append([-1, index, str(error)])
        for repetition in range(self.wanted.get("repeat", 1)):
            if self.wanted.get("pauses"):
                print("ready", flush=True)
                sys.stdin.readline()
            self.repeat(repetition)
        counted = self.prober.counters
        sources = [self.prober.source(lane.id) for lane in self.lanes]
        self.prober.close()
        return {
            "replies": self.replies,
            "refusals": self.refusals,
            "sources": sources,
            "counters": {name: getattr(counted, name) for name in counted.__slots__},
            "left_open": _open_files() - self.open_files,
        }

    def repeat(self, repetition: int) -> None:
        probes: dict[Probe, int] = {}
        for index, lane in enumerate(self.lanes):
            ttl = self.wanted["probes"][index][3] + repetition * self.wanted.get("ttl_step", 0)
            probe = Probe(lane.id, ttl, repetition)
            try:
                before_ns = self.clock.stamp_ns()
                probe.handle = self.prober.send(probe)
                self.sent[probe] = before_ns, self.clock.stamp_ns()
            except ProbeNotSentError as error:
                self.refusals.append([repetition, index, str(error)])
            else:
                probes[probe] = index
            self.listen(probes, repetition, self.wanted.get("spacing_s", 0))
        self.listen(probes, repetition, self.wanted["listen_s"])
        for probe in probes:
            self.prober.forget(probe)

    def listen(self, probes: dict[Probe, int], repetition: int, seconds: float) -> None:
        until_ns = self.clock.monotonic_ns() + int(seconds * _NS)
        while self.clock.monotonic_ns() < until_ns:
            for probe, reply in self.prober.wait(until_ns):
                self.note(probe, probes.get(probe), reply, repetition)

    def note(self, probe: Probe, index: int | None, reply: Reply, repetition: int) -> None:
        self.replies.append(
            {
                "probe": index,
                "repetition": probe.round,
                "in_time": probe.round == repetition,
                "address": reply.address,
                "kind": reply.kind,
                "icmp": [reply.icmp_type, reply.icmp_code],
                "ttl": reply.ttl,
                "mpls": list(reply.mpls),
                "kernel_stamp": reply.kernel_stamp,
                "rtt_ns": reply.rtt_ns,
                "stamps_agree": self.sent[probe][0]
                <= reply.received_ns - reply.rtt_ns
                <= self.sent[probe][1],
            }
        )


if __name__ == "__main__":
    print(json.dumps(Driver(json.loads(sys.argv[1])).run()))

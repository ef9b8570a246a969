"""A lab of real Linux routers: declare it, run programs in it, make its routers misbehave.

    with Lab.chain(host("here", "100.64.0.1"), [router("r1", "5.1.0.1"), router("r2", "5.2.0.1")],
                   {host("web", "5.3.0.1", listens=(443,)): None}) as lab:
        lab.blackhole("r2", "5.3.0.1")
        lab.run("here", ["mtr", "--report", "5.3.0.1"])

Nothing leaves it. Policies take effect at once and last until `clear` or the end of the lab. There is no
delay on the links: a round trip takes some ten microseconds.
"""

import contextlib
import ipaddress
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from .topology import Node, Topology, host, router
from .world import NOBODY, LabUnavailableError, World

__all__ = ["NOBODY", "Capture", "Lab", "LabUnavailableError", "Node", "Topology", "World", "host", "router"]

_TABLE: Final = """table inet lab {
    chain input { type filter hook input priority 0; }
    chain forward { type filter hook forward priority 0; }
    chain output { type filter hook output priority 0; }
    chain prerouting { type nat hook prerouting priority -100; }
}
"""
_NEIGHBOUR_DISCOVERY: Final = (
    "{ nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report }"
)


@dataclass(slots=True)
class Capture:
    """What tcpdump saw; complete when the `capture` block is over."""

    lines: list[str] = field(default_factory=list)


class Lab:
    """A running lab; a context manager."""

    def __init__(self, topology: Topology, *, icmp_ratelimit_ms: int | None = None) -> None:
        """Build it. `icmp_ratelimit_ms` None keeps Linux's own limits (a burst of 6, then 1 a second to one
        peer); 0 lifts them all.

        Raises LabUnavailableError.
        """
        self.topology = topology
        self.world = World()
        self._servers: list[subprocess.Popen[str]] = []
        try:
            self.world.shell(topology.script(icmp_ratelimit_ms))
            for node in topology.nodes:
                if node.listens:
                    self.listen(node.name, *node.listens)
        except BaseException:
            self.close()
            raise

    @classmethod
    def chain(
        cls,
        vantage: Node,
        routers: Sequence[Node],
        hosts: Mapping[Node, str | None],
        *,
        icmp_ratelimit_ms: int | None = None,
    ) -> Self:
        """A vantage, routers in a row, and hosts, each behind a router (None: the last)."""
        return cls(Topology.chain(vantage, routers, hosts), icmp_ratelimit_ms=icmp_ratelimit_ms)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the servers and the world."""
        for server in self._servers:
            server.communicate()
        self._servers.clear()
        self.world.close()

    # Programs in it

    def command(self, node: str, argv: Sequence[str], *, nobody: bool = False) -> list[str]:
        """Return the command that runs `argv` at a node: as the lab's root, or without any rights."""
        self.topology.node(node)
        return self.world.inside(node, argv, nobody=nobody)

    def run(
        self,
        node: str,
        argv: Sequence[str],
        *,
        nobody: bool = False,
        stdin: str = "",
        timeout_s: float = 60,
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program at a node to its end."""
        done = subprocess.run(
            self.command(node, argv, nobody=nobody),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            env=self.world.environment,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{node}: {argv}: {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def popen(self, node: str, argv: Sequence[str], *, nobody: bool = False) -> subprocess.Popen[str]:
        """Start a program at a node, all its streams piped. It dies with the thread that started it."""
        return subprocess.Popen(
            self.command(node, argv, nobody=nobody),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.world.environment,
        )

    def listen(self, node: str, *ports: int) -> None:
        """Accept TCP connections at a node, on all its addresses."""
        server = self.popen(
            node, [sys.executable, "-I", str(Path(__file__).with_name("server.py")), *map(str, ports)]
        )
        self._servers.append(server)
        assert server.stdout is not None
        if server.stdout.readline() != "ready\n":
            raise RuntimeError(f"{node}: no server: {server.communicate()[1]}")

    @contextlib.contextmanager
    def capture(self, node: str, expression: str, *options: str) -> Iterator[Capture]:
        """Record the packets that pass a node on all its interfaces.

        The record is read as lines of `tcpdump -n -tt` with `options`, such as -v.
        """
        capture = Capture()
        with tempfile.TemporaryDirectory() as directory:
            record = Path(directory, "record.pcap")
            with self.record(node, expression, record):
                yield capture
            argv = ["tcpdump", "-n", "-tt", *options, "-r", str(record)]
            capture.lines += self.run(node, argv).stdout.splitlines()

    @contextlib.contextmanager
    def record(self, node: str, expression: str, path: Path, *, interface: str = "any") -> Iterator[None]:
        """Record the packets that pass a node's interface in a pcap file; complete after the block.

        Raises LabUnavailableError in a user namespace, where tcpdump cannot change groups as it wants to.
        """
        if self.world.user_namespace:
            raise LabUnavailableError("tcpdump records as root only")
        argv = [
            "tcpdump",
            "-i",
            interface,
            "-U",
            "-s256",  # the ring has room for as many packets as fit at this length
            "-B32768",  # KiB
            "-Z",
            "root",
            "-w",
            str(path),
            expression,
        ]
        tcpdump = self.popen(node, argv)
        assert tcpdump.stderr is not None
        try:
            for line in tcpdump.stderr:
                if "listening on" in line:
                    break
            else:
                raise RuntimeError(f"tcpdump at {node} ended at once: {expression}")
            yield
            _read_to_the_end(tcpdump)
        finally:
            tcpdump.send_signal(signal.SIGINT)
            tcpdump.communicate()

    # Its settings

    def ip(self, node: str, *commands: str) -> None:
        """Run `ip` commands at a node."""
        batch = "\n".join(commands)
        self.world.shell(f"ip -netns {node} -batch - <<'END'\n{batch}\nEND\n")

    def nft(self, node: str, *rules: str) -> None:
        """Add nftables rules at a node: each is a chain (input, forward, output, prerouting) and a rule."""
        added = "".join(f"add rule inet lab {rule}\n" for rule in rules)
        self.world.shell(f"ip netns exec {node} nft -f - <<'END'\n{_TABLE}{added}END\n")

    def sysctl(self, node: str, key: str, value: str | int) -> None:
        """Set `net.<key>` at a node."""
        path = f"/proc/sys/net/{key.replace('.', '/')}"
        self.world.shell(f"ip netns exec {node} sh -ec 'echo \"{value}\" > {path}'\n")

    def allow_ping(self, node: str) -> None:
        """Let every user at a node open ICMP datagram sockets (in a user namespace, its one group)."""
        self.sysctl(node, "ipv4.ping_group_range", "0 0" if self.world.user_namespace else "0 2147483647")

    def forbid_ping(self, node: str) -> None:
        """Let nobody at a node open ICMP datagram sockets (the kernel's default).

        In a user namespace this only works for those who never allowed it: the kernel takes no other group.
        """
        self.sysctl(node, "ipv4.ping_group_range", "1 0")

    # Policies

    def route(self, at: str, prefix: str, neighbour: str) -> None:
        """Send a prefix to a neighbour."""
        command = self.topology.route(at, prefix, neighbour)
        assert command is not None, f"{at} or {neighbour} has no address of the family of {prefix}"
        self.ip(at, command)

    def blackhole(self, node: str, prefix: str) -> None:
        """Drop in the routing decision: no Time Exceeded for it from this router either."""
        self.ip(node, f"route replace blackhole {prefix}")

    def loop(self, prefix: str, near: str, far: str) -> None:
        """Make two neighbours send a prefix to each other; every other node sends it to `near`."""
        for name in (node.name for node in self.topology.nodes):
            hops = self.topology.next_hops(name)
            toward = {near: far, far: near}.get(name) or hops.get(near)
            command = toward and self.topology.route(name, prefix, toward)
            if command and self.topology.owner(prefix) != name:
                self.ip(name, command)

    def forward_drop(
        self, node: str, prefix: str, protocol: str | None = None, port: int | None = None
    ) -> None:
        """Drop what would be forwarded to a prefix, after the TTL check: Time Exceeded still comes."""
        self.nft(node, f"forward {_to(prefix, protocol, port)} drop")

    def return_drop(self, node: str, prefix: str) -> None:
        """Drop what would be forwarded from a prefix: its replies never come home."""
        self.nft(node, f"forward {_family(prefix)} saddr {prefix} drop")

    def reject(
        self,
        node: str,
        prefix: str,
        code: str = "admin-prohibited",
        protocol: str | None = None,
        port: int | None = None,
    ) -> None:
        """Answer with an ICMP unreachable instead of forwarding.

        `code`: IPv4 net-, host-, prot-, port-unreachable, net-, host-, admin-prohibited; IPv6 no-route,
        admin-prohibited, addr-unreachable, port-unreachable, policy-fail, reject-route.
        """
        kind = "icmpv6" if ":" in prefix else "icmp"
        self.nft(node, f"forward {_to(prefix, protocol, port)} reject with {kind} {code}")

    def reject_output(self, node: str, prefix: str, code: str = "admin-prohibited") -> None:
        """Refuse what a node itself sends; it tells itself so by ICMP. `code` as in `reject`."""
        kind = "icmpv6" if ":" in prefix else "icmp"
        self.nft(node, f"output {_to(prefix, None, None)} reject with {kind} {code}")

    def tcp_reset(self, node: str, prefix: str, port: int | None = None) -> None:
        """Answer TCP with a RST in the endpoint's name instead of forwarding."""
        self.nft(node, f"forward {_to(prefix, 'tcp', port)} reject with tcp reset")

    def answer(self, node: str, prefix: str, port: int) -> None:
        """Accept TCP in the endpoint's name, as a middlebox does, TTL check or not."""
        self.listen(node, port)
        self.nft(node, f"prerouting {_to(prefix, 'tcp', port)} redirect")

    def silent(self, node: str) -> None:
        """Send no ICMP of its own (but neighbour discovery)."""
        self.nft(
            node,
            "output meta l4proto icmp drop",
            f"output meta l4proto ipv6-icmp icmpv6 type != {_NEIGHBOUR_DISCOVERY} drop",
        )

    def output_drop(
        self, node: str, prefix: str, protocol: str | None = None, port: int | None = None
    ) -> None:
        """Drop what a node itself sends.

        Sending a datagram then fails with EPERM; `connect` of TCP succeeds and stays silent.
        """
        self.nft(node, f"output {_to(prefix, protocol, port)} drop")

    def link_down(self, node: str, neighbour: str) -> None:
        """Take a node's end of a link down; its routes over the link go with it."""
        self.ip(node, f"link set to-{neighbour} down")

    def clear(self, node: str) -> None:
        """Remove all nftables rules at a node."""
        self.world.shell(f"ip netns exec {node} nft 'add table inet lab; delete table inet lab'\n")


def _read_to_the_end(tcpdump: subprocess.Popen[str]) -> None:
    """Wait until tcpdump has written all that the kernel holds for it: an interrupt would leave that."""
    assert tcpdump.stderr is not None
    written = -1
    received = 0
    while written < received:
        tcpdump.send_signal(signal.SIGUSR1)
        counts = re.findall(r"\d+", tcpdump.stderr.readline())
        if len(counts) == 3:
            written, received, dropped = map(int, counts)
            if dropped:
                raise RuntimeError(f"tcpdump lost {dropped} packets")


def _family(prefix: str) -> str:
    return "ip6" if ipaddress.ip_network(prefix).version == 6 else "ip"


def _to(prefix: str, protocol: str | None, port: int | None) -> str:
    match = f"{_family(prefix)} daddr {prefix}"
    if protocol == "icmp":
        return f"{match} meta l4proto {{ icmp, ipv6-icmp }}"
    if port is not None:
        return f"{match} {protocol or 'tcp'} dport {port}"
    return f"{match} meta l4proto {protocol}" if protocol else match

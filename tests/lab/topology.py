"""What a lab is made of, and the shell script that builds it."""

import ipaddress
import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A router or a host: one network namespace."""

    name: str
    """At most 12 characters."""

    addresses: tuple[str, ...]
    """IPv4 and IPv6, the first of each family is the one it speaks from; `198.51.100.0/24`: all of these."""

    forwards: bool = False
    listens: tuple[int, ...] = ()
    """TCP ports on which connections are accepted; all others are closed."""

    def own(self, family: int) -> str | None:
        """Return the address it speaks from; for a prefix, the first host in it."""
        for text in self.addresses:
            network = ipaddress.ip_network(text)
            if network.version == family:
                return str(network.network_address + (1 if network.num_addresses > 1 else 0))
        return None


def router(name: str, *addresses: str) -> Node:
    """Return a node that forwards. It has the same addresses on all its links, so it answers from them."""
    return Node(name, addresses, forwards=True)


def host(name: str, *addresses: str, listens: tuple[int, ...] = ()) -> Node:
    """Return a node that does not forward."""
    return Node(name, addresses, listens=listens)


@dataclass(frozen=True, slots=True)
class Topology:
    """Nodes and the links between them; every node knows the shortest way to every address."""

    nodes: tuple[Node, ...]
    links: tuple[tuple[str, str], ...]

    @classmethod
    def chain(cls, vantage: Node, routers: Sequence[Node], hosts: Mapping[Node, str | None]) -> "Topology":
        """A vantage, routers in a row, and hosts, each behind a router (None: the last)."""
        row = [vantage, *routers]
        links = [(near.name, far.name) for near, far in itertools.pairwise(row)]
        links += [(behind or routers[-1].name, node.name) for node, behind in hosts.items()]
        return cls((*row, *hosts), tuple(links))

    def node(self, name: str) -> Node:
        """Return a node; KeyError when there is none of that name."""
        return {node.name: node for node in self.nodes}[name]

    def neighbours(self, name: str) -> list[str]:
        """Return the nodes linked to a node."""
        return [b if a == name else a for a, b in self.links if name in {a, b}]

    def next_hops(self, name: str) -> dict[str, str]:
        """Return, for every reachable node, the neighbour that the shortest way to it begins with."""
        first = {neighbour: neighbour for neighbour in self.neighbours(name)}
        queue = deque(first)
        while queue:
            reached = queue.popleft()
            for further in self.neighbours(reached):
                if further != name and further not in first:
                    first[further] = first[reached]
                    queue.append(further)
        return first

    def owner(self, prefix: str) -> str | None:
        """Return the name of the node that has an address or prefix."""
        wanted = ipaddress.ip_network(prefix)
        for node in self.nodes:
            for text in node.addresses:
                network = ipaddress.ip_network(text)
                if network.version == wanted.version and network.overlaps(wanted):
                    return node.name
        return None

    def script(self, icmp_ratelimit_ms: int | None) -> str:
        """Return the shell script that builds all of it inside a fresh world."""
        names = "\n".join(f"ip netns add {node.name}" for node in self.nodes)
        links = "\n".join(
            f"link add to-{b} netns {a} type veth peer name to-{a} netns {b}" for a, b in self.links
        )
        nodes = "\n".join(self._node_script(node) for node in self.nodes)
        settings = _sysctls(self.nodes, icmp_ratelimit_ms)
        return f"{names}\n{settings}\nip -batch - <<'END'\n{links}\nEND\n{nodes}\n"

    def _node_script(self, node: Node) -> str:
        lines = ["link set lo up"]
        spoken = [own for own in (node.own(4), node.own(6)) if own]
        for neighbour in self.neighbours(node.name):
            lines.append(f"link set to-{neighbour} up")
            lines += [
                f"address add {own} dev to-{neighbour}{' nodad' if ':' in own else ''}" for own in spoken
            ]
        lines += [f"route add local {text} dev lo" for text in node.addresses if text not in spoken]
        for name, neighbour in self.next_hops(node.name).items():
            lines += [
                route
                for address in self.node(name).addresses
                if (route := self.route(node.name, address, neighbour))
            ]
        batch = "\n".join(lines)
        return f"ip -netns {node.name} -batch - <<'END'\n{batch}\nEND"

    def route(self, at: str, prefix: str, neighbour: str) -> str | None:
        """Return the `ip` command for a node's route to `prefix` by a neighbour; None without the family."""
        family = ipaddress.ip_network(prefix).version
        own, gateway = self.node(at).own(family), self.node(neighbour).own(family)
        if own is None or gateway is None:
            return None
        return f"route replace {prefix} via {gateway} dev to-{neighbour} onlink src {own}"


def _sysctls(nodes: Sequence[Node], icmp_ratelimit_ms: int | None) -> str:
    """Settings are made before there are links: new interfaces take theirs from `default`."""
    parts = []
    for node in nodes:
        values = {
            "ipv4/conf/all/rp_filter": 0,
            "ipv4/conf/default/rp_filter": 0,
            "ipv4/conf/all/send_redirects": 0,
            "ipv4/conf/default/send_redirects": 0,
            "ipv4/ip_forward": int(node.forwards),
            "ipv6/conf/all/forwarding": int(node.forwards),
            "ipv6/conf/all/accept_dad": 0,
            "ipv6/conf/default/accept_dad": 0,
            "ipv6/conf/default/accept_ra": 0,
        }
        if icmp_ratelimit_ms is not None:
            values |= {"ipv4/icmp_ratelimit": icmp_ratelimit_ms, "ipv6/icmp/ratelimit": icmp_ratelimit_ms}
            if icmp_ratelimit_ms == 0:
                values |= {"ipv4/icmp_msgs_per_sec": 1_000_000, "ipv4/icmp_msgs_burst": 1_000_000}
        writes = "; ".join(f"echo {value} > /proc/sys/net/{key}" for key, value in values.items())
        parts.append(f"ip netns exec {node.name} sh -ec '{writes}'")
    return "\n".join(parts)

"""A scenario as values: a small internet, as a scenario file describes it once it is validated.

Times are nanoseconds since the start of the scenario; addresses are `ipaddress` objects; nodes go by name.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from tracetui.model import ProbeProtocol, Target

Address = IPv4Address | IPv6Address
Prefix = IPv4Network | IPv6Network

ALWAYS: Final = 2**63
"""`until_ns` of a policy or route that never ends."""


class Action(StrEnum):
    """What a policy does with a packet it matches."""

    DROP = "drop"
    REJECT = "reject"
    """Drop it and say so: ICMP unreachable with `Policy.code`."""

    RESET = "reset"
    """Answer a TCP packet with RST in the endpoint's name."""

    ANSWER = "answer"
    """Answer a SYN with SYN/ACK, an echo request with its reply, in the endpoint's name."""

    RATE_LIMIT = "rate_limit"
    """Send at most so many ICMP errors a second to one peer."""

    SILENT = "silent"
    """Forward, but send no ICMP error."""

    LOOP = "loop"
    """Forward to a neighbour that sends it back."""


class Direction(StrEnum):
    """Which packets a policy looks at."""

    OUT = "out"
    """Those on their way from the demo host."""

    RETURN = "return"
    """Replies that pass it on the way back."""


class Port(StrEnum):
    """How a port answers a SYN."""

    OPEN = "open"
    CLOSED = "closed"
    FILTERED = "filtered"
    """It does not answer."""


class LocalError(StrEnum):
    """Why the demo host itself cannot send."""

    NO_ROUTE = "no_route"
    NOT_PERMITTED = "not_permitted"
    NETWORK_DOWN = "network_down"
    NO_BUFFERS = "no_buffers"


@dataclass(frozen=True, slots=True)
class Selector:
    """Which packets, and when. An empty tuple matches all.

    Seen from the demo host: on the way back, `destinations` is who sent the reply, `sources` who gets it.
    """

    destinations: tuple[Prefix, ...] = ()
    sources: tuple[Prefix, ...] = ()
    protocols: tuple[ProbeProtocol, ...] = ()
    """Of the packet itself: on the way back, a Time Exceeded is ICMP whatever the probe was."""

    ports: tuple[int, ...] = ()
    """The endpoint's."""

    from_ns: int = 0
    until_ns: int = ALWAYS

    def is_active(self, now_ns: int) -> bool:
        """Tell whether this holds at a time."""
        return self.from_ns <= now_ns < self.until_ns


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of a router or host."""

    action: Action
    selector: Selector = Selector()
    direction: Direction = Direction.OUT
    before_ttl: bool = False
    """Applies before the TTL is looked at, as a Linux blackhole route does: no Time Exceeded from here."""

    code: int = 0
    """ICMP code of `reject`, IPv4."""

    code6: int = 0
    """ICMPv6 code of `reject`."""

    percent: float = 100.0
    """Share of the packets that `drop` takes, at random."""

    passes: bool = False
    """`reset` and `answer`: the packet goes on as well."""

    initial_ttl: int = 64
    """Of what `reset` and `answer` send."""

    per_second: float = 1.0
    burst: int = 6
    """`rate_limit`: tokens a bucket holds; Linux holds six (`XRLIM_BURST_FACTOR`)."""

    neighbours: tuple[str, ...] = ()
    """`loop`: the routers of one turn, after this one."""


@dataclass(frozen=True, slots=True)
class LocalFailure:
    """The demo host refuses to send."""

    error: LocalError
    selector: Selector


@dataclass(frozen=True, slots=True)
class Node:
    """A source, router or host."""

    name: str
    addresses: tuple[Address, ...]
    asn: int | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Source(Node):
    """Where probes start: an internet provider of the demo host."""

    failures: tuple[LocalFailure, ...] = ()
    country: str = ""
    """Two letters (ISO 3166), for surveys; "" where the file does not say."""

    ping: bool = True
    """Answers echo requests to its own address. Its TCP ports are closed."""


@dataclass(frozen=True, slots=True)
class AnsweringNode(Node):
    """A router or host."""

    ping: bool = True
    """Answers what is sent to its own address."""

    reply_delay_ns: int = 0
    """How long it takes to answer."""

    return_hops: int = 0
    """How many hops longer the return path is from here."""

    return_delay_ns: int = 0
    """The delay of those hops."""

    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True)
class Router(AnsweringNode):
    """A router; without an address of the packet's family it forwards and never answers."""

    reply_addresses: tuple[Address, ...] = ()
    """Sources of its ICMP errors, where they are another interface's (third-party addresses)."""

    initial_ttl: int = 255
    silent: bool = False
    mpls: tuple[int, ...] = ()
    """Labels in its ICMP errors (RFC 4950), outermost first."""

    quote: int | None = None
    """Bytes quoted behind the IP header; None: as many as fit."""


@dataclass(frozen=True, slots=True)
class Host(AnsweringNode):
    """An endpoint."""

    names: tuple[str, ...] = ()
    ports: dict[int, Port] = field(default_factory=dict)
    other_ports: Port = Port.OPEN
    down: bool = False
    """The router before it answers host unreachable."""

    control: bool = False
    """A control, when the file names no demo targets."""

    initial_ttl: int = 64


@dataclass(frozen=True, slots=True)
class Link:
    """A link between neighbours; the same in both directions."""

    delay_ns: int
    jitter_ns: int = 0
    """Added to the delay of each pass: from 0 to this, evenly distributed."""

    loss: float = 0.0
    """Share of the packets that each pass loses."""


Step = tuple[tuple[str, ...], ...]
"""Equal-cost branches of a path, each a run of names; a plain node is one branch of one name."""

Path = tuple[Step, ...]
"""Steps from node to node, the first and the last plain."""


@dataclass(frozen=True, slots=True)
class Route:
    """The path from a source to some destinations."""

    path: Path
    """Begins at the source; may end before the destination: the shortest path continues from there."""

    destinations: tuple[Prefix, ...]
    """Empty for all."""

    from_ns: int = 0
    until_ns: int = ALWAYS


@dataclass(frozen=True, slots=True)
class System:
    """An AS."""

    asn: int
    name: str
    prefixes: tuple[Prefix, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario: all names in it are known, all addresses belong to one node each."""

    name: str
    title: str
    story: str
    sources: tuple[Source, ...]
    routers: tuple[Router, ...]
    hosts: tuple[Host, ...]
    paths: tuple[Path, ...]
    """Which nodes are neighbours; packets take the shortest path over them where no route says otherwise."""

    links: dict[tuple[str, str], Link]
    """By pair of neighbours, in both orders."""

    routes: tuple[Route, ...]
    systems: tuple[System, ...]
    mail: dict[str, tuple[str, ...]]
    """Domain to its exchangers, most preferred first."""

    host_names: dict[str, tuple[Address, ...]]
    """DNS name, lower case, to addresses."""

    demo: tuple[Target, ...]
    """What `tracetui demo` traces."""

    vantages: tuple[Source, ...] = ()
    """Places that trace every target too, beside what the targets themselves ask for."""

    both_ways: bool = False
    """Vantages near an endpoint trace back."""

    recorded: str | None = None
    """Of a replay: when its ASes were recorded (ISO, a year, month or day); None where they are made up."""

    @property
    def nodes(self) -> tuple[Router | Host, ...]:
        """All that answer: routers, hosts, and sources, which answer as hosts do."""
        ends = tuple(
            Host(
                source.name,
                source.addresses,
                source.asn,
                source.pointer,
                ping=source.ping,
                other_ports=Port.CLOSED,
            )
            for source in self.sources
        )
        return (*self.routers, *self.hosts, *ends)

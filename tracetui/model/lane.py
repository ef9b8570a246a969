"""A lane: one endpoint probed with one protocol (and port) from one vantage; a column on the screen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HIDDEN_V6: Final = "hidden-v6-"
"""Prefix of the word that a privacy mask puts in place of an IPv6 address."""


class ProbeProtocol(StrEnum):
    """The protocol of a probe."""

    TCP = "tcp"
    ICMP = "icmp"
    UDP = "udp"
    """Only in imported traces."""


class Role(StrEnum):
    """What a lane is for."""

    SUSPECT = "suspect"
    CONTROL = "control"
    """Expected to work; used for comparison."""


class FlowKind(StrEnum):
    """How a load balancer sees the probes of a lane."""

    FIXED = "one flow"
    """Every probe carries the same flow key: one path through load balancers (Paris traceroute)."""

    PER_HOP = "flow varies per hop"
    """Rootless TCP keeps one source port per TTL, so hops may belong to different paths."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane. Two lanes with equal fields are the same lane."""

    target: str
    """The target as the user wrote it, without its port."""

    host: str
    """The name that resolved to `address` (a mail exchanger's, for `mx:`), or the address itself."""

    address: str
    """The endpoint's address, canonical text."""

    protocol: ProbeProtocol
    port: int | None
    """TCP port; None for ICMP."""

    role: Role = Role.SUSPECT
    vantage: str | None = None
    """Source address the user or the scenario asked for; None: the system's choice."""

    @property
    def id(self) -> str:
        """Stable, readable, unique in an investigation; the role is not part of it."""
        origin = f"{self.vantage}>" if self.vantage else ""
        service = f"tcp/{self.port}" if self.protocol is ProbeProtocol.TCP else "icmp"
        return f"{origin}{self.address}:{service}"

    @property
    def label(self) -> str:
        """`TCP/25` or `ICMP`."""
        return f"TCP/{self.port}" if self.protocol is ProbeProtocol.TCP else "ICMP"

    @property
    def panel(self) -> tuple[str, str | None]:
        """What lanes of one panel share: the endpoint and the vantage."""
        return self.address, self.vantage

    @property
    def family(self) -> int:
        """4 or 6, of masked addresses too."""
        return 6 if ":" in self.address or self.address.startswith(HIDDEN_V6) else 4

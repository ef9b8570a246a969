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

    UNTOLD = "untold"
    """Only in imported traces: their output does not name the protocol."""


PROBED: Final = (ProbeProtocol.TCP, ProbeProtocol.ICMP)
"""The protocols that this program probes with."""

_IMPORT: Final = "import "
_VIA: Final = "via "


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
    """Rootless TCP keeps one source port per TTL, and other tools may change ports with each probe, so hops
    may belong to different paths."""


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
    """TCP or UDP port; None for ICMP, and where an imported trace does not tell it."""

    role: Role = Role.SUSPECT
    vantage: str | None = None
    """Source address the user or the scenario asked for; None: the system's choice."""

    imported: str | None = None
    """Name of the imported trace that the lane is made of, after its vantage, unique in an investigation:
    `GW-Core-R3`, `GW-Core-R3 2`. None for a lane that this program probes."""

    via: str | None = None
    """Name of the remote vantage that probes it; None for this machine."""

    @property
    def origin(self) -> str | None:
        """Where the lane starts, as ids and panels have it: no source address looks like an import, or like
        a remote vantage."""
        if self.imported is not None:
            return f"{_IMPORT}{self.imported}"
        return self.vantage if self.via is None else f"{_VIA}{self.via}"

    @property
    def asked_start(self) -> str | None:
        """Where it starts, as the user asked for it: a remote vantage or a source address; None: the system's
        choice. Not of an imported lane."""
        return self.via or self.vantage

    @property
    def id(self) -> str:
        """Stable, readable, unique in an investigation; the role is not part of it."""
        origin = f"{self.origin}>" if self.origin else ""
        port = "" if self.port is None else f"/{self.port}"
        return f"{origin}{self.address}:{self.protocol}{port}"

    @property
    def label(self) -> str:
        """`TCP/25` or `ICMP`; of an imported trace that does not name its protocol, `probes`."""
        if self.protocol is ProbeProtocol.UNTOLD:
            return "probes"
        return self.protocol.upper() if self.port is None else f"{self.protocol.upper()}/{self.port}"

    @property
    def panel(self) -> tuple[str, str | None]:
        """What lanes of one panel share: the endpoint and where they start."""
        return self.address, self.origin

    @property
    def family(self) -> int:
        """4 or 6, of masked addresses too."""
        return 6 if ":" in self.address or self.address.startswith(HIDDEN_V6) else 4

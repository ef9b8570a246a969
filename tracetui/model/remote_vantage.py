"""A place that traces for us, and the state of the connection to it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ConnectionState(StrEnum):
    """How a connection to a vantage stands."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    """It was there, or was tried; it is tried again."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time in which nothing was measured at a vantage."""

    begin: datetime
    end: datetime | None
    """None while it lasts."""

    reason: str
    """One line, safe text."""


@dataclass(frozen=True, slots=True)
class RemoteVantage:
    """One vantage."""

    name: str
    """As the user calls it: `office`, `user@host`."""

    how: str
    """How it is reached, `ssh user@host`, or the command that traces there."""

    state: ConnectionState = ConnectionState.CONNECTING
    hostname: str = ""
    """As the far end says; "" before it was reached. Safe text."""

    prober: str = ""
    """`raw` or `rootless`; where a command traces, the tool that it is. "" before."""

    every_s: float | None = None
    """Seconds between the runs of a command; None where this program probes there itself."""

    kernel: str = ""
    python: str = ""
    """Its version of Python; "" where it runs none for us."""

    user_id: int | None = None
    """Whom we are there: 0 is root. None before it is known."""

    lacks: tuple[str, ...] = ()
    """Which of `icmp`, `ipv4` and `ipv6` cannot be probed there."""

    clock_offset_ns: int | None = None
    """What was added to its Unix times; None before they were compared."""

    clock_error_ns: int | None = None
    """How far off that is at most, either way."""

    sees_us_as: str = ""
    """Our address outside, as it is seen there; "" where it is not, or a jump host's."""

    asn: int | None = None
    """Its AS, where that is known without its traces: of simulated ones."""

    country: str = ""
    """Two letters (ISO 3166), likewise; "" where it is not known."""

    interruptions: tuple[Interruption, ...] = field(default=())
    """The last ones, oldest first."""

    @property
    def reason(self) -> str:
        """Why there is no connection now; "" where there is one."""
        last = self.interruptions[-1] if self.interruptions else None
        return last.reason if last is not None and last.end is None else ""

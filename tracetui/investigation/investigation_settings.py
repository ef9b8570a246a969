"""The settings of an investigation, apart from its targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracetui.model import HolderBook, ProbeProtocol, Target, TargetError, parse_target
from tracetui.probing.pace import Pace


@dataclass(frozen=True, slots=True)
class Settings:
    """The shared options of the command line, checked."""

    pace: Pace = Pace()  # noqa: RUF009  (frozen)
    protocols: tuple[ProbeProtocol, ...] = (ProbeProtocol.TCP, ProbeProtocol.ICMP)
    ports: tuple[int, ...] | None = None
    """TCP ports for targets that name none; None: 443, and 25 for mail exchangers."""

    families: tuple[int, ...] = (4, 6)
    """Address families to resolve, the preferred first."""

    all_addresses: bool = False
    """Trace every address of a host, not only its first."""

    max_lanes: int = 32
    """Lanes of one target that are traced unasked."""

    holders: HolderBook = HolderBook()  # noqa: RUF009  (frozen)
    """The user's own names and colours of ASes."""

    sources: tuple[str | None, ...] = (None,)
    """Source addresses to probe from, one vantage each; None: the system's choice."""

    vantages: tuple[str, ...] = ()
    """Names of the remote vantages that trace every target too."""

    vantage_protocols: Mapping[str, tuple[ProbeProtocol, ...]] = field(default_factory=dict)
    """What vantages can probe with that trace with a command, by name, the usual protocol first."""

    both_ways: bool = False
    """Vantages near an endpoint trace back to this machine."""

    public_addresses: tuple[str, ...] = ()
    """The addresses by which this machine is known outside; (): its own, where they are global."""

    def parse(self, text: str) -> Target:
        """Parse a target under these options. Raises TargetError."""
        target = parse_target(text, protocols=self.protocols, ports=self.ports)
        if not target.protocols:
            raise TargetError(f"{text!r}: no protocol left to probe with")
        return target

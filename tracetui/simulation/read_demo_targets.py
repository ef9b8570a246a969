"""Reads and checks what a scenario traces when the user names no target."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tracetui.model import ProbeProtocol, Role, Target, TargetError, parse_target
from tracetui.simulation.read_policies import read_ports, read_protocols
from tracetui.simulation.scenario import Address, Host, Port, Source
from tracetui.simulation.scenario_names import HOST, SOURCE, Names, placed
from tracetui.simulation.scenario_schema import DemoTable, DemoTargetTable, InvalidKeyError, join

_BOTH: Final = (ProbeProtocol.TCP, ProbeProtocol.ICMP)


def read_vantages(
    table: DemoTable, sources: Iterable[Source], hosts: Iterable[Host], names: Names
) -> tuple[Source, ...]:
    """Return the vantages of `[demo]`: sources, or hosts that trace. Raises InvalidKeyError."""
    known: dict[str, Source] = {source.name: source for source in sources}
    for host in hosts:
        known[host.name] = Source(host.name, host.addresses, host.asn, host.pointer, ping=host.ping)
    named = placed(table.vantages, "demo.vantages")
    return tuple(known[names.node(word, (SOURCE, HOST), where)] for word, where in named)


def read_demo(table: DemoTable, hosts: Iterable[Host], names: Names) -> tuple[Target, ...]:
    """Return the targets of `[demo]`, controls last; without any, every host. Raises InvalidKeyError."""
    demo = _Demo(
        names,
        read_protocols(table.protocols, "demo.protocols") if table.protocols else _BOTH,
        read_ports(table.ports) if table.ports else None,
    )
    targets = [
        target
        for index, item in enumerate(table.targets)
        for target in demo.targets(item, f"demo.targets[{index}]")
    ]
    targets += [
        target.as_control()
        for index, item in enumerate(table.controls)
        for target in demo.targets(item, f"demo.controls[{index}]")
    ]
    return tuple(targets) or tuple(demo.host(host) for host in sorted(hosts, key=lambda host: host.control))


@dataclass(frozen=True, slots=True)
class _Demo:
    """What all targets share: the names of the file, and the default protocols and ports."""

    names: Names
    protocols: tuple[ProbeProtocol, ...]
    ports: tuple[int, ...] | None

    def targets(self, item: str | DemoTargetTable, place: str) -> list[Target]:
        """Return one target for each source it names."""
        entry = DemoTargetTable(target=item) if isinstance(item, str) else item
        protocols = (
            read_protocols(entry.protocols, f"{place}.protocols") if entry.protocols else self.protocols
        )
        ports = read_ports(entry.ports) if entry.ports else self.ports
        text = entry.target
        if text not in self.names.hosts and self.names.addresses.get(text):
            text = str(self.names.addresses[text][0])
        try:
            target = parse_target(text, protocols=protocols, ports=ports)
        except TargetError as error:
            raise InvalidKeyError(place if isinstance(item, str) else f"{place}.target", str(error)) from None
        if not entry.source:
            return [target]
        version = 6 if ":" in (target.address or "") else 4
        return [
            replace(target, source=self._source(word, version, where))
            for word, where in placed(entry.source, f"{place}.source")
        ]

    def host(self, host: Host) -> Target:
        """Return a host as a target: by name if it has one, its open ports."""
        text = host.names[0] if host.names else str(host.addresses[0])
        opened = tuple(port for port, state in host.ports.items() if state is Port.OPEN)
        try:
            target = parse_target(text, protocols=self.protocols, ports=self.ports or opened or None)
        except TargetError as error:
            raise InvalidKeyError(join("host", host.name), str(error)) from None
        return replace(target, role=Role.CONTROL) if host.control else target

    def _source(self, word: str, version: int, place: str) -> str:
        addresses = self.names.addresses[self.names.node(word, (SOURCE,), place)]
        fitting: list[Address] = [address for address in addresses if address.version == version]
        return str((fitting or addresses)[0])

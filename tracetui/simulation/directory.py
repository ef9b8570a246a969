"""What a scenario knows of its addresses: ASes and names, as the sources that an investigation asks."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

from tracetui.model import AsSource, Attribution, ResolutionError
from tracetui.simulation.scenario import Address, Host, Prefix, Router, Scenario, Source

SOURCE: Final = "scenario"


class ScenarioTable:
    """Implements `AttributionSource`: prefixes first, longest first; then the `as` of a node."""

    info = AsSource(SOURCE, None)

    def __init__(self, scenario: Scenario) -> None:
        self._holders = {system.asn: system.name for system in scenario.systems}
        self._prefixes: list[tuple[Prefix, int]] = sorted(
            ((prefix, system.asn) for system in scenario.systems for prefix in system.prefixes),
            key=lambda entry: -entry[0].prefixlen,
        )
        nodes: tuple[Source | Router | Host, ...] = (*scenario.sources, *scenario.routers, *scenario.hosts)
        self._own: dict[Address, int] = {
            address: node.asn for node in nodes if node.asn is not None for address in node.addresses
        }

    def attribute(self, address: str) -> Attribution | None:
        """See `AttributionSource`."""
        wanted = ip_address(address)
        own = self._own.get(wanted)
        for prefix, asn in self._prefixes:
            if prefix.version == wanted.version and wanted in prefix and own in (None, asn):
                return self._answer(asn, str(prefix))
        return self._answer(own, None) if own is not None else None

    def _answer(self, asn: int, prefix: str | None) -> Attribution:
        return Attribution((asn,), self._holders.get(asn, ""), prefix, SOURCE)


class ScenarioNames:
    """Implements `NameSource` from the scenario's hosts, mail exchangers and PTR names."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._hosts = scenario.host_names
        nodes: tuple[Source | Router | Host, ...] = (*scenario.sources, *scenario.routers, *scenario.hosts)
        self.pointers = {
            str(address): node.pointer
            for node in nodes
            if node.pointer is not None
            for address in node.addresses
        }

    async def addresses(self, host: str, family: int) -> Sequence[str]:
        """See `NameSource`."""
        found = self._hosts.get(_plain(host))
        if found is None:
            known = ", ".join(sorted(self._hosts)[:6])
            raise ResolutionError(f"{host}: no such host in this scenario; it has {known or 'none'}")
        return [str(address) for address in found if address.version == family]

    async def mail_exchangers(self, domain: str) -> Sequence[str]:
        """See `NameSource`."""
        exchangers = self._scenario.mail.get(_plain(domain))
        if exchangers is not None:
            return exchangers
        if _plain(domain) in self._hosts:
            return [domain]
        known = ", ".join(sorted(self._scenario.mail)[:6])
        raise ResolutionError(f"{domain}: no such mail domain in this scenario; it has {known or 'none'}")

    async def pointer(self, address: str) -> str | None:
        """See `NameSource`."""
        return self.pointers.get(str(ip_address(address)))


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")

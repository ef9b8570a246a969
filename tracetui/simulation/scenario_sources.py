"""The AS source and the name source of a scenario, for an investigation to ask."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Final

from tracetui.model import AsSource, Attribution, RecordedAs, ResolutionError
from tracetui.simulation.scenario import Address, Host, Prefix, Router, Scenario, Source
from tracetui.simulation.scenario_schema import did_you_mean

SOURCE: Final = "scenario"


class ScenarioTable:
    """Implements `AttributionSource`: the longest prefix, all ASes that announce it; else the node's AS."""

    info = AsSource(SOURCE, None)

    def __init__(self, scenario: Scenario) -> None:
        self._holders = {system.asn: system.name for system in scenario.systems}
        self._origins: dict[Prefix, tuple[int, ...]] = {}
        for system in scenario.systems:
            for prefix in system.prefixes:
                self._origins[prefix] = (*self._origins.get(prefix, ()), system.asn)
        self._when = scenario.recorded
        self._addresses = [address for node in _nodes(scenario) for address in _addresses(node)]
        self._own = {
            address: node.asn
            for node in _nodes(scenario)
            if node.asn is not None
            for address in _addresses(node)
        }

    def attribute(self, address: str) -> Attribution | None:
        wanted = ip_address(address)
        covering = [prefix for prefix in self._origins if wanted in prefix]
        if covering:
            prefix = max(covering, key=lambda prefix: prefix.prefixlen)
            return self._answer(self._origins[prefix], str(prefix))
        own = self._own.get(wanted)
        return self._answer((own,), None) if own is not None else None

    def recorded(self) -> Mapping[str, RecordedAs]:
        """Return what a replay's traces said of its addresses; nothing of a scenario that is made up."""
        if self._when is None:
            return {}
        answers = {str(address): self.attribute(str(address)) for address in self._addresses}
        return {
            address: RecordedAs(found.asns, found.name, self._when, SOURCE)
            for address, found in answers.items()
            if found is not None
        }

    def _answer(self, asns: tuple[int, ...], prefix: str | None) -> Attribution:
        return Attribution(asns, self._holders.get(asns[0], ""), prefix, SOURCE)


class ScenarioNames:
    """Implements `NameSource` from the scenario's hosts, mail exchangers and PTR names."""

    def __init__(self, scenario: Scenario) -> None:
        self._hosts = scenario.host_names
        self._mail = scenario.mail
        self.pointers = {
            str(address): node.pointer
            for node in _nodes(scenario)
            if node.pointer is not None
            for address in _addresses(node)
        }
        """Address to PTR name, safe text."""

    async def addresses(self, host: str, family: int) -> Sequence[str]:
        found = self._hosts.get(_plain(host))
        if found is None:
            raise ResolutionError(
                f"{host}: not a host of this scenario{did_you_mean(_plain(host), self._hosts)}"
            )
        return [str(address) for address in found if address.version == family]

    async def mail_exchangers(self, domain: str) -> Sequence[str]:
        """An empty list in the file is a null MX."""
        exchangers = self._mail.get(_plain(domain))
        if exchangers:
            return exchangers
        if exchangers is not None:
            raise ResolutionError(f"{domain}: takes no mail (null MX)")
        if _plain(domain) in self._hosts:
            return [domain]
        known = [*self._mail, *self._hosts]
        raise ResolutionError(
            f"{domain}: not a mail domain of this scenario{did_you_mean(_plain(domain), known)}"
        )

    async def pointer(self, address: str) -> str | None:
        return self.pointers.get(str(ip_address(address)))


def _nodes(scenario: Scenario) -> tuple[Source | Router | Host, ...]:
    return (*scenario.sources, *scenario.routers, *scenario.hosts)


def _addresses(node: Source | Router | Host) -> tuple[Address, ...]:
    return node.addresses + node.reply_addresses if isinstance(node, Router) else node.addresses


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")

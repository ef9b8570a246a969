"""Reads and checks the sources, routers and hosts of a scenario file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from tracetui.model import safe_text
from tracetui.simulation.read_ases import Systems
from tracetui.simulation.read_policies import MS, Rules, read_failures, read_policies
from tracetui.simulation.scenario import Action, Address, Host, Policy, Port, Router, Source
from tracetui.simulation.scenario_names import HOST, ROUTER, SOURCE, Names, choice, parse_address, placed
from tracetui.simulation.scenario_schema import (
    FileTable,
    HostTable,
    InvalidKeyError,
    RouterTable,
    SourceTable,
    Words,
    convert,
    join,
    quoted,
    shown,
)

_DEFAULT_SOURCES: Final[dict[str, Any]] = {"home": {}}
_Node = TypeVar("_Node", SourceTable, RouterTable, HostTable)


class Nodes:
    """The nodes of a file: all declared first, since policies may name those that come later."""

    def __init__(self, file: FileTable, names: Names, systems: Systems) -> None:
        """Convert and declare everything. Raises InvalidKeyError."""
        self._names = names
        sources = file.source or _DEFAULT_SOURCES
        self.source_tables = self._declare(sources, SOURCE, SourceTable, {})
        self.router_tables = self._declare(file.router, ROUTER, RouterTable, systems.members[ROUTER])
        self.host_tables = self._declare(file.host, HOST, HostTable, systems.members[HOST])
        self._number(file.families)
        for name, table in self.host_tables.items():
            self._declare_names(name, table)

    def _declare(
        self, entries: dict[str, Any], kind: str, table: type[_Node], members: Mapping[str, int]
    ) -> dict[str, _Node]:
        converted = {}
        # Those that an AS lists come first, so that automatic addresses follow its list.
        listed: dict[str, Any] = {member: {} for member in members}
        for name, value in (listed | entries).items():
            place = join(kind, quoted(name))
            entry = {"address": value} if isinstance(value, str | list) else value
            if not isinstance(entry, dict):
                raise InvalidKeyError(place, f"an address or a table is expected, not {shown(entry)}")
            asn = members.get(name)
            if asn is not None and entry.get("as", asn) != asn:
                raise InvalidKeyError(
                    f"{place}.as", f"AS{asn} lists this {kind}, and here is {shown(entry['as'])}"
                )
            converted[name] = convert(entry if asn is None else {**entry, "as": asn}, table, place)
            self._names.declare(kind, name, converted[name].address, place)
        return converted

    def _number(self, families: Sequence[int]) -> None:
        for kind, tables in (
            (SOURCE, self.source_tables),
            (ROUTER, self.router_tables),
            (HOST, self.host_tables),
        ):
            for name, table in tables.items():
                place = join(kind, quoted(name))
                if table.address is None:
                    self._names.number(name, table.asn, families, place)
                elif kind != ROUTER and not table.address:
                    raise InvalidKeyError(f"{place}.address", "at least one is needed")

    def _declare_names(self, name: str, table: HostTable) -> None:
        for word, where in placed(_host_names(name, table), f"{join(HOST, quoted(name))}.names"):
            key = _dns(word)
            if not key or any(character.isspace() or character == "/" for character in key):
                raise InvalidKeyError(where, f"{word!r} is not a host name")
            if key in self._names.kinds and key != name:
                raise InvalidKeyError(where, f"{word!r} is the name of a {self._names.kinds[key]}")
            self._names.hosts[key] = self._names.hosts.get(key, ()) + self._names.addresses[name]

    def sources(self) -> tuple[Source, ...]:
        """Return the sources. Raises InvalidKeyError."""
        return tuple(
            Source(
                name=name,
                addresses=self._names.addresses[name],
                asn=table.asn,
                pointer=_pointer(table.ptr),
                country=_country(table.country, f"{join(SOURCE, quoted(name))}.country"),
                ping=table.ping,
                failures=read_failures(table.failure, self._names, f"{join(SOURCE, quoted(name))}.failure"),
            )
            for name, table in self.source_tables.items()
        )

    def routers(self, rules: Rules) -> tuple[Router, ...]:
        """Return the routers. Raises InvalidKeyError."""
        return tuple(self._router(name, table, rules) for name, table in self.router_tables.items())

    def hosts(self, rules: Rules) -> tuple[Host, ...]:
        """Return the hosts. Raises InvalidKeyError."""
        return tuple(self._host(name, table, rules) for name, table in self.host_tables.items())

    def _router(self, name: str, table: RouterTable, rules: Rules) -> Router:
        place = join(ROUTER, quoted(name))
        policies = read_policies(table.policy, self._names, name, f"{place}.policy") + rules.get(name, ())
        if table.rate_limit is not None:
            policies += (Policy(Action.RATE_LIMIT, per_second=table.rate_limit),)
        return Router(
            name=name,
            addresses=self._names.addresses[name],
            reply_addresses=self._reply_addresses(table.reply_address, f"{place}.reply_address"),
            asn=table.asn,
            pointer=_pointer(table.ptr),
            initial_ttl=table.initial_ttl,
            silent=table.silent,
            ping=table.ping,
            reply_delay_ns=round(table.reply_delay_ms * MS),
            return_hops=table.return_hops,
            return_delay_ns=round(table.return_delay_ms * MS),
            mpls=(table.mpls,) if isinstance(table.mpls, int) else table.mpls,
            quote=table.quote,
            policies=policies,
        )

    def _reply_addresses(self, words: Words, place: str) -> tuple[Address, ...]:
        found: list[Address] = []
        for word, where in placed(words, place):
            address = parse_address(word, where)
            if any(other.version == address.version for other in found):
                raise InvalidKeyError(
                    where, f"one IPv4 and one IPv6 address at most; {address} is one too many"
                )
            found.append(address)
        return tuple(found)

    def _host(self, name: str, table: HostTable, rules: Rules) -> Host:
        place = join(HOST, quoted(name))
        policies = read_policies(table.policy, self._names, name, f"{place}.policy") + rules.get(name, ())
        names = tuple(_dns(word) for word, _ in placed(_host_names(name, table), ""))
        other = "closed" if table.open else "open"
        return Host(
            name=name,
            addresses=self._names.addresses[name],
            names=names,
            asn=table.asn,
            pointer=_pointer(table.ptr) or (names[0] if names else None),
            ports=_ports(table, place),
            other_ports=Port(
                choice(table.other_ports or other, list(Port), f"{place}.other_ports", "a state of ports")
            ),
            ping=table.ping,
            down=table.down,
            control=table.control,
            initial_ttl=table.initial_ttl,
            return_hops=table.return_hops,
            return_delay_ns=round(table.return_delay_ms * MS),
            reply_delay_ns=round(table.reply_delay_ms * MS),
            policies=policies,
        )


def _country(text: str, place: str) -> str:
    if text and not (len(text) == 2 and text.isascii() and text.isupper()):
        raise InvalidKeyError(place, f"two capital letters are expected, not {shown(text)}")
    return text


def _ports(table: HostTable, place: str) -> dict[int, Port]:
    ports: dict[int, Port] = {}
    for state in Port:
        for index, port in enumerate(getattr(table, state.value)):
            if ports.get(port, state) is not state:
                raise InvalidKeyError(f"{place}.{state}[{index}]", f"port {port} is {ports[port]} already")
            ports[port] = state
    return ports


def _host_names(name: str, table: HostTable) -> Words:
    """Return a host's DNS names: those given, or its key when that looks like one."""
    return table.names or ((name,) if "." in name else ())


def _dns(name: str) -> str:
    return name.lower().removesuffix(".")


def _pointer(text: str | None) -> str | None:
    return safe_text(text) if text else None

"""Tables of sources, routers, hosts and ASes, checked, to values."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from tracetui.model import safe_text
from tracetui.simulation.names import HOST, ROUTER, SOURCE, Names, choice, listed, parse_prefix, placed
from tracetui.simulation.policies import MS, read_failures, read_policies
from tracetui.simulation.scenario import Action, Host, Policy, Port, Router, Source, System
from tracetui.simulation.schema import (
    Complaint,
    HostTable,
    RouterTable,
    SourceTable,
    SystemTable,
    Table,
    Words,
    convert,
    join,
    quoted,
    shown,
)

_ASN_MOST: Final = 4_294_967_295
_T = TypeVar("_T", bound=Table)


class Nodes:
    """The nodes of a file: declared first, since policies may name those that come later."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]], names: Names) -> None:
        self._names = names
        self._raw_rules: dict[str, object] = {}
        self._sources = list(self._declare(tables[SOURCE], SOURCE, SourceTable, "failure"))
        self._routers = list(self._declare(tables[ROUTER], ROUTER, RouterTable, "policy"))
        self._hosts = list(self._declare(tables[HOST], HOST, HostTable, "policy"))
        if not self._sources:
            raise Complaint("source", "missing: name at least one, such as source = { home = \"192.0.2.1\" }")
        for name, place, table in self._hosts:
            self._declare_names(name, place, table)

    def _declare(
        self, entries: Mapping[str, Any], kind: str, table: type[_T], rules: str
    ) -> Iterator[tuple[str, str, _T]]:
        for name, entry in entries.items():
            place = join(kind, quoted(name))
            if isinstance(entry, dict):
                raw = {key: value for key, value in entry.items() if key != rules}
                self._raw_rules[name] = entry.get(rules, [])
            elif isinstance(entry, str | list):
                raw = {"address": entry}
            else:
                raise Complaint(place, f"an address or a table is expected, not {shown(entry)}")
            try:
                converted = convert(raw, table, place)
            except Complaint as complaint:
                raise _with_rules(complaint, rules) from None
            addresses = self._names.declare(kind, name, converted.address, place)  # type: ignore[attr-defined]
            if kind != HOST:
                self._names.one_each_family(addresses, place)
            if kind != ROUTER and not addresses:
                raise Complaint(f"{place}.address", "at least one is needed")
            yield name, place, converted

    def _declare_names(self, name: str, place: str, table: HostTable) -> None:
        for word, where in placed(_host_names(name, table), f"{place}.names"):
            key = word.lower().removesuffix(".")
            if self._names.kinds.get(key, HOST) != HOST or (key in self._names.kinds and key != name):
                raise Complaint(where, f"{word!r} is the name of a {self._names.kinds[key]}")
            if not key or any(character.isspace() or character == "/" for character in key):
                raise Complaint(where, f"{word!r} is not a host name")
            known = self._names.addresses.get(key, ()) if key != name else ()
            self._names.addresses[key] = known + self._names.addresses[name]

    def sources(self) -> tuple[Source, ...]:
        """Return the sources. Raises Complaint."""
        return tuple(
            Source(
                name=name,
                addresses=self._names.addresses[name],
                asn=table.asn,
                pointer=_pointer(table.ptr),
                failures=read_failures(self._raw_rules.get(name, []), self._names, f"{place}.failure"),
            )
            for name, place, table in self._sources
        )

    def routers(self) -> tuple[Router, ...]:
        """Return the routers. Raises Complaint."""
        return tuple(self._router(name, place, table) for name, place, table in self._routers)

    def hosts(self) -> tuple[Host, ...]:
        """Return the hosts. Raises Complaint."""
        return tuple(self._host(name, place, table) for name, place, table in self._hosts)

    def _router(self, name: str, place: str, table: RouterTable) -> Router:
        policies = read_policies(self._raw_rules.get(name, []), self._names, name, f"{place}.policy")
        if table.rate_limit is not None:
            policies += (Policy(Action.RATE_LIMIT, per_second=table.rate_limit),)
        return Router(
            name=name,
            addresses=self._names.addresses[name],
            asn=table.asn,
            pointer=_pointer(table.ptr),
            initial_ttl=table.initial_ttl,
            silent=table.silent,
            reply_delay_ns=round(table.reply_delay_ms * MS),
            return_hops=table.return_hops,
            return_delay_ns=round(table.return_delay_ms * MS),
            mpls=(table.mpls,) if isinstance(table.mpls, int) else table.mpls,
            quote=table.quote,
            policies=policies,
        )

    def _host(self, name: str, place: str, table: HostTable) -> Host:
        policies = read_policies(self._raw_rules.get(name, []), self._names, name, f"{place}.policy")
        for index, policy in enumerate(policies):
            if policy.action in {Action.LOOP, Action.RATE_LIMIT, Action.SILENT}:
                raise Complaint(
                    f"{place}.policy[{index}].action", f"{policy.action} is for routers; a host ends the path"
                )
        names = tuple(word.lower().removesuffix(".") for word in listed(_host_names(name, table)))
        other = "closed" if table.open else "open"
        return Host(
            name=name,
            addresses=self._names.addresses[name] if name not in names else self._own(name),
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

    def _own(self, name: str) -> tuple[Any, ...]:
        place = join(HOST, quoted(name))
        return tuple(address for address, owner in self._names.owners.items() if owner == place)


def read_systems(entries: Mapping[str, Any]) -> tuple[System, ...]:
    """Return the ASes of `[as]`. Raises Complaint."""
    systems = []
    for key, entry in entries.items():
        place = join("as", quoted(key))
        if not (key.isascii() and key.isdigit()) or not 1 <= int(key[:11]) <= _ASN_MOST:
            raise Complaint(place, f"{key!r} is not an AS number: digits only, such as 64500")
        if not isinstance(entry, str | dict):
            raise Complaint(place, f"a holder's name or a table is expected, not {shown(entry)}")
        table = convert({"name": entry} if isinstance(entry, str) else entry, SystemTable, place)
        prefixes = tuple(parse_prefix(word, at) for word, at in placed(table.prefixes, f"{place}.prefixes"))
        systems.append(System(int(key), safe_text(table.name), prefixes))
    return tuple(systems)


def _ports(table: HostTable, place: str) -> dict[int, Port]:
    ports: dict[int, Port] = {}
    for state in Port:
        for index, port in enumerate(getattr(table, state.value)):
            if ports.get(port, state) is not state:
                raise Complaint(f"{place}.{state}[{index}]", f"port {port} is {ports[port]} already")
            ports[port] = state
    return ports


def _host_names(name: str, table: HostTable) -> Words:
    """Return a host's DNS names: those given, or its key when that looks like one."""
    return table.names or ((name,) if "." in name else ())


def _pointer(text: str | None) -> str | None:
    return safe_text(text) if text else None


def _with_rules(complaint: Complaint, rules: str) -> Complaint:
    """Mention the key that was taken out before the table was converted, where it is the nearest word."""
    key = complaint.place.rpartition(".")[2]
    if complaint.problem.startswith("no such key") and key.rstrip("s") in {rules, "policie", "polices"}:
        return Complaint(complaint.place, f"no such key; did you mean {rules!r}?")
    return complaint

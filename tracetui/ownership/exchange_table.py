"""Peering LANs of internet exchanges as an AS source, from PeeringDB's JSON.

The files are `ixpfx`, `netixlan`, `ix`, or a dump of all. LANs (`ixpfx`) have no name, members' ports
(`netixlan`) do; both name the LAN by `ixlan_id`, which PeeringDB keeps equal to the exchange's own id. Each
of the files is of use alone; names need several.
"""

import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from tracetui.model import AsSource, Attribution, TableError, safe_text
from tracetui.ownership.range_table import TableBuilder
from tracetui.ownership.table_file import TableFile

_MAX_FILE: Final = 256 << 20
MAX_CONTAINERS: Final = 1_000_000
"""Objects and lists in one file: a dump of all PeeringDB has a third of that."""

MAX_ITEMS: Final = 8_000_000
"""Members and elements in them, twice what such a dump has. A byte of JSON can take twenty in memory."""

_KINDS: Final = ("ixpfx", "netixlan", "ix", "ixlan")


class ExchangeTable:
    """An `AttributionSource` that knows the peering LANs of exchanges and nothing else."""

    def __init__(
        self, contents: Sequence[TableFile], narrate: Callable[[str], None] = lambda _: None
    ) -> None:
        """Read and join PeeringDB's files. `narrate` gets a line about each that has invalid records.

        Raises TableError when a file is none of PeeringDB's.
        """
        records = _PeeringDbRecords()
        for content in contents:
            remark = records.add(content)
            if remark is not None:
                narrate(remark)
        self._lans, self._names, self._ports = records.lans.build(), records.names, records.ports
        name = " + ".join(safe_text(content.path.name) for content in contents)
        self.info = AsSource(name, min((content.date() for content in contents), default=None))

    def attribute(self, address: str) -> Attribution | None:
        """Answer for an address on an exchange's LAN, with the member whose port it is; else None."""
        holder = self._lans.lookup(address)
        port = self._ports.get(_canonical(address))
        if holder is None and port is None:
            return None
        lan = port[0] if port is not None else int(holder.name) if holder is not None else 0
        return Attribution(
            asns=(),
            name=self._names.get(lan, "") or "internet exchange",
            prefix=self._lans.prefix(address),
            source=self.info.name,
            date=self.info.date,
            exchange=True,
            member=port[1] if port is not None else None,
        )


class _PeeringDbRecords:
    """The records of all files."""

    def __init__(self) -> None:
        self.lans = TableBuilder()
        """Prefixes, each with its LAN's number for a name."""

        self.names: dict[int, str] = {}
        self.ports: dict[str, tuple[int, int]] = {}
        """Canonical address to LAN and AS of the member."""

    def add(self, content: TableFile) -> str | None:
        """Read one file; return a remark about invalid records. Raises TableError."""
        data = content.read(_MAX_FILE)
        if data.count(b"{") + data.count(b"[") > MAX_CONTAINERS or data.count(b",") > MAX_ITEMS:
            raise TableError(
                f"{content.path}: more records than PeeringDB has: give its ixpfx, netixlan or ix, or a dump"
            )
        try:
            tree = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise TableError(f"{content.path}: not a table of exchanges, damaged JSON ({error})") from None
        content.forget()
        used, bad, first_bad = 0, 0, 0
        for number, record in enumerate(_records(tree), 1):
            try:
                used += self._take(record)
            except (KeyError, TypeError, ValueError):
                bad += 1
                first_bad = first_bad or number
        if not used:
            raise TableError(
                f"{content.path}: JSON, but not PeeringDB's of exchanges: give its ixpfx or netixlan"
            )
        return f"{content.path}: {bad} records left out, the first is number {first_bad}" if bad else None

    def _take(self, record: Mapping[str, Any]) -> bool:
        """Add a record; return False for one of another kind. Raises KeyError, TypeError, ValueError."""
        if "prefix" in record and "ixlan_id" in record:
            network = ipaddress.ip_network(_text(record["prefix"]))
            first, last = int(network.network_address), int(network.broadcast_address)
            self.lans.add(network.version, first, last, (), str(int(record["ixlan_id"])))
            return True
        if "ipaddr4" in record or "ipaddr6" in record:
            lan, asn = int(record["ixlan_id"]), int(record["asn"])
            if record.get("name"):
                self.names.setdefault(lan, safe_text(_text(record["name"])))
            for field in ("ipaddr4", "ipaddr6"):
                if record.get(field):
                    self.ports[str(ipaddress.ip_address(_text(record[field])))] = lan, asn
            return True
        if "id" in record and record.get("name") and ("name_long" in record or "ixlan_set" in record):
            self.names[int(record["id"])] = safe_text(_text(record["name"]))
            return True
        return False


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a number where text belongs")
    return value


def _records(tree: object) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a list, of PeeringDB's `{"data": [...]}`, or of a dump with one list per kind."""
    if isinstance(tree, Mapping):
        parts = [tree["data"]] if "data" in tree else [tree[kind] for kind in _KINDS if kind in tree]
        for part in parts:
            yield from _records(part)
    elif isinstance(tree, list):
        for record in tree:
            yield record if isinstance(record, Mapping) else {"ixlan_id": None, "prefix": None}


def _canonical(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address

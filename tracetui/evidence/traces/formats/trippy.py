"""Reads Trippy: CSV, its tables (pretty and Markdown) and the stream. Its JSON is a document."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tracetui.evidence.traces.hop_figures import (
    column_named,
    figures_in,
    left_open,
    not_understood,
    target_address,
)
from tracetui.evidence.traces.hop_line import address_of, mpls_labels
from tracetui.evidence.traces.left_open import missing_hops
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedResponder, ImportedTrace, Untold

_CSV_START: Final = re.compile(
    r"\s{0,4}Target,TargetIp,Hop,|[^,\s]{1,255},[\da-fA-F]{0,4}[.:][\da-fA-F.:]{1,45},\d{1,3},[^,]{2,600},[^,]{1,600},\d"
)
_USUAL: Final = [
    "target",
    "target_ip",
    "ttl",
    "ips",
    "names",
    "loss",
    "sent",
    "received",
    "last",
    "mean",
    "best",
    "worst",
    "stdev",
]
_TABLE_START: Final = re.compile(r"\s{0,8}[│|║]\s{0,10}Hop\s{0,10}[┆|│]\s{0,60}IPs\s")
_STREAM_START: Final = re.compile(r"\s{0,4}(?:Tracing to \S{1,255} \(|ttl=\d{1,3} addrs=)")
_STREAM: Final = re.compile(r"\s{0,4}ttl=(\d{1,3}) addrs=(.{0,600}?) exts=(.{0,300}?) (loss_pct=.{1,200})$")
_STREAM_TARGET: Final = re.compile(r"\s{0,4}Tracing to (\S{1,255}) \(([\da-fA-F.:]{2,45})\)")
_PAIR: Final = re.compile(r"(\w{1,12})=([\d.]{1,20})")
_FRAME: Final = re.compile(r"\s{0,8}[┌╞├└+|│][─═╌┬┼╪╡┤┐┘┴+:|\s-]{4,}$")
_SEPARATOR: Final = re.compile("[│┆|║]")
_TITLES: Final = {"hop": "ttl", "ips": "ips", "addrs": "names", "target": "target", "targetip": "target_ip"}
_TOOL: Final = "Trippy"
_MAX_CELL: Final = 1000
_MAX_GROUPS: Final = 16
"""Of two IPv6 addresses; three cannot be told apart."""


@dataclass(slots=True)
class _Hops:
    """What the three forms have in common."""

    hops: dict[int, ImportedHop] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    cut: bool = False

    def add(
        self, ttl: str, responders: Sequence[ImportedResponder], cells: dict[str, str], line: Line
    ) -> bool:
        """Add a hop; tell whether it could be read."""
        figures = figures_in(
            {name: "" if cell == "???" else cell for name, cell in cells.items()}, responders
        )
        number = int(ttl) if ttl.isdecimal() and len(ttl) < 4 else 0
        if figures is None or not 0 < number < 256:
            self.not_read(line)
            return False
        self.cut = False
        self.hops[number] = ImportedHop(number, figures=figures)
        return True

    def not_read(self, line: Line) -> Taken:
        """Remark on a row that could not be read."""
        self.remarks.append(not_understood(line))
        self.cut = True
        return Taken.PART

    def trace(self, target: str, address: str | None) -> ImportedTrace | None:
        if not self.hops:
            return None
        hops = tuple(self.hops[ttl] for ttl in sorted(self.hops))
        address = address or target_address(target, hops)
        untold = left_open(hops) | {Untold.PROTOCOL, Untold.TIME} | ({Untold.END} if self.cut else set())
        untold |= {Untold.TARGET} if address is None else set()
        return ImportedTrace(
            tool=_TOOL,
            hops=hops,
            target=safe_text(target),
            address=address,
            untold=frozenset(untold),
            remarks=(*self.remarks[:20], *missing_hops([hop.ttl for hop in hops])),
        )


def _csv_cells(text: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text]), [])] or [""]
    except csv.Error:
        return [""]


class _CsvReader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._columns: list[str] = []
        self._found = _Hops()
        self._target: tuple[str, str] | None = None

    def take(self, line: Line) -> Taken:
        cells = _csv_cells(line.text)
        if cells[0] == "Target":
            if self._columns or self._target:
                return Taken.NO
            self._columns = [_TITLES.get(title.lower(), column_named(title) or "") for title in cells]
            return Taken.PART
        named = dict(zip(self._columns or _USUAL, cells, strict=False))
        target = (named["target"], named.get("target_ip", ""))
        if self._target is not None and (
            target[0] != self._target[0] or target[1] not in ("", self._target[1])
        ):
            return Taken.NO
        return self._take_row(named, target, line) if len(cells) > 1 else Taken.NO

    def _take_row(self, named: dict[str, str], target: tuple[str, str], line: Line) -> Taken:
        responders = _responders(named.get("ips", ""), named.get("names", ""))
        if responders is None or any(column and column not in named for column in self._columns):
            return self._found.not_read(line)
        if not self._found.add(named.get("ttl", ""), responders, named, line):
            return Taken.PART
        self._target = target
        return Taken.HOP

    def trace(self) -> ImportedTrace | None:
        target, address = self._target or ("", "")
        return self._found.trace(target, address_of(address))


def _responders(ips: str, names: str) -> list[ImportedResponder] | None:
    """Return who is named in cells whose values are joined by colons, as the groups of IPv6 addresses are."""
    addresses = _split_addresses(ips or names)
    if addresses is None:
        # Old versions have names only.
        if ips in ("", "???") and names:
            return [
                ImportedResponder(name=safe_text(name)) for name in names.split(":")[:16] if name != "???"
            ]
        return None
    known = names.split(":") if ips and len(names.split(":")) == len(addresses) else [""] * len(addresses)
    return [
        ImportedResponder(address, "" if address_of(name) is not None else safe_text(name))
        for address, name in zip(addresses, known, strict=True)
    ]


def _split_addresses(text: str) -> list[str] | None:
    if text == "???":
        return []
    if len(text) > _MAX_CELL:
        return None
    whole = address_of(text)
    if whole is not None:
        return [whole]
    parts = [address_of(part) for part in text.split(":")[:32]]
    if all(part is not None for part in parts):
        return [part for part in parts if part is not None]
    if len(parts) > _MAX_GROUPS:
        return None
    places = [place for place, sign in enumerate(text) if sign == ":"]
    pairs = [(address_of(text[:place]), address_of(text[place + 1 :])) for place in places]
    both = [(left, right) for left, right in pairs if left is not None and right is not None]
    return list(both[0]) if len(both) == 1 else None


class _TableReader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._columns: list[str] = []
        self._found = _Hops()
        self._row: dict[str, list[str]] = {}
        self._line: Line | None = None

    def take(self, line: Line) -> Taken:
        if _FRAME.match(line.text):
            return Taken.PART
        cells = [cell.strip() for cell in _SEPARATOR.split(line.text.strip())[1:-1]]
        if not self._columns:
            self._columns = [_TITLES.get(title.lower(), column_named(title) or "") for title in cells]
            return Taken.PART
        if cells[:1] == ["Hop"]:
            return Taken.NO
        if len(cells) != len(self._columns):
            return self._found.not_read(line) if _SEPARATOR.match(line.text.strip()) else Taken.NO
        if cells[0]:
            self._finish()
            self._line = line
            self._row = {name: [cell] for name, cell in zip(self._columns, cells, strict=True)}
            return Taken.HOP
        for name, cell in zip(self._columns, cells, strict=True):
            if cell and self._row:
                self._row[name].append(cell)
        return Taken.PART

    def _finish(self) -> None:
        """Add the hop whose lines were read; cells that were too narrow are broken over several lines."""
        if self._line is None:
            return
        addresses, names = _joined(self._row.get("ips", [])), self._row.get("names", [])
        cells = {name: "".join(parts) for name, parts in self._row.items()}
        broken = [text for text in addresses if address_of(text) is None and text not in {"", "???"}]
        if broken:
            self._found.remarks.append(not_understood(self._line))
        else:
            named = names if len(names) == len(addresses) else [""] * len(addresses)
            responders = [
                ImportedResponder(address, "" if address_of(name) is not None else safe_text(name))
                for address, name in zip(map(address_of, addresses), named, strict=True)
                if address is not None
            ]
            self._found.add(cells.get("ttl", ""), responders, cells, self._line)
        self._line = None

    def trace(self) -> ImportedTrace | None:
        self._finish()
        return self._found.trace("", None)


def _joined(parts: Sequence[str]) -> list[str]:
    """Return the addresses in the lines of a cell, where one may go on in the next line."""
    whole: list[str] = []
    for part in parts[:64]:
        if whole and whole[-1] != "???" and (address_of(part) is None or address_of(whole[-1]) is None):
            whole[-1] += part
        else:
            whole.append(part)
    return whole


class _StreamReader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._found = _Hops()
        self._target, self._address = "", ""

    def take(self, line: Line) -> Taken:
        target = _STREAM_TARGET.match(line.text)
        if target is not None:
            if self._found.hops:
                return Taken.NO
            self._target, self._address = target[1], target[2]
            return Taken.PART
        row = _STREAM.match(line.text)
        if row is None:
            if not line.text.lstrip().startswith("ttl="):
                return Taken.NO
            return self._found.not_read(line)
        labels = mpls_labels(row[3].replace(", ", "/"))
        responders = [
            ImportedResponder(address, mpls=labels)
            for address in map(address_of, row[2].split(", ")[:16])
            if address is not None
        ]
        cells = {column_named(name) or name: value for name, value in _PAIR.findall(row[4])}
        return Taken.HOP if self._found.add(row[1], responders, cells, line) else Taken.PART

    def trace(self) -> ImportedTrace | None:
        return self._found.trace(self._target, address_of(self._address))


FORMATS: Final = (
    TextFormat("Trippy CSV", 'a header "Target,TargetIp,Hop,…"', _CSV_START, _CsvReader),
    TextFormat("Trippy", "a table with columns Hop, IPs, Addrs, Loss%, …", _TABLE_START, _TableReader),
    TextFormat("Trippy stream", 'lines "ttl=1 addrs=… loss_pct=…"', _STREAM_START, _StreamReader),
)

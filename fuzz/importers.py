"""Files and pastes: traces of other tools, BGP routes, MRT dumps, block registers, AS tables, scenarios."""

import atexit
import bz2
import gzip
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from evidence.bgp import outputs as bgp_outputs
from evidence.bgp.test_route_file import OTHER, SIX, TABLE
from evidence.registers.test_read_register import DUMP, LISTS
from evidence.traces.documents import DOCUMENTS
from mutations import changed_bytes, changed_text, changed_tree
from ownership.mmdb import mmdb
from ownership.test_tables import IPTOASN_TEXT, IX, IXPFX, NETIXLAN, PFX2AS_TEXT, PYASN_TEXT
from part import Part, insist, insist_printable
from tracetui.evidence.bgp.mrt import is_mrt
from tracetui.evidence.bgp.read_routes import read_bgp_text
from tracetui.evidence.bgp.route_file import read_bgp_file
from tracetui.evidence.bgp.wanted_addresses import Wanted
from tracetui.evidence.registers.read_register import parse_request, read_register
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model import EvidenceError, ScenarioError, TableError
from tracetui.ownership.open_tables import open_tables
from tracetui.simulation.network import Network
from tracetui.simulation.read_scenario import read_text

_TESTS: Final = Path(__file__).parents[1] / "tests"
_SCENARIOS: Final = Path(__file__).parents[1] / "tracetui" / "simulation" / "scenarios"
_ADDRESS: Final = "185.70.40.101"
_MAX_SIZE: Final = 60_000
_DAY_NS: Final = 86_400_000_000_000


@cache
def _directory() -> Path:
    """A directory that is removed at the end."""
    holder = tempfile.TemporaryDirectory(prefix="tracetui-fuzz-")
    atexit.register(holder.cleanup)
    return Path(holder.name)


def written(data: bytes, name: str = "input") -> Path:
    """Return a file with this content, new each time: readers know files by what identifies them."""
    path = _directory() / name
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    return path


@cache
def trace_texts() -> tuple[str, ...]:
    """Outputs of all tools that the tests have, and documents."""
    texts = [
        (_TESTS / "evidence/traces" / name).read_text()
        for name in ("router_outputs.txt", "sample_routers.txt")
    ]
    found = [part.split("\n--\n")[0].partition("\n")[2] for text in texts for part in text.split("\n== ")]
    found += [path.read_text() for path in sorted((_TESTS / "evidence/traces/tables").glob("*.txt"))]
    return tuple(text for text in found if text)


def _traces(chance: Random) -> None:
    if chance.random() < 0.5:
        document = changed_tree(chance, chance.choice(DOCUMENTS))
        source = json.dumps(document, indent=chance.choice((None, 1)), ensure_ascii=chance.random() < 0.5)
        if chance.random() < 0.3:
            source = changed_text(chance, source)
    else:
        source = changed_text(chance, chance.choice(trace_texts()), trace_texts())
    source = source[:_MAX_SIZE]
    given: str | bytes = source
    if chance.random() < 0.3:
        given = changed_bytes(chance, source.encode(chance.choice(("utf-8", "utf-16", "cp1251")), "replace"))
    try:
        found = read_traces(given)
    except EvidenceError as error:
        insist_printable(str(error))
        return
    insist_printable(*found.remarks)
    for trace in found.traces:
        ttls = [hop.ttl for hop in trace.hops]
        insist(ttls == sorted(set(ttls)), f"TTLs out of order: {ttls}")
        insist(all(1 <= ttl <= 255 for ttl in ttls), f"TTLs that are none: {ttls}")
        insist_printable(trace.tool, trace.target, trace.vantage, trace.flow_id, *trace.remarks)
        for hop in trace.hops:
            insist(0 <= hop.lost <= hop.sent, f"{hop.lost} of {hop.sent} lost")
            insist_printable(*(responder.name for responder in hop.responders))
            for reply in filter(None, hop.probes):
                insist(reply.rtt_ns is None or 0 <= reply.rtt_ns <= _DAY_NS, f"an RTT of {reply.rtt_ns} ns")


@cache
def _bgp_texts() -> tuple[str, ...]:
    return tuple(text for name, text in vars(bgp_outputs).items() if name.isupper() and isinstance(text, str))


def _routes(chance: Random) -> None:
    source = changed_text(chance, chance.choice(_bgp_texts()), _bgp_texts())[:_MAX_SIZE]
    try:
        found = read_bgp_text(source, wanted=Wanted([_ADDRESS]), name=source[:30])
    except EvidenceError as error:
        insist_printable(str(error))
        return
    insist_printable(*found.remarks)
    for route in (*found.routes, *found.updates):
        insist_printable(route.prefix, str(route.path), *map(str, route.communities))


def _mrt(chance: Random) -> None:
    data = changed_bytes(chance, chance.choice((TABLE + OTHER + SIX, TABLE, SIX + TABLE)))
    data = chance.choice((bytes, bytes, bytes, gzip.compress, bz2.compress))(data)
    if not is_mrt(data) and chance.random() < 0.3:
        data = changed_bytes(chance, data)
    try:
        found = read_bgp_file(written(data, "dump"), Wanted([_ADDRESS, "2001:db8:40::1"]))
    except EvidenceError as error:
        insist_printable(str(error))
        return
    insist_printable(*found.remarks)
    for route in (*found.routes, *found.updates):
        insist_printable(route.prefix, str(route.path), *map(str, route.communities))


def _registers(chance: Random) -> None:
    text = changed_text(chance, chance.choice((DUMP, *LISTS.values())), tuple(LISTS.values()))[:_MAX_SIZE]
    data = text.encode(chance.choice(("utf-8", "cp1251")), "replace")
    if chance.random() < 0.3:
        data = changed_bytes(chance, data)
    if chance.random() < 0.1:
        data = changed_bytes(chance, gzip.compress(data))
    try:
        register = read_register(parse_request(str(written(data, "register"))))
    except EvidenceError as error:
        insist_printable(str(error))
        return
    answer = register.answer("203.0.113.7", ("bad.example", "xn--e1afmkfd.xn--p1ai", "\0", "a" * 300))
    for entry in answer.entries:
        insist_printable(entry.quoted, entry.authority, entry.decision, entry.date, entry.value, *entry.urls)


@cache
def _tables() -> tuple[bytes, ...]:
    texts = (IPTOASN_TEXT, PFX2AS_TEXT, PYASN_TEXT, *(json.dumps(each) for each in (IXPFX, NETIXLAN, IX)))
    return *(text.encode() for text in texts), mmdb({"9.0.0.0/16": {"asn": 64496, "name": "First Holder"}})


def _as_tables(chance: Random) -> None:
    data = chance.choice(_tables())
    if data[:1] in (b"{", b"[") and chance.random() < 0.7:
        data = json.dumps(changed_tree(chance, json.loads(data))).encode()
    elif data.isascii() and chance.random() < 0.7:
        data = changed_text(chance, data.decode())[:_MAX_SIZE].encode("utf-8", "replace")
    else:
        data = changed_bytes(chance, data)
    said: list[str] = []
    try:
        tables = open_tables([written(data, "table")], said.append)
        for source in (*tables.exchanges, *tables.origins):
            for address in ("9.0.0.1", "1.0.2.3", "2600::1", "0.0.0.0", "ffff::"):  # noqa: S104
                found = source.attribute(address)
                if found is not None:
                    insist_printable(found.name, found.source, found.date or "", found.prefix or "")
    except TableError as error:
        insist_printable(str(error))
    insist_printable(*said)


@cache
def _scenarios() -> tuple[str, ...]:
    return tuple(path.read_text() for path in sorted(_SCENARIOS.glob("*.toml")))


def _scenario(chance: Random) -> None:
    text = changed_text(chance, chance.choice(_scenarios()), _scenarios())
    try:
        scenario = read_text(text, "changed", "changed.toml")
    except ScenarioError as error:
        insist_printable(str(error))
        return
    insist_printable(scenario.name, scenario.title)
    Network(scenario)


_ATTACKS: Final[dict[str, tuple[str, Callable[[Random], None]]]] = {
    "traces": ("outputs and documents of all tools that trace", _traces),
    "routes": ("outputs of routers and looking glasses", _routes),
    "mrt": ("dumps of route collectors, packed or not", _mrt),
    "registers": ("block registers of all formats", _registers),
    "as-tables": ("AS tables and exchange LANs of all formats", _as_tables),
    "scenarios": ("files of simulated internets", _scenario),
}
PARTS: Final = tuple(Part(name, attacks, run) for name, (attacks, run) in _ATTACKS.items())

"""Imported traces written as text.

`"1 a a a; 2 b * b; 4 AS8359; 5 END"`: of each TTL, what came for its probes. `*` is a lost probe, a letter a
router as in `trace_text`, `ASn` a responder of which only its AS is shown, `=name` one of which only the name
is, `END` the endpoint's address; `3/13:c` ICMP type 3 code 13 from router c.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from analysis.findings.simulated import SELDOM_S, investigate, run_to_end
from analysis.trace_text import ENDPOINT, address
from tracetui.model import LaneSnapshot, ReplyKind, Snapshot
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace
from tracetui.probing.pace import Pace
from tracetui.simulation import catalogue

MADE = datetime(2019, 3, 12, 9, 30, tzinfo=UTC)
RTT_NS = 2_000_000


def responder(word: str) -> ImportedResponder:
    if word.startswith("AS"):
        return ImportedResponder(asns=(int(word[2:]),))
    if word.startswith("="):
        return ImportedResponder(name=word[1:])
    return ImportedResponder(ENDPOINT if word == "END" else address(word))


def reply(word: str) -> ImportedReply | None:
    if word == "*":
        return None
    says, _, who = word.rpartition(":")
    if not says:
        return ImportedReply(responder(who), RTT_NS)
    icmp_type, code = map(int, says.split("/"))
    return ImportedReply(responder(who), RTT_NS, ReplyKind.UNREACHABLE, icmp_type, code)


def imported(text: str, **fields: Any) -> ImportedTrace:
    """A trace; without other fields a Cisco router's, to the endpoint of `trace_text`."""
    hops = []
    for hop in text.split(";"):
        at, *words = hop.split()
        first, _, last = at.partition("-")
        ttls = range(int(first), int(last or first) + 1)
        hops += [ImportedHop(ttl, tuple(map(reply, words))) for ttl in ttls]
    made = ImportedTrace("Cisco IOS", tuple(hops), ENDPOINT, ENDPOINT, vantage="GW-Core-R3", started_at=MADE)
    return replace(made, **fields)


SUSPECT, CONTROL = "185.70.40.101", "156.154.64.10"
BLOCKED = imported("1 AS57681; 2-4 AS8359; 5-8 *", target="", address=None)
REFERENCE = imported("1 AS57681; 2-6 AS8359; 7 AS22822; 8 *; 9 AS19905", target=CONTROL, address=CONTROL)


def run(
    name: str,
    *traces: ImportedTrace,
    rounds: int = 12,
    about: str = SUSPECT,
    look_every_s: float = SELDOM_S,
) -> Snapshot:
    """A scenario with traces that are imported before the first round."""
    investigation, clock = investigate(catalogue.load(name), Pace(rounds=rounds), 1, 1)
    if traces:
        investigation.import_traces(traces, "a.txt", about)
    return run_to_end(investigation, clock, look_every_s)


def of(snapshot: Snapshot, name: str) -> LaneSnapshot:
    return next(lane for lane in snapshot.lanes if lane.lane.imported == name)

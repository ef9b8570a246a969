"""Real outputs give the hops, addresses, ASes, labels, losses and times that a person typed from their text.

The outputs stand beside the project; `samples_read_by_hand.txt` says how its lines are to be read.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
TYPED = Path(__file__).with_name("samples_read_by_hand.txt").read_text(encoding="utf-8")
RANGE = re.compile(r"(\d+)-(\d+) (.*)")


def typed() -> dict[str, list[str]]:
    sections = TYPED.split("\n== ")[1:]
    return {name: [*each_hop(lines)] for name, *lines in (section.splitlines() for section in sections)}


def each_hop(lines: list[str]) -> Iterator[str]:
    for line in filter(None, lines):
        several = RANGE.fullmatch(line)
        if several is None:
            yield line
        else:
            yield from (f"{ttl} {several[3]}" for ttl in range(int(several[1]), int(several[2]) + 1))


@pytest.mark.parametrize("name", typed())
def test_a_sample_is_read_as_a_person_reads_it(name):
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the samples stand beside the project where it is developed")
    (trace,) = read_traces(path.read_bytes()).traces
    assert [target(trace), *(" ".join([str(hop.ttl), *words(hop)]) for hop in trace.hops)] == typed()[name]


def target(trace: ImportedTrace) -> str:
    named = dict.fromkeys(filter(None, (trace.target, trace.address)))
    return f"to {' '.join(named) or '?'}"


def words(hop: ImportedHop) -> Iterator[str]:
    if hop.figures is not None:
        yield " ".join(map(who, hop.figures.responders)) or "-"
        yield f"{hop.figures.lost}/{hop.figures.sent}"
        figures = hop.figures
        times = (figures.last_ns, figures.mean_ns, figures.best_ns, figures.worst_ns, figures.stdev_ns)
        yield from (ms(time) for time in times if time is not None)
        return
    before: ImportedResponder | None = None
    for reply in hop.probes:
        if reply is None:
            yield "*"
            continue
        if reply.responder != before:
            yield who(reply.responder)
        before = reply.responder
        yield answer(reply)


def who(responder: ImportedResponder) -> str:
    named = "=".join(filter(None, (responder.name, responder.address))) or "-"
    labels = "L" + "/".join(map(str, responder.mpls)) if responder.mpls else ""
    return " ".join(filter(None, (named, *(f"AS{asn}" for asn in responder.asns), labels)))


def answer(reply: ImportedReply) -> str:
    is_marked = reply.icmp_type not in {None, 11} and reply.icmp_code is not None
    return ms(reply.rtt_ns) + (f"!{reply.icmp_type}/{reply.icmp_code}" if is_marked else "")


def ms(ns: int | None) -> str:
    return "" if ns is None else f"{ns / 1_000_000:.3f}".rstrip("0").rstrip(".")

"""Snapshots of this program are read back: every lane of every scenario, with its figures and kinds."""

import json
from datetime import UTC, datetime

import pytest

from analysis.findings.simulated import run
from evidence.traces.read_documents import only, problem
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model import Hop, Reply, ReplyKind
from tracetui.model.imported_trace import CountedReply, ImportedHop, Untold
from tracetui.report.json_report import json_text
from tracetui.simulation.catalogue import available

SCENARIOS = {scenario.name: scenario for scenario in available()}


@pytest.mark.parametrize("name", SCENARIOS)
def test_lanes_of_a_scenario(name):
    snapshot = run(SCENARIOS[name], rounds=6)
    traces = read_traces(json_text(snapshot)).traces
    assert len(traces) == len(snapshot.lanes)
    for lane, trace in zip(snapshot.lanes, traces, strict=True):
        assert trace.address == lane.trace.lane.address
        assert (trace.protocol, trace.port) == (lane.trace.lane.protocol, lane.trace.lane.port)
        assert trace.vantage == snapshot.vantage.hostname
        assert trace.started_at is not None
        assert trace.untold == {Untold.PROBES}
        assert len(trace.hops) == len(lane.hops)
        for mine, theirs in zip(lane.hops, trace.hops, strict=True):
            assert_same(mine, theirs)


def assert_same(mine: Hop, theirs: ImportedHop) -> None:
    assert theirs.ttl == mine.ttl
    assert (theirs.sent, theirs.lost) == (mine.completed, mine.lost)
    assert [each.address for each in theirs.responders] == [each.address for each in mine.responders]
    assert [each.mpls for each in theirs.responders] == [each.mpls for each in mine.responders]
    counted = [(reply.responder.address, label(reply), reply.count) for reply in theirs.figures.replies]
    assert counted == [
        (each.address, kind, count) for each in mine.responders for kind, count in each.replies.items()
    ]


def label(reply: CountedReply) -> str:
    return Reply("", reply.kind, 0, 0, reply.icmp_type, reply.icmp_code).label


def snapshot(version, responder=(), **lane):
    answers = {
        "address": "192.0.2.1",
        "name": "gw.example",
        "count": 3,
        "asn": 64500,
        "replies": {"time_exceeded": 2, "unreachable_13": 1, "packet_too_big": 1},
        "mpls": [16],
    }
    rtt = {"last": 1.5, "best": 1.0, "mean": 1.25, "worst": 1.5, "stdev": None}
    hop = {"ttl": 1, "sent": 5, "received": 3, "lost": 1, "late": 0, "rtt_ms": rtt}
    return {
        "schema": f"tracetui.snapshot/{version}",
        "vantage": {"hostname": "box", "source": None},
        "started_at": "2024-02-03T04:05:06.000Z",
        "max_hops": 30,
        "lanes": [
            {
                "target": "mx:example.org",
                "address": "203.0.113.7",
                "protocol": "tcp",
                "port": 25,
                "source": "198.51.100.9",
                "hops": [hop | {"responders": [answers | dict(responder)]}],
            }
            | lane
        ],
        "findings": [{"kind": "of no interest"}],
    }


@pytest.mark.parametrize("version", [1, 2])
def test_what_is_kept(version):
    trace = only(snapshot(version))
    assert (trace.target, trace.port, trace.vantage, trace.source) == (
        "mx:example.org",
        25,
        "box",
        "198.51.100.9",
    )
    assert trace.started_at == datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)
    figures = trace.hops[0].figures
    assert (figures.sent, figures.lost, figures.mean_ns, figures.stdev_ns) == (4, 1, 1_250_000, None)
    responder = figures.responders[0]
    assert (responder.name, responder.asns, responder.mpls) == ("gw.example", (64500,), (16,))
    assert [(each.count, each.kind, each.icmp_type, each.icmp_code) for each in figures.replies] == [
        (2, ReplyKind.TIME_EXCEEDED, None, None),
        (1, ReplyKind.UNREACHABLE, 3, 13),
        (1, ReplyKind.UNREACHABLE, 2, 0),
    ]


def test_hops_are_as_old_as_the_last_change():
    assert only(snapshot(2, since="2024-02-03T05:00:00.000Z")).started_at == datetime(
        2024, 2, 3, 5, tzinfo=UTC
    )


def test_what_a_mask_hides_is_left_open():
    trace = only(snapshot(2, {"address": "hidden-1", "name": None}, source="hidden-2"))
    assert trace.source is None
    assert trace.hops[0].responders[0].name == "hidden-1"
    assert Untold.ADDRESSES in trace.untold


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (snapshot(3), "tracetui.snapshot/3 is newer than this version reads"),
        (snapshot(2, {"replies": {"smoke": 1}}), "replies of an unknown kind: smoke"),
        (
            snapshot(2, hops=[{"ttl": 1, "sent": 1, "received": 1, "lost": 1}]),
            "hop 1: 1 replies and 1 lost of 1 probes",
        ),
        (snapshot(2, hops={}), "Expected `array`, got `object` - at `$.lanes[0].hops`"),
        (snapshot(2, address=None), "Expected `str`, got `null` - at `$.lanes[0].address`"),
    ],
)
def test_faults_are_told(document, said):
    assert problem(document) == f"tracetui JSON: {said}"


def test_a_report_in_a_paste():
    paste = f"see below\n{json.dumps(snapshot(2), indent=2)}\nregards"
    assert [trace.tool for trace in read_traces(paste).traces] == ["tracetui"]

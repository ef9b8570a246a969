"""What a lane says of its flow, so that somebody else can send the same."""

import random
import re

import pytest

from probing.scripted import MS, ManualClock, S, ScriptedProber
from tracetui.model import Lane, ProbeProtocol
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.rootless_prober import RootlessProber
from tracetui.probing.rootless_tcp import describe_ports

LANE = Lane("t", "t", "203.0.113.9", ProbeProtocol.ICMP, None)
HERE = "127.0.0.1"


@pytest.mark.parametrize(
    ("ports", "words"),
    [
        ([40001], "source port 40001"),
        (range(40001, 40031), "source ports 40001-40030, one per TTL"),
        ([40001, 40002, 51000, 33000], "source ports 40001-40002, 51000, 33000, one per TTL"),
    ],
)
def test_ports_stand_in_order_of_ttl(ports, words):
    assert describe_ports(ports) == words


def test_a_trace_has_it_from_the_first_probe_on():
    clock = ManualClock()
    engine = Engine(
        ScriptedProber(clock, lambda probe, seconds: "no route" if seconds < 1 else None),
        clock,
        Pace(),
        random_source=random.Random(1),
    )
    engine.add([LANE])
    engine.run_until(500 * MS)
    assert engine.published.traces[0].flow_id == ""
    engine.run_until(5 * S)
    assert engine.published.traces[0].flow_id == "ICMP id 1"


@pytest.fixture
def rootless():
    prober = RootlessProber(SystemClock())
    yield prober
    prober.close()


def test_rootless_tcp_names_its_ports_by_ttl(rootless):
    lane = Lane("t", "t", HERE, ProbeProtocol.TCP, 9)
    rootless.open_lane(lane)
    assert rootless.flow_id(lane.id) == ""
    for ttl in (2, 1):
        rootless.send(Probe(lane.id, ttl, 0))
    words = rootless.flow_id(lane.id)
    assert re.fullmatch(r"source ports \d+(-|, )\d+, one per TTL", words)
    rootless.send(Probe(lane.id, 1, 1))
    assert rootless.flow_id(lane.id) == words


def test_rootless_icmp_names_the_identifier_that_the_kernel_gave(rootless):
    lane = Lane("t", "t", HERE, ProbeProtocol.ICMP, None)
    try:
        rootless.open_lane(lane)
    except ProbeNotSentError as error:
        pytest.skip(str(error))
    assert re.fullmatch(r"ICMP id \d+, checksum 0x[0-9a-f]{4}", rootless.flow_id(lane.id))

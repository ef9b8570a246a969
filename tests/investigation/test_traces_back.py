"""Which of our addresses vantages trace back to."""

import pytest

from tracetui.investigation.board_targets import Targets
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.traces_back import TracesBack
from tracetui.model import FlowKind, Lane, ProbeProtocol
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.lane_counts import LaneCounts
from tracetui.probing.pace import Pace

ICMP = ProbeProtocol.ICMP


def traced(source: str, address: str = "198.41.0.4"):
    counts = LaneCounts(Lane("t", "t", address, ICMP, None), FlowKind.FIXED, 0)
    counts.set_source(source, "ICMP id 1")
    return {"t": counts.trace()}


def public(source, *seen, told=()):
    back = TracesBack(Settings(pace=Pace(), public_addresses=told))
    vantages = [RemoteVantage(f"v{number}", "ssh", sees_us_as=each) for number, each in enumerate(seen)]
    back.put(Targets(), traced(source), {}, vantages)
    return back.public


@pytest.mark.parametrize(
    ("source", "seen", "told", "expected"),
    [
        ("95.165.0.10", ("",), (), ("95.165.0.10",)),
        ("95.165.0.10", ("212.188.1.6",), (), ("95.165.0.10",)),  # no NAT: what we are is known
        ("192.168.1.10", ("212.188.1.6", "212.188.1.6"), (), ("212.188.1.6",)),
        ("192.168.1.10", ("2a00:1450::1",), (), ("2a00:1450::1",)),
        ("95.165.0.10", ("2a00:1450::1",), (), ("95.165.0.10", "2a00:1450::1")),
        ("192.168.1.10", ("212.188.1.6",), ("195.34.1.1",), ("195.34.1.1",)),  # the user knows best
        ("192.168.1.10", ("",), (), ()),
    ],
)
def test_the_address_outside(source, seen, told, expected):
    assert public(source, *seen, told=told) == expected

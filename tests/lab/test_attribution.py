"""Every reply in its own lane and hop: the report against what tcpdump saw on the wire."""

import pytest

from lab import eight_routers as eight
from lab.reports import PROBERS, lanes, replies, report
from lab.wire_record import WireRecord

pytestmark = pytest.mark.lab

ENDPOINTS = (
    eight.REACHED,
    eight.CONTROL,
    eight.BLACKHOLED,
    eight.REJECTED,
    eight.LOOPED,
    eight.RESET,
    "156.154.128.7",
    "156.154.200.1",
)
ROUNDS = 30


@pytest.mark.slow
@pytest.mark.parametrize("run", PROBERS)
def test_not_one_reply_in_a_wrong_lane(eight_router_lab, can_record, tmp_path, run):
    """8 endpoints × {TCP, ICMP} through the same routers, 30 rounds."""
    prober, nobody = PROBERS[run]
    record = tmp_path / "here.pcap"
    with eight_router_lab.record(eight.VANTAGE, "ip", record, interface="to-r1"):
        pace = ("--rounds", str(ROUNDS), "--interval", "0.2", "--timeout", "0.5")
        snapshot = report(eight_router_lab, *pace, "--prober", prober, "--offline", *ENDPOINTS, nobody=nobody)
    wire = WireRecord()
    wire.read(record, eight.SOURCE)
    found = lanes(snapshot)
    assert len(found) == 2 * len(ENDPOINTS)
    assert not wire.repeated
    assert not wire.strays
    assert sum(counter.total() for counter in wire.replies.values()) > 16 * ROUNDS * 4
    for name, one in found.items():
        last = len(one["hops"])
        on_the_wire = {key: count for key, count in wire.replies[name].items() if key[0] <= last}
        assert replies(one) == on_the_wire, name
        assert [hop["sent"] for hop in one["hops"]] == [wire.sent(name, ttl) for ttl in range(1, last + 1)]
        assert one["rounds"] == ROUNDS
    counted = snapshot["receiver"]
    assert (counted["forged"], counted["malformed"], counted["dropped"]) == (0, 0, 0)

"""The report command on eight real routers, as root with raw sockets and as a user without any rights."""

from ipaddress import ip_address

import pytest

from lab import eight_routers as eight
from lab.eight_routers import eight_routers
from lab.reports import PROBERS, lanes, path, replies, report

pytestmark = [pytest.mark.lab, pytest.mark.slow]

CLOSED = "156.154.128.80"
ROUTERS, ROUTERS_V6 = list(eight.HOP_ADDRESSES), list(eight.HOP_ADDRESSES_V6)
AS_PATH = [57681, 8359, 22822, 19905]


def lane(protocol: str, address: str, port: int = 443) -> str:
    return f"{address}:icmp" if protocol == "icmp" else f"{address}:tcp/{port}"


@pytest.fixture(scope="module", params=PROBERS)
def found(eight_router_lab, tmp_path_factory, request):
    """The lanes of one run over everything that is the matter in this lab, IPv4 and IPv6, TCP and ICMP."""
    prober, nobody = PROBERS[request.param]
    table = tmp_path_factory.mktemp("table") / "table.tsv"
    table.write_text(eight.ASN_TABLE, encoding="utf-8")
    snapshot = report(
        eight_router_lab,
        *("--rounds", "5", "--interval", "0.2", "--timeout", "0.5", "--asn-table", str(table)),
        *(eight.BLACKHOLED, eight.FORWARD_DROPPED, eight.REACHED, eight.REJECTED, eight.LOOPED, eight.RESET),
        *(f"tcp://{CLOSED}:{eight.CLOSED_PORT}", f"tcp://[{eight.REACHED_V6}]:{eight.CLOSED_PORT}"),
        *(eight.BLACKHOLED_V6, eight.REACHED_V6, eight.REJECTED_V6),
        *("--control", eight.CONTROL, "--control", eight.CONTROL_V6),
        nobody=nobody,
    )
    assert snapshot["vantage"]["prober"] == prober
    assert not snapshot["unresolved"]
    received = snapshot["receiver"]
    assert (received["forged"], received["malformed"], received["dropped"]) == (0, 0, 0)
    return lanes(snapshot)


def test_every_lane_ran_its_rounds_from_its_own_source(found):
    assert len(found) == 11 * 2 + 2
    for one in found.values():
        assert one["rounds"] == 5, one["id"]
        assert one["source"] == (eight.SOURCE_V6 if ":" in one["address"] else eight.SOURCE)
        assert one["failure"] is None


@pytest.mark.parametrize("protocol", ["tcp", "icmp"])
@pytest.mark.parametrize(
    ("address", "role"),
    [
        (eight.REACHED, "suspect"),
        (eight.CONTROL, "control"),
        (eight.REACHED_V6, "suspect"),
        (eight.CONTROL_V6, "control"),
    ],
)
def test_reached(found, address, role, protocol):
    one = found[lane(protocol, address)]
    kind = "syn_ack" if protocol == "tcp" else "echo_reply"
    routers = ROUTERS_V6 if ":" in address else ROUTERS
    assert (one["state"], one["role"], one["destination_ttl"]) == ("reached", role, 9)
    assert one["proof"] == {"kind": kind, "ttl": 9}
    assert path(one) == [*routers, address]
    assert one["last_responsive"] == {
        "ttl": 9,
        "address": address,
        "asn": 19905,
        "as_name": "NEUSTAR-AS6",
        "as_grade": "strong",
    }
    assert one["as_path"] == AS_PATH
    assert replies(one)[9, address, kind] == 5
    assert all(hop["lost"] == hop["late"] == 0 for hop in one["hops"])


@pytest.mark.parametrize("address", [CLOSED, eight.REACHED_V6])
def test_a_closed_port(found, address):
    one = found[lane("tcp", address, eight.CLOSED_PORT)]
    assert (one["state"], one["destination_ttl"], one["proof"]) == ("reached", 9, {"kind": "rst", "ttl": 9})
    assert path(one) == [*(ROUTERS_V6 if ":" in address else ROUTERS), address]
    assert one["as_path"] == AS_PATH
    assert replies(one)[9, address, "rst"] == 5


@pytest.mark.parametrize("protocol", ["tcp", "icmp"])
@pytest.mark.parametrize(
    ("address", "last"), [(eight.BLACKHOLED, 4), (eight.BLACKHOLED_V6, 4), (eight.FORWARD_DROPPED, 5)]
)
def test_blackholed(found, address, last, protocol):
    one = found[lane(protocol, address)]
    routers = (ROUTERS_V6 if ":" in address else ROUTERS)[:last]
    assert (one["state"], one["destination_ttl"], one["proof"]) == ("silent_after", None, None)
    assert path(one) == routers
    assert one["last_responsive"] == {
        "ttl": last,
        "address": routers[-1],
        "asn": 8359,
        "as_name": "MTS",
        "as_grade": "normal",
    }
    assert one["as_path"] == [57681, 8359]
    beyond = one["hops"][last:]
    assert beyond
    assert all(hop["lost"] == hop["sent"] for hop in beyond)
    assert {hop["silence"] for hop in beyond if hop["sent"]} == {"silent"}


@pytest.mark.parametrize("protocol", ["tcp", "icmp"])
@pytest.mark.parametrize(("address", "icmp"), [(eight.REJECTED, [3, 13]), (eight.REJECTED_V6, [1, 1])])
def test_admin_rejected(found, address, icmp, protocol):
    one = found[lane(protocol, address)]
    routers = ROUTERS_V6 if ":" in address else ROUTERS
    assert one["state"] == "unreachable"
    assert [one["icmp"]["type"], one["icmp"]["code"]] == icmp
    assert path(one)[:7] == [*routers[:6], routers[5]], "r6 answers TTL 6, and refuses TTL 7"
    assert {*path(one)[7:]} <= {routers[5]}, "of the sweep; what came before the first refusal was read"
    assert one["last_responsive"]["address"] == routers[5]
    assert one["last_responsive"]["asn"] == 8359
    assert one["as_path"] == [57681, 8359]
    assert replies(one)[7, routers[5], f"unreachable_{icmp[1]}"] == 5


@pytest.mark.parametrize("protocol", ["tcp", "icmp"])
def test_a_loop(found, protocol):
    one = found[lane(protocol, eight.LOOPED)]
    assert (one["state"], one["loop"]) == ("loop", [ROUTERS[5], ROUTERS[6]])
    assert path(one)[:7] == ROUTERS[:7]
    assert {*path(one)[7:]} <= {ROUTERS[5], ROUTERS[6], None}
    assert one["as_path"] == [57681, 8359, 22822]


def test_a_reset_from_the_middle(found):
    one = found[lane("tcp", eight.RESET)]
    assert (one["state"], one["proof"]) == ("reset", {"kind": "rst", "ttl": 6})
    assert path(one) == [*ROUTERS[:5], eight.RESET]
    assert found[lane("icmp", eight.RESET)]["state"] == "reached"


def test_hops_name_their_as(found):
    expected = [57681, 8359, 8359, 8359, 8359, 8359, 22822, 19905, 19905]
    for address in (eight.REACHED, eight.REACHED_V6):
        hops = found[lane("icmp", address)]["hops"]
        assert [hop["responders"][0]["asn"] for hop in hops] == expected
        assert {ip_address(hop["responders"][0]["address"]).version for hop in hops} == {
            ip_address(address).version
        }


@pytest.mark.parametrize("run", PROBERS)
def test_routers_that_limit_their_errors_are_no_loss(lab_available, run):
    """Linux sends one error a second to one peer, after a burst of six: lanes share that."""
    prober, nobody = PROBERS[run]
    with eight_routers(icmp_ratelimit_ms=None) as lab:
        snapshot = report(
            lab,
            *("--rounds", "10", "--interval", "0.2", "--timeout", "0.5", "--prober", prober),
            *(eight.REACHED, eight.REACHED_V6),
            nobody=nobody,
        )
    for one in snapshot["lanes"]:
        assert one["state"] == "reached"
        assert one["destination_ttl"] == 9
        assert one["hops"][8]["lost"] == 0
    silences = {hop["silence"] for one in snapshot["lanes"] for hop in one["hops"]}
    assert "rate_limited" in silences
    assert "silent" not in silences

"""Findings on real Linux routers, through the command line: what drops here is the kernel.

    here ─ r1 ─ r2 ─ r3 ─ r4 ─ r5 ─ r6 ─ r7 ─ r8 ─ hosts
           57681 └──────── 8359 ────────┘ 22822 19905

Places are named after a minute of silence, so one run of that length serves all cases.
"""

import json
import sys

import pytest

from lab.eight_routers import ASN_TABLE, CONTROL, ROUTERS, SOURCE, VANTAGE
from lab.routers import Lab, host

pytestmark = [pytest.mark.lab]

BLACKHOLED = "185.70.40.101"
FORWARD_DROPPED = "185.70.40.102"
NO_PORT_25 = "185.70.40.103"
ADMIN_REJECTED = "185.70.40.104"
HOST_REJECTED = "185.70.40.105"
RESET = "185.70.40.106"
LOOPED = "185.70.40.107"
NO_WAY_BACK = "185.70.40.108"
SUSPECTS = (
    BLACKHOLED,
    FORWARD_DROPPED,
    NO_PORT_25,
    ADMIN_REJECTED,
    HOST_REJECTED,
    RESET,
    LOOPED,
    NO_WAY_BACK,
)
NEIGHBOUR = "185.70.40.200"
PORTS = (25, 443)


def make_lab():
    return Lab.chain(
        host(VANTAGE, SOURCE),
        ROUTERS,
        {
            host("control", CONTROL, listens=PORTS): None,
            host("mx", *SUSPECTS, NEIGHBOUR, listens=PORTS): None,
        },
        icmp_ratelimit_ms=0,
    )


def report(lab, tmp_path, *targets, controls=(CONTROL, NEIGHBOUR), rounds=13, interval_s=5.0, ports="25,443"):
    table = tmp_path / "table.tsv"
    table.write_text(ASN_TABLE, encoding="utf-8")
    argv = [sys.executable, "-m", "tracetui", "report", *targets, "--format", "json", "--no-dns"]
    argv += ["--rounds", str(rounds), "--interval", str(interval_s), "--timeout", "1", "--port", ports]
    argv += ["--asn-table", str(table), *(word for control in controls for word in ("--control", control))]
    done = lab.run(VANTAGE, argv, timeout_s=120, check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(lab_available, tmp_path_factory):
    """Suspect to what is found of it: every finding that speaks of one of its lanes, and of trouble."""
    with make_lab() as lab:
        lab.blackhole("r3", BLACKHOLED)
        lab.forward_drop("r3", FORWARD_DROPPED)
        lab.forward_drop("r4", NO_PORT_25, "tcp", 25)
        lab.reject("r5", ADMIN_REJECTED, "admin-prohibited")
        lab.reject("r4", HOST_REJECTED, "host-prohibited")
        lab.tcp_reset("r4", RESET)
        lab.loop(LOOPED, "r6", "r7")
        lab.return_drop("r3", NO_WAY_BACK)
        snapshot = report(lab, tmp_path_factory.mktemp("findings"), *SUSPECTS)
    trouble = [one for one in snapshot["findings"] if one["kind"] != "reachable"]
    return {
        suspect: [one for one in trouble if any(lane.startswith(f"{suspect}:") for lane in one["lanes"])]
        for suspect in (*SUSPECTS, CONTROL, NEIGHBOUR)
    }


EXPECTED = {
    BLACKHOLED: ("blackhole_in_as", "medium", [8359]),
    FORWARD_DROPPED: ("blackhole_in_as", "medium", [8359]),
    NO_PORT_25: ("port_or_protocol_filter", "low", []),  # one flow: a dead branch is left
    ADMIN_REJECTED: ("explicit_filter", "medium", [8359]),  # high takes ten minutes
    HOST_REJECTED: ("explicit_filter", "medium", [8359]),
    RESET: ("reset_injected", "medium", [8359]),
    LOOPED: ("routing_loop", "low", []),  # r7 is alone in its AS: whose it is, its address does not tell
    NO_WAY_BACK: ("silent_edge", "low", []),
}


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("suspect", SUSPECTS)
def test_findings(found, suspect):
    (one,) = found[suspect]
    assert (one["kind"], one["confidence"], one["ases"]) == EXPECTED[suspect], one["text"]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_candidates_are_the_routers_around_the_drop(found):
    hops = {
        suspect: [candidate["ttl"] for candidate in found[suspect][0]["candidates"]] for suspect in SUSPECTS
    }
    assert hops[BLACKHOLED] == [2, 3], "r3 drops before it looks at the TTL"
    assert hops[FORWARD_DROPPED] == [3, 4], "r3 drops after that"
    assert hops[NO_PORT_25] == [4, 5]
    assert hops[ADMIN_REJECTED] == [5], "the message comes at TTL 6, from the router at 5"
    assert hops[RESET] == [4, 5]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_words(found):
    assert "3/13" in found[ADMIN_REJECTED][0]["text"]
    assert "3/10" in found[HOST_REJECTED][0]["text"]
    assert "direction unknown" in found[NO_WAY_BACK][0]["text"].lower()
    assert found[BLACKHOLED][0]["direction"] == "forward", "a neighbour in the same /24 answers"
    assert not found[CONTROL]
    assert not found[NEIGHBOUR]


def test_dead_home(lab_available, tmp_path):
    with make_lab() as lab:
        lab.nft("r1", "forward drop")
        snapshot = report(lab, tmp_path, BLACKHOLED, rounds=6, interval_s=0.3, ports="443")
    (one,) = snapshot["findings"]
    assert (one["kind"], one["confidence"], one["ases"]) == ("local_problem", "low", []), "two seconds"
    assert "57681" not in one["text"]

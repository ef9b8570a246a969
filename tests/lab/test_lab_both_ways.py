"""The endpoint traces back, over a real ssh server on real routers, and sees our probes arrive.

here ─ r1 ─ t1 ─ t2 ─ mx        AS 57681 | 8359, 8359 | 19905
inside ┘                        behind the NAT of r1
"""

import itertools
import json
import sys
from dataclasses import dataclass, field

import pytest

from lab.routers import Lab, Topology, host, router
from lab.ssh_servers import FAR_PYTHON, SshServers
from tracetui.model import ExplanationKind, ExplanationState

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HERE, INSIDE, MX, R1 = "95.165.0.10", "192.168.7.10", "156.154.65.20", "95.165.0.1"
HERE6, MX6 = "2a00:1450::10", "2a00:1288::20"
PROBES = "meta l4proto { tcp, icmp, ipv6-icmp } tcp dport 443", "meta l4proto { icmp, ipv6-icmp }"
TABLE = "".join(
    "\t".join(row) + "\n"
    for row in (
        ("95.165.0.0", "95.165.255.255", "57681", "RU", "MGTS"),
        ("156.154.0.0", "156.154.255.255", "19905", "US", "NEUSTAR"),
        ("212.188.0.0", "212.188.63.255", "8359", "RU", "MTS"),
    )
)


def drops(chain: str, direction: str, family: str = "ip", *, echo: str = "") -> tuple[str, ...]:
    """Rules for probes to the endpoint, or from it: TCP/443 and ICMP; ssh goes through."""
    icmp, port = ("icmp", "icmp") if family == "ip" else ("icmpv6", "ipv6-icmp"), "443"
    address = MX if family == "ip" else MX6
    side = "dport" if direction == "daddr" else "sport"
    kind = f"{icmp[0]} type {echo} " if echo else ""
    return (
        f"{chain} {family} {direction} {address} tcp {side} {port} drop",
        f"{chain} {family} {direction} {address} meta l4proto {icmp[1]} {kind}drop",
    )


OUT = ("t1", drops("forward", "daddr"))
BACK = ("t1", drops("forward", "saddr"))


@dataclass(frozen=True)
class Case:
    rules: tuple[tuple[str, tuple[str, ...]], ...]
    direction: str | None
    other: str | None
    ruled_out: frozenset[ExplanationKind] = field(default=frozenset())


E = ExplanationKind
WAY_OUT = frozenset({E.DROPPED_AT_LAST, E.DROPPED_BEYOND, E.OTHER_WAY})
CASES = {
    "the way out": Case((OUT,), "forward", "stops", frozenset({E.LOST_ON_RETURN, E.ENDPOINT_SILENT})),
    "the way back": Case((BACK,), "return", "stops", WAY_OUT | {E.ENDPOINT_SILENT}),
    "both ways": Case((OUT, BACK), "both", "stops", frozenset({E.LOST_ON_RETURN, E.ENDPOINT_SILENT})),
    "neither: its firewall": Case(
        (("mx", drops("input", "daddr", echo="echo-request")),), None, "passes", WAY_OUT | {E.LOST_ON_RETURN}
    ),
    "only answers": Case(
        (("t1", (drops("forward", "saddr")[0], drops("forward", "saddr", echo="echo-reply")[1])),),
        "return",
        "passes",
        WAY_OUT,
    ),
}


@pytest.fixture(scope="module")
def places(lab_available):
    nodes = (
        host("here", HERE, HERE6),
        host("inside", INSIDE),
        router("r1", R1, "2a00:1450::1"),
        router("t1", "212.188.1.6", "2a00:8359::1"),
        router("t2", "212.188.2.37", "2a00:8359::2"),
        host("mx", MX, MX6, listens=(443,)),
    )
    links = (("here", "r1"), ("inside", "r1"), ("r1", "t1"), ("t1", "t2"), ("t2", "mx"))
    with Lab(Topology(nodes, links), icmp_ratelimit_ms=0) as lab:
        lab.allow_ping("here")
        yield lab


@pytest.fixture(scope="module")
def servers(places, tmp_path_factory):
    with SshServers(places, tmp_path_factory.mktemp("ssh")) as servers:
        yield servers


@pytest.fixture(scope="module")
def endpoint(servers):
    return servers.serve("mx")


@pytest.fixture
def rules(places):
    """Set rules for one test."""
    used = set()

    def add(node, *rules):
        used.add(node)
        places.nft(node, *rules)

    yield add
    for node in used:
        places.clear(node)


_NUMBERS = itertools.count()


@pytest.fixture
def trace(places, servers, endpoint, tmp_path):
    def run(*words, node="here", rounds=12):
        (tmp_path / "table.tsv").write_text(TABLE, encoding="utf-8")
        config = tmp_path / "config.toml"
        config.write_text(
            f'[vantage.mx]\nssh = "ssh://{endpoint}"\npython = "{FAR_PYTHON}"\n', encoding="utf-8"
        )
        argv = [sys.executable, "-m", "tracetui", "report", MX, "--format", "json", "--no-dns"]
        argv += ["--config", str(config), "--via", "mx", "--both-ways", "--port", "443", *words]
        argv += ["--asn-table", str(tmp_path / "table.tsv"), "-r", str(rounds), "-i", "0.5", "--timeout", "1"]
        argv += ["--max-hops", "10"]
        with servers.on_the_path():
            done = places.run(node, argv, check=False)
        assert done.returncode in {0, 1}, done.stderr
        return json.loads(done.stdout)

    return run


def silent(snapshot):
    """The findings about the endpoint as it is traced from here, and silent."""
    here = {lane["id"] for lane in snapshot["lanes"] if lane["via"] is None}
    return [
        one
        for one in snapshot["findings"]
        if here & set(one["lanes"]) and one["kind"] not in {"reachable", "insufficient"}
    ]


def states(finding):
    return {E(one["kind"]): ExplanationState(one["state"]) for one in finding["explanations"]}


def kinds(finding):
    return {one["kind"] for one in finding["evidence"]}


@pytest.mark.parametrize("prober", ["raw", "rootless"])
@pytest.mark.parametrize("name", CASES)
def test_which_way_loses_packets_is_known(trace, rules, name, prober):
    case = CASES[name]
    for node, added in case.rules:
        rules(node, *added)
    snapshot = trace("--prober", prober)
    found = silent(snapshot)
    assert found
    for finding in found:
        expected = "forward" if case.direction == "both" and prober == "rootless" else case.direction
        assert finding["direction"] == expected
        assert {
            kind for kind in case.ruled_out if states(finding)[kind] is not ExplanationState.RULED_OUT
        } == set()
        if prober == "raw":  # this machine sees the way back arrive
            assert finding["other_direction"] == case.other or case.direction == "forward"
    accused = {asn for one in snapshot["findings"] for asn in one["ases"]}
    assert accused <= {8359}


def test_nothing_is_wrong(trace):
    snapshot = trace()
    assert silent(snapshot) == []


def test_behind_a_nat_arrivals_count_and_their_absence_does_not(trace, rules, places):
    places.world.shell(
        "ip netns exec r1 nft -f - <<'END'\n"
        "table ip outside { chain post { type nat hook postrouting priority 100\n"
        f"ip saddr {INSIDE} snat to {R1}\n}}\n}}\nEND\n"
    )
    try:
        rules(*("t1", *drops("forward", "saddr")))
        snapshot = trace(node="inside")  # the vantage sees where our connection comes from
        assert snapshot["public_addresses"] == [R1]
        assert snapshot["vantages"][0]["sees_us_as"] == R1
        (back, *_) = silent(snapshot)
        assert back["direction"] == "return"
        assert "probes_arrive" in kinds(back)
        rules(*("t1", *drops("forward", "daddr")))
        (both, *_) = silent(trace("--public-address", R1, node="inside"))
        assert both["direction"] == "unknown"
        assert "no_probe_arrives" not in kinds(both)
    finally:
        places.world.shell("ip netns exec r1 nft delete table ip outside\n")

"""Vantages over real traceroute and mtr, run over ssh at other nodes of a lab, beside the lanes from here."""

import json
import shutil
import time
from pathlib import Path

import pytest

from lab import eight_routers as eight
from lab.reports import path, report
from lab.ssh_servers import SshServers

pytestmark = [pytest.mark.lab, pytest.mark.slow]
AT_R2, AT_R7 = "r2", "r7"

TABLES = {
    "linux": 'template = "linux-traceroute"',
    "mtr": 'template = "mtr"',
    "udp": "traceroute -n -q 1 -w 1 -m 12 {address}",
    "icmp": "traceroute -n -q 3 -w 1 -m 12 -I {address}",
    "any": "traceroute -n -q 1 -w 1 -m {max_hops} -M {protocol} -p {port} {address}",
    "sums": "mtr -r -n -c 2 -G 1 -m 12 {address}",
    "cannot": "traceroute --no-such-option {address}",
    "missing": "no-such-program {address}",
}
"""What stands in a vantage's table: a template, or a command that ssh runs there."""

LANES = [
    *[("linux", "tcp"), ("linux", "icmp"), ("mtr", "tcp"), ("mtr", "icmp"), ("udp", "udp")],
    *[("icmp", "icmp"), ("any", "tcp"), ("sums", "icmp")],
]


def table(node: str, name: str, address: str) -> str:
    how = TABLES[name]
    if how.startswith("template"):
        lines = [f'ssh = "root@{address}"', how]
    else:
        protocol = 'protocol = "tcp"' if name == "any" else ""
        lines = [f"command = {json.dumps(['ssh', '-T', f'root@{address}', how])}", protocol]
    return "\n".join((f"[vantage.{node}-{name}]", *lines, "every = 2", "timeout = 30", ""))


@pytest.fixture(scope="module")
def found(eight_router_lab, tmp_path_factory):
    """The lanes by vantage, address and protocol."""
    for program in ("traceroute", "mtr"):
        if shutil.which(program, path=eight_router_lab.world.environment["PATH"]) is None:
            pytest.skip(f"{program} is not installed")
    directory = tmp_path_factory.mktemp("commands")
    names = [*((AT_R2, name) for name in TABLES), (AT_R7, "linux")]
    with SshServers(eight_router_lab, directory) as servers, servers.on_the_path():
        hosts = {node: servers.serve(node).host for node in (AT_R2, AT_R7)}
        file = directory / "config.toml"
        file.write_text("".join(table(node, name, hosts[node]) for node, name in names), encoding="utf-8")
        return report(
            eight_router_lab,
            *("--config", str(file), "--rounds", "6", "--interval", "1", "--timeout", "0.5", "--offline"),
            *("--max-hops", "12"),
            *(word for node, name in names for word in ("--via", f"{node}-{name}")),
            *(eight.BLACKHOLED, eight.REACHED),
        )


def lane(snapshot, vantage, address, protocol):
    (one,) = [
        each
        for each in snapshot["lanes"]
        if (each["via"], each["address"], each["protocol"]) == (vantage, address, protocol)
    ]
    return one


@pytest.mark.parametrize(("name", "protocol"), LANES)
def test_the_path_is_the_one_from_there(found, name, protocol):
    reached = lane(found, f"{AT_R2}-{name}", eight.REACHED, protocol)
    assert path(reached) == [*eight.HOP_ADDRESSES[2:], eight.REACHED]
    assert reached["destination_ttl"] == 7
    stopped = lane(found, f"{AT_R2}-{name}", eight.BLACKHOLED, protocol)
    assert path(stopped) == list(eight.HOP_ADDRESSES[2:4])
    assert stopped["last_responsive"]["address"] == eight.HOP_ADDRESSES[3]


@pytest.mark.parametrize("protocol", ["tcp", "icmp"])
def test_from_behind_the_drop_the_path_is_another(found, protocol):
    assert path(lane(found, "r7-linux", eight.REACHED, protocol)) == [eight.HOP_ADDRESSES[7], eight.REACHED]


def test_runs_are_rounds_and_tell_their_command(found):
    one = lane(found, "r2-linux", eight.REACHED, "icmp")
    assert 1 <= one["rounds"] <= 3  # six seconds, every two, in turn with the others
    assert one["imported"]["tool"] == "traceroute"
    assert one["imported"]["every_s"] == 2
    assert one["imported"]["text"].endswith(f"traceroute -4 -n -q 1 -w 2 -m 12 -I {eight.REACHED}")
    assert lane(found, "r2-icmp", eight.REACHED, "icmp")["rounds"] in {3, 6, 9}


@pytest.mark.parametrize(("name", "words"), [("cannot", "no-such-option"), ("missing", "exit status 127")])
def test_a_vantage_whose_command_fails_says_why(found, name, words):
    (vantage,) = [one for one in found["vantages"] if one["name"] == f"{AT_R2}-{name}"]
    assert vantage["state"] == "lost"
    assert words in vantage["interruptions"][-1]["reason"]


def test_what_commands_show_rules_nothing_out_and_is_never_sure(found):
    own = [one for one in found["findings"] if all(">" not in lane for lane in one["lanes"])]
    others = [one for one in found["findings"] if one not in own]
    assert {one["confidence"] for one in others if one["kind"] != "reachable"} == {"low"}
    silent = next(one for one in own if one["kind"] == "blackhole_unlocalised")
    cited = {one["id"] for one in silent["evidence"] if one["kind"].startswith("imported_")}
    assert cited
    assert not cited & {by for one in silent["explanations"] for by in one["by"]}


def test_nothing_runs_any_more(found):
    """Another worker may have this lab too, for a while."""
    end_s = time.monotonic() + 90
    while {b"mtr", b"traceroute", b"ssh"} & _running():
        assert time.monotonic() < end_s, _running()
        time.sleep(1)


def _running() -> set[bytes]:
    """Return the programs that have to do with the lab's endpoint."""
    return {
        _read(file).split(b"\0")[0].rpartition(b"/")[2]
        for file in Path("/proc").glob("[0-9]*/cmdline")
        if eight.REACHED.encode() in _read(file)
    }


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""

"""Vantages over real ssh servers, on real routers.

here ─ r1 ─ t1 ─ t2 ─ t3 ─ web       AS 57681 | 8359, 8359, 22822 | 19905
east ─ e1 ──────┘    │
west ─ w1 ───────────┘               AS 3216; AS 174
"""

import itertools
import json
import re
import sys
import time
from pathlib import Path
from typing import Self

import pytest

from lab.routers import Lab, Topology, host, router
from lab.ssh_servers import FAR_PYTHON, SshServers, script
from tracetui.model import Lane, PathState, ProbeProtocol
from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.probing.clock import SystemClock
from tracetui.probing.pace import Pace
from tracetui.vantage.archive import far_command
from tracetui.vantage.remote_engine import RemoteEngine

pytestmark = [pytest.mark.lab, pytest.mark.slow]

EAST, WEST = "213.221.0.10", "154.54.0.10"
TARGETS = {
    "all reach": "156.154.65.20",
    "stops in t1": "156.154.65.21",
    "stops in t2": "156.154.65.22",
    "stops before t3": "156.154.65.23",
    "stops on the east branch": "156.154.65.24",
    "the way back to here is lost": "156.154.65.25",
}
T1, T2, T3, E1, R1, W1 = (
    "212.188.1.6",
    "212.188.2.37",
    "68.142.82.9",
    "213.221.0.1",
    "95.165.0.1",
    "154.54.0.1",
)
TABLE = "".join(
    "\t".join(row) + "\n"
    for row in (
        ("68.142.64.0", "68.142.127.255", "22822", "US", "LLNW"),
        ("95.165.0.0", "95.165.255.255", "57681", "RU", "MGTS"),
        ("154.54.0.0", "154.54.255.255", "174", "US", "COGENT"),
        ("156.154.0.0", "156.154.255.255", "19905", "US", "NEUSTAR"),
        ("212.188.0.0", "212.188.63.255", "8359", "RU", "MTS"),
        ("213.221.0.0", "213.221.63.255", "3216", "RU", "SOVAM"),
    )
)


@pytest.fixture(scope="module")
def places(lab_available):
    nodes = (
        host("here", "95.165.0.10"),
        router("r1", R1),
        router("t1", T1),
        router("t2", T2),
        router("t3", T3),
        host("web", *TARGETS.values(), listens=(443,)),
        host("east", EAST),
        router("e1", E1),
        host("west", WEST),
        router("w1", W1),
    )
    links = (
        ("here", "r1"),
        ("r1", "t1"),
        ("t1", "t2"),
        ("t2", "t3"),
        ("t3", "web"),
        ("east", "e1"),
        ("e1", "t2"),
        ("west", "w1"),
        ("w1", "t3"),
    )
    with Lab(Topology(nodes, links), icmp_ratelimit_ms=0) as lab:
        lab.forward_drop("t1", TARGETS["stops in t1"])
        lab.forward_drop("t2", TARGETS["stops in t2"])
        lab.blackhole("t3", TARGETS["stops before t3"])
        lab.forward_drop("e1", TARGETS["stops on the east branch"])
        lab.return_drop("t1", TARGETS["the way back to here is lost"])
        for name in ("here", "east", "west"):
            lab.allow_ping(name)
        yield lab


@pytest.fixture(scope="module")
def servers(places, tmp_path_factory):
    with SshServers(places, tmp_path_factory.mktemp("ssh")) as servers:
        yield servers


@pytest.fixture(scope="module")
def east(servers):
    return servers.serve("east")


# Three places side by side


@pytest.fixture(scope="module")
def snapshot(places, servers, east, tmp_path_factory):
    west = servers.serve("west", 'ForceCommand=unshare --user sh -c "$SSH_ORIGINAL_COMMAND"')
    directory = tmp_path_factory.mktemp("three")
    (directory / "table.tsv").write_text(TABLE, encoding="utf-8")
    config = directory / "config.toml"
    config.write_text(
        "".join(
            f'[vantage.{name}]\nssh = "ssh://{address}"\npython = "{FAR_PYTHON}"\n'
            for name, address in (("east", east), ("west", west))
        ),
        encoding="utf-8",
    )
    argv = [sys.executable, "-m", "tracetui", "report", *TARGETS.values(), "--format", "json", "--no-dns"]
    argv += ["--config", str(config), "--via", "east", "--via", "west", "--asn-table"]
    argv += [str(directory / "table.tsv"), "-p", "tcp", "--port", "443", "-r", "6", "-i", "0.5"]
    with servers.on_the_path():
        done = places.run("here", [*argv, "--timeout", "1", "--max-hops", "10"], check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


STOPS = {
    "all reach": (None, None, None),
    "stops in t1": (T1, None, None),
    "stops in t2": (T2, T2, None),
    "stops before t3": (T2, T2, W1),
    "stops on the east branch": (None, E1, None),
    "the way back to here is lost": (T3, None, None),
}
"""From here, from east, from west: who answers last; None where the endpoint does."""


@pytest.mark.parametrize("name", STOPS)
def test_each_place_sees_what_its_own_way_does(snapshot, name):
    found = {}
    for lane in snapshot["lanes"]:
        if lane["address"] == TARGETS[name]:
            last = [hop["responders"][0]["address"] for hop in lane["hops"] if hop["responders"]][-1]
            found[lane["via"]] = None if lane["state"] == PathState.REACHED else last
            assert lane["state"] in {PathState.REACHED, PathState.SILENT_AFTER}
            assert lane["rounds"] == 6
    assert (found[None], found["east"], found["west"]) == STOPS[name]


def test_the_vantages_say_who_they_are(snapshot):
    vantages = {one["name"]: one for one in snapshot["vantages"]}
    assert [vantages[name]["state"] for name in ("east", "west")] == ["connected"] * 2
    assert [vantages[name]["prober"] for name in ("east", "west")] == ["raw", "rootless"]
    for one in vantages.values():
        assert one["interruptions"] == []
        assert abs(one["clock_offset_ns"]) <= one["clock_error_ns"] < 1_000_000_000


def test_findings_name_the_place_they_are_from(snapshot):
    lane = f"via east>{TARGETS['stops on the east branch']}:tcp/443"
    (finding,) = [one for one in snapshot["findings"] if lane in one["lanes"] and one["kind"] != "reachable"]
    assert "east" in json.dumps(finding)


# What goes wrong with a connection


class Vantage:
    """A remote engine at `here`, that traces one lane in the far place."""

    def __init__(self, lab: Lab, servers: SshServers, address, *, python=FAR_PYTHON, options=()) -> None:
        ssh = address.command(far_command(python), ssh=servers.client(*options))
        self.engine = RemoteEngine(
            RemoteVantage("far", f"ssh {address}"),
            lab.command("here", ssh),
            SystemClock(),
            Pace(0.2, 1.0, 10),
        )
        target = TARGETS["all reach"]
        self.engine.add([Lane(target, target, target, ProbeProtocol.TCP, 443, via="far")])

    def __enter__(self) -> Self:
        self.engine.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    @property
    def vantage(self) -> RemoteVantage:
        return self.engine.published.vantage

    @property
    def rounds(self) -> int:
        traces = self.engine.published.traces
        return traces[0].rounds if traces else 0

    def wait(self, state: ConnectionState, *, rounds: int = 0, patience_s: float = 40) -> RemoteVantage:
        """Wait until the connection stands like this and so many rounds are counted."""
        end_s = time.monotonic() + patience_s
        while not (self.vantage.state is state and self.rounds >= rounds):
            assert time.monotonic() < end_s, (self.vantage, self.rounds)
            time.sleep(0.02)
        return self.vantage


def probes(capture) -> list[float]:
    """When probes left; the answers and other packets do not count."""
    return [
        float(line.split()[0])
        for line in capture.lines
        if re.search(rf"> {re.escape(TARGETS['all reach'])}\.443: Flags \[S\]", line)
    ]


def test_it_traces_as_root_and_ends_with_the_connection(places, servers, east, can_record):
    with places.capture("east", "tcp port 443") as capture:
        with Vantage(places, servers, east) as far:
            far.wait(ConnectionState.CONNECTED, rounds=3)
            hops = far.engine.published.traces[0].hops
            assert [one.responders[0].address for one in hops] == [E1, T2, T3, TARGETS["all reach"]]
        ended = time.time()
        time.sleep(4)
    assert probes(capture)
    assert max(probes(capture)) < ended + 2.5


def test_it_leaves_no_file_behind(places, servers, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    force = f'export HOME={home} TMPDIR={home}; cd; eval "$SSH_ORIGINAL_COMMAND"'
    address = servers.serve("east", f"ForceCommand={force}", port=2300)
    mark = servers.known_hosts
    with Vantage(places, servers, address) as far:
        far.wait(ConnectionState.CONNECTED, rounds=3)
    newer = ["find", str(home), "/dev/shm", "/var/tmp", "-newer", str(mark), "-type", "f"]
    left = places.run("east", newer).stdout.splitlines()
    assert [file for file in left if "faketime" not in file] == []  # those are of another test's clock


@pytest.mark.slow
def test_ssh_is_killed_and_comes_back(places, servers, east, can_record):
    with places.capture("east", "tcp port 443") as capture, Vantage(places, servers, east) as far:
        far.wait(ConnectionState.CONNECTED, rounds=3)
        connection = far.engine._connection
        assert connection is not None
        connection._process._process.kill()
        killed = time.time()
        lost = far.wait(ConnectionState.LOST)
        assert lost.reason.startswith("the connection ended")
        assert "no connection to far" in (far.engine.published.traces[0].failure or "")
        before = far.rounds
        back = far.wait(ConnectionState.CONNECTED, rounds=before + 3)
        (gap,) = back.interruptions
        assert gap.end is not None
        assert gap.end > gap.begin
        assert far.engine.published.traces[0].failure is None
    assert any(moment < killed for moment in probes(capture))


@pytest.mark.slow
def test_the_network_is_cut_and_restored(places, servers, east, can_record):
    with places.capture("east", "tcp port 443") as capture, Vantage(places, servers, east) as far:
        far.wait(ConnectionState.CONNECTED, rounds=3)
        places.nft("here", f"output ip daddr {EAST} drop", f"input ip saddr {EAST} drop")
        cut = time.time()
        try:
            lost = far.wait(ConnectionState.LOST)
            assert lost.reason == "nothing came for 10 s" or "timed out" in lost.reason.lower(), lost.reason
        finally:
            places.clear("here")
        restored = time.time()
        far.wait(ConnectionState.CONNECTED, rounds=far.rounds + 2, patience_s=60)
    assert [moment for moment in probes(capture) if cut + 2.5 < moment < restored] == []


_PORTS = itertools.count(2201)


def failing(places, servers, *serve_options, **how) -> str:
    """Return why there is no connection."""
    known = how.pop("known", "host_key")
    address = servers.serve("east", *serve_options, port=next(_PORTS), known=known)
    with Vantage(places, servers, address, **how) as far:
        return far.wait(ConnectionState.LOST).reason


def test_no_python_there(places, servers):
    assert failing(places, servers, python="/nowhere/python3") == "no python3 there (3.11 or newer is needed)"


def test_an_old_python_there(places, servers, tmp_path):
    old = f'exec {FAR_PYTHON} -I -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])" "$4"'
    python = str(script(tmp_path / "python3", [old]))
    assert failing(places, servers, python=python) == "tracetui needs python 3.11, this is 3.9"


def test_another_host_key(places, servers):
    assert failing(places, servers, known="other_key") == "Host key verification failed."


def test_a_password_is_wanted(places, servers):
    reason = failing(places, servers, "PubkeyAuthentication=no", "PasswordAuthentication=yes")
    assert "Permission denied" in reason
    assert "password" in reason


def test_nobody_listens(places, servers, east):
    address = type(east)(east.host, east.user, 2999)
    with Vantage(places, servers, address) as far:
        assert "refused" in far.wait(ConnectionState.LOST).reason


def test_too_few_descriptors_there(places, servers):
    reason = failing(places, servers, 'ForceCommand=ulimit -n 5; eval "$SSH_ORIGINAL_COMMAND"')
    assert "Too many open files" in reason or "too many open files" in reason, reason


def test_too_little_memory_there(places, servers):
    reason = failing(places, servers, 'ForceCommand=ulimit -v 14000; eval "$SSH_ORIGINAL_COMMAND"')
    assert reason
    assert "\n" not in reason


def test_few_descriptors_there_make_probes_wait(places, servers):
    force = 'ForceCommand=ulimit -n 24; exec unshare --user sh -c "$SSH_ORIGINAL_COMMAND"'
    address = servers.serve("east", force, port=2301)
    with Vantage(places, servers, address) as far:
        far.wait(ConnectionState.CONNECTED, rounds=2)
        assert far.vantage.prober == "rootless"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("head -c 3000000 /dev/urandom", "prints too much"),
        ("head -c 3000 /dev/zero", "ended before the program there started"),
        (r"printf 'tracetui far end 1\n'; head -c 300000 /dev/urandom", "no stream of events"),
        (r"printf 'tracetui far end 1\n'; exec sleep 0.5", "the connection ended"),
    ],
)
def test_garbage_from_there(places, servers, command, words):
    assert words in failing(places, servers, f"ForceCommand={command}")


def test_a_login_script_prints_first(places, servers):
    force = 'ForceCommand=echo Welcome; echo tracetui far end; eval "$SSH_ORIGINAL_COMMAND"'
    address = servers.serve("east", force, port=2302)
    with Vantage(places, servers, address) as far:
        far.wait(ConnectionState.CONNECTED, rounds=2)


SHIFTED = """
import sys
from tracetui.vantage.far import far_end
HOUR = 3600 * 10**9
PLACES = {"pong": 2, "lane": 3, "clear": 3, "round": 3, "reply": 7}
emit = far_end.Writer.emit
def shifted(self, event):
    place = PLACES.get(event[0])
    if place is not None:
        event[place] += HOUR
    emit(self, event)
far_end.Writer.emit = shifted
"""


def test_its_clock_is_an_hour_ahead(places, servers, tmp_path):
    shift = tmp_path / "shift.py"
    shift.write_text(SHIFTED, encoding="utf-8")
    run = "from tracetui.vantage.far.far_end import run"
    patch = f"import sys; exec(sys.argv[1].replace({run!r}, open({str(shift)!r}).read() + {run!r}))"
    python = script(tmp_path / "python3", [f'exec {FAR_PYTHON} -I -c {json.dumps(patch)} "$4"'])
    address = servers.serve("east", port=2303)
    with Vantage(places, servers, address, python=str(python)) as far:
        vantage = far.wait(ConnectionState.CONNECTED, rounds=3)
        (trace,) = far.engine.published.traces
    assert vantage.clock_offset_ns is not None
    assert vantage.clock_error_ns is not None
    assert vantage.clock_offset_ns == pytest.approx(-3600e9, abs=vantage.clock_error_ns + 1e9)
    assert abs(trace.started_ns - time.time_ns()) < 60e9
    assert all(abs(one.started_ns - time.time_ns()) < 60e9 for one in trace.outcomes)


@pytest.mark.slow
def test_a_link_of_64_kilobits(places, servers, east):
    throttle = Path(__file__).with_name("throttle.py")
    proxy = f"ProxyCommand={sys.executable} -I {throttle} %h %p 8000"
    with Vantage(places, servers, east, options=(proxy,)) as far:
        vantage = far.wait(ConnectionState.CONNECTED, rounds=10, patience_s=90)
        assert vantage.interruptions == ()
        (trace,) = far.engine.published.traces
        assert trace.destination_ttl == 4
        assert {one.lost for one in trace.hops} == {0}

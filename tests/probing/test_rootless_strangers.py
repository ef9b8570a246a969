"""The rootless prober among liars: what it believes, what it drops and counts, and what it sends."""

import contextlib
import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from lab import stranger
from lab.world import World

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.usefixtures("lab_available")]

LAB = Path(stranger.__file__).parent
TTL = 3
SILENT = ("198.51.100.201", "198.51.100.202", "2001:db8:bad::c9")
TIME_EXCEEDED = {"kind": "time_exceeded", "ttl": 61, "mpls": [], "kernel_stamp": True}


class Strangers:
    """A namespace behind the stranger's device."""

    def __init__(self, world: World) -> None:
        self.world = world
        allowed = "0 0" if world.user_namespace else "0 2147483647"
        self.world.shell(
            "ip netns add strange\nip netns exec strange sh -ec "
            f"'echo \"{allowed}\" > /proc/sys/net/ipv4/ping_group_range'\n"
        )

    @contextlib.contextmanager
    def answering(self):
        """Answer; the list that is yielded has the probes received, once the block is over."""
        argv = self.world.inside("strange", [sys.executable, str(LAB / "stranger.py")])
        running = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.world.environment,
        )
        received = []
        try:
            assert running.stdout.readline() == "ready\n", running.communicate()
            yield received
        finally:
            received += json.loads(running.communicate()[0])

    def drive(self, probes, listen_s, **further):
        wanted = json.dumps({"probes": probes, "listen_s": listen_s, **further})
        argv = self.world.inside(
            "strange", [sys.executable, str(LAB / "drive_prober.py"), wanted], nobody=True
        )
        done = subprocess.run(
            argv, capture_output=True, text=True, env=self.world.environment, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def strangers(lab_available):
    world = World()
    yield Strangers(world)
    world.close()


def both(address):
    return [["tcp", address, 443, TTL], ["icmp", address, None, TTL]]


@pytest.fixture(scope="module")
def made_of_it(strangers):
    """(answer's name, protocol, IP version) to the replies made of it; and all that was counted."""
    names = [(name, stranger.network(number)) for name, number in stranger.NUMBERS.items()]
    asked = [
        (name, protocol, version)
        for name, _ in names
        for version in (4, 6)
        for protocol in ("tcp", "icmp")
    ]  # fmt: skip
    probes = [probe for _, pair in names for address in pair for probe in both(address)]
    with strangers.answering():
        found = strangers.drive(probes, 2, spacing_s=0.01)
    replies = defaultdict(list)
    for reply in found["replies"]:
        assert reply["stamps_agree"]
        assert reply["rtt_ns"] > 0
        replies[asked[reply["probe"]]].append(reply)
    return replies, found["counters"]


def kinds(replies):
    return [reply["kind"] for reply in replies]


VERSIONS = pytest.mark.parametrize("version", [4, 6])
PROTOCOLS = pytest.mark.parametrize("protocol", ["tcp", "icmp"])


@VERSIONS
@PROTOCOLS
def test_an_honest_router(made_of_it, protocol, version):
    [reply] = made_of_it[0]["honest", protocol, version]
    router = stranger.ROUTER_V6 if version == 6 else stranger.ROUTER
    assert reply["address"] == router
    assert reply["icmp"] == ([3, 0] if version == 6 else [11, 0])
    assert TIME_EXCEEDED.items() <= reply.items()


@VERSIONS
def test_the_endpoint(made_of_it, version):
    own = stranger.network(stranger.NUMBERS["right_echo"])[version == 6]
    [echo] = made_of_it[0]["right_echo", "icmp", version]
    assert (echo["kind"], echo["address"], echo["ttl"]) == ("echo_reply", own, 57)
    [syn_ack] = made_of_it[0]["right_echo", "tcp", version]
    assert (syn_ack["kind"], syn_ack["address"]) == ("syn_ack", own)
    assert syn_ack["ttl"] == (57 if version == 6 else None), "Linux tells it of IPv6 only"
    assert syn_ack["kernel_stamp"]


@VERSIONS
@PROTOCOLS
@pytest.mark.parametrize(
    "answer",
    [
        "wrong_token",
        "wrong_echo",
        "other_destination",
        "torn_quotes",
        "echo_from_elsewhere",
        "other_messages",
    ],
)
def test_lies_are_not_believed(made_of_it, answer, protocol, version):
    assert made_of_it[0][answer, protocol, version] == []


@VERSIONS
def test_a_reset_counts_only_when_it_names_the_syn(made_of_it, version):
    assert made_of_it[0]["reset_unacknowledged", "tcp", version] == []


@VERSIONS
def test_a_connection_reset_after_it_was_accepted(made_of_it, version):
    assert kinds(made_of_it[0]["accepted_then_reset", "tcp", version]) == ["syn_ack"]


@VERSIONS
@PROTOCOLS
def test_quotes_of_eight_bytes(made_of_it, protocol, version):
    """IPv4 routers may quote no more; then the checksum must be right. Of IPv6 nobody quotes so little."""
    believed = made_of_it[0]["short_quote", protocol, version]
    assert kinds(believed) == ([] if (protocol, version) == ("icmp", 6) else ["time_exceeded"])
    assert made_of_it[0]["short_quote_wrong_checksum", protocol, version] == []


@VERSIONS
def test_a_second_answer(made_of_it, version):
    """ICMP hands both on (the engine counts the duplicate); a TCP socket has heard enough."""
    assert kinds(made_of_it[0]["twice", "icmp", version]) == ["time_exceeded"] * 2
    assert kinds(made_of_it[0]["twice", "tcp", version]) == ["time_exceeded"]


@VERSIONS
@PROTOCOLS
def test_port_unreachable_counts_from_the_endpoint_only(made_of_it, protocol, version):
    icmp = [1, 4] if version == 6 else [3, 3]
    [reply] = made_of_it[0]["endpoint_port_unreachable", protocol, version]
    assert (reply["kind"], reply["icmp"]) == ("port_unreachable", icmp)
    [reply] = made_of_it[0]["router_port_unreachable", protocol, version]
    assert (reply["kind"], reply["icmp"]) == ("unreachable", icmp)


@VERSIONS
@PROTOCOLS
def test_mpls_labels(made_of_it, protocol, version):
    [reply] = made_of_it[0]["labelled", protocol, version]
    assert reply["mpls"] == [24015, 16008]


@VERSIONS
def test_what_comes_after_the_kernel_would_have_asked_again(made_of_it, version):
    assert made_of_it[0]["too_late", "tcp", version] == []
    [reply] = made_of_it[0]["too_late", "icmp", version]
    assert reply["rtt_ns"] > 1_300_000_000, "an echo request is sent once, so its reply may come late"


def test_all_of_it_is_counted(made_of_it):
    replies, counted = made_of_it
    assert counted["matched"] == sum(map(len, replies.values()))
    assert counted["forged"] >= 2 + 2 + 3, (
        "wrong tokens, wrong echo data, quotes of eight bytes with nothing right"
    )
    assert counted["foreign"] >= 2 + 2 + 3, "other destinations and senders, messages that answer no probe"
    assert counted["malformed"] == 0, "the kernel drops torn quotes before we see them"


def test_each_syn_is_one_packet_and_a_ttl_keeps_its_port(strangers):
    probes = [["tcp", address, 443, ttl] for address in SILENT for ttl in (1, 2)]
    with strangers.answering() as received:
        found = strangers.drive(probes, 1.3, repeat=2)
    assert found["replies"] == []
    syns = [tuple(each) for each in received if each[0] == "tcp"]
    assert len(set(syns)) == len(syns) == 2 * len(probes)
    ports = {address: {port for _, to, port, _ in syns if to == address} for address in SILENT}
    assert {len(of_one) for of_one in ports.values()} == {2}, "one for each TTL, the same in both rounds"
    assert ports[SILENT[0]] == ports[SILENT[1]], "lanes share them"
    assert found["left_open"] == 0


def test_probes_of_one_ttl_may_overlap(strangers):
    """Faster rounds than a SYN lives: each probe has a socket of its own."""
    with strangers.answering() as received:
        found = strangers.drive(
            [["tcp", SILENT[0], 443, 1], ["tcp", stranger.network(1)[0], 443, 1]], 0.1, repeat=4
        )
    assert Counter(each[1] for each in received) == {SILENT[0]: 4, stranger.network(1)[0]: 4}
    assert [reply["repetition"] for reply in found["replies"]] == [0, 1, 2, 3]


@VERSIONS
def test_a_socket_used_again_answers_for_the_new_probe_only(strangers, version):
    names = ("twice", "right_echo", "accepted_then_reset", "other_messages", "wrong_token", "honest")
    probes = [["tcp", stranger.network(stranger.NUMBERS[name])[version == 6], 443, TTL] for name in names]
    with strangers.answering():
        found = strangers.drive(probes, 0.9, repeat=3)
    expected = {0: "time_exceeded", 1: "syn_ack", 2: "syn_ack", 5: "time_exceeded"}
    seen = [(reply["repetition"], reply["probe"], reply["kind"]) for reply in found["replies"]]
    assert sorted(seen) == [(turn, index, kind) for turn in range(3) for index, kind in expected.items()]
    assert all(reply["in_time"] for reply in found["replies"])


def test_few_files_are_enough_for_many_hops(strangers):
    """Idle sockets make room; what is left over goes to the rest of the program."""
    probes = [["tcp", stranger.network(1)[0], port, 1] for port in range(1000, 1020)]
    with strangers.answering():
        found = strangers.drive(probes, 0.5, repeat=4, ttl_step=1, files=64)
    assert found["refusals"] == []
    assert Counter(reply["repetition"] for reply in found["replies"]) == dict.fromkeys(range(4), 20)


def test_too_few_files_are_said(strangers):
    probes = [["tcp", SILENT[0], port, 1] for port in range(1000, 1100)]
    with strangers.answering():
        found = strangers.drive(probes, 0.1, files=64)
    assert 40 <= len(found["refusals"]) <= 90
    assert all("ulimit -n" in words for _, _, words in found["refusals"])
    assert found["left_open"] == 0

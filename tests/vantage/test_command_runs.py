"""One run of a command: its limits, what it leaves behind, and the one line on why it gave no trace."""

import sys
import time
from pathlib import Path

import pytest

from tracetui.model import Lane, ProbeProtocol
from tracetui.model.imported_trace import Untold
from tracetui.vantage.command_run import MAX_OUTPUT, Ended, run
from tracetui.vantage.read_run import NoTraceError, read_run
from tracetui.vantage.trace_command import Call

pytestmark = pytest.mark.slow

ROUTER = Path(__file__).with_name("fake_router.py")
ENDPOINT = "203.0.113.7"
LANE = Lane(ENDPOINT, ENDPOINT, ENDPOINT, ProbeProtocol.UDP, None, via="r1")


def call(style: str) -> Call:
    return Call((sys.executable, str(ROUTER), style, ENDPOINT), f"traceroute ip {ENDPOINT} numeric")


def read(style: str, timeout_s: float = 30):
    one = call(style)
    return read_run(run(one.argv, timeout_s, lambda: False), one, LANE, timeout_s)


def problem(style: str, timeout_s: float = 30) -> str:
    with pytest.raises(NoTraceError) as error:
        read(style, timeout_s)
    return str(error.value)


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text(encoding="ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False


def assert_ends(pid: int) -> None:
    """Fail unless a process ends soon: one that is killed may run on a little on a busy machine."""
    deadline = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.01)


@pytest.mark.parametrize("style", ["ios", "junos", "vrp"])
def test_what_routers_print_is_read(style):
    trace = read(style)
    assert [hop.responders[0].address for hop in trace.hops] == ["10.0.0.1", "10.0.1.1", ENDPOINT]
    assert trace.address == ENDPOINT
    assert Untold.TIME not in trace.untold


def test_a_sum_over_one_probe_is_that_probe():
    one = call("routeros")
    line = f"/tool traceroute address={ENDPOINT} count=1 protocol=udp"
    trace = read_run(run(one.argv, 30, lambda: False), Call(one.argv, line), LANE, 30)
    assert [hop.probes[0].rtt_ns for hop in trace.hops] == [1_500_000, 2_500_000, 3_500_000]
    assert trace.protocol is ProbeProtocol.UDP
    assert Untold.PROBES not in trace.untold


@pytest.mark.parametrize("style", ["hanging", "stubborn"])
def test_what_hangs_is_ended_with_all_that_it_started_and_read_as_far_as_it_got(style, tmp_path, monkeypatch):
    monkeypatch.setenv("CHILD", str(tmp_path / "child"))
    trace = read(style, 1.5)
    assert [hop.ttl for hop in trace.hops] == [1, 2]
    assert Untold.END in trace.untold
    assert trace.remarks == ("ended after 1.5 s",)
    assert_ends(int((tmp_path / "child").read_text(encoding="ascii")))


def test_a_run_that_nobody_wants_any_more_ends_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("CHILD", str(tmp_path / "child"))
    end = time.monotonic() + 1.0
    done = run(call("hanging").argv, 600, lambda: time.monotonic() > end)
    assert done.ended is Ended.STOPPED
    assert_ends(int((tmp_path / "child").read_text(encoding="ascii")))


def test_output_is_bounded():
    done = run(call("huge").argv, 60, lambda: False)
    assert (done.ended, len(done.output)) == (Ended.TOO_MUCH, MAX_OUTPUT)
    assert problem("huge") == "ended after 1 MiB of output, without a trace"


def test_a_child_that_keeps_the_output_open_is_not_waited_for():
    done = run(["sh", "-c", "sleep 600 & echo here"], 60, lambda: False)
    assert (done.ended, done.output) == (Ended.BY_ITSELF, b"here\n")


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("pager", "it waits at a pager: turn that off there (terminal length 0)"),
        ("password", "exit status 1: % Login invalid"),
        ("refused", "exit status 255: ssh: connect to host r1 port 22: Connection refused"),
        ("nothing", "it printed nothing"),
        ("other", f"it printed a trace to 203.0.113.99 instead of {ENDPOINT}"),
        ("garbage", "no trace in its output, which ends 'ERR no such *command*'"),
    ],
)
def test_why_there_is_no_trace_is_one_line(style, words):
    assert problem(style, 2) == words


def test_a_question_is_named():
    one = Call(("sh", "-c", "printf 'Password: '; sleep 600"), "")
    with pytest.raises(NoTraceError, match="it asks 'Password:': nobody can answer"):
        read_run(run(one.argv, 1, lambda: False), one, LANE, 1)


def test_a_program_that_is_not_there():
    one = Call(("no-such-program-here",), "")
    with pytest.raises(NoTraceError, match="cannot run no-such-program-here: no such file or directory"):
        read_run(run(one.argv, 1, lambda: False), one, LANE, 1)


def test_an_output_of_another_protocol_is_refused():
    one = call("ios")
    lane = Lane(ENDPOINT, ENDPOINT, ENDPOINT, ProbeProtocol.ICMP, None, via="r1")
    with pytest.raises(NoTraceError, match='it probes with UDP, not with ICMP: say protocol = "udp"'):
        read_run(run(one.argv, 30, lambda: False), one, lane, 30)

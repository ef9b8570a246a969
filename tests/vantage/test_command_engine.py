"""Lanes that a command traces: rounds, queue, pace, failures, and the end of all that runs."""

import sys
import time
from pathlib import Path

import pytest

from tracetui.model import Lane, ProbeProtocol, Role
from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.probing.clock import SystemClock
from tracetui.probing.pace import Pace
from tracetui.vantage.command_engine import CommandEngine, CommandPace
from tracetui.vantage.trace_command import own_command

ROUTER = Path(__file__).with_name("fake_router.py")
UDP = ProbeProtocol.UDP


def lane(address="203.0.113.7", protocol=UDP, role=Role.SUSPECT):
    return Lane(address, address, address, protocol, None, role, via="r1")


def engine(style, *, rounds=None, interval_s=60.0, every_s=0.2, timeout_s=20.0, at_once=1):
    command = own_command([sys.executable, str(ROUTER), style, "{address}"], "udp")
    return CommandEngine(
        RemoteVantage("r1", command.how),
        command,
        SystemClock(),
        Pace(interval_s=interval_s, rounds=rounds),
        CommandPace(every_s, timeout_s, at_once),
    )


@pytest.fixture
def running():
    """Start an engine with lanes; close it afterwards."""
    started = []

    def start(one, *lanes):
        one.add(lanes or [lane()])
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.close()


def wait_for(condition, patience_s=20.0):
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_each_run_is_a_round_with_its_own_time(running):
    one = running(engine("ios", rounds=4))
    assert one.join(30)
    (trace,) = one.published.traces
    assert trace.rounds == 4
    assert [hop.last_address for hop in trace.hops] == ["10.0.0.1", "10.0.1.1", "203.0.113.7"]
    assert [hop.sent for hop in trace.hops] == [4, 4, 4]
    times = [outcome.started_ns for outcome in trace.outcomes]
    assert times == sorted(set(times))
    assert times[-1] - times[0] >= 0.5e9
    assert all(outcome.monotonic_ns < 0 for outcome in trace.outcomes)
    assert trace.destination_ttl == 3
    assert trace.finished
    assert trace.timed
    assert trace.provenance is not None
    assert (trace.provenance.tool, trace.provenance.place) == ("Cisco IOS", "r1")
    assert one.published.vantage.state is ConnectionState.CONNECTED


def test_three_probes_a_hop_are_three_rounds(running):
    one = running(engine("junos", rounds=2))
    assert one.join(30)
    (trace,) = one.published.traces
    assert (trace.rounds, trace.hops[0].sent) == (6, 6)
    assert {outcome.rtts_us[0] for outcome in trace.outcomes} == {1100, 1200, 1300}


def test_a_table_of_sums_over_more_probes_shows_the_last_run(running, tmp_path):
    script = tmp_path / "mtr"
    script.write_text(
        "#!/bin/sh\necho 'HOST: r1   Loss%   Snt   Last   Avg  Best  Wrst StDev'\n"
        'echo "  1.|-- 10.0.0.1  0.0%  5  1.0  1.0  1.0  1.0  0.0"\n'
        'echo "  2.|-- $1  20.0%  5  2.0  2.0  2.0  2.0  0.0"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    command = own_command([str(script), "{address}"], None)
    one = running(
        CommandEngine(
            RemoteVantage("r1", command.how), command, SystemClock(), Pace(60, rounds=3), CommandPace(0.2, 9)
        ),
        lane(protocol=ProbeProtocol.ICMP),
    )
    assert one.join(30)
    (trace,) = one.published.traces
    assert (trace.rounds, [hop.sent for hop in trace.hops]) == (0, [5, 5])
    assert trace.destination_ttl == 2


def test_one_run_at_a_time_and_every_lane_in_turn(running, tmp_path, monkeypatch):
    monkeypatch.setenv("RUNS", str(tmp_path / "runs"))
    lanes = [lane(f"203.0.113.{last}") for last in range(1, 5)]
    one = running(engine("slow", rounds=2), *lanes)
    assert one.join(60)
    runs = (tmp_path / "runs").read_text(encoding="utf-8").split()
    assert runs == ["begin", "end"] * 8
    assert [trace.rounds for trace in one.published.traces] == [2] * 4


def test_a_report_waits_for_one_run_of_each_lane_and_no_longer_than_its_rounds(running):
    lanes = [lane(f"203.0.113.{last}") for last in range(1, 4)]
    one = running(engine("ios", rounds=100, interval_s=0.001, every_s=0.001), *lanes)
    assert one.join(60)
    runs = [trace.rounds for trace in one.published.traces]
    assert min(runs) >= 1
    assert sum(runs) < 100


def test_more_at_once_where_that_is_asked_for(running, tmp_path, monkeypatch):
    monkeypatch.setenv("CHILD", str(tmp_path / "child"))
    lanes = [lane(f"203.0.113.{last}") for last in range(1, 5)]
    one = running(engine("hanging", at_once=3, timeout_s=2.0, rounds=1), *lanes)
    wait_for(lambda: sum(each.running for each in one._lanes.values()) == 3)


def test_a_run_without_a_trace_says_why_and_the_next_one_counts(running, tmp_path):
    script = tmp_path / "router.sh"
    script.write_text(f'[ -e "{tmp_path}/up" ] || exit 7\nexec "{sys.executable}" "{ROUTER}" ios "$1"\n')
    command = own_command(["sh", str(script), "{address}"], "udp")
    one = running(
        CommandEngine(RemoteVantage("r1", "x"), command, SystemClock(), Pace(), CommandPace(0.1, 20))
    )
    wait_for(lambda: one.published.traces[0].waiting is not None)
    assert one.published.traces[0].waiting == "exit status 7"
    assert one.published.vantage.state is ConnectionState.LOST
    assert one.published.vantage.reason == "exit status 7"
    (tmp_path / "up").touch()
    wait_for(lambda: one.published.traces[0].rounds > 0)
    assert one.published.traces[0].waiting is None
    vantage = one.published.vantage
    assert (vantage.state, len(vantage.interruptions)) == (ConnectionState.CONNECTED, 1)
    assert vantage.interruptions[0].end is not None


def test_what_a_command_cannot_probe_is_not_run(running):
    one = running(engine("ios", rounds=1), lane(protocol=ProbeProtocol.ICMP))
    assert one.join(10)
    assert one.published.traces[0].waiting == "r1 probes with UDP alone"


@pytest.mark.parametrize("how", ["close", "remove"])
def test_nothing_runs_when_it_is_over(running, tmp_path, monkeypatch, how):
    monkeypatch.setenv("CHILD", str(tmp_path / "child"))
    one = running(engine("hanging", timeout_s=600))
    wait_for(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text(encoding="ascii"))
    child = Path("/proc") / (tmp_path / "child").read_text(encoding="ascii").strip()
    if how == "close":
        one.close()
    else:
        one.remove([lane().id])
    wait_for(lambda: not child.exists() or " Z " in (child / "stat").read_text(encoding="ascii"))


def test_removed_lanes_come_back_with_their_rounds_and_a_restart_begins_anew(running):
    one = running(engine("ios", every_s=0.3))
    wait_for(lambda: one.published.traces[0].rounds >= 2)
    one.remove([lane().id])
    assert one.published.traces == ()
    one.bring_back([lane(role=Role.CONTROL)])
    (trace,) = one.published.traces
    assert trace.rounds >= 2
    assert trace.lane.role is Role.CONTROL
    one.restart()
    assert one.published.traces[0].rounds < 2


def test_silence_is_told_as_far_as_the_output_goes(running):
    one = running(engine("silent_ios", rounds=6))
    assert one.join(30)
    (trace,) = one.published.traces
    assert trace.rounds == 6
    assert trace.endpoint is None
    assert [hop.ttl for hop in trace.hops if hop.answered] == [1, 2]
    assert not trace.may_go_on

"""A run without a screen that a signal ends: the report of what was measured, whatever signal it is."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tracetui.cli.interruption import exit_status, interruptible
from tracetui.investigation.ending_signals import ENDING

# Its one lane is reached at once and never done.
REPORT = (
    *(sys.executable, "-P", "-m", "tracetui", "report", "127.0.0.1", "--protocol", "tcp", "--port", "9"),
    *("--rounds", "100000", "--interval", "0.2", "--offline", "--no-dns", "-f", "json"),
)
WHEN_TRACING = """
import os, signal, sys
from tracetui.cli import main
from tracetui.probing.lane_schedule import LaneSchedule
count = LaneSchedule.count_sent
def counted(self, probe, *known):
    if probe.round == 3 and not sent:
        sent.append(probe)
        for each in SIGNALS:
            os.kill(os.getpid(), each)
    count(self, probe, *known)
sent, LaneSchedule.count_sent = [], counted
sys.exit(main())
"""


def traced(*numbers: int) -> subprocess.CompletedProcess[str]:
    """Run a report that gets signals in its third round."""
    program = WHEN_TRACING.replace("SIGNALS", repr([int(number) for number in numbers]))
    return subprocess.run(
        [sys.executable, "-P", "-c", program, *REPORT[4:]],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("number", ENDING)
def test_the_report_of_what_was_measured(number):
    done = traced(number)
    assert done.returncode == 128 + number, done.stderr
    assert json.loads(done.stdout)["rounds"] >= 2
    assert done.stderr.count("\n") == 1
    assert "stopping; the report covers what was measured so far" in done.stderr


def test_what_comes_again_by_itself_does_not_abort():
    """The kernel sends SIGXCPU every second; of a lost terminal kernel and shell send SIGHUP."""
    with interruptible() as received:
        for number in (signal.SIGXCPU, signal.SIGXCPU, signal.SIGHUP):
            os.kill(os.getpid(), number)
    assert received == [signal.SIGXCPU]
    assert exit_status(1, received) == 128 + signal.SIGXCPU


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM])
def test_who_insists_is_obeyed(number):
    stops = []
    with interruptible(lambda: stops.append(1)):
        os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert stops == [1]


def test_what_is_ignored_stays_ignored():
    """As under `nohup`, whose programs outlive their terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible() as received:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert exit_status(1, received) == 1

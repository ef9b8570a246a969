"""A program that is stopped and a clock that is set, for real: no figure changes, and the report says so."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from tracetui.model import Event, EventKind
from tracetui.model.event import TimePassed
from tracetui.words import event_words
from words.samples import AT, board

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


@pytest.mark.parametrize(
    ("kind", "seconds", "words"),
    [
        (
            EventKind.PROGRAM_STOPPED,
            34.4,
            "this program was stopped for 34 s: rounds on their way are left out",
        ),
        (EventKind.MACHINE_SLEPT, 29_000, "this machine slept for 8 h 3 min: rounds on their way"),
        (EventKind.CLOCK_SET, 86_400, "this machine's clock was set forward by 24 h: times shown here go on"),
        (EventKind.CLOCK_SET, -3600, "this machine's clock was set back by 1 h: times shown here go on"),
    ],
)
def test_words(kind, seconds, words):
    assert event_words(Event(AT, kind, TimePassed(seconds)), board()).startswith(words)


def report(*, environ: dict[str, str], meanwhile) -> dict:
    """Return the JSON report of a run over loopback, during which something happens."""
    program = subprocess.Popen(
        [sys.executable, "-P", "-m", "tracetui", "report", "127.0.0.1", "--prober", "rootless", "--offline",
         "--port", "9", "--protocol", "tcp", "--rounds", "14", "--interval", "0.5", "--format", "json"],
        env=os.environ | environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(3.5)
    meanwhile(program)
    out, said = program.communicate(timeout=90)
    assert program.returncode == 0, said
    return json.loads(out)


def moments(found: dict) -> list[datetime]:
    return [datetime.fromisoformat(found[name]) for name in ("started_at", "created_at")]


@pytest.mark.slow
def test_a_stopped_program():
    def stop(program: subprocess.Popen) -> None:
        program.send_signal(signal.SIGSTOP)
        time.sleep(5)
        program.send_signal(signal.SIGCONT)

    found = report(environ={}, meanwhile=stop)
    told = [event for event in found["events"] if event["kind"] == "program_stopped"]
    assert "this program was stopped for" in told[-1]["text"]
    (lane,) = found["lanes"]
    assert lane["state"] == "reached"
    assert [hop["lost"] for hop in lane["hops"]] == [0]


@pytest.mark.slow
@pytest.mark.skipif(FAKETIME is None, reason="no libfaketime")
@pytest.mark.parametrize("step", ["+1d", "-1d"])
def test_a_clock_that_is_set(tmp_path, step):
    fake = tmp_path / "faketimerc"
    fake.write_text("+0")
    environ = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(fake),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    found = report(environ=environ, meanwhile=lambda _: fake.write_text(step))
    begun, made = moments(found)
    assert 5 < (made - begun).total_seconds() < 80
    (told,) = [event for event in found["events"] if event["kind"] == "clock_set"]
    assert "set " + ("forward" if step == "+1d" else "back") + " by 24 h" in told["text"]
    (lane,) = found["lanes"]
    assert lane["state"] == "reached"
    assert [hop["lost"] for hop in lane["hops"]] == [0]
    finding = found["findings"][0]
    assert finding["since"] is None or begun <= datetime.fromisoformat(finding["since"]) <= made

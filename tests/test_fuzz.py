"""The fuzzer: every part runs, and what must not happen is told with the command that repeats it."""

import random
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"


@pytest.fixture
def fuzz(monkeypatch):
    """The module `fuzz/run.py`."""
    monkeypatch.syspath_prepend(str(FUZZ))
    import run

    return run


def test_every_part_runs_a_case():
    command = [sys.executable, str(FUZZ / "run.py"), "--seconds", "0", "--seed", "7"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    seed, *parts = done.stdout.splitlines()
    assert seed == "seed 7"
    assert len(parts) >= 20
    assert all(": 1 cases, nothing" in part for part in parts)


def test_a_failure_is_told_with_what_repeats_it(fuzz, capsys):
    made = []

    def break_at_times(chance: random.Random) -> None:
        made.append(chance.random())
        if made[-1] > 0.8:
            raise ValueError("undeclared")

    part = fuzz.Part("weak", "a part that fails", break_at_times)
    assert not fuzz.run(part, 7, count())
    said = capsys.readouterr().out
    case = len(made) - 1
    assert "ValueError: undeclared" in said
    assert f"--seed 7 --case {case} weak" in said
    assert not fuzz.run(part, 7, iter((case,)))
    assert made[-1] == made[-2]


def test_a_loop_without_an_end_is_a_failure(fuzz, monkeypatch, capsys):
    import signal

    monkeypatch.setattr(fuzz, "MAX_CPU_S", 0.05)
    before = signal.signal(signal.SIGPROF, fuzz.too_slow)

    def loop(_: random.Random) -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001  (as careless code does)
                continue

    try:
        assert not fuzz.run(fuzz.Part("endless", "nothing", loop), 7, count())
    finally:
        signal.signal(signal.SIGPROF, before)
    assert "TooSlowError" in capsys.readouterr().out


@pytest.mark.parametrize("payload", [b"", bytes(8), bytes(64)])
def test_what_shows_no_token_proves_nothing(fuzz, payload):
    from decoders import a_probe

    probe = a_probe(random.Random(1))
    assert not probe.is_proven_by(payload)
    assert probe.is_proven_by(probe.data)
    assert not probe.is_proven_by(probe.with_other_tokens(random.Random(2)).data)

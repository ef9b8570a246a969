"""Standard streams and homes that are not as usual: what was measured comes out, or one line says why."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = (sys.executable, "-P", "-m", "tracetui", "demo", "--headless", "--rounds", "2", "--seed", "1")


def run(*words: str, shell: str = "", **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run the demo; `shell`: redirections."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {shell}', "sh", *DEMO, *words],
        env=os.environ | environ,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def usual() -> tuple[str, dict[str, object]]:
    """The report as text and as JSON, where nothing is odd."""
    return run(PYTHONIOENCODING="utf-8").stdout.decode(), json.loads(run("--format", "json").stdout)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "koi8-r"])
def test_standard_output_that_is_not_utf8_gets_the_whole_report(encoding, usual):
    whole, document = usual
    done = run(PYTHONIOENCODING=encoding)
    assert done.returncode == 1, done.stderr
    text = done.stdout.decode(encoding)
    assert text.count("\n") == whole.count("\n")
    assert b"what it lacks is written as \\uXXXX" in done.stderr
    assert done.stderr.count(b"\n") == 1
    found = json.loads(run("--format", "json", PYTHONIOENCODING=encoding).stdout.decode(encoding))
    assert found == document | {
        name: found[name] for name in ("tool", "created_at", "started_at", "events", "findings")
    }


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [
        (">&-", 3, "cannot write to standard output: Bad file descriptor"),
        (">/dev/full", 3, "cannot write to standard output: No space left on device"),
        ("<&-", 1, ""),
        ("2>&-", 1, ""),
        ("<&- 2>&-", 1, ""),
    ],
)
def test_closed_and_full_streams(shell, status, said):
    done = run(shell=shell)
    assert done.returncode == status, done.stderr
    assert done.stderr.decode() == (f"tracetui: {said}\n" if said else "")
    assert bool(done.stdout) == (status == 1)


def test_other_commands_say_too_that_nothing_could_be_written():
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >/dev/full', "sh", *DEMO[:4], "config", "show"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        3,
        "tracetui: cannot write to standard output: No space left on device\n",
    )


def as_nobody(home: str | None, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user without an entry, who may read all: the interpreter may be anywhere."""
    known = {entry.pw_uid for entry in pwd.getpwall()}
    uid = next(number for number in range(54321, 65000) if number not in known)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "HOME"))}
    argv = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=+dac_read_search",
            "--ambient-caps=+dac_read_search", sys.executable, "-P", "-m", "tracetui", *words]  # fmt: skip
    return subprocess.run(
        argv,
        env=environ if home is None else environ | {"HOME": home},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


root_only = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root becomes somebody else"
)


COMMANDS = [
    (("demo", "--headless", "--rounds", "1"), 1),
    (("report", "127.0.0.1", "--rounds", "1", "--max-hops", "1", "--protocol", "tcp", "--port", "9"), 0),
    (("asn", "192.0.2.1", "--offline"), 0),
    (("config", "show"), 0),
    (("doctor",), 0),
]
QUICK_HOMES = {None: {words[0] for words, _ in COMMANDS}, "relative": {"demo"}, "/nonexistent": {"report"}}
"""Each command once without a home, and each odd home once."""


@root_only
@pytest.mark.parametrize(
    ("words", "status", "home"),
    [
        pytest.param(
            words, status, home,
            id=f"{words[0]}-{home}", marks=[] if words[0] in quick else [pytest.mark.slow],
        )
        for words, status in COMMANDS
        for home, quick in QUICK_HOMES.items()
    ],
)  # fmt: skip
def test_a_user_that_nobody_knows_without_a_home(user_home, words, status, home):
    user_home.chmod(0o777)
    done = as_nobody(home, user_home, *words)
    assert done.returncode == status, done.stderr
    assert "error in tracetui itself" not in done.stderr
    assert list(user_home.iterdir()) == []


@root_only
def test_where_a_home_is_needed_it_is_said(user_home):
    for words in (("config", "path"), ("config", "init"), ("asn", "update", "--from", "x")):
        done = as_nobody(None, user_home, *words)
        assert done.returncode == 3
        assert "there is no home directory" in done.stderr

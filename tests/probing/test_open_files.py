"""The limit of open files: how it is shared out, and what is held back for the report."""

import subprocess
import sys

import pytest

from tracetui.probing.open_files import probe_sockets, questions_at_once

SCRIPT = """
import os, resource
from tracetui.probing.open_files import Reserve, raise_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (30, 60))
assert raise_limit() == 60
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (60, 60)
reserve = Reserve()
try:
    while True:
        os.dup(0)
except OSError as error:
    print(error.errno)
reserve.release()
reserve.release()
from tracetui.investigation.write_report import write_report
from pathlib import Path
import sys
write_report(Path(sys.argv[1]), "the report", overwrite=False)
"""


def test_a_report_is_written_when_every_other_descriptor_is_taken(tmp_path):
    path = tmp_path / "report.md"
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("24\n", "")
    assert path.read_text() == "the report"


@pytest.mark.parametrize("limit", [16, 64, 100, 256, 1024, 20_000, 1 << 30])
def test_the_limit_is_shared_out(limit):
    sockets, questions = probe_sockets(limit), questions_at_once(limit)
    assert sockets >= 4
    assert 1 <= questions <= 32
    if limit >= 64:
        rest = limit - sockets
        assert rest - questions >= 24, "loops, cache, standard streams, what is loaded, the reserve"
        assert sockets >= limit // 4


def test_the_reserve_takes_what_there_is():
    script = SCRIPT.partition("reserve = ")[0] + (
        "held = [os.dup(0) for _ in range(55)]\nreserve = Reserve()\nreserve.release()\nprint(len(held))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("55\n", "")


@pytest.mark.parametrize("limit", [30, 55])
def test_too_low_a_limit_is_one_line_before_anything_is_traced(limit):
    words = f"import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))\n"
    script = (
        words + "from tracetui.cli import main\nraise SystemExit(main(['report', '--offline', '127.0.0.1']))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr.startswith(f"tracetui: only {limit} files may be open, and tracing needs 56")
    assert len(ran.stderr.splitlines()) == 1

"""Traces of other tools on the command line: recognised and printed, and beside what is probed."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tracetui.cli import main
from tracetui.cli.output import ExitStatus
from tracetui.evidence.source_file import MAX_SIZE, read_source_file
from tracetui.model import EvidenceError

DEMO = ["demo", "--headless", "--rounds", "6", "--seed", "1", "--format", "json"]
ROUTER = """\
R9#traceroute ip 185.70.40.101 probe 1
Type escape sequence to abort.
Tracing the route to 185.70.40.101

  1 192.0.2.1 [AS 64500] 2 msec
  2 198.51.100.1 [AS 8359] 3 msec
  3  *
  4  *
"""
NAMELESS = """\
R9#traceroute ip probe 1
Tracing the route to
  1 [AS 64500] 2 msec
  2 [AS 8359] 3 msec
  3  *
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "case.txt"
    path.write_text(ROUTER)
    return path


def test_what_is_recognised_is_printed_hop_by_hop(file, capsys):
    assert main(["import", str(file)]) == ExitStatus.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{file}:"
    assert lines[1].startswith("1. Cisco IOS · from R9 · to 185.70.40.101 · UDP")
    assert "     1  192.0.2.1 [AS64500] 2.0 ms" in lines
    assert "     3  *" in lines


def test_json_has_the_values(file, capsys):
    assert main(["import", "--format", "json", str(file)]) == ExitStatus.OK
    (found,) = json.loads(capsys.readouterr().out)
    assert found["file"] == "case.txt"
    (trace,) = found["traces"]
    assert (trace["tool"], trace["vantage"], trace["address"]) == ("Cisco IOS", "R9", "185.70.40.101")
    assert [hop["ttl"] for hop in trace["hops"]] == [1, 2, 3, 4]
    assert trace["hops"][0]["probes"][0]["responder"]["asns"] == [64500]
    assert trace["hops"][2]["probes"] == [None]


def test_one_file_without_a_trace_does_not_hide_the_others(file, tmp_path, capsys):
    (tmp_path / "letter.txt").write_text("Dear all,\nnothing here\n")
    assert main(["import", str(tmp_path / "letter.txt"), str(file)]) == ExitStatus.NOT_REACHED
    told = capsys.readouterr()
    assert told.err.startswith("tracetui: letter.txt: no trace found")
    assert told.err.count("\n") == 1
    assert "Cisco IOS" in told.out


def test_standard_input_is_read(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(ROUTER.encode())))
    assert main(["import", "-"]) == ExitStatus.OK
    assert capsys.readouterr().out.startswith("1. Cisco IOS")


def lanes(out: str) -> list[dict[str, Any]]:
    return [lane for lane in json.loads(out)["lanes"] if lane["imported"]]


def test_a_demo_has_imported_lanes(file, capsys):
    assert main([*DEMO, "--import", str(file)]) == ExitStatus.NOT_REACHED
    (lane,) = lanes(capsys.readouterr().out)
    assert (lane["imported"]["name"], lane["imported"]["text"]) == ("R9", "case.txt")
    assert lane["host"] == "mail.protonmail.ch"
    assert (lane["protocol"], lane["state"]) == ("udp", "insufficient")


def test_targets_of_traces_without_an_address_are_given_once_or_one_for_each(tmp_path, capsys):
    path = tmp_path / "nameless.txt"
    path.write_text(NAMELESS)
    words = [*DEMO, "--import", str(path)]
    assert main(words) == ExitStatus.USAGE
    assert "does not state its target: say which address it is about" in capsys.readouterr().err
    assert main([*words, *words[-2:], "--import-target", "192.0.2.9"]) == ExitStatus.NOT_REACHED
    assert [lane["address"] for lane in lanes(capsys.readouterr().out)] == ["192.0.2.9"] * 2
    each = ["--import-target", "192.0.2.9", "--import-target", "mailsec.protonmail.ch"]
    assert main([*words, *words[-2:], *each]) == ExitStatus.NOT_REACHED
    assert {lane["address"] for lane in lanes(capsys.readouterr().out)} == {"192.0.2.9", "185.70.40.102"}


def test_a_report_of_imports_alone(file):
    words = [sys.executable, "-P", "-m", "tracetui", "report", "--offline", "--no-config", "--format", "text"]
    done = subprocess.run(
        [*words, "--import", "-"],
        input=ROUTER,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing was probed; 1 trace of other tools" in done.stdout
    assert "goes silent after" in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["import"], ExitStatus.USAGE, "import: no file"),
        (["import", "--format", "markdown", "x"], ExitStatus.USAGE, "text or json"),
        (["report"], ExitStatus.USAGE, "no target"),
        (["report", "--import-target", "x", "y"], ExitStatus.USAGE, "--import-target needs --import"),
        (["doctor", "--import", "x"], ExitStatus.USAGE, "--import cannot be used with"),
        (["report", "--import", "-", "--import", "-"], ExitStatus.USAGE, "can be read once"),
        (["report", "--import", "/no/such/file"], ExitStatus.CANNOT_RUN, "cannot read /no/such/file"),
        (["report", "--import", "/dev/zero"], ExitStatus.CANNOT_RUN, "it is a device"),
        (["report", "--import", "/"], ExitStatus.CANNOT_RUN, "Is a directory"),
    ],
)
def test_mistakes_are_one_line_and_a_status(words, status, said, capsys):
    assert main(words) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1


def test_no_file_is_waited_for_and_none_is_read_past_the_limit(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError, match="it is a named pipe"):
        read_source_file(tmp_path / "pipe")
    big = tmp_path / "big"
    with big.open("wb") as handle:
        handle.truncate(MAX_SIZE + 1)
    with pytest.raises(EvidenceError, match="more than 16 MiB"):
        read_source_file(big)
    with pytest.raises(EvidenceError, match="cannot be the name"):
        read_source_file(Path("a\0b"))

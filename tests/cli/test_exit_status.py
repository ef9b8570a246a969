"""The command line, end to end on the demo: what goes where, and with which status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tracetui.cli import main, trace_command
from tracetui.cli.output import ExitStatus
from tracetui.investigation import write_report
from tracetui.model import CannotRunError

DEMO = ["demo", "--headless", "--rounds", "6", "--seed", "1"]


def test_the_report_is_data_and_the_rest_narration(capsys):
    assert main([*DEMO, "--format", "json"]) == ExitStatus.NOT_REACHED
    told = capsys.readouterr()
    assert json.loads(told.out)["schema"] == "tracetui.snapshot/2"
    assert told.err == ""


def test_all_reached_is_status_0(tmp_path, capsys):
    scenario = tmp_path / "fine.toml"
    scenario.write_text(
        'title = "All is well"\npaths = [["home", "r1", "web"]]\n[source.home]\n[router.r1]\n[host.web]\n'
    )
    assert main([*DEMO, str(scenario)]) == ExitStatus.OK
    assert "reached at hop 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["report"], ExitStatus.USAGE, "no target"),
        (["report", "a b"], ExitStatus.USAGE, "not a host name"),
        (["--rounds", "3", "x"], ExitStatus.USAGE, "tracetui report"),
        (["demo", "no-such-thing"], ExitStatus.CANNOT_RUN, "no scenario is called"),
        ([*DEMO, "-o", "/no/such/place/x.md"], ExitStatus.CANNOT_RUN, "there is no directory"),
        (
            ["report", "127.0.0.1", "--check", "--offline"],
            ExitStatus.CANNOT_RUN,
            "--check cannot be combined with",
        ),
        (["report", "--nonsense", "x"], ExitStatus.USAGE, "--nonsense"),
    ],
)
def test_mistakes_are_one_line_and_a_status(words, status, said, capsys):
    assert main(words) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("tracetui: ")
    assert said in told.err
    assert told.err.count("\n") == 1


def test_a_report_tells_what_differs_or_why_not(capsys):
    changes = ["demo", "changes", "--headless", "--seed", "1"]
    main([*changes, "--rounds", "60", "--compare-with", "+30", "-f", "json"])
    told = capsys.readouterr()
    assert told.err == ""
    shop = json.loads(told.out)["comparison"]["lanes"][0]
    assert shop["text"] == "RTT of hops 2–7 +12 ms"
    main([*changes, "--rounds", "8", "--compare-with", "last-change"])
    told = capsys.readouterr()
    assert "## Since" not in told.out
    assert told.err == (
        "tracetui: --compare-with: no state and no path changed: there is nothing to compare with\n"
    )


def test_an_existing_file_is_refused_before_the_run(tmp_path, capsys, monkeypatch):
    path = tmp_path / "case.md"
    path.write_text("precious")
    monkeypatch.setattr(trace_command, "_demo", lambda *_: pytest.fail("it ran"))
    assert main([*DEMO, "-o", str(path)]) == ExitStatus.CANNOT_RUN
    assert path.read_text() == "precious"
    assert "--force" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_goes_to_standard_output(tmp_path, capsys, monkeypatch):
    def full(*_, **__):
        raise CannotRunError("cannot write: no space left")

    monkeypatch.setattr(write_report, "write_report", full)
    assert main([*DEMO, "-o", str(tmp_path / "case.md")]) == ExitStatus.CANNOT_RUN
    told = capsys.readouterr()
    assert told.out.startswith("# Path report")
    assert "no space left" in told.err


def test_a_reader_that_goes_away_is_no_complaint(tmp_path: Path):
    command = f"{sys.executable} -m tracetui {' '.join(DEMO)} | head -1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.stdout.startswith("# Path report")
    assert ran.stderr == ""


def test_version_and_help(capsys):
    for words, expected in (
        (["--version"], "tracetui "),
        (["--help"], "exit status:\n  report: 0 all reached"),
    ):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 0
        assert expected in capsys.readouterr().out


def test_a_table_of_the_command_line_tells_todays_ases_in_a_demo_and_one_of_the_configuration_does_not(
    tmp_path, capsys
):
    table, config = tmp_path / "today.tsv", tmp_path / "config.toml"
    table.write_text("185.70.40.0\t185.70.40.255\t62371\tCH\tPROTON\n")
    config.write_text(f'[ownership]\nasn-table = ["{table}"]\n')
    main([*DEMO, "--format", "text", "--asn-table", str(table)])
    assert "19905 as recorded in 2019, 62371 today" in " ".join(capsys.readouterr().out.split())
    main([*DEMO, "--format", "text", "--config", str(config)])
    told = capsys.readouterr().out
    assert "62371" not in told
    assert "scenario, ASes as recorded in 2019" in told


def test_a_register_that_cannot_be_read_is_one_line_and_nothing_is_lost(tmp_path, capsys):
    register = tmp_path / "list.txt"
    register.write_text("185.70.40.0/24\n")
    missing = tmp_path / "missing.csv"
    assert main([*DEMO, "--register", str(register), "--register", f"{missing}:column=ip"]) == main(DEMO)
    told = capsys.readouterr()
    line = next(line for line in told.err.splitlines() if "missing.csv" in line)
    assert line == (
        "tracetui: missing.csv, column ip: cannot be read (no such file or directory): give another file"
    )
    assert "line 1 has 185.70.40.0/24, which contains 185.70.40.101" in told.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_standard_output_is_one_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tracetui", "demo", "--headless", "--rounds", "1"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.strip() == ("tracetui: cannot write to standard output: No space left on device")

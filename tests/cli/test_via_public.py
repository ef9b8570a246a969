"""`--via` with public platforms: what a report waits for, tells, and refuses to send."""

import json

import pytest

from evidence.platforms.local_platforms import local_platforms
from evidence.platforms.platform_server import KEY
from tracetui.cli import main, trace_command
from tracetui.cli.output import ExitStatus

ATLAS = [
    "report",
    "--via",
    "https://atlas.ripe.net/measurements/12345678/",
    "--no-dns",
    "--as-source",
    "table",
]


@pytest.fixture
def on_loopback(platforms, monkeypatch):
    monkeypatch.setattr(trace_command, "open_public_vantages", lambda _: local_platforms(platforms))
    return platforms


@pytest.fixture
def table(tmp_path) -> list[str]:
    """Options for a table in place of the DNS."""
    file = tmp_path / "table.tsv"
    file.write_text("185.70.40.0\t185.70.40.255\t19905\tUS\tNEUSTAR\n")
    return ["--as-source", "table", "--asn-table", str(file)]


def test_a_measurement_that_exists_makes_a_report(on_loopback, table, capsys):
    on_loopback.add_atlas(12345678, "185.70.40.101")
    assert main([*ATLAS, *table, "--format", "json"]) == ExitStatus.OK
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert [lane["vantage"] for lane in report["lanes"]]
    assert len(report["lanes"]) == 3
    assert "RIPE Atlas AS8359 RU probe 6012" in printed.out
    assert "atlas:12345678: 3 traces from 3 probes" in printed.err


def test_one_that_is_missing_is_a_line(on_loopback, table, capsys):
    assert main([*ATLAS, *table]) == ExitStatus.CANNOT_RUN
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "atlas:12345678: RIPE Atlas measurement 12345678: HTTP 404 Not Found: Not found." in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("report 127.0.0.1 --offline --via globalping:AS8359", "cannot be combined with --offline"),
        ("report 127.0.0.1 --offline --via atlas:12345678", "cannot be combined with --offline"),
        ("report 127.0.0.1 --via globalping:Russia", "is no country of two letters"),
        ("report --via globalping:AS8359", "no target"),
        ("report 127.0.0.1 --rounds 1 --via globalping:AS8359", "127.0.0.1: nobody else can trace to it"),
    ],
)
def test_what_is_refused_before_anything_is_sent(line, said, capsys, platforms):
    assert main(line.split()) in {ExitStatus.CANNOT_RUN, ExitStatus.USAGE}
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err


def test_a_key_is_shown_by_no_command(tmp_path, monkeypatch, capsys):
    file = tmp_path / "atlas.key"
    file.write_text(KEY)
    config = tmp_path / "c.toml"
    config.write_text(f'[evidence]\natlas-key-file = "{file}"\n')
    monkeypatch.setenv("RIPE_ATLAS_KEY", KEY)
    assert main(["config", "show", "--config", str(config)]) == ExitStatus.OK
    printed = capsys.readouterr()
    assert "atlas-key-file" in printed.out
    assert KEY not in printed.out + printed.err


def test_a_new_measurement_needs_consent_in_credits(capsys, monkeypatch):
    monkeypatch.setenv("RIPE_ATLAS_KEY", "two words")
    assert main(["report", "127.0.0.1", "--via", "atlas:AS8359"]) == ExitStatus.CANNOT_RUN
    assert "two words" not in capsys.readouterr().err

"""`--bgp` on the command line: a report with routes names what it could not name without."""

import json

import pytest

from evidence.bgp import outputs
from tracetui.cli import main
from tracetui.cli.output import ExitStatus

GLASS = outputs.JUNOS + outputs.JUNOS.replace("185.70.40", "156.154.64")


def report(capsys, *options: str):
    status = main(
        ["demo", "protonmail-2019", "--headless", "--rounds", "70", "--seed", "3", "-f", "json", *options]
    )
    return status, json.loads(capsys.readouterr().out)


def test_a_report_with_the_routes_of_the_last_as(tmp_path, capsys):
    file = tmp_path / "glass.txt"
    file.write_text(GLASS, encoding="utf-8")
    status, document = report(capsys, "--bgp", f"AS8359={file}")
    assert status == ExitStatus.NOT_REACHED
    found = [finding for finding in document["findings"] if finding["kind"] == "blackhole_in_as"]
    assert [finding["ases"] for finding in found] == [[8359]]
    assert {route["viewer"] for route in document["bgp"]["routes"]} == {8359}
    again = report(capsys, "--bgp", f"AS8359={file}")[1]
    assert again["findings"] == document["findings"]


def test_without_whose_they_are_routes_are_only_told(tmp_path, capsys):
    file = tmp_path / "glass.txt"
    file.write_text(GLASS, encoding="utf-8")
    _, document = report(capsys, "--bgp", str(file))
    assert all(not finding["ases"] or finding["kind"] == "reachable" for finding in document["findings"])
    kinds = [one["kind"] for finding in document["findings"] for one in finding["evidence"]]
    assert "bgp_path" in kinds
    assert "same_next_as" not in kinds


def test_a_file_that_is_not_there_is_said_before_anything_is_traced(tmp_path, capsys):
    assert main(["demo", "--headless", "--bgp", str(tmp_path / "gone")]) == ExitStatus.CANNOT_RUN
    assert "gone: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["AS0=x", "AS99999999999=x"])
def test_no_such_as(text, capsys):
    main(["demo", "--headless", "--bgp", text])
    assert "traceback" not in capsys.readouterr().err.lower()


def test_text_that_is_no_route_is_narrated_and_the_report_is_written(tmp_path, capsys):
    file = tmp_path / "other.txt"
    file.write_text("nothing of the kind\n", encoding="utf-8")
    main(["demo", "--headless", "--rounds", "6", "-f", "text", "--bgp", str(file)])
    said = capsys.readouterr()
    assert "tracetui: other.txt: no BGP route found: looked for" in said.err
    assert "bgp: Not read: other.txt: no BGP route found" in said.out

"""`tracetui survey`: files of all kinds joined, statuses, and one line for what is no survey."""

import gzip
import io
import json
from types import SimpleNamespace

import pytest

from analysis.survey.survey_world import CONTROL, ENDPOINT, World, dropped_in, no_drop
from tracetui.cli import main
from tracetui.cli.output import ExitStatus

DROP = dropped_in(8359)


@pytest.fixture
def world():
    return World(1)


@pytest.fixture
def table(tmp_path, world):
    path = tmp_path / "table.tsv"
    rows = sorted(
        (tuple(map(int, address.split("."))), address, owner) for address, owner in world.owners.items()
    )
    path.write_text("".join(f"{a}\t{a}\t{o.asns[0]}\tZZ\t{o.name}\n" for _, a, o in rows))
    return path


@pytest.fixture
def survey(tmp_path, table, capsys):
    def run(*files, options=()):
        words = []
        for number, content in enumerate(files):
            path = tmp_path / f"results-{number}.json"
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
            words.append(str(path))
        status = main(
            ["survey", *words, "--no-config", "--asn-table", str(table), "--as-source", "table", *options]
        )
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def endpoint_of(output):
    return json.loads(output)["endpoints"][0]


AS_JSON = ("--format", "json")


def test_results_and_the_list_of_probes_make_one_table(world, survey):
    status, out, err = survey(world.probes(), world.atlas(DROP), options=AS_JSON)
    assert (status, err) == (ExitStatus.NOT_REACHED, "")
    found = endpoint_of(out)
    assert found["finding"]["ases"] == [8359]
    (russia,) = [share for share in found["countries"] if share["country"] == "RU"]
    assert russia["vantages"]["stopped"] == 12
    assert russia["stops"] == [{"asn": 8359, "count": 12}]
    assert sum(sum(share["vantages"].values()) for share in found["upstreams"]) == 60


def test_ndjson_packed_files_and_standard_input_say_the_same(world, survey, table, monkeypatch, capsys):
    results = world.atlas(DROP)
    lines = "\n".join(map(json.dumps, results)).encode()
    indented = json.dumps(results, indent=1).encode()
    plain, *others = (
        survey(each, options=AS_JSON)[1] for each in (results, lines, indented, gzip.compress(lines))
    )
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(lines))))
    main(["survey", "-", "--no-config", "--asn-table", str(table), "--as-source", "table", *AS_JSON])
    others.append(capsys.readouterr().out)
    for other in others:
        assert endpoint_of(other) == endpoint_of(plain)


def test_files_of_several_platforms_are_joined(world, survey):
    half = World(1, vantages=30)
    status, out, _ = survey(world.atlas(DROP), half.globalping(DROP), options=AS_JSON)
    assert status == ExitStatus.NOT_REACHED
    assert sum(endpoint_of(out)["vantages"].values()) == 90


def test_a_control_among_the_results(world, survey):
    _, out, _ = survey(
        world.atlas(DROP), world.atlas(DROP, CONTROL), options=("-c", CONTROL, "--format", "text")
    )
    assert "On the way to the control, 12 of 12 of these vantages" in " ".join(out.split())
    assert f"Control: {CONTROL}, ICMP" in out


def test_snapshots_of_scheduled_runs_are_read(tmp_path, survey, capsys):
    for seed in (1, 2):
        assert main(["demo", "protonmail-2019", "--headless", "--seed", str(seed), "--format", "json"]) == 1
        (tmp_path / f"{seed}.json").write_text(capsys.readouterr().out)
    one, other = (json.loads((tmp_path / f"{seed}.json").read_text()) for seed in (1, 2))
    other["vantage"]["hostname"] = "elsewhere"
    other["schema"] = "tracetui.snapshot/1"
    remote = [{**lane, "id": f"via {lane['id']}", "via": "office"} for lane in one["lanes"]]
    one["lanes"] += remote
    _, out, err = survey(one, other, options=AS_JSON)
    assert err == ""
    value = json.loads(out)
    endpoint = next(each for each in value["endpoints"] if each["port"] == 25)
    assert endpoint["vantages"]["stopped"] == 3
    assert endpoint["ases"][0]["asn"] == 8359
    assert endpoint["ases"][0]["entered"] == 3
    assert endpoint["vantages"]["reached"] == 3
    assert endpoint["finding"]["ases"] == []  # three and three: chance explains it


def test_status_is_0_where_all_reach_it(world, survey):
    assert survey(world.atlas(no_drop))[0] == ExitStatus.OK


def test_a_file_without_traces_is_one_line_and_the_rest_is_read(world, survey):
    status, out, err = survey(world.atlas(no_drop), b"Dear all,\nno trace here\n", {"some": "thing"}, b"{\n")
    assert status == ExitStatus.NOT_REACHED
    assert ENDPOINT in out
    lines = err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["results-1.json", "results-2.json", "results-3.json"]
    assert "no traces and no probes" in lines[1]


def test_nothing_but_such_files_is_no_survey(survey):
    status, out, err = survey({"some": "thing"})
    assert (status, out) == (ExitStatus.CANNOT_RUN, "")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("words", [[], ["-", "-"], ["x", "--rounds", "3"]])
def test_usage(words, capsys):
    assert main(["survey", *words]) == ExitStatus.USAGE
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_it_is_written_to_a_file_and_none_is_overwritten(tmp_path, world, survey):
    file = tmp_path / "out.md"
    assert survey(world.atlas(DROP), options=("-o", str(file)))[1] == ""
    assert file.read_text().startswith("# Survey: ")
    status, _, err = survey(world.atlas(DROP), options=("-o", str(file)))
    assert status in {ExitStatus.USAGE, ExitStatus.CANNOT_RUN}
    assert "out.md" in err


def test_no_service_is_asked_unless_that_is_typed(world, survey, monkeypatch):
    opened = []

    class Watched:
        def __init__(self, settings, *rest, **keywords):
            opened.append((settings.offline, settings.pointers))
            raise RuntimeError("seen")

    monkeypatch.setattr("tracetui.ownership.open_sources.Ownership", Watched)
    monkeypatch.setattr("tracetui.config.crash_report.write_crash_report", lambda _: "seen")
    survey(world.atlas(DROP))
    survey(world.atlas(DROP), options=("--no-offline",))
    assert opened == [(True, False), (False, True)]

"""The files of a scenario are read by this program, and say what its simulated internet says."""

import re
from ipaddress import ip_address, ip_network

import pytest

from tracetui.cli.entry_point import main
from tracetui.evidence.bgp.read_routes import read_bgp_text
from tracetui.evidence.registers.read_register import parse_request, read_register
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model.register_answer import Listing
from tracetui.simulation.catalogue import load
from tracetui.simulation.scenario_sources import ScenarioTable, _addresses, _nodes

NAME = "protonmail-2019"
TIMED_OUT = re.compile(r"connect to \S+\[(\S+)\]:25: Connection timed out$")
EXPECTED = {
    "cisco-blocked.txt": ("185.70.40.101", 4, 10),
    "cisco-control.txt": ("156.154.64.10", 9, 9),
    "bsd-other-provider.txt": ("185.70.40.101", 10, 10),
}
"""Target, the last hop that answers, and the last one."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    directory = tmp_path_factory.mktemp("files") / "new"
    assert main(["demo", NAME, "--files", str(directory)]) == 0
    return directory


def test_the_paths_are_printed_and_nothing_is_overwritten_unasked(tmp_path, capsys):
    assert main(["demo", NAME, "--files", str(tmp_path)]) == 0
    paths = capsys.readouterr().out.split()
    assert paths == sorted(map(str, tmp_path.iterdir()))
    changed = tmp_path / "mail.log"
    changed.write_text("mine")
    assert main(["demo", NAME, "--files", str(tmp_path)]) == 3
    assert "add --force" in capsys.readouterr().err
    assert changed.read_text() == "mine"
    assert main(["demo", NAME, "--files", str(tmp_path), "--force"]) == 0
    assert "timed out" in changed.read_text()
    assert main(["demo", "ecmp-dead-branch", "--files", str(tmp_path)]) == 3
    assert "ecmp-dead-branch has no files" in capsys.readouterr().err
    assert main(["demo", NAME, "--files", str(tmp_path / "not" / "there")]) == 3
    assert main(["report", "x", "--files", str(tmp_path)]) == 2


@pytest.mark.parametrize("name", EXPECTED)
def test_traces_have_the_hops_and_ases_of_the_simulated_internet(folder, name):
    target, last, end = EXPECTED[name]
    (trace,) = read_traces((folder / name).read_bytes()).traces
    assert (trace.address, trace.remarks) == (target, ())
    assert max(hop.ttl for hop in trace.hops if hop.responders) == last
    assert [hop.ttl for hop in trace.hops] == [*range(1, end + 1)]
    internet = load(NAME)
    table = ScenarioTable(internet)
    known = {str(address) for node in _nodes(internet) for address in _addresses(node)}
    for hop in trace.hops:
        for responder in hop.responders:
            assert responder.address in known
            owner = table.attribute(responder.address)
            assert responder.asns == (() if owner is None else owner.asns), responder


def test_bgp_paths_lead_over_the_same_ases_to_both(folder):
    routes = read_bgp_text((folder / "show-ip-bgp.txt").read_bytes()).routes
    for address in ("185.70.40.101", "156.154.64.10"):
        (route,) = [one for one in routes if ip_address(address) in ip_network(one.prefix)]
        assert re.findall(r"\d{4,}", str(route.path)) == ["57681", "8359", "22822", "19905"]


def test_the_register_is_read_whole_and_lists_no_endpoint_of_the_case(folder):
    register = read_register(parse_request(str(folder / "dump.csv")))
    assert (register.file.form, register.file.entries) == ("dump.csv of zapret-info", 31)
    assert (register.file.stray_lines, register.file.partly_read) == (0, 0)
    names = ("mail.protonmail.ch", "mailsec.protonmail.ch", "protonmail.ch")
    for address in ("185.70.40.101", "185.70.40.102"):
        assert register.answer(address, names).listing is Listing.NOT_LISTED


def test_the_mail_log_has_time_outs_of_both_exchangers(folder):
    lines = (folder / "mail.log").read_text().splitlines()
    timed_out = {match[1] for line in lines if (match := TIMED_OUT.search(line)) is not None}
    assert timed_out == {"185.70.40.101", "185.70.40.102"}
    times = [line.split()[0] for line in lines]
    assert times == sorted(times)

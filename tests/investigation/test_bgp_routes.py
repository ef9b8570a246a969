"""BGP routes of an investigation: files, pastes and RIPEstat, in the background, to its endpoints."""

import threading
import time
from pathlib import Path

import pytest

from evidence.bgp import outputs
from evidence.bgp.mrt_bytes import attributes, peer_index, rib
from evidence.bgp.ripestat_server import ADDRESS, RipeStatServer
from evidence.loopback_server import say
from tracetui.evidence.bgp.read_routes import read_bgp_text
from tracetui.investigation.bgp_routes import BgpFile, BgpRoutes, parse_bgp_file
from tracetui.model import Asn, CannotRunError
from tracetui.model.bgp_route import BgpEvidence
from tracetui.model.outside_evidence import NOTHING_FROM_OUTSIDE

PATIENCE_S = 20


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with RipeStatServer() as running:
        yield running


def evidence(routes: BgpRoutes) -> BgpEvidence:
    return routes.add_to(NOTHING_FROM_OUTSIDE).bgp


def wait(condition) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        threading.Event().wait(0.01)


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("glass.txt", BgpFile(Path("glass.txt"))),
        ("AS8359=glass.txt", BgpFile(Path("glass.txt"), Asn(8359))),
        ("as8359=a=b", BgpFile(Path("a=b"), Asn(8359))),
        ("8359=glass.txt", BgpFile(Path("8359=glass.txt"))),
    ],
)
def test_a_file_and_whose_it_is(text, file):
    assert parse_bgp_file(text) == file


@pytest.mark.parametrize("text", ["AS0=x", "AS4294967296=x", "AS9999999999=x"])
def test_no_such_as(text):
    with pytest.raises(ValueError, match="AS"):
        parse_bgp_file(text)


def test_files_are_read_for_the_endpoints_there_are(tmp_path):
    data = peer_index(("192.0.2.1", 8359)) + b"".join(
        rib(prefix, (0, 1, attributes((2, [8359, 19905])))) for prefix in ("185.70.40.0/24", "8.8.8.0/24")
    )
    file = tmp_path / "rib"
    file.write_bytes(data)
    routes = BgpRoutes([BgpFile(file)], online=False)
    assert evidence(routes) == BgpEvidence()
    routes.want([ADDRESS])
    assert routes.settle(PATIENCE_S)
    assert [route.prefix for route in evidence(routes).routes] == ["185.70.40.0/24"]
    before = routes.version
    routes.want([ADDRESS])
    assert routes.settle(PATIENCE_S)
    assert routes.version == before
    routes.want([ADDRESS, "8.8.8.8"])
    assert routes.settle(PATIENCE_S)
    assert [route.prefix for route in evidence(routes).routes] == ["185.70.40.0/24", "8.8.8.0/24"]
    routes.close()


def test_evidence_stays_the_same_object_while_nothing_is_new(tmp_path):
    file = tmp_path / "glass.txt"
    file.write_text(outputs.IOS, encoding="utf-8")
    routes = BgpRoutes([BgpFile(file, Asn(8359))], online=False)
    routes.want([ADDRESS])
    assert routes.settle(PATIENCE_S)
    first = routes.add_to(NOTHING_FROM_OUTSIDE)
    assert routes.add_to(first) is first
    assert {route.viewer for route in first.bgp.routes} == {8359}
    routes.close()


def test_a_file_that_cannot_be_read_is_told_once(tmp_path):
    told: list[str] = []
    routes = BgpRoutes([BgpFile(tmp_path / "gone")], online=False, narrate=told.append)
    routes.want([ADDRESS])
    routes.settle(PATIENCE_S)
    routes.want(["8.8.8.8"])
    routes.settle(PATIENCE_S)
    assert told == ["tracetui: cannot read gone: No such file or directory"]
    assert evidence(routes).problems == ("gone: cannot read gone: No such file or directory",)
    routes.close()


def test_a_paste_is_added():
    routes = BgpRoutes(online=False)
    routes.add(read_bgp_text(outputs.JUNOS))
    assert [route.source.tool for route in evidence(routes).routes] == ["Junos", "Junos"]
    routes.close()


def test_ripestat_is_asked_only_when_somebody_asks(server):
    routes = BgpRoutes(base_url=server.url)
    routes.want([ADDRESS])
    assert server.asked == []
    routes.ask(ADDRESS)
    (question,) = evidence(routes).questions
    assert (question.address, question.answer, question.problem) == (ADDRESS, None, "")
    wait(lambda: evidence(routes).questions[0].answer is not None)
    assert [route.viewer for route in evidence(routes).routes] == [8359, 3333]
    assert len(evidence(routes).updates) == 2
    routes.close()


def test_a_later_answer_replaces_the_first(server):
    server.acts["prefix-overview"] = [say(b"", 500)]
    routes = BgpRoutes(base_url=server.url)
    routes.ask(ADDRESS)
    wait(lambda: evidence(routes).questions[0].problem)
    server.acts.clear()
    routes.ask(ADDRESS)
    wait(lambda: evidence(routes).questions[0].answer is not None)
    assert len(evidence(routes).questions) == 1
    routes.close()


def test_one_question_runs_at_a_time_and_closing_ends_it(server):
    server.acts["prefix-overview"] = [server.dawdle]
    routes = BgpRoutes(base_url=server.url)
    routes.ask(ADDRESS)
    routes.ask(ADDRESS)
    assert server.came.wait(PATIENCE_S)
    started = time.monotonic()
    routes.close()
    assert time.monotonic() - started < 5
    assert server.left.wait(PATIENCE_S)
    assert server.calls == ["prefix-overview"]
    routes.ask(ADDRESS)  # nothing happens


def test_nobody_is_asked_offline_or_about_private_addresses(server):
    with pytest.raises(CannotRunError, match="RIPEstat is not asked here: offline"):
        BgpRoutes(online=False, base_url=server.url).ask(ADDRESS)
    with pytest.raises(CannotRunError, match=r"10\.0\.0\.1: nobody announces it, it is private"):
        BgpRoutes(base_url=server.url).ask("10.0.0.1")
    assert server.asked == []

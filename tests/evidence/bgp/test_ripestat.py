"""The client of RIPEstat against a local server that plays the documented API, well and badly."""

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest

from evidence.bgp.ripestat_server import (
    ADDRESS,
    BGPLAY,
    HISTORY,
    LOOKING_GLASS,
    OVERVIEW,
    PREFIX,
    RipeStatServer,
    answer,
)
from evidence.loopback_server import reset, say
from tracetui.evidence.bgp.read_routes import read_bgp_text
from tracetui.evidence.bgp.ripestat import RipeStat
from tracetui.evidence.json_service import MAX_BODY, retry_after
from tracetui.model import Asn
from tracetui.model.bgp_route import AnnouncedBy, RpkiState

OPTIONAL = ("looking-glass", "routing-history", "rpki-validation", "bgplay")


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with RipeStatServer() as running:
        yield running


def ask(server, *, timeout_s=5.0, max_wait_s=5.0, address=ADDRESS):
    return asyncio.run(RipeStat(server.url, timeout_s, max_wait_s).ask(address))


def test_an_announced_address(server):
    found = ask(server)
    question = found.question
    assert (question.address, question.problem, question.remarks) == (ADDRESS, "", ())
    assert question.answer is not None
    assert question.answer.prefix == PREFIX
    assert question.answer.taken_at == datetime(2019, 3, 12, 8, tzinfo=UTC)
    since = datetime(2018, 9, 1, tzinfo=UTC)
    assert question.answer.origins == (AnnouncedBy(Asn(19905), since, RpkiState.NOT_FOUND),)
    first, second = found.routes
    assert (first.viewer, first.beyond, str(first.path)) == (8359, (22822, 19905), "8359 8359 22822 19905")
    assert (second.viewer, second.beyond) == (3333, (1103, 19905))
    assert first.source.collector == "RRC13 Moscow, Russia"
    assert first.last_updated == datetime(2019, 3, 12, 12, 4, 5, tzinfo=UTC)
    gone, come = found.updates
    assert (gone.viewer, gone.path, come.beyond) == (8359, None, (22822, 19905))
    assert come.source.collector == "RRC13"


def test_what_is_asked(server):
    ask(server)
    assert server.calls == ["prefix-overview", *OPTIONAL]
    assert all(parameters["sourceapp"] == "tracetui" for _, parameters in server.asked)
    assert [parameters["resource"] for _, parameters in server.asked] == [
        ADDRESS,
        ADDRESS,
        PREFIX,
        "AS19905",
        PREFIX,
    ]
    assert set(server.agents) == {server.agents[0]}
    assert server.agents[0].startswith("tracetui/")


def test_an_address_that_nobody_announces(server):
    server.acts["prefix-overview"] = [say(answer(OVERVIEW | {"announced": False, "asns": []}))]
    server.acts["looking-glass"] = [say(answer(LOOKING_GLASS | {"rrcs": []}))]
    found = ask(server)
    assert found.question.answer is not None
    assert found.question.answer.prefix is None
    assert found.question.answer.origins == ()
    assert found.routes == ()
    assert server.calls == ["prefix-overview", "looking-glass"]


def test_several_origins_each_with_its_state(server):
    server.acts["prefix-overview"] = [
        say(answer(OVERVIEW | {"asns": [{"asn": 19905, "holder": "a"}, {"asn": 62371, "holder": "b"}]}))
    ]
    server.acts["rpki-validation"] = [
        say(answer({"status": "invalid_asn"})),
        say(answer({"status": "valid"})),
    ]
    found = ask(server)
    assert found.question.answer is not None
    assert [(one.asn, one.rpki) for one in found.question.answer.origins] == [
        (19905, RpkiState.INVALID),
        (62371, RpkiState.VALID),
    ]
    assert found.question.answer.origins[1].since is None  # it stopped announcing it


FAILURES = {
    "bad request": (say({"messages": [["error", "x"]]}, 400), "HTTP 400 Bad Request"),
    "not found": (say(b"", 404), "HTTP 404 Not Found"),
    "broken server": (say(b"oops", 500), "HTTP 500 Internal Server Error"),
    "gateway": (say(b"", 502), "HTTP 502 Bad Gateway"),
    "moved": (say(b"", 301, Location="http://127.0.0.1:9/"), "HTTP 301 Moved Permanently"),
    "cut off": (say(b'{"status": "ok"', Content_Length="5000"), "peer closed connection"),
    "no answer": (reset, "Server disconnected"),
    "no JSON": (say(b"<html>"), "the answer is no JSON"),
    "bytes": (say(b"\xff\xfe\x00"), "the answer is no JSON"),
    "a list": (say([]), "the answer has no data"),
    "deep": (say(b"[" * 200_000), "the answer is no JSON"),
    "an error": (
        say(answer({}, "error", [["error", "Resource \x1b[31mis no prefix"]])),
        "Resource �[31mis no prefix",
    ),
    "packed": (say(b"x", Content_Encoding="gzip"), "a packed answer"),
    "large": (say(b" " * (MAX_BODY + 1)), "more than 8 MiB"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_the_first_call_fails(server, failure):
    act, message = FAILURES[failure]
    server.acts["prefix-overview"] = [act]
    found = ask(server)
    assert found.question.answer is None
    assert found.question.problem.startswith("RIPEstat prefix-overview: ")
    assert message in found.question.problem
    assert "\n" not in found.question.problem
    assert server.calls == ["prefix-overview"]


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("call", OPTIONAL)
def test_a_later_call_fails_and_the_rest_is_kept(server, call, failure):
    act, message = FAILURES[failure]
    server.acts[call] = [act]
    found = ask(server)
    assert found.question.answer is not None
    (remark,) = found.question.remarks
    assert remark.startswith(f"RIPEstat {call}: ")
    assert message in remark
    assert bool(found.routes) is (call != "looking-glass")
    assert bool(found.updates) is (call != "bgplay")


def test_nobody_listens():
    with RipeStatServer() as gone:
        url = gone.url
    found = asyncio.run(RipeStat(url, 2.0).ask(ADDRESS))
    assert "connection attempts failed" in found.question.problem


def test_a_slow_body_ends_at_the_time_limit(server):
    server.acts["prefix-overview"] = [server.dawdle]
    started = time.monotonic()
    found = ask(server, timeout_s=0.3)
    assert time.monotonic() - started < 3
    assert found.question.problem == "RIPEstat prefix-overview: no whole answer in 0.3 s"
    assert server.left.wait(5)


def test_asked_too_often_waits_once_as_long_as_it_is_told(server):
    server.acts["looking-glass"] = [say(b"", 429, Retry_After="1"), say(answer(LOOKING_GLASS))]
    started = time.monotonic()
    found = ask(server)
    assert time.monotonic() - started >= 1
    assert len(found.routes) == 2
    assert server.calls.count("looking-glass") == 2


def test_asked_too_often_is_not_repeated_for_ever(server):
    server.acts["prefix-overview"] = [say(b"", 429, Retry_After="0")]
    found = ask(server)
    assert found.question.problem == "RIPEstat prefix-overview: asked too often; ask again in 1 s"
    assert server.calls == ["prefix-overview"] * 2


def test_a_long_wait_is_told_and_nothing_is_asked_before_it_is_over(server):
    server.acts["looking-glass"] = [say(b"", 429, Retry_After="300")]

    async def twice():
        client = RipeStat(server.url, 5.0)
        return await client.ask(ADDRESS), await client.ask(ADDRESS)

    first, second = asyncio.run(twice())
    assert first.question.answer is not None
    assert first.question.remarks[0] == "RIPEstat looking-glass: asked too often; ask again in 300 s"
    assert second.question.problem == "RIPEstat prefix-overview: asked too often; ask again in 300 s"
    assert server.calls == ["prefix-overview", "looking-glass"]


def test_unavailable_with_a_time_is_the_same(server):
    server.acts["prefix-overview"] = [say(b"", 503, Retry_After="0"), say(answer(OVERVIEW))]
    assert ask(server).question.answer is not None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 7 ", 7),
        ("Tue, 12 Mar 2019 12:01:00 GMT", 60),
        ("Tue, 12 Mar 2019 11:00:00 GMT", 0),
        ("", 60),
        ("soon", 60),
        ("-5", 60),
        ("999999999999", 86400),
    ],
)
def test_times_to_wait(value, seconds):
    assert retry_after(value, datetime(2019, 3, 12, 12, tzinfo=UTC)) == seconds


def test_a_question_is_cancelled(server):
    server.acts["prefix-overview"] = [server.dawdle]

    async def cancelled():
        task = asyncio.create_task(RipeStat(server.url, 30.0).ask(ADDRESS))
        await asyncio.to_thread(server.came.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    started = time.monotonic()
    asyncio.run(cancelled())
    assert time.monotonic() - started < 5
    assert server.left.wait(5)


def test_odd_values_say_nothing():
    odd = [None, 5, "x", [], {}, {"attrs": 7}, {"type": "A", "timestamp": "never"}]
    for data in (
        LOOKING_GLASS | {"rrcs": odd},
        LOOKING_GLASS | {"rrcs": [{"peers": odd}]},
        BGPLAY | {"events": odd},
        BGPLAY | {"sources": odd},
        HISTORY,
    ):
        text = json.dumps(answer(data))
        with pytest.raises(Exception, match="no BGP route found"):
            read_bgp_text(text)


def test_saved_answers_are_read_from_a_file():
    found = read_bgp_text(json.dumps(answer(LOOKING_GLASS)))
    assert [route.viewer for route in found.routes] == [8359, 3333]
    found = read_bgp_text(json.dumps(answer(BGPLAY)))
    assert len(found.updates) == 2

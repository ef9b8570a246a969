"""The client of Globalping against a local server that plays the documented API, well and badly."""

import asyncio
import time

import pytest

from evidence.loopback_server import reset, say
from evidence.platforms.asking import TCP, TCP_CONTROL, Asked, wait
from evidence.platforms.platform_server import PlatformServer
from tracetui.evidence.json_service import MAX_BODY
from tracetui.evidence.platforms.globalping import Globalping
from tracetui.model import EvidenceError, ProbeProtocol, ReplyKind
from tracetui.model.public_vantage import AskStage, parse_public_vantage

MOSCOW = parse_public_vantage("globalping:AS8359,city=Moscow,limit=2")


def client(server: PlatformServer, *, timeout_s=5.0, max_wait_s=5.0, patience_s=20.0) -> Globalping:
    return Globalping(server.globalping_url, timeout_s, max_wait_s, 0.01, patience_s)


def ask(server: PlatformServer, *traces, vantage=MOSCOW, **settings) -> Asked:
    asked = Asked(vantage, traces or (TCP, TCP_CONTROL))
    asyncio.run(client(server, **settings).run(asked.job))
    return asked


def test_the_control_is_measured_by_the_same_probes(platforms):
    asked = ask(platforms)
    first, second = (one.body for one in platforms.asked if one.method == "POST")
    assert first == {
        "type": "traceroute",
        "target": "185.70.40.101",
        "locations": [{"asn": 8359, "city": "Moscow", "limit": 2}],
        "measurementOptions": {"protocol": "TCP", "port": 25},
    }
    assert second["target"] == "156.154.64.10"
    assert second["locations"] == "gp-0"
    suspect, control = asked.taken
    names = ["Globalping AS8359 Moscow", "Globalping AS8359 Moscow (2)"]
    assert [trace.vantage for trace in suspect] == [trace.vantage for trace in control] == names
    assert [trace.hops[0].responders[0].address for trace in control] == ["195.34.50.1", "195.34.50.2"]


def test_a_trace_is_complete(platforms):
    asked = ask(platforms, TCP)
    trace = asked.taken[0][0]
    assert (trace.address, trace.protocol, trace.port, trace.source_asn) == (
        "185.70.40.101",
        ProbeProtocol.TCP,
        25,
        8359,
    )
    assert [hop.ttl for hop in trace.hops] == [1, 2, 3, 4]
    assert trace.hops[2].lost == 2
    reply = trace.hops[0].probes[0]
    assert reply is not None
    assert reply.kind is ReplyKind.TIME_EXCEEDED
    assert asked.measured == ["Globalping measurement gp-0"]
    assert not asked.job.ask.problem


def test_progress_and_the_limit_are_told(platforms):
    asked = ask(platforms)
    stages = list(dict.fromkeys(one.stage for one in asked.told))
    assert stages == [AskStage.ASKING, AskStage.MEASURING]
    last = asked.told[-1]
    assert (last.probes, last.results, last.wanted, last.imported) == (2, 4, 4, 4)
    assert last.limit is not None
    assert (last.limit.remaining, last.limit.limit) == (246, 250)
    results = [one.results for one in asked.told]
    assert results == sorted(results)


def test_icmp_and_a_country(platforms):
    wanted = TCP.__class__("185.70.40.101", ProbeProtocol.ICMP)
    ask(platforms, wanted, vantage=parse_public_vantage("globalping:country=RU,limit=3"))
    (body,) = (one.body for one in platforms.asked if one.method == "POST")
    assert body["locations"] == [{"country": "RU", "limit": 3}]
    assert body["measurementOptions"] == {"protocol": "ICMP"}


def test_nothing_is_spent_where_the_limit_does_not_allow_it(platforms):
    platforms.remaining = 3
    with pytest.raises(EvidenceError, match=r"4 tests wanted, 3 of 250 an hour are left: .* in \d+ s"):
        ask(platforms)
    assert platforms.paths("POST") == []


def test_a_probe_that_is_offline_later_keeps_the_names_of_the_others(platforms):
    platforms.offline_later = True
    asked = ask(platforms)
    assert [len(traces) for traces in asked.taken] == [2, 1]
    assert asked.job.ask.remarks == ("TCP/25 to 156.154.64.10: 1 probe: offline",)


def test_asked_too_often_is_waited_for_and_told(platforms):
    platforms.acts["POST measurements"] = [say({"error": {"type": "x"}}, 429, Retry_After="1")]
    started = time.monotonic()
    asked = ask(platforms, TCP)
    assert time.monotonic() - started >= 0.9
    assert len(asked.taken[0]) == 2
    assert any(one.waits_until is not None for one in asked.told)
    assert asked.told[-1].waits_until is None


def test_a_long_wait_is_told_instead(platforms):
    platforms.acts["POST measurements"] = [say({}, 429, Retry_After="1800")]
    with pytest.raises(
        EvidenceError, match=r"TCP/25 to 185\.70\.40\.101: asked too often; ask again in 1800 s"
    ):
        ask(platforms)
    assert len(platforms.paths("POST")) == 1


FAILURES = {
    "invalid": (
        say({"error": {"type": "validation_error", "message": "Bad.", "params": {"target": "private"}}}, 400),
        "HTTP 400 Bad Request: Bad.; target: private",
    ),
    "no probes": (
        say({"error": {"type": "no_probes_found", "message": "No matching IPv4 probes."}}, 422),
        "No matching IPv4 probes.",
    ),
    "hostile words": (
        say({"error": {"message": "\x1b]0;x\x07\nowned", "params": [1]}}, 400),
        "HTTP 400 Bad Request: ",
    ),
    "refusal without words": (say([[]], 403), "HTTP 403 Forbidden"),
    "broken server": (say(b"oops", 500), "HTTP 500 Internal Server Error"),
    "gateway": (say(b"", 502), "HTTP 502 Bad Gateway"),
    "moved": (say(b"", 301, Location="http://127.0.0.1:9/"), "HTTP 301 Moved Permanently"),
    "cut off": (say(b'{"id": "ok"', 202, Content_Length="5000"), "peer closed connection"),
    "no answer": (reset, "Server disconnected"),
    "no JSON": (say(b"<html>", 202), "the answer is no JSON"),
    "deep": (say(b"[" * 200_000, 202), "the answer is no JSON"),
    "a list": (say([], 202), "names no measurement"),
    "a path": (say({"id": "../limits", "probesCount": 2}, 202), "names no measurement"),
    "no probe": (say({"id": "abc", "probesCount": 0}, 202), "names no measurement"),
    "packed": (say(b"x", 202, Content_Encoding="gzip"), "a packed answer"),
    "large": (say(b" " * (MAX_BODY + 1), 202), "more than 8 MiB"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_nothing_can_be_measured(platforms, failure):
    act, message = FAILURES[failure]
    platforms.acts["POST measurements"] = [act]
    with pytest.raises(EvidenceError) as error:
        ask(platforms)
    said = str(error.value)
    assert said.startswith("Globalping TCP/25 to 185.70.40.101: ")
    assert message in said
    assert said.isprintable()
    assert len(platforms.paths("POST")) == 1  # it may have been created: it is not sent again


def test_the_control_fails_and_the_rest_is_kept(platforms):
    platforms.acts["POST measurements"] = [
        platforms.play,
        say(b"", 500),
    ]
    asked = ask(platforms)
    assert [len(traces) for traces in asked.taken] == [2]
    assert asked.job.ask.problem == "Globalping TCP/25 to 156.154.64.10: HTTP 500 Internal Server Error"


def test_trouble_while_waiting_is_outlived(platforms):
    platforms.acts["GET measurements/ID"] = [say(b"", 502), reset, say(b"{", Content_Length="99")]
    asked = ask(platforms, TCP)
    assert len(asked.taken[0]) == 2
    assert not asked.job.ask.problem


def test_trouble_that_stays_is_told(platforms):
    platforms.acts["GET measurements/ID"] = [say(b"", 502)] * 9
    asked = ask(platforms, TCP)
    assert asked.taken == []
    assert asked.job.ask.problem.endswith("HTTP 502 Bad Gateway")


MALFORMED = {
    "no results": {"status": "finished"},
    "results of another kind": {"status": "finished", "results": {"a": 1}},
    "numbers": {"status": "finished", "results": [1, None]},
    "no trace": {"status": "finished", "results": [{"probe": {}, "result": {"status": "finished"}}] * 2},
    "wrong types": {
        "status": "finished",
        "results": [{"probe": {"asn": "x", "city": 7}, "result": {"status": "finished", "hops": "no"}}] * 2,
    },
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_malformed_results_are_told(platforms, kind):
    platforms.acts["GET measurements/ID"] = [say(MALFORMED[kind])] * 3
    asked = ask(platforms, TCP)
    assert asked.taken == []
    told = (asked.job.ask.problem, *asked.job.ask.remarks)
    assert any(told)
    assert all(line.isprintable() for line in told)


def test_a_result_of_another_address_is_left_out(platforms):
    ask(platforms, TCP)
    other = platforms.measurements["gp-0"]
    other["body"]["target"] = "9.9.9.9"
    value = platforms._globalping_results(other)
    platforms.acts["GET measurements/ID"] = [say(value)]
    asked = ask(platforms, TCP)
    assert asked.taken == []
    assert "the result is not of TCP/25 to 185.70.40.101: left out" in asked.job.ask.remarks[0]


def test_hostile_names_are_inert(platforms):
    ask(platforms, TCP)
    value = platforms._globalping_results(platforms.measurements["gp-0"])
    for item in value["results"]:
        item["probe"]["city"] = "\x1b[31mEvil\u202e\n[b](http://x)"
    platforms.acts["GET measurements/ID"] = [say(value)]
    (traces,) = ask(platforms, TCP).taken
    assert all(trace.vantage.isprintable() for trace in traces)


def test_more_results_than_probes_are_not_read(platforms):
    ask(platforms, TCP)
    value = platforms._globalping_results(platforms.measurements["gp-0"])
    value["results"] *= 500
    platforms.acts["GET measurements/ID"] = [say(value)]
    assert len(ask(platforms, TCP).taken[0]) == 2


def test_a_measurement_without_end_is_waited_for_so_long(platforms):
    platforms.polls = 10**9
    asked = ask(platforms, TCP, patience_s=0.2)
    assert asked.job.ask.remarks == ("TCP/25 to 185.70.40.101: 2 probes: in-progress",)


def test_a_slow_body_has_an_end(platforms):
    platforms.acts["GET limits"] = [platforms.dawdle]
    with pytest.raises(EvidenceError, match=r"no whole answer in 0.3 s"):
        ask(platforms, timeout_s=0.3)
    assert platforms.left.wait(10)


def test_cancelling_leaves_at_once(platforms):
    platforms.polls = 10**9

    async def run() -> float:
        asked = Asked(MOSCOW, (TCP,))
        task = asyncio.create_task(client(platforms, patience_s=600).run(asked.job))
        await asyncio.to_thread(wait, lambda: bool(platforms.paths("POST")))
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - started

    assert asyncio.run(run()) < 2

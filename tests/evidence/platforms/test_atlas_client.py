"""The client of RIPE Atlas against a local server that plays the documented API, well and badly."""

import asyncio
import pickle
import time
from dataclasses import replace

import pytest

from evidence.loopback_server import reset, say
from evidence.platforms.asking import TCP, TCP_CONTROL, Asked, wait
from evidence.platforms.platform_server import KEY, PlatformServer
from tracetui.evidence.platforms.atlas_key import AtlasKey, find_key
from tracetui.evidence.platforms.ripe_atlas import RipeAtlas, credits_for
from tracetui.model import CannotRunError, EvidenceError, ProbeProtocol, ReplyKind
from tracetui.model.imported_trace import Untold
from tracetui.model.public_vantage import AskStage, WantedTrace, parse_public_vantage

RUSSIA = parse_public_vantage("atlas:country=RU,limit=2")
EXISTING = parse_public_vantage("https://atlas.ripe.net/measurements/12345678/#probes")
ADDRESS = TCP.address


def client(server: PlatformServer, key: str | None = KEY, **settings: float) -> RipeAtlas:
    numbers = {"timeout_s": 5.0, "max_wait_s": 5.0, "poll_s": 0.01, "patience_s": 20.0} | settings
    return RipeAtlas(None if key is None else AtlasKey(key), server.atlas_url, **numbers)


def ask(server: PlatformServer, *traces, vantage=RUSSIA, key=KEY, cost=None, **settings) -> Asked:
    asked = Asked(vantage, () if vantage.measurement else traces or (TCP, TCP_CONTROL))
    asked.job.ask = replace(asked.job.ask, credits=cost)
    asyncio.run(client(server, key, **settings).run(asked.job))
    return asked


# New measurements


def test_target_and_control_are_measured_by_the_same_probes(platforms):
    asked = ask(platforms)
    (request,) = (one for one in platforms.asked if one.method == "POST")
    assert request.body["probes"] == [{"type": "country", "value": "RU", "requested": 2}]
    first, second = request.body["definitions"]
    assert (first["target"], first["port"], first["size"]) == ("185.70.40.101", 25, 0)
    assert second == first | {
        "target": "156.154.64.10",
        "description": "tracetui: TCP/25 to 156.154.64.10",
    }
    names = ["RIPE Atlas AS8359 RU probe 6012", "RIPE Atlas AS12389 RU probe 6013"]
    assert [[trace.vantage for trace in traces] for traces in asked.taken] == [names, names]
    assert asked.measured == ["RIPE Atlas measurement 50000000", "RIPE Atlas measurement 50000001"]


def test_a_trace_has_its_port(platforms):
    trace = ask(platforms, TCP).taken[0][0]
    assert (trace.address, trace.port, trace.source_asn) == ("185.70.40.101", 25, 8359)
    assert Untold.PROTOCOL not in trace.untold
    reply = trace.hops[-1].probes[0]
    assert reply is not None
    assert reply.kind is ReplyKind.SYN_ACK


def test_progress_is_told(platforms):
    asked = ask(platforms)
    assert [one.stage for one in asked.told][-1] is AskStage.MEASURING
    assert (asked.told[-1].results, asked.told[-1].wanted, asked.told[-1].probes) == (4, 4, 2)


def test_the_key_goes_to_nobody_but_those_who_make_and_stop(platforms):
    ask(platforms)
    reads = [one for one in platforms.asked if one.method == "GET"]
    assert {one.key for one in reads if one.path != "credits/"} == {None}
    assert {one.key for one in reads if one.path == "credits/"} == {f"Key {KEY}"}
    assert {one.key for one in platforms.asked if one.method == "POST"} == {f"Key {KEY}"}


def test_without_enough_credits_nothing_is_spent(platforms):
    platforms.balance = 239
    with pytest.raises(EvidenceError, match="up to 240 credits wanted, you have 239"):
        ask(platforms, cost=240)
    assert platforms.paths("POST") == []


@pytest.mark.parametrize("balance", [5000, None])
def test_credits_are_told_where_the_key_may_see_them(platforms, balance):
    platforms.balance = balance
    assert ask(platforms, cost=240).told[-1].balance == balance
    assert len(platforms.paths("POST")) == 1


@pytest.mark.parametrize("balance", ["many", True, None, [], {}])
def test_a_balance_that_is_no_number_is_not_known(platforms, balance):
    platforms.acts["GET credits/"] = [say({"current_balance": balance})]
    assert ask(platforms, cost=240).told[-1].balance is None


@pytest.mark.parametrize("said", [f"Key {KEY} is not valid", f"bad {KEY.upper()}"])
def test_an_answer_that_repeats_the_key_is_not_repeated(platforms, said):
    platforms.acts["POST measurements/"] = [say({"error": {"detail": said}}, 403)]
    with pytest.raises(EvidenceError) as error:
        ask(platforms)
    assert KEY not in str(error.value).lower()
    assert "HTTP 403 Forbidden" in str(error.value)


def test_a_wrong_key_is_a_line(platforms):
    with pytest.raises(EvidenceError, match="Authentication credentials were not provided"):
        ask(platforms, key="87654321-aaaa-bbbb-cccc-1234567890ab")


def test_without_a_key_nothing_is_sent(platforms):
    with pytest.raises(EvidenceError, match="needs a key"):
        ask(platforms, key=None)
    assert platforms.asked == []


def test_a_probe_without_a_result_is_told_in_the_end(platforms):
    platforms.atlas_silent = 1
    asked = ask(platforms, TCP, vantage=replace(RUSSIA, limit=3), patience_s=0.3)
    assert len(asked.taken[0]) == 2
    assert asked.job.ask.remarks == ("TCP/25 to 185.70.40.101: 1 probe: no result",)


def test_no_suitable_probes(platforms):
    status = {"type": "traceroute", "status": {"id": 6, "name": "No suitable probes"}, "probes_scheduled": 0}
    platforms.acts["GET measurements/ID/"] = [say(status)]
    platforms.acts["GET measurements/ID/results/"] = [say([])]
    asked = ask(platforms, TCP)
    assert asked.job.ask.problem == "RIPE Atlas measurement 50000000: no suitable probes"
    assert asked.taken == []


FAILURES = {
    "invalid": (
        say({"error": {"detail": "Problem", "errors": [{"detail": "no credits"}]}}, 400),
        "HTTP 400 Bad Request: Problem; no credits",
    ),
    "broken": (say(b"oops", 500), "HTTP 500"),
    "no answer": (reset, "Server disconnected"),
    "cut off": (say(b"{", 201, Content_Length="99"), "peer closed connection"),
    "no JSON": (say(b"<html>", 201), "no JSON"),
    "too few": (say({"measurements": [1]}, 201), "names no measurements"),
    "paths": (say({"measurements": ["../1", "2"]}, 201), "names no measurements"),
    "truths": (say({"measurements": [True, True]}, 201), "names no measurements"),
    "wait": (say({}, 429, Retry_After="900"), "ask again in 900 s"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_none_can_be_made(platforms, failure):
    act, message = FAILURES[failure]
    platforms.acts["POST measurements/"] = [act]
    with pytest.raises(EvidenceError) as error:
        ask(platforms)
    assert message in str(error.value)
    assert str(error.value).isprintable()
    assert len(platforms.paths("POST")) == 1


def test_trouble_while_waiting_is_outlived(platforms):
    platforms.acts["GET measurements/ID/results/"] = [say(b"", 502), reset]
    asked = ask(platforms, TCP)
    assert len(asked.taken[0]) == 2
    assert not asked.job.ask.problem


def test_where_probes_are_may_stay_unknown(platforms):
    platforms.acts["GET probes/"] = [say(b"", 500)]
    (traces,) = ask(platforms, TCP).taken
    assert [trace.vantage for trace in traces] == ["RIPE Atlas probe 6012", "RIPE Atlas probe 6013"]


def test_hostile_places_are_inert(platforms):
    place = {"id": 6012, "asn_v4": -1, "country_code": "\x1b[2J"}
    platforms.acts["GET probes/"] = [say({"results": [place, 7, {"id": "x"}]})]
    (traces,) = ask(platforms, TCP).taken
    assert all(trace.vantage.isprintable() and len(trace.vantage) < 40 for trace in traces)


@pytest.mark.parametrize("results", [{"a": 1}, [1, None, {}], [{"prb_id": "x", "result": []}]])
def test_malformed_results_are_told(platforms, results):
    platforms.acts["GET measurements/ID/results/"] = [say(results)] * 3
    platforms.polls = 0
    asked = ask(platforms, TCP)
    assert asked.taken == []
    assert asked.job.ask.problem or asked.job.ask.remarks


def test_cancelling_stops_the_measurements(platforms):
    platforms.polls = 10**9

    async def run() -> float:
        asked = Asked(RUSSIA, (TCP, TCP_CONTROL))
        task = asyncio.create_task(client(platforms, patience_s=600).run(asked.job))
        await asyncio.to_thread(wait, lambda: any("results" in path for path in platforms.paths()))
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - started

    assert asyncio.run(run()) < 5
    assert [one.get("stopped") for one in platforms.measurements.values()] == [True, True]


# Existing ones


def test_a_measurement_that_exists_needs_no_key(platforms):
    platforms.add_atlas(12345678, ADDRESS)
    asked = ask(platforms, vantage=EXISTING, key=None)
    (traces,) = asked.taken
    assert [trace.vantage for trace in traces] == [
        "RIPE Atlas AS8359 RU probe 6012",
        "RIPE Atlas AS12389 RU probe 6013",
        "RIPE Atlas AS3333 NL probe 6014",
    ]
    assert {(trace.address, trace.protocol, trace.port) for trace in traces} == {
        (ADDRESS, ProbeProtocol.TCP, 25)
    }
    assert platforms.paths() == [
        "measurements/12345678/",
        "measurements/12345678/latest/",
        "probes/",
    ]


def test_an_old_one_has_no_latest_results(platforms):
    platforms.add_atlas(12345678, ADDRESS, old=True)
    assert len(ask(platforms, vantage=EXISTING).taken[0]) == 3


def test_one_that_goes_on_says_so(platforms):
    platforms.add_atlas(12345678, ADDRESS, polls=5)
    asked = ask(platforms, vantage=EXISTING)
    assert asked.job.ask.remarks == ("RIPE Atlas measurement 12345678 goes on: these are its newest results",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"type": "ping"}, "it is no traceroute, but ping"), ({"type": "\x1b"}, "it is no traceroute")],
)
def test_one_of_another_kind(platforms, changes, message):
    platforms.add_atlas(12345678, ADDRESS, **changes)
    with pytest.raises(EvidenceError, match=message):
        ask(platforms, vantage=EXISTING)


def test_one_that_does_not_exist(platforms):
    with pytest.raises(EvidenceError, match=r"measurement 12345678: HTTP 404 Not Found: Not found\."):
        ask(platforms, vantage=EXISTING)


def test_a_slow_body_has_an_end(platforms):
    platforms.add_atlas(12345678, ADDRESS)
    platforms.acts["GET measurements/ID/latest/"] = [platforms.dawdle]
    with pytest.raises(EvidenceError, match=r"no whole answer in 0\.3 s"):
        ask(platforms, vantage=EXISTING, timeout_s=0.3)
    assert platforms.left.wait(10)


# The key, and what it costs


def test_a_key_shows_itself_nowhere(tmp_path):
    key = AtlasKey(KEY)
    for shown in (repr(key), str(key), f"{key}", repr(RipeAtlas(key))):
        assert KEY not in shown
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_where_a_key_comes_from(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    found = find_key({}, file)
    assert found is not None
    assert found.header == f"Key {KEY}"
    other = "aaaaaaaa-aaaa-bbbb-cccc-1234567890ab"
    found = find_key({"RIPE_ATLAS_KEY": other}, file)
    assert found is not None
    assert found.header == f"Key {other}"
    assert find_key({}, None) is None


@pytest.mark.parametrize("content", ["", "two words of secret", "secret\nsecret", "\xff" * 20, "x" * 5000])
def test_what_is_no_key_is_not_repeated(tmp_path, content):
    file = tmp_path / "key"
    file.write_text(content)
    with pytest.raises(CannotRunError) as error:
        find_key({}, file)
    assert "evidence.atlas-key-file" in str(error.value)
    assert "secret" not in str(error.value)
    assert "xx" not in str(error.value)


def test_a_key_file_that_is_missing(tmp_path):
    with pytest.raises(CannotRunError, match=r"cannot read .*: no such file"):
        find_key({}, tmp_path / "none")


def test_what_it_costs():
    assert credits_for(RUSSIA, 2) == 240
    assert credits_for(EXISTING, 0) == 0


def test_ipv6_says_so(platforms):
    ask(platforms, WantedTrace("2001:db8::1", ProbeProtocol.ICMP))
    (request,) = (one for one in platforms.asked if one.method == "POST")
    assert [one["af"] for one in request.body["definitions"]] == [6]
    assert "port" not in request.body["definitions"][0]

"""Prompts and commands: vantage, target, protocol, port, source, and the time of a trace."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tracetui.evidence.traces.command_line import TraceCommand, find_command, is_command
from tracetui.evidence.traces.source_text import clean_lines
from tracetui.evidence.traces.trace_time import find_time, unclear_time
from tracetui.model.lane import ProbeProtocol


def command(text: str) -> TraceCommand:
    return find_command(clean_lines(text))


@pytest.mark.parametrize(
    ("prompt", "vantage"),
    [
        ("user@host:~$ ", "host"),
        ("[root@host-2 ~]# ", "host-2"),
        ("root@OpenWrt:04:58 PM /] # ", "OpenWrt"),
        ("root@FreeBSD:~ # ", "FreeBSD"),
        ("MacBook-Pro:~ anna$ ", "MacBook-Pro"),
        ("anna@mac ~ % ", "mac"),
        ("GW-Core-R3#", "GW-Core-R3"),
        ("R12>", "R12"),
        ("edge1(config)#do ", "edge1"),
        ("RP/0/RP0/CPU0:pe1#", "pe1"),
        ("<CE1>", "CE1"),
        ("[~DeviceA] ", "DeviceA"),
        ("[R1-GigabitEthernet0/0/1]", "R1"),
        ("admin@mx1> ", "mx1"),
        ("root@Ingress# run ", "Ingress"),
        ("admin@PA-220(active)> ", "PA-220"),
        ("A:pe1# ", "pe1"),
        ("*A:pe1# ", "pe1"),
        ("55-CHA-USA # exec ", "55-CHA-USA"),
        ("FGT02 (R3) # execute ", "FGT02"),
        ("[admin@MikroTik] > /tool ", "MikroTik"),
        ("$ ", ""),
        ("# sudo ", ""),
        ("C:\\> ", ""),
    ],
)
def test_the_vantage_is_the_host_of_the_prompt(prompt, vantage):
    found = command(f"{prompt}traceroute 192.0.2.9")
    assert found.tool == "traceroute"
    assert (found.vantage, found.target) == (vantage, "192.0.2.9")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("traceroute -nT -p 25 mx.example", ("mx.example", "tcp", 25, None, None)),
        ("traceroute --tcp --port=443 www.example", ("www.example", "tcp", 443, None, None)),
        ("traceroute -I -s 192.0.2.7 -m 12 www.example 60", ("www.example", "icmp", None, "192.0.2.7", 12)),
        ("traceroute -P icmp www.example", ("www.example", "icmp", None, None, None)),
        ("traceroute -M tcp www.example", ("www.example", "tcp", None, None, None)),
        ("tcptraceroute -n mx.example 25", ("mx.example", None, 25, None, None)),
        (
            "traceroute vrf BLUE 192.0.2.9 source 192.0.2.1 probe 1",
            ("192.0.2.9", None, None, "192.0.2.1", None),
        ),
        ("traceroute ip probe 1 timeout 3", ("", None, None, None, None)),
        ("tracert -a 192.0.2.1 -vpn-instance BLUE 192.0.2.9", ("192.0.2.9", None, None, "192.0.2.1", None)),
        ("traceroute 192.0.2.9 routing-instance BLUE no-resolve", ("192.0.2.9", None, None, None, None)),
    ],
)
def test_options(typed, expected):
    found = command(f"host# {typed}")
    assert (found.target, found.protocol, found.port, found.source, found.max_hops) == expected


def test_the_last_command_counts():
    found = command("a@one:~$ traceroute -T 192.0.2.1\n\nb@two:~$ traceroute -I 192.0.2.2\n")
    assert (found.vantage, found.target, found.protocol) == ("two", "192.0.2.2", ProbeProtocol.ICMP)


def test_a_looking_glass_says_where_it_is():
    assert command("Router: fra1, Frankfurt\nCommand: whatever").vantage == "fra1, Frankfurt"


@pytest.mark.parametrize(
    "prose",
    [
        "traceroute to www.example (203.0.113.9), 30 hops max, 60 byte packets",
        "traceroute from my home:",
        "traceroute shows that it stops there",
        "the trace is below",
    ],
)
def test_prose_is_no_command(prose):
    assert not is_command(prose)
    assert command(prose) == TraceCommand()


@pytest.mark.parametrize(
    ("printed", "time"),
    [
        ("Tue Mar 12 12:04:05 UTC 2019", datetime(2019, 3, 12, 12, 4, 5, tzinfo=UTC)),
        (
            "Tue Mar 12 12:04:05 MSK 2019",
            datetime(2019, 3, 12, 12, 4, 5, tzinfo=timezone(timedelta(hours=3))),
        ),
        (
            "date: 2019-03-12T12:04:05+0300",
            datetime(2019, 3, 12, 12, 4, 5, tzinfo=timezone(timedelta(hours=3))),
        ),
        ("at 2019-03-12 12:04", datetime(2019, 3, 12, 12, 4, tzinfo=UTC)),
        (
            "Date: Tue, 12 Mar 2019 12:04:05 +0100",
            datetime(2019, 3, 12, 12, 4, 5, tzinfo=timezone(timedelta(hours=1))),
        ),
        ("2019-13-12 12:04:05", None),
        ("12:04:05", None),
    ],
)
def test_times(printed, time):
    assert find_time(clean_lines(printed)) == time


def test_a_time_without_a_year_is_told():
    lines = clean_lines("Mon Sep 30 13:23:56.830 EDT")
    assert find_time(lines) is None
    assert [*unclear_time(lines)] == ["printed without a year: Mon Sep 30 13:23:56.830 EDT"]

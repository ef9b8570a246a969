"""A line on the board: what the command line takes for targets, in the same words."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.cli.arguments import parse_arguments
from tracetui.cli.trace_command import requested_targets
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.target_line import targets_of
from tracetui.model import ProbeProtocol, Role, TargetError

TCP, ICMP = ProbeProtocol.TCP, ProbeProtocol.ICMP


def test_one_target_is_read_as_ever():
    (target,) = targets_of(" example.org:25 ", Settings(), Role.CONTROL)
    assert (target.text, target.ports, target.role, target.source) == (
        "example.org:25",
        (25,),
        Role.CONTROL,
        None,
    )


@pytest.mark.parametrize(
    "line",
    [
        "a.example",
        "a.example b.example:25 mx:c.example",
        "a.example -c b.example",
        "-p tcp --port 25,587 a.example --control=b.example",
        "a.example --protocol icmp",
        "tcp://a.example --port 22",
        "icmp://a.example -c 'b.example'",
    ],
)
def test_what_the_command_line_takes_is_taken_alike(line):
    assert targets_of(line, Settings()) == requested_targets(parse_arguments(line.replace("'", "").split()))


def test_sources_are_those_of_these_targets_alone():
    found = targets_of("a.example 192.0.2.1 -s 198.51.100.1 --source 198.51.100.2", Settings())
    assert [(target.host, target.source) for target in found] == [
        ("a.example", "198.51.100.1"),
        ("a.example", "198.51.100.2"),
        ("192.0.2.1", "198.51.100.1"),
        ("192.0.2.1", "198.51.100.2"),
    ]


def test_settings_hold_for_what_is_not_typed():
    (target,) = targets_of("a.example --port 25", Settings(protocols=(ICMP, TCP), ports=(22,)))
    assert (target.protocols, target.ports) == ((ICMP, TCP), (25,))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "an empty target"),
        ("-c", "not a host name"),
        ("-p tcp", "no target in it"),
        ("a.example -x", "option -x not recognized; allowed beside targets: -c TARGET"),
        ("a.example -p", "option -p requires argument"),
        ("a.example -p udp", "-p: "),
        ("a.example --port 0", "--port: "),
        ("a.example -s here", "-s: 'here' is not an IP address of this host"),
        ("2001:db8::1 -s 192.0.2.1", "cannot be probed from 192.0.2.1: one is IPv4, the other IPv6"),
        ("a.example 'b", "no closing quotation"),
        ("mx:protonmail ch", "'mx:protonmail ch': 'protonmail ch' is not a host name or address"),
        ("a.example 999.1.1.1", "999.1.1.1"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(line, said):
    with pytest.raises(TargetError) as caught:
        targets_of(line, Settings())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(line):
    with contextlib.suppress(TargetError):
        targets_of(line, Settings())

"""What the commands of vantages look like, the user's own and those of the templates."""

import pytest

from tracetui.config.vantage_tables import TEMPLATE_NAMES
from tracetui.model import CannotRunError, Lane, ProbeProtocol
from tracetui.vantage.ssh_command import parse_ssh
from tracetui.vantage.trace_command import TEMPLATES, own_command, template_command

TCP, ICMP, UDP = ProbeProtocol.TCP, ProbeProtocol.ICMP, ProbeProtocol.UDP


def lane(protocol=UDP, address="203.0.113.7"):
    return Lane("x", "x", address, protocol, 443 if protocol is TCP else None, via="r1")


def test_the_configuration_knows_the_templates():
    assert tuple(TEMPLATES) == TEMPLATE_NAMES


@pytest.mark.parametrize(
    ("name", "one", "line"),
    [
        ("linux-traceroute", lane(), "traceroute -4 -n -q 1 -w 2 -m 20 203.0.113.7"),
        ("linux-traceroute", lane(ICMP), "traceroute -4 -n -q 1 -w 2 -m 20 -I 203.0.113.7"),
        (
            "linux-traceroute",
            lane(TCP, "2001:db8::7"),
            "traceroute -6 -n -q 1 -w 2 -m 20 -T -p 443 2001:db8::7",
        ),
        ("mtr", lane(ICMP), "mtr --raw -4 -n -c 1 -G 2 -m 20 203.0.113.7"),
        ("mtr", lane(TCP), "mtr --raw -4 -n -c 1 -G 2 -m 20 -T -P 443 203.0.113.7"),
        ("tracepath", lane(), "tracepath -4 -n -m 20 203.0.113.7"),
        ("cisco-ios", lane(), "traceroute ip 203.0.113.7 numeric timeout 2 probe 1 ttl 1 20"),
        (
            "cisco-ios",
            lane(UDP, "2001:db8::7"),
            "traceroute ipv6 2001:db8::7 numeric timeout 2 probe 1 ttl 1 20",
        ),
        ("ios-xr", lane(), "traceroute ipv4 203.0.113.7 numeric timeout 2 probe 1 maxttl 20"),
        ("junos", lane(), "traceroute 203.0.113.7 no-resolve wait 2 ttl 20"),
        ("vrp", lane(), "tracert -m 20 -q 1 -w 2000 203.0.113.7"),
        (
            "routeros",
            lane(ICMP),
            "/tool traceroute address=203.0.113.7 count=1 timeout=2s max-hops=20 use-dns=no protocol=icmp",
        ),
        ("frr-host", lane(), "vtysh -c 'traceroute 203.0.113.7'"),
    ],
)
def test_templates(name, one, line):
    call = template_command(name, parse_ssh("admin@r1")).call(one, 20)
    assert call.line == line
    assert (call.argv[0], call.argv[-3:]) == ("ssh", ("--", "r1", line))
    assert "BatchMode=yes" in call.argv


@pytest.mark.parametrize(
    "command",
    ["ssh r1 traceroute -n {address}", ["ssh", "r1", "traceroute", "-n", "{address}"]],
)
def test_an_own_command_is_arguments(command):
    made = own_command(command, None)
    assert made.protocols == (UDP,)
    assert made.call(lane(), 30).argv == ("ssh", "r1", "traceroute", "-n", "203.0.113.7")
    assert made.call(lane(), 30).line == "traceroute -n 203.0.113.7"


def test_no_shell_reads_an_own_command():
    made = own_command("traceroute {address} ; $(id) > 'a b'", None)
    assert made.call(lane(), 30).argv == ("traceroute", "203.0.113.7", ";", "$(id)", ">", "a b")


def test_placeholders():
    made = own_command("t {protocol} {port} {max_hops} {family} {address}", None)
    assert made.protocols == (ICMP, TCP, UDP)
    assert made.call(lane(TCP), 12).argv == ("t", "tcp", "443", "12", "4", "203.0.113.7")


@pytest.mark.parametrize(
    ("command", "told", "protocol"),
    [
        ("traceroute -I {address}", None, ICMP),
        ("ssh r1 traceroute -T -p 25 {address}", None, TCP),
        ("mtr -r {address}", None, ICMP),
        ("mtr -r -T {address}", None, TCP),
        ("my-script {address}", None, UDP),
        ("my-script {address}", "icmp", ICMP),
    ],
)
def test_what_a_command_probes_with(command, told, protocol):
    assert own_command(command, told).protocols == (protocol,)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("traceroute", "write {address} where the address belongs"),
        ("traceroute {addr}", "{addr} is no placeholder"),
        ("traceroute '{address}", "No closing quotation"),
    ],
)
def test_what_is_wrong_with_a_command(command, words):
    with pytest.raises(CannotRunError) as error:
        own_command(command, None)
    assert words in str(error.value)

"""Every form of target the command line takes, and what it says to the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import ProbeProtocol, Role, TargetError, parse_target

TCP, ICMP = ProbeProtocol.TCP, ProbeProtocol.ICMP


@pytest.mark.parametrize(
    ("text", "host", "mail", "protocols", "ports"),
    [
        ("example.org", "example.org", False, (TCP, ICMP), (443,)),
        ("Example.ORG.", "example.org.", False, (TCP, ICMP), (443,)),
        ("example.org:25", "example.org", False, (TCP, ICMP), (25,)),
        ("192.0.2.1", "192.0.2.1", False, (TCP, ICMP), (443,)),
        ("192.0.2.1:80", "192.0.2.1", False, (TCP, ICMP), (80,)),
        ("2001:DB8::1", "2001:db8::1", False, (TCP, ICMP), (443,)),
        ("[2001:db8::1]:443", "2001:db8::1", False, (TCP, ICMP), (443,)),
        ("[2001:db8::1]", "2001:db8::1", False, (TCP, ICMP), (443,)),
        ("::ffff:192.0.2.1", "192.0.2.1", False, (TCP, ICMP), (443,)),
        ("fe80::1%eth0", "fe80::1%eth0", False, (TCP, ICMP), (443,)),
        ("tcp://example.org:22", "example.org", False, (TCP,), (22,)),
        ("tcp://example.org", "example.org", False, (TCP,), (443,)),
        ("icmp://example.org", "example.org", False, (ICMP,), ()),
        ("icmp://[2001:db8::1]", "2001:db8::1", False, (ICMP,), ()),
        ("https://example.org/a?b=c#d", "example.org", False, (TCP, ICMP), (443,)),
        ("http://user@example.org/", "example.org", False, (TCP, ICMP), (80,)),
        ("https://example.org:8443/", "example.org", False, (TCP, ICMP), (8443,)),
        ("mx:example.org", "example.org", True, (TCP, ICMP), (25,)),
        ("MX:example.org", "example.org", True, (TCP, ICMP), (25,)),
        ("  example.org \n", "example.org", False, (TCP, ICMP), (443,)),
        ("bücher.example", "xn--bcher-kva.example", False, (TCP, ICMP), (443,)),
        ("_dmarc.example.org", "_dmarc.example.org", False, (TCP, ICMP), (443,)),
        ("localhost", "localhost", False, (TCP, ICMP), (443,)),
    ],
)
def test_forms(text, host, mail, protocols, ports):
    target = parse_target(text)
    assert (target.host, target.mail, target.protocols, target.ports) == (host, mail, protocols, ports)
    assert target.role is Role.SUSPECT


@pytest.mark.parametrize("text", ["exa mple", "1.2.3", "256.1.1.1", "2001:db8::g", "224.0.0.1", "-x.example"])
def test_a_mistake_is_named_once(text):
    with pytest.raises(TargetError) as caught:
        parse_target(text)
    assert str(caught.value).startswith(f"'{text}' is not ")
    assert str(caught.value).count(text) == 1
    with pytest.raises(TargetError) as caught:
        parse_target(f"tcp://{text}")
    assert str(caught.value).startswith(f"'tcp://{text}': ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty target"),
        ("   ", "empty target"),
        ("a b", "'a b' is not a host name"),
        ("example.org:0", "port '0'"),
        ("example.org:65536", "port '65536'"),
        ("example.org:x", "port 'x'"),
        ("example.org:٢", "port"),
        ("1.2.3", "not an IPv4 address"),
        ("256.1.1.1", "not an IPv4 address"),
        ("2001:db8::g", "not an IPv6 address"),
        ("[2001:db8::1", "brackets"),
        ("[example.org]:443", "not an IPv6 address"),
        ("[2001:db8::1]x", "brackets"),
        ("ftp://example.org", "scheme 'ftp'"),
        ("icmp://example.org:5", "ICMP has no ports"),
        ("tcp://", "no host"),
        ("mx:", "no host"),
        ("https://[::1", "IPv6"),
        ("224.0.0.1", "not the address of one host"),
        ("0.0.0.0", "not the address of one host"),
        ("ff02::1", "not the address of one host"),
        ("-x.example", "not a host name"),
        ("a" * 64 + ".example", "not a host name"),
        ("fe80::1%", "zone"),
    ],
)
def test_mistakes_say_what_and_where(text, words):
    with pytest.raises(TargetError) as caught:
        parse_target(text)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message


def test_common_ports_and_protocols_apply_where_a_target_has_none_of_its_own():
    target = parse_target("example.org", protocols=(TCP,), ports=(25, 587))
    assert (target.protocols, target.ports) == ((TCP,), (25, 587))
    assert parse_target("example.org:80", ports=(25, 587)).ports == (80,)
    assert parse_target("mx:example.org", ports=(587,)).ports == (587,)
    assert parse_target("icmp://example.org", protocols=(TCP,)).protocols == (ICMP,)


@given(st.text(max_size=80))
def test_any_text_parses_or_says_why_in_one_line(text):
    try:
        target = parse_target(text)
    except TargetError as error:
        assert "\n" not in str(error)
        assert "\x1b" not in str(error)
    else:
        assert target.host.isascii()
        assert target.host.isprintable()


def test_address_is_canonical_or_none():
    assert parse_target("2001:DB8:0::1").address == "2001:db8::1"
    assert parse_target("example.org").address is None
    assert parse_target("192.0.2.1").as_control().role is Role.CONTROL

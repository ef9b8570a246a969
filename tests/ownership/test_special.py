"""Special-purpose ranges: named as the registries name them."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.ownership.special_ranges import (
    RANGES_V4,
    RANGES_V6,
    address_to_ask,
    special_purpose,
    special_range,
)


@pytest.mark.parametrize(
    ("address", "special"),
    [
        ("10.255.255.255", "private-use"),
        ("172.16.0.1", "private-use"),
        ("172.32.0.1", None),
        ("192.168.1.1", "private-use"),
        ("100.64.0.1", "CGNAT"),
        ("100.128.0.1", None),
        ("127.1.2.3", "loopback"),
        ("169.254.0.1", "link-local"),
        ("192.0.2.1", "documentation"),
        ("198.51.100.255", "documentation"),
        ("203.0.113.1", "documentation"),
        ("198.19.255.255", "benchmarking"),
        ("224.0.0.5", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "limited broadcast"),
        ("0.0.0.0", "this host"),
        ("0.1.2.3", "this network"),
        ("192.0.0.9", "Port Control Protocol anycast"),
        ("8.8.8.8", None),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::ffff:10.0.0.1", "IPv4-mapped of 10.0.0.1"),
        ("64:ff9b::8.8.8.8", "NAT64 of 8.8.8.8"),
        ("2002:0808:0808::1", "6to4 of 8.8.8.8"),
        ("2001:0:1::1", "Teredo"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("fd12::1", "unique local"),
        ("fe80::1%eth0", "link-local"),
        ("ff02::1", "multicast"),
        ("4000::1", "reserved"),
        ("2600::1", None),
        ("2001:4860::1", None),
        ("not an address", None),
    ],
)
def test_names(address, special):
    found = special_purpose(address)
    assert (found.special if found else None) == special


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("10.0.0.1", None),
        ("192.0.2.1", None),
        ("192.175.48.1", "192.175.48.1"),
        ("64:ff9b::808:808", "8.8.8.8"),
        ("64:ff9b::a00:1", None),
        ("2002:808:808::1", "8.8.8.8"),
        ("fe80::1", None),
    ],
)
def test_who_may_be_asked_about(address, asked):
    assert address_to_ask(address) == asked


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_the_longest_entry_wins(address):
    ranges = RANGES_V4 if address.version == 4 else RANGES_V6
    around = [entry for entry in ranges if address in ipaddress.ip_network(entry.prefix)]
    wanted = max(around, key=lambda entry: ipaddress.ip_network(entry.prefix).prefixlen, default=None)
    assert special_range(str(address)) is wanted


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_python_calls_private_is_never_asked_about(address):
    entry = special_range(str(address))
    if address.is_private and not (entry and (entry.embeds_ipv4 is not None or entry.reachable)):
        assert address_to_ask(str(address)) is None


def test_no_entry_stands_twice():
    prefixes = [entry.prefix for entry in RANGES_V4 + RANGES_V6]
    assert len(set(prefixes)) == len(prefixes)
    assert all(str(ipaddress.ip_network(prefix)) == prefix for prefix in prefixes)

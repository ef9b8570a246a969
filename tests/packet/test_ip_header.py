"""IP headers: what scapy builds is read back; what is cut, padded or lied about is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP, IPOption_RR
from scapy.layers.inet6 import (
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
)

from tracetui.packet.ip_header import (
    MalformedPacketError,
    address_text,
    pack_address,
    parse_quote,
    strip_header,
)

SOURCE4, TARGET4 = "192.0.2.1", "198.51.100.7"
SOURCE6, TARGET6 = "2001:db8::1", "2001:db8:ffff::7"
PAYLOAD = bytes(range(30))


def ip4(**fields) -> bytes:
    return bytes(IP(src=SOURCE4, dst=TARGET4, ttl=9, proto=6, **fields) / PAYLOAD)


def ip6(*extensions, protocol: int = 6) -> bytes:
    packet = IPv6(src=SOURCE6, dst=TARGET6, hlim=9)
    for extension in extensions:
        packet = packet / extension
    packet.lastlayer().nh = protocol
    return bytes(packet / PAYLOAD)


@pytest.mark.parametrize(
    "data",
    [
        ip4(),
        ip4(options=[IPOption_RR(routers=["0.0.0.0"] * 3)]),
        ip6(),
        ip6(IPv6ExtHdrHopByHop()),
        ip6(IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), IPv6ExtHdrRouting(), IPv6ExtHdrFragment()),
    ],
)
def test_whole_packets_of_both_families(data):
    parsed = parse_quote(data)
    assert parsed.payload == PAYLOAD
    assert parsed.protocol == 6
    assert parsed.first_fragment
    assert address_text(parsed.destination) == (TARGET4 if parsed.version == 4 else TARGET6)


def test_a_quote_may_be_cut_and_may_lie_about_its_length():
    data = bytearray(ip4())
    data[2:4] = b"\0\1"
    assert parse_quote(bytes(data[:28])).payload == PAYLOAD[:8]
    with pytest.raises(MalformedPacketError):
        strip_header(bytes(data))


def test_strip_header_cuts_padding_off():
    data = ip4(options=[IPOption_RR(routers=["0.0.0.0"])])
    assert strip_header(data) == strip_header(data + b"pad") == (9, PAYLOAD)


@pytest.mark.parametrize(
    "data", [b"", b"E", ip4()[:19], ip4()[:30], b"\x44" + ip4()[1:], ip6(), b"\x4f" + bytes(30)]
)
def test_strip_header_refuses(data):
    with pytest.raises(MalformedPacketError):
        strip_header(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 40,
        b"\x75" + ip4()[1:],
        b"\x44" + ip4()[1:],
        b"\x4f" + ip4()[1:40],
        ip6()[:39],
        ip6(IPv6ExtHdrHopByHop())[:44],
        ip6(*[IPv6ExtHdrDestOpt() for _ in range(9)]),
    ],
)
def test_no_packet_at_all(data):
    with pytest.raises(MalformedPacketError):
        parse_quote(data)


def test_an_extension_header_longer_than_the_packet():
    data = bytearray(ip6(IPv6ExtHdrHopByHop()))
    data[41] = 255
    with pytest.raises(MalformedPacketError):
        parse_quote(bytes(data))


@pytest.mark.parametrize("data", [ip4(frag=3), ip6(IPv6ExtHdrFragment(offset=3))])
def test_later_fragments_have_no_upper_header(data):
    parsed = parse_quote(data)
    assert not parsed.first_fragment
    assert parsed.payload == b""


def test_an_empty_payload():
    data = bytes(IP(src=SOURCE4, dst=TARGET4, proto=6))
    assert parse_quote(data).payload == b""
    assert strip_header(data + b"pad") == (64, b"")


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(data):
    for parse in (parse_quote, strip_header):
        try:
            parse(data)
        except MalformedPacketError as error:
            assert str(error)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_addresses_there_and_back(address):
    assert pack_address(address_text(address.packed)) == address.packed
    assert pack_address(f"{address}") == address.packed


def test_zone_and_mapped_addresses():
    assert pack_address("fe80::1%eth0") == pack_address("fe80::1")
    assert address_text(pack_address("::ffff:192.0.2.1")) == "::ffff:192.0.2.1"


def test_scapy_and_we_mean_the_same_layers():
    data = bytes(IP(src=SOURCE4, dst=TARGET4) / UDP(sport=1, dport=2) / b"x")
    assert parse_quote(data).protocol == 17
    assert parse_quote(bytes(IPv6(src=SOURCE6, dst=TARGET6) / TCP())).protocol == 6

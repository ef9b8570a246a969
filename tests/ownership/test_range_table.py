"""The in-memory table against its definition."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from tracetui.ownership.range_table import TableBuilder

BASE = int(ipaddress.ip_address("9.0.0.0"))
BASE6 = int(ipaddress.ip_address("2600::"))

ranges = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 4)).map(
        lambda drawn: (min(drawn[:2]), max(drawn[:2]), drawn[2])
    ),
    max_size=12,
)


def holders(given_ranges, position):
    """The definition: of the ranges around a position, the one that starts last, then the narrowest."""
    around = [(first, last, asn) for first, last, asn in given_ranges if first <= position <= last]
    if not around:
        return None
    start, end = max((first, -last) for first, last, _ in around)
    return tuple(dict.fromkeys(asn for first, last, asn in around if (first, last) == (start, -end)))


@given(ranges)
def test_every_address_has_the_most_specific_ranges_origins(given_ranges):
    builder = TableBuilder()
    for first, last, asn in given_ranges:
        builder.add(4, BASE + first, BASE + last, (asn,), f"holder {asn}")
        builder.add(6, BASE6 + first, BASE6 + last, (asn + 10,), "")
    table = builder.build()
    for position in range(-1, 43):
        wanted = holders(given_ranges, position)
        address, address6 = (
            str(ipaddress.ip_address(BASE + position)),
            str(ipaddress.ip_address(BASE6 + position)),
        )
        found, found6 = table.lookup(address), table.lookup(address6)
        assert (found and set(found.asns)) == (wanted and set(wanted))
        assert (found6 and set(found6.asns)) == (wanted and {asn + 10 for asn in wanted})
        prefix = table.prefix(address)
        assert (prefix is None) == (wanted is None)
        if prefix is not None:
            network = ipaddress.ip_network(prefix)
            assert ipaddress.ip_address(address) in network
            start, end = int(network[0]) - BASE, int(network[-1]) - BASE
            assert any(
                first <= start and end <= last and first <= position <= last
                for first, last, _ in given_ranges
            )


def test_the_prefix_of_a_range_that_is_one_is_that_range():
    builder = TableBuilder()
    builder.add(4, BASE, BASE + 1023, (1,), "wide")
    builder.add(4, BASE + 256, BASE + 511, (2,), "narrow")
    table = builder.build()
    assert table.prefix("9.0.1.9") == "9.0.1.0/24"
    assert table.prefix("9.0.2.9") == table.prefix("9.0.0.9") == "9.0.0.0/22"
    assert len(table) == 3


def test_what_is_no_address_is_not_in_it():
    builder = TableBuilder()
    builder.add(4, 0, 2**32 - 1, (1,), "all")
    builder.add(6, 0, 2**128 - 1, (2,), "all")
    table = builder.build()
    assert table.lookup("0.0.0.0").asns == table.lookup("255.255.255.255").asns == (1,)
    assert table.lookup("::").asns == (2,)
    for text in ["", "x", "1.2.3", "1.2.3.4.5", "1.2.3.4\0", "::g", "\ud800", "01.2.3.4", "fe80::1%eth0"]:
        assert table.lookup(text) is None
        assert table.prefix(text) is None

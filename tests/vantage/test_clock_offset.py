"""The offset of a far end's clocks, from pings."""

from hypothesis import given
from hypothesis import strategies as st

from tracetui.vantage.clock_offset import ClockOffset, better, offset_from

NS = st.integers(0, 1 << 60)


@given(NS, st.integers(-(1 << 50), 1 << 50), st.integers(-(1 << 50), 1 << 50), NS, NS)
def test_the_true_offset_lies_within_the_error(start, unix_off, monotonic_off, there_ns, back_ns):
    there_ns, back_ns = there_ns >> 20, back_ns >> 20
    sent = start, start
    far = start + there_ns - unix_off, start + there_ns - monotonic_off
    received = start + there_ns + back_ns, start + there_ns + back_ns
    found = offset_from(sent, far, received)
    assert abs(found.unix_ns - unix_off) <= found.error_ns + 1
    assert abs(found.monotonic_ns - monotonic_off) <= found.error_ns + 1


def test_the_shortest_round_trip_counts():
    rough, fine = ClockOffset(5, 5, 900), ClockOffset(7, 7, 20)
    assert better(None, rough) is rough
    assert better(rough, fine) is fine
    assert better(fine, rough) is fine
    assert better(fine, ClockOffset(8, 8, 20)) is fine


def test_an_old_offset_gives_way_to_a_rougher_new_one():
    """Clocks drift: after an hour one that was known to 20 ns may be off by a third of a second."""
    old = ClockOffset(7, 7, 20, 0)
    assert better(old, ClockOffset(8, 8, 900, 1_000_000)) is old
    later = ClockOffset(9, 9, 900_000, 3600 * 10**9)
    assert better(old, later) is later


def test_a_clock_of_ours_that_is_set_meanwhile_gives_no_negative_error():
    assert offset_from((100, 100), (0, 0), (50, 50)).error_ns == 0

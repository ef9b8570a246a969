"""The Internet checksum against the definition, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from tracetui.packet.checksum import checksum, complement, is_valid, pseudo_header


def by_the_book(data: bytes) -> int:
    """RFC 1071 section 1, one word after the other with end-around carry."""
    total = 0
    for index in range(0, len(data), 2):
        total += int.from_bytes(data[index : index + 2].ljust(2, b"\0"), "big")
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@given(st.binary(max_size=200))
def test_checksum_is_the_definition(data):
    assert checksum(data) == by_the_book(data)
    assert checksum(bytearray(data)) == checksum(memoryview(data)) == checksum(data)


def test_both_zeros_of_ones_complement():
    assert checksum(b"") == checksum(bytes(6)) == 0xFFFF
    assert checksum(b"\xff\xff") == checksum(b"\xff\xff" * 3) == checksum(b"\x12\x34\xed\xcb") == 0


@given(st.binary(min_size=4, max_size=100), st.integers(0, 40))
def test_filled_in_checksum_is_valid_and_a_changed_bit_is_not(data, where):
    if len(data) % 2:
        data += b"\0"
    packet = bytearray(data)
    packet[2:4] = bytes(2)
    packet[0] |= 1
    packet[2:4] = checksum(packet).to_bytes(2, "big")
    assert is_valid(packet)
    assert checksum(packet) == 0
    packet[where % len(packet)] ^= 0x10
    assert not is_valid(packet)


def test_all_zero_is_not_valid():
    assert not is_valid(bytes(8))
    assert not is_valid(b"")


@given(st.binary(min_size=2, max_size=40).filter(lambda data: len(data) % 2 == 0), st.integers(0, 2**32))
def test_complement_takes_sums_that_are_not_folded(data, more):
    total = sum(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)) + more
    assert complement(total) == by_the_book(data + more.to_bytes(6, "big"))


def test_pseudo_headers():
    four = pseudo_header(bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]), 6, 24)
    assert four.hex() == "c0000201c000020200060018"
    six = pseudo_header(bytes(15) + b"\1", bytes(15) + b"\2", 58, 70_000)
    assert six.hex() == "0" * 31 + "1" + "0" * 31 + "2" + "00011170" + "0000003a"

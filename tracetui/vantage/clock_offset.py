"""Compares a far end's clocks with ours, from pings: the offset is in the middle of the shortest round trip.

As in NTP (RFC 5905 section 8): the error is at most half of that round trip.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """What is to be added to a far end's times. All in nanoseconds."""

    unix_ns: int
    monotonic_ns: int
    error_ns: int
    """At most this far off, either way."""


def offset_from(sent: tuple[int, int], far: tuple[int, int], received: tuple[int, int]) -> ClockOffset:
    """Return the offset by one ping: (Unix time, monotonic time) when it was sent here, answered there, and
    the answer received here."""
    return ClockOffset(
        (sent[0] + received[0]) // 2 - far[0],
        (sent[1] + received[1]) // 2 - far[1],
        max(0, received[1] - sent[1]) // 2,
    )


def better(known: ClockOffset | None, new: ClockOffset) -> ClockOffset:
    """Return the one with the smaller error."""
    return new if known is None or new.error_ns < known.error_ns else known

"""Compares a far end's clocks with ours, from pings: the offset is in the middle of the shortest round trip.

As in NTP (RFC 5905 section 8): the error is at most half of that round trip.
"""

from dataclasses import dataclass
from typing import Final

_DRIFT: Final = 10_000
"""A clock may gain or lose one part in this many: 0.1 ms a second is more than crystals do."""


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """What is to be added to a far end's times. All in nanoseconds."""

    unix_ns: int
    monotonic_ns: int
    error_ns: int
    """At most this far off, either way, when it was measured."""

    measured_ns: int = 0
    """When, by the monotonic clock here."""


def offset_from(sent: tuple[int, int], far: tuple[int, int], received: tuple[int, int]) -> ClockOffset:
    """Return the offset by one ping: (Unix time, monotonic time) when it was sent here, answered there, and
    the answer received here."""
    return ClockOffset(
        (sent[0] + received[0]) // 2 - far[0],
        (sent[1] + received[1]) // 2 - far[1],
        max(0, received[1] - sent[1]) // 2,
        received[1],
    )


def better(known: ClockOffset | None, new: ClockOffset) -> ClockOffset:
    """Return the one with the smaller error, by now: clocks drift apart."""
    if known is None:
        return new
    aged_ns = known.error_ns + (new.measured_ns - known.measured_ns) // _DRIFT
    return new if new.error_ns < aged_ns else known

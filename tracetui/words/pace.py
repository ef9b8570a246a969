"""The interval between rounds, where the limit of packets a second stretches it."""

from tracetui.model import Snapshot


def stretched_words(snapshot: Snapshot) -> str | None:
    """Return that the interval is longer than asked for, and why; None where it is not."""
    if snapshot.stretched_s is None:
        return None
    return f"interval stretched to {snapshot.stretched_s:g} s by the limit of {_limit(snapshot)}"


def stretched_in_short(snapshot: Snapshot) -> str:
    """Return the same in few cells; "" where it is not."""
    if snapshot.stretched_s is None:
        return ""
    return f"every {snapshot.stretched_s:g} s: {snapshot.max_rate:,} packets/s"


def _limit(snapshot: Snapshot) -> str:
    return f"{snapshot.max_rate:,} packets per second (--max-rate)"

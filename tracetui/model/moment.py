"""Converts between Unix time in nanoseconds and `datetime`, exact to the microsecond."""

from datetime import UTC, datetime
from typing import Final

_NS: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def unix_ns(moment: datetime) -> int:
    """Return a moment as Unix time in nanoseconds."""
    passed = moment - _EPOCH
    return ((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds) * 1000


def moment_of(unix: int) -> datetime:
    """Return the moment of a Unix time in nanoseconds, rounded up to a microsecond."""
    return datetime.fromtimestamp(unix // _NS, UTC).replace(microsecond=0) + (
        datetime.resolution * -(-(unix % _NS) // 1000)
    )

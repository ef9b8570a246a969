"""Random bytes for identifiers and tokens, taken in bulk from the system."""

import os
from collections.abc import Callable
from typing import Final

_POOL: Final = 4096


class Tokens:
    """Reads `_POOL` random bytes at a time, so that a probe costs no system call."""

    __slots__ = ("_entropy", "_pool", "_used")

    def __init__(self, entropy: Callable[[int], bytes] = os.urandom) -> None:
        self._entropy = entropy
        self._pool = b""
        self._used = 0

    def take(self, length: int) -> bytes:
        """Return `length` new bytes."""
        start = self._used
        if start + length > len(self._pool):
            self._pool, start = self._entropy(_POOL), 0
        self._used = start + length
        return self._pool[start : self._used]

    def number(self, lowest: int, highest: int) -> int:
        """Return a number from `lowest` to `highest`; the range must be small against 2^64."""
        return lowest + int.from_bytes(self.take(8), "big") % (highest - lowest + 1)

"""Measures work in seconds of a machine of a certain speed, so that a busy machine fails no test."""

import time
from collections.abc import Callable

_LOOP_S = 0.016
"""What the loop takes on the machine whose seconds these are."""

_TRIES = 4


def scaled_seconds(work: Callable[[], object], *, enough: float) -> float:
    """Return the CPU time of some work as a multiple of that of a loop; the least of a few tries.

    Where others use the same processor, both take longer. Tries end as soon as one is less than `enough`; a
    tenth of it is not measured against the loop, as no machine is ten times as fast.
    """
    least = float("inf")
    for _ in range(_TRIES):
        started = time.process_time()
        work()
        taken = time.process_time() - started
        if taken * 10 < enough:
            return taken
        least = min(least, taken * _LOOP_S / max(_loop(), _loop()))
        if least < enough:
            break
    return least


def _loop() -> float:
    started = time.process_time()
    total = 0
    for number in range(600_000):
        total += number
    return time.process_time() - started

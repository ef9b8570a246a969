"""Waits for measurements of a platform: asks each how far it is, until it is over or patience ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from tracetui.evidence.json_service import UnreachableError
from tracetui.evidence.platforms.platform_job import PlatformJob
from tracetui.model import EvidenceError

_MAX_FAILURES: Final = 5
"""Questions in a row without an answer, until a measurement is given up."""


class Measurement(Protocol):
    """What a client keeps of one endpoint, traced to from all probes."""

    failures: int
    """Questions in a row without an answer."""


_M = TypeVar("_M", bound=Measurement)


@dataclass(frozen=True, slots=True)
class PollPace:
    """How often a platform is asked, and for how long."""

    patience_s: float
    each_s: float = 0.0
    """Before each question."""

    sweep_s: float = 0.0
    """Before each turn of questions about all measurements that are left."""


async def poll_measurements(
    job: PlatformJob,
    running: Sequence[_M],
    pace: PollPace,
    *,
    look: Callable[[_M], Awaitable[bool]],
    finish: Callable[[_M], Awaitable[None]],
    progress: Callable[[], None],
) -> None:
    """Wait for all measurements.

    `look` asks how far one is and tells whether it is over; `finish` takes what there is of one that is
    over, was given up, or took too long; `progress` tells how far all are. A problem of one is noted, and
    the others go on.
    """
    until = time.monotonic() + pace.patience_s
    left = list(running)
    while left:
        await asyncio.sleep(pace.sweep_s)
        is_late = time.monotonic() > until
        for one in list(left):
            await asyncio.sleep(pace.each_s)
            is_over = await _is_over(job, one, look, is_late=is_late)
            progress()
            if is_over or is_late:
                left.remove(one)
                await finish(one)


async def _is_over(
    job: PlatformJob, one: _M, look: Callable[[_M], Awaitable[bool]], *, is_late: bool
) -> bool:
    """Ask how far a measurement is; tell whether it is over, or lost."""
    try:
        is_over = await look(one)
    except UnreachableError as error:
        one.failures += 1
        if one.failures < _MAX_FAILURES and not is_late:
            return False
        job.keep(error)
        return True
    except EvidenceError as error:
        job.keep(error)
        return True
    one.failures = 0
    return is_over

"""Runs an investigation without a screen: all its rounds, then the last snapshot."""

from collections.abc import Callable
from typing import Final

from tracetui.investigation.investigation import Investigation
from tracetui.model import Snapshot

_LOOK_EVERY_S: Final = 0.5
"""How often a snapshot is made, so that events get the right time."""

_PROGRESS_EVERY_S: Final = 5.0
"""How often a live run reports progress: a snapshot costs more than a round of probes."""

LOOKUP_PATIENCE_S: Final = 4.0
"""How long the report waits for names and ASes after the last round."""

REGISTER_PATIENCE_S: Final = 60.0
"""How long it waits for the files of block registers, the largest of which take seconds."""
CHECK_PATIENCE_S: Final = 60.0
"""How long the report waits until each service was checked once."""


def run_live(
    investigation: Investigation, stopped: Callable[[], bool], progress: Callable[[Snapshot], None]
) -> Snapshot:
    """Run until every lane has done its rounds; return the snapshot with names settled.

    The caller that makes `stopped` true also stops the engine, to end at once.
    """
    investigation.engine.start()
    while not investigation.engine.join(_PROGRESS_EVERY_S) and not stopped():
        progress(investigation.snapshot())
    investigation.engine.stop()
    investigation.engine.join(LOOKUP_PATIENCE_S)
    if investigation.checks is not None and not stopped():
        investigation.checks.settle(CHECK_PATIENCE_S)
    return settle(investigation)


def run_virtual(
    investigation: Investigation, now_ns: Callable[[], int], stopped: Callable[[], bool]
) -> Snapshot:
    """Run on a virtual clock, on this thread, as fast as possible."""
    step_ns = int(_LOOK_EVERY_S * 1e9)
    while not investigation.engine.run_until(now_ns() + step_ns) and not stopped():
        investigation.snapshot()
    return settle(investigation)


def settle(investigation: Investigation) -> Snapshot:
    """Return the snapshot once names, ASes, registers and BGP routes are known, or time is up."""
    investigation.snapshot()
    investigation.owners.settle(LOOKUP_PATIENCE_S)
    investigation.wait_files(REGISTER_PATIENCE_S)
    return investigation.snapshot()

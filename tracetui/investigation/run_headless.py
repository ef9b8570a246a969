"""Runs an investigation without a screen: all its rounds, then the last snapshot."""

import time
from collections.abc import Callable
from typing import Final

from tracetui.investigation.investigation import Investigation
from tracetui.investigation.public_vantages import PublicVantages
from tracetui.model import Snapshot
from tracetui.ownership.interfaces import Owners

_LOOK_EVERY_S: Final = 0.5
"""How often a snapshot is made, so that events get the right time."""

_PROGRESS_EVERY_S: Final = 5.0
"""How often a live run reports progress: a snapshot costs more than a round of probes."""

LOOKUP_PATIENCE_S: Final = 4.0
"""How long the report waits for a name or an AS after the last round, and after the last answer."""

_MAX_LOOKUP_PATIENCE_S: Final = 60.0
"""How long in all: questions to the DNS are limited, and many lanes have many addresses."""

REGISTER_PATIENCE_S: Final = 60.0
"""How long it waits for the files of block registers, the largest of which take seconds."""
CHECK_PATIENCE_S: Final = 60.0
"""How long the report waits until each service was checked once."""


def run_live(
    investigation: Investigation,
    stopped: Callable[[], bool],
    progress: Callable[[Snapshot], None],
    wait_for: Callable[[PublicVantages, Callable[[], bool]], None],
) -> Snapshot:
    """Run until every lane has done its rounds; return the snapshot with names settled.

    `wait_for` waits for the answers of public vantages, until it is stopped.

    The caller that makes `stopped` true also stops the engine, to end at once.
    """
    investigation.engine.start()
    looks = round(_PROGRESS_EVERY_S / _LOOK_EVERY_S) if investigation.engine.names else 1
    count = 0  # between two reports, a snapshot finds the vantages that trace back, and probes to watch
    while not investigation.engine.join(_PROGRESS_EVERY_S / looks) and not stopped():
        snapshot, count = investigation.snapshot(), count + 1
        if count % looks == 0:
            progress(snapshot)
    investigation.engine.stop()
    investigation.engine.join(LOOKUP_PATIENCE_S)
    if investigation.checks is not None and not stopped():
        investigation.checks.settle(CHECK_PATIENCE_S)
    wait_for(investigation.public, stopped)
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
    _settle_owners(investigation.owners)
    investigation.wait_files(REGISTER_PATIENCE_S)
    return investigation.snapshot()


def _settle_owners(owners: Owners) -> None:
    """Wait until all names and ASes are known, while answers keep coming."""
    end_s = time.monotonic() + _MAX_LOOKUP_PATIENCE_S
    version = -1
    while version != owners.version and time.monotonic() < end_s:
        version = owners.version
        if owners.settle(LOOKUP_PATIENCE_S):
            return

"""Determines what a trace does not state: facts that its output lacks, hops missing from the text."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from tracetui.model.imported_trace import ImportedTrace, Untold
from tracetui.model.lane import ProbeProtocol

ELISION: Final = re.compile(r"\s*(?:\d{1,3}\s*)?(?:(?:[.·…‥~-]\s*){2,80}|…|\[\.\.\.\]|<\.\.\.>)\s*$")
"""What people write in place of hops that they omit."""


def left_open(trace: ImportedTrace, *, cut: bool) -> Iterator[Untold]:
    """Yield what can be seen to be missing; `cut` says that the trace may go on."""
    if any(responder.address is None for hop in trace.hops for responder in hop.responders):
        yield Untold.ADDRESSES
    if trace.address is None:
        yield Untold.TARGET
    if trace.protocol is None or (trace.protocol is ProbeProtocol.TCP and trace.port is None):
        yield Untold.PROTOCOL
    if trace.started_at is None:
        yield Untold.TIME
    if cut:
        yield Untold.END


def missing_hops(ttls: Sequence[int], *, but: Collection[int] = ()) -> Iterator[str]:
    """Yield a remark for each gap between rising TTLs; those in `but` have a remark already."""
    for before, after in pairwise(ttls):
        missing = [ttl for ttl in range(before + 1, after) if ttl not in but]
        if missing:
            hops = f"hop {missing[0]} is" if len(missing) == 1 else f"hops {missing[0]} to {missing[-1]} are"
            yield f"{hops} missing in the text"

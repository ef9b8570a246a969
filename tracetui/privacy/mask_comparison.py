"""What the mask hides in a comparison with an earlier moment: who answered in the first hops then."""

from collections.abc import Collection, Iterator

from tracetui.model.comparison import Comparison


def first_hops_then(comparison: Comparison, first_hops: int, endpoints: Collection[str]) -> Iterator[str]:
    """Yield who answers in first hops that differ, but endpoints; no kept round may show them."""
    for change in comparison.lanes:
        for hop in change.hops:
            for answerer in (hop.before, hop.now) if hop.ttl <= first_hops else ():
                if answerer is not None and answerer.address not in endpoints:
                    yield answerer.address

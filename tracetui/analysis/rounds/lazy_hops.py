"""Hops of a stretch of rounds, counted only when they are accessed."""

from collections.abc import Callable, Sequence

from tracetui.model import Hop
from tracetui.model.lazy_tuple import LazyTuple


class LazyHops(LazyTuple[Hop]):
    """Hops of which it is known already who answers: states, AS paths and masks need no more.

    They come from the kept rounds of their trace alone.
    """

    __slots__ = ("addresses", "labelled")

    def __init__(
        self,
        addresses: tuple[tuple[str, ...], ...],
        count: Callable[[], tuple[Hop, ...]],
        labelled: frozenset[tuple[int, str]] = frozenset(),
    ) -> None:
        """`addresses`: of each TTL, who answers, most replies first; `count` returns as many hops.

        `labelled`: who of them (TTL, address) answers with MPLS labels.
        """
        super().__init__(len(addresses), count)
        self.addresses = addresses
        self.labelled = labelled


def first_hops(hops: Sequence[Hop], length: int) -> Sequence[Hop]:
    """Return the first `length` hops; the same object where there are no more."""
    if length >= len(hops):
        return hops
    if isinstance(hops, LazyHops):
        labelled = frozenset([one for one in hops.labelled if one[0] <= length])
        return LazyHops(hops.addresses[:length], lambda: tuple(hops[:length]), labelled)
    return hops[:length]


def main_of(hops: Sequence[Hop]) -> tuple[str | None, ...]:
    """Return who answers most at each TTL; None where nobody does."""
    if isinstance(hops, LazyHops):
        return tuple([each[0] if each else None for each in hops.addresses])
    return tuple([hop.responders[0].address if hop.responders else None for hop in hops])


def all_of(hops: Sequence[Hop]) -> list[str]:
    """Return who answers, TTL by TTL, at each the one with most replies first."""
    if isinstance(hops, LazyHops):
        return [address for each in hops.addresses for address in each]
    return [responder.address for hop in hops for responder in hop.responders]


def labelled_of(hops: Sequence[Hop]) -> frozenset[tuple[int, str]]:
    """Return who answers with MPLS labels, as TTL and address."""
    if isinstance(hops, LazyHops):
        return hops.labelled
    return frozenset([(hop.ttl, one.address) for hop in hops for one in hop.responders if one.mpls])

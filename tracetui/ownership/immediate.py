"""Owners and names that are known already: a simulated internet's own, answered on the caller's thread."""

from collections.abc import Mapping, Sequence

from tracetui.model import AsSource, Attribution
from tracetui.ownership.attributor import NOBODY_KNOWS
from tracetui.ownership.background import Answers
from tracetui.ownership.source import AttributionSource
from tracetui.ownership.special import special_purpose


class ImmediateOwners:
    """Implements `Owners` without a thread, so that runs on a virtual clock repeat exactly.

    The sources must answer quickly. They are asked before the special-purpose ranges are looked at: in an
    internet of one's own, documentation prefixes may well have an AS.
    """

    def __init__(self, sources: Sequence[AttributionSource], pointers: Mapping[str, str] | None) -> None:
        """`pointers`: address to PTR name, safe text; None for no names."""
        self._sources = tuple(sources)
        self._pointers = pointers or {}
        self._wanted: set[str] = set()
        self._owners: Answers[Attribution] = Answers()
        self._names: Answers[str] = Answers()

    @property
    def sources(self) -> Sequence[AsSource]:
        """The sources, in the order they are asked."""
        return tuple(source.info for source in self._sources)

    @property
    def version(self) -> int:
        """Grows with every address answered."""
        return len(self._wanted)

    def want(self, addresses: Sequence[str]) -> None:
        """Answer for addresses not seen before."""
        for address in addresses:
            if address not in self._wanted:
                self._wanted.add(address)
                self._owners.put(address, self._attribute(address))
                if address in self._pointers:
                    self._names.put(address, self._pointers[address])

    def owners(self) -> Mapping[str, Attribution]:
        """All answers."""
        return self._owners.view()

    def names(self) -> Mapping[str, str]:
        """All names."""
        return self._names.view()

    def confirmations(self) -> Mapping[str, bool]:
        """Return nothing: nobody asked."""
        return {}

    def settle(self, timeout_s: float) -> bool:  # noqa: ARG002  (nothing is ever outstanding)
        """Return True."""
        return True

    def close(self) -> None:
        """Do nothing."""

    def _attribute(self, address: str) -> Attribution:
        for source in self._sources:
            found = source.attribute(address)
            if found is not None:
                return found
        return special_purpose(address) or NOBODY_KNOWS

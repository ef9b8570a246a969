"""Looks up owners and names at once, for simulated internets and tables in memory."""

from collections.abc import Mapping, Sequence

from tracetui.model import AsSource, Attribution, RecordedAs
from tracetui.ownership.as_lookup import AsLookup
from tracetui.ownership.background_lookup import Answers
from tracetui.ownership.interfaces import AttributionSource


class ImmediateOwners:
    """Implements `Owners` without a thread, so that runs on a virtual clock repeat exactly.

    All sources must answer quickly. They are asked before the special-purpose ranges: in a simulated
    internet, documentation prefixes have an AS.
    """

    def __init__(
        self,
        sources: Sequence[AttributionSource],
        pointers: Mapping[str, str] | None,
        *,
        further: AsLookup | None = None,
        recorded: Mapping[str, RecordedAs] | None = None,
    ) -> None:
        """`pointers`: address to PTR name, safe text; None for no names.

        `further` is asked about addresses that the sources do not know, `recorded` used for what it does not
        know.
        """
        self.left_out = 0
        self._sources = tuple(sources)
        self._further = further or AsLookup(())
        self._recorded = recorded or {}
        self._pointers = pointers or {}
        self._wanted: set[str] = set()
        self._owners: Answers[Attribution] = Answers()
        self._names: Answers[str] = Answers()

    @property
    def sources(self) -> Sequence[AsSource]:
        """The sources, in the order they are asked."""
        return (*(source.info for source in self._sources), *self._further.infos)

    @property
    def version(self) -> int:
        """Grows with every address answered."""
        return len(self._wanted)

    def want(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            if address not in self._wanted:
                self._wanted.add(address)
                self._owners.put(address, self._attribute(address))
                if address in self._pointers:
                    self._names.put(address, self._pointers[address])

    def owners(self) -> Mapping[str, Attribution]:
        return self._owners.view()

    def names(self) -> Mapping[str, str]:
        return self._names.view()

    def confirmations(self) -> Mapping[str, bool]:
        return {}

    def settle(self, timeout_s: float) -> bool:  # noqa: ARG002  (nothing is ever outstanding)
        return True

    def close(self) -> None:
        """Do nothing."""

    def _attribute(self, address: str) -> Attribution:
        for source in self._sources:
            found = source.attribute(address)
            if found is not None:
                return found
        answer = self._further.attribute(address)
        if not answer.known and address in self._recorded:
            return self._recorded[address].stand_in()
        return answer

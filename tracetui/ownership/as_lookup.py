"""Looks up the AS of an address: asks the AS sources in order and drops a source that fails."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tracetui.model import AsSource, Attribution, TracetuiError
from tracetui.ownership.interfaces import AttributionSource
from tracetui.ownership.special_ranges import address_to_ask, special_purpose

UNKNOWN_OWNER: Final = Attribution((), "", None, "")
"""The answer when every source was asked and none knows the address."""


class AsLookup:
    """Asks special-purpose ranges first, then the sources in order; the first answer wins. For one thread.

    The remaining sources are asked too; answers that disagree are kept beside the first.
    """

    def __init__(
        self, sources: Sequence[AttributionSource], narrate: Callable[[str], None] = lambda _: None
    ) -> None:
        """`narrate` gets one line about each source that fails; it is not asked again."""
        self._sources = list(sources)
        self._narrate = narrate
        self._said: set[str] = set()

    @property
    def infos(self) -> tuple[AsSource, ...]:
        """Name and date of the sources that work, in the order they are asked."""
        return tuple(source.info for source in self._sources)

    def attribute(self, address: str) -> Attribution:
        """Return the answer of the first source that has one. May take as long as the sources do."""
        special, asked = special_purpose(address), address_to_ask(address)
        answers = self._ask(asked) if asked is not None else []
        found = _with_disagreement(answers) if answers else None
        if special is None:
            return found or UNKNOWN_OWNER
        if found is None or not found.asns:
            return special
        # Globally reachable, or an IPv6 address with an IPv4 address in it: special, but with an AS.
        return replace(found, special=special.special)

    def _ask(self, address: str) -> list[Attribution]:
        """Return what each source that knows the address says."""
        answers = []
        for source in tuple(self._sources):
            try:
                found = source.attribute(address)
            except TracetuiError as error:
                self._drop(source, str(error))
            except Exception as error:  # noqa: BLE001  (a broken file must not stop the other sources)
                self._drop(source, f"{source.info.name}: no longer asked ({error!r})")
            else:
                if found is not None:
                    answers.append(found)
        return answers

    def _drop(self, source: AttributionSource, reason: str) -> None:
        self._sources.remove(source)
        if reason not in self._said:  # two sources may use one file
            self._said.add(reason)
            self._narrate(reason)


def _with_disagreement(answers: Sequence[Attribution]) -> Attribution:
    """Return the first answer, with those beside it that name other ASes. Raises IndexError for none."""
    first = answers[0]
    if not first.name:  # pfx2as and pyasn's files have numbers alone
        name = next((other.name for other in answers[1:] if other.name and other.asns == first.asns), "")
        first = replace(first, name=name) if name else first
    others = tuple(other for other in answers[1:] if set(other.asns) != set(first.asns))
    return replace(first, others=others) if others else first

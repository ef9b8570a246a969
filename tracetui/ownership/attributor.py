"""The order in which AS sources are asked about an address, and what becomes of a source that fails."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tracetui.model import AsSource, Attribution, TracetuiError
from tracetui.ownership.source import AttributionSource
from tracetui.ownership.special import address_to_ask, special_purpose

NOBODY_KNOWS: Final = Attribution((), "", None, "")
"""The answer when every source was asked and none knows the address."""


class Attributor:
    """Asks special-purpose ranges first, then the sources in order; the first answer wins. For one thread."""

    def __init__(
        self, sources: Sequence[AttributionSource], narrate: Callable[[str], None] = lambda _: None
    ) -> None:
        """`narrate` gets one line about each source that fails, and is then asked no more."""
        self._sources = list(sources)
        self._narrate = narrate

    @property
    def infos(self) -> tuple[AsSource, ...]:
        """Name and date of the sources that work, in the order they are asked."""
        return tuple(source.info for source in self._sources)

    def attribute(self, address: str) -> Attribution:
        """Return the answer of the first source that has one. May take as long as the sources do."""
        special, asked = special_purpose(address), address_to_ask(address)
        found = self._ask(asked) if asked is not None else None
        if special is None:
            return found or NOBODY_KNOWS
        if found is None or not found.asns:
            return special
        # Globally reachable, or an IPv4 address in an IPv6 one: it is special and has an AS all the same.
        return replace(found, special=special.special)

    def _ask(self, address: str) -> Attribution | None:
        for source in tuple(self._sources):
            try:
                found = source.attribute(address)
            except TracetuiError as error:
                self._drop(source, str(error))
            except Exception as error:  # noqa: BLE001  (files and services of strangers: none may end the rest)
                self._drop(source, f"{source.info.name}: not asked any more ({error!r})")
            else:
                if found is not None:
                    return found
        return None

    def _drop(self, source: AttributionSource, reason: str) -> None:
        self._sources.remove(source)
        self._narrate(reason)

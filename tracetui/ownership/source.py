"""What an AS source is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tracetui.model import AsSource, Attribution


class AttributionSource(Protocol):
    """Answers which AS holds an address.

    May take milliseconds: it is called off the engine's and the screen's threads.
    """

    info: AsSource
    """Name and date, as reports print them."""

    def attribute(self, address: str) -> Attribution | None:
        """Return the attribution, or None when this source knows nothing of `address`."""


class Owners(Protocol):
    """What an investigation asks: known answers at once, unknown ones looked up in the background."""

    @property
    def sources(self) -> Sequence[AsSource]:
        """The sources in use, in the order they are asked."""

    @property
    def version(self) -> int:
        """Grows whenever an answer arrives."""

    def want(self, addresses: Sequence[str]) -> None:
        """Ask for addresses; returns at once; asking again costs a dictionary look-up each."""

    def owners(self) -> Mapping[str, Attribution]:
        """Everything answered so far, as an immutable view for a snapshot."""

    def names(self) -> Mapping[str, str]:
        """Every PTR name answered so far."""

    def settle(self, timeout_s: float) -> bool:
        """Wait until nothing is being looked up, at most `timeout_s`; True when all is answered."""

    def close(self) -> None:
        """Stop looking up."""

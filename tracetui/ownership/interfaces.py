"""The interfaces of AS sources, name sources and look-ups."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from tracetui.model import AsSource, Attribution, ResolutionError


class AttributionSource(Protocol):
    """Answers which AS holds an address.

    May take milliseconds: it is not called on the threads of the engine and the screen.
    """

    @property
    def info(self) -> AsSource:
        """Name and date, as reports print them; the date may come with the first answer."""

    def attribute(self, address: str) -> Attribution | None:
        """Return the attribution, or None when this source knows nothing of `address`."""


@runtime_checkable
class ResourcefulSource(Protocol):
    """An `AttributionSource` that keeps much in memory for the next question."""

    def rest(self) -> None:
        """Give the memory back; the next answer takes a little longer."""


class NetworkSource(Protocol):
    """Answers which AS holds an address over the network. Never asked about special-purpose addresses."""

    @property
    def info(self) -> AsSource:
        """Name and date."""

    async def attribute(self, address: str) -> Attribution | None:
        """Return the attribution; None when the service knows nothing of `address`.

        Raises ResolutionError when it gives no answer.
        """


class Owners(Protocol):
    """Looks up owners and names for an investigation: known ones at once, others in the background."""

    @property
    def sources(self) -> Sequence[AsSource]:
        """The sources in use, in the order they are asked."""

    @property
    def version(self) -> int:
        """Grows whenever an answer arrives."""

    @property
    def left_out(self) -> int:
        """Addresses that are not looked up, as there are too many; one may be counted again later."""

    def want(self, addresses: Sequence[str]) -> None:
        """Start looking addresses up; returns at once. Asking again costs a dictionary look-up each."""

    def owners(self) -> Mapping[str, Attribution]:
        """Everything answered so far, as an immutable view for a snapshot."""

    def names(self) -> Mapping[str, str]:
        """Every PTR name answered so far."""

    def confirmations(self) -> Mapping[str, bool]:
        """For addresses with a PTR name: does the name have that address too? Absent: nobody could say."""

    def settle(self, timeout_s: float) -> bool:
        """Wait until nothing is being looked up, at most `timeout_s`; True when all is answered."""

    def close(self) -> None:
        """Stop looking up."""


class NoSuchNameError(ResolutionError):
    """The DNS says that the name does not exist."""


class RegistryRefusedError(ResolutionError):
    """A registry answered without data; asking it over another protocol is useless."""


class NameSource(Protocol):
    """Resolves names to addresses and back. Every method raises ResolutionError with one line for the
    user."""

    async def addresses(self, host: str, family: int) -> Sequence[str]:
        """Return the IPv4 (`family` 4) or IPv6 (6) addresses of a host; empty when it has none.

        Raises NoSuchNameError when the name does not exist, ResolutionError when no resolver answers.
        """

    async def mail_exchangers(self, domain: str) -> Sequence[str]:
        """Return the mail exchangers of a domain, most preferred first (RFC 5321 section 5.1).

        A domain without MX is its own exchanger; a null MX (RFC 7505) raises ResolutionError.
        """

    async def pointer(self, address: str) -> str | None:
        """Return the PTR name of an address as safe text; None when it has none."""

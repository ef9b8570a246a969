"""Names and addresses declared in a scenario file, and the checks that need them."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tracetui.simulation.scenario import Address, Prefix, System
from tracetui.simulation.scenario_schema import InvalidKeyError, Words, did_you_mean, join

SOURCE: Final = "source"
ROUTER: Final = "router"
HOST: Final = "host"

_FIRST: Final = {SOURCE: 200, ROUTER: 1, HOST: 80}
"""Where automatic addresses of a kind of node begin in a prefix."""

_HOME: Final[tuple[Prefix, ...]] = (
    ipaddress.ip_network("192.168.1.0/24"),
    ipaddress.ip_network("fd00:1:1:1::/64"),
)
"""Where nodes without an AS get their automatic addresses."""


def placed(words: str | Sequence[str], place: str) -> list[tuple[str, str]]:
    """Return each word with its key in the file."""
    if isinstance(words, str):
        return [(words, place)]
    return [(word, join(place, f"[{index}]")) for index, word in enumerate(words)]


def choice(word: str, known: Sequence[str], place: str, kind: str) -> str:
    """Return `word` if it is one of `known`; raises InvalidKeyError with the nearest."""
    if word in known:
        return word
    raise InvalidKeyError(place, f"{word!r} is not {kind}{did_you_mean(word, known)}")


def parse_address(text: str, place: str) -> Address:
    """Return the address of one host. Raises InvalidKeyError."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        hint = ": a prefix, where one address is expected" if "/" in text else ""
        raise InvalidKeyError(place, f"{text!r} is not an IP address{hint}") from None
    if address.is_multicast or address.is_unspecified or getattr(address, "scope_id", None):
        raise InvalidKeyError(place, f"{address} is not the address of one host")
    return address


def parse_prefix(text: str, place: str) -> Prefix:
    """Return a prefix; a lone address is one of full length. Raises InvalidKeyError."""
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise InvalidKeyError(place, f"{text!r} is not a prefix, such as 198.51.100.0/24") from None
    raise InvalidKeyError(place, f"{text!r} has bits set beyond its length; did you mean {str(meant)!r}?")


@dataclass(slots=True)
class Names:
    """The names and addresses declared so far."""

    kinds: dict[str, str] = field(default_factory=dict)
    """Name of a node to `source`, `router` or `host`."""

    addresses: dict[str, tuple[Address, ...]] = field(default_factory=dict)
    """Name of a node to its addresses."""

    hosts: dict[str, tuple[Address, ...]] = field(default_factory=dict)
    """DNS name to addresses."""

    owners: dict[Address, str] = field(default_factory=dict)
    """Address to the key that declares it."""

    systems: dict[int, System] = field(default_factory=dict)
    """The ASes of the file."""

    def declare(self, kind: str, name: str, words: Words | None, place: str) -> None:
        """Add a node with its addresses. Raises InvalidKeyError for a name or an address that is taken."""
        if name in self.kinds:
            raise InvalidKeyError(place, f"{name!r} is the name of a {self.kinds[name]} already")
        self.kinds[name] = kind
        addresses: list[Address] = []
        for text, where in placed(words or (), f"{place}.address"):
            address = parse_address(text, where)
            if address in self.owners:
                raise InvalidKeyError(where, f"{address} belongs to {self.owners[address]} already")
            if kind != HOST and any(other.version == address.version for other in addresses):
                raise InvalidKeyError(
                    where, f"one IPv4 and one IPv6 address at most; {address} is one too many"
                )
            self.owners[address] = place
            addresses.append(address)
        self.addresses[name] = tuple(addresses)

    def number(self, name: str, asn: int | None, families: Sequence[int], place: str) -> None:
        """Give a node an address of each family from its AS's prefixes. Raises InvalidKeyError."""
        prefixes = _HOME if asn is None or asn not in self.systems else self.systems[asn].prefixes
        for family in families:
            address = self._free(prefixes, family, _FIRST[self.kinds[name]])
            if address is None:
                raise InvalidKeyError(
                    f"{place}.address", f"missing, and no prefix of AS{asn} has an IPv{family} address left"
                )
            self.owners[address] = place
            self.addresses[name] += (address,)

    def _free(self, prefixes: Sequence[Prefix], family: int, first: int) -> Address | None:
        for prefix in prefixes:
            if prefix.version == family:
                size = prefix.num_addresses
                for offset in (*range(first, min(size - 1, 256)), *range(1, min(size - 1, first))):
                    if prefix[offset] not in self.owners:
                        return prefix[offset]
        return None

    def node(self, name: str, kinds: Sequence[str], place: str) -> str:
        """Return `name` if it is a node of one of `kinds`. Raises InvalidKeyError."""
        kind = self.kinds.get(name)
        if kind in kinds:
            return name
        wanted = " or ".join(kinds)
        if kind is not None:
            raise InvalidKeyError(place, f"{name!r} is a {kind}, where a {wanted} is expected")
        known = [other for other, its in self.kinds.items() if its in kinds]
        raise InvalidKeyError(place, f"no {wanted} is called {name!r}{did_you_mean(name, known)}")

    def prefixes(self, words: Words, place: str) -> tuple[Prefix, ...]:
        """Return prefixes for prefixes, addresses, node and host names, `AS64500`. Raises InvalidKeyError."""
        return tuple(prefix for word, where in placed(words, place) for prefix in self._prefixes(word, where))

    def _prefixes(self, word: str, place: str) -> Sequence[Prefix]:
        addresses = self.addresses.get(word) or self.hosts.get(word.lower().removesuffix("."))
        if addresses:
            return [ipaddress.ip_network(address) for address in addresses]
        if word in self.addresses:
            raise InvalidKeyError(place, f"{word!r} has no address")
        if word[:2].upper() == "AS" and word[2:].isascii() and word[2:].isdigit():
            system = self.systems.get(int(word[2:12]))
            if system is None:
                raise InvalidKeyError(
                    place, f"{word!r} has no table{did_you_mean(word, [f'AS{asn}' for asn in self.systems])}"
                )
            return system.prefixes
        if "/" in word or ":" in word or word.replace(".", "").isdigit():
            return [parse_prefix(word, place)]
        known = [*self.addresses, *self.hosts]
        raise InvalidKeyError(
            place, f"{word!r} is neither a prefix nor a name here{did_you_mean(word, known)}"
        )

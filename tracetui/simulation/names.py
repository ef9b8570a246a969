"""The names and addresses of one scenario file: who has which, and the checks that need to know."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tracetui.simulation.scenario import Address, Prefix
from tracetui.simulation.schema import Complaint, Words, join, nearest

SOURCE: Final = "source"
ROUTER: Final = "router"
HOST: Final = "host"


def listed(words: Words) -> tuple[str, ...]:
    """Return one word or several as a tuple."""
    return (words,) if isinstance(words, str) else words


def placed(words: Words, place: str) -> list[tuple[str, str]]:
    """Return each word with its place in the file."""
    if isinstance(words, str):
        return [(words, place)]
    return [(word, join(place, f"[{index}]")) for index, word in enumerate(words)]


def choice(word: str, known: Sequence[str], place: str, kind: str) -> str:
    """Return `word` if it is one of `known`; raises Complaint with the nearest."""
    if word in known:
        return word
    raise Complaint(place, f"{word!r} is not {kind}{nearest(word, known)}")


def parse_address(text: str, place: str) -> Address:
    """Return the address of one host. Raises Complaint."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        hint = ": a prefix, where one address is expected" if "/" in text else ""
        raise Complaint(place, f"{text!r} is not an IP address{hint}") from None
    if address.is_multicast or address.is_unspecified or getattr(address, "scope_id", None):
        raise Complaint(place, f"{address} is not the address of one host")
    return address


def parse_prefix(text: str, place: str) -> Prefix:
    """Return a prefix; a lone address is one of full length. Raises Complaint."""
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise Complaint(place, f"{text!r} is not a prefix, such as 198.51.100.0/24") from None
    raise Complaint(place, f"{text!r} has bits set beyond its length; did you mean {str(meant)!r}?")


@dataclass(slots=True)
class Names:
    """What is declared so far."""

    kinds: dict[str, str] = field(default_factory=dict)
    """Name of a node to `source`, `router` or `host`."""

    addresses: dict[str, tuple[Address, ...]] = field(default_factory=dict)
    """Name of a node, or DNS name of a host, to its addresses."""

    owners: dict[Address, str] = field(default_factory=dict)
    """Address to the place that declares it."""

    def declare(self, kind: str, name: str, words: Words, place: str) -> tuple[Address, ...]:
        """Add a node; return its addresses. Raises Complaint for a name or an address that is taken."""
        if name in self.kinds:
            raise Complaint(place, f"{name!r} is the name of a {self.kinds[name]} already")
        self.kinds[name] = kind
        addresses = []
        for text, where in placed(words, f"{place}.address"):
            address = parse_address(text, where)
            if address in self.owners:
                raise Complaint(where, f"{address} belongs to {self.owners[address]} already")
            self.owners[address] = place
            addresses.append(address)
        self.addresses[name] = tuple(addresses)
        return tuple(addresses)

    def one_each_family(self, addresses: Sequence[Address], place: str) -> None:
        """Refuse a second address of one family. Raises Complaint."""
        for address in addresses:
            if sum(other.version == address.version for other in addresses) > 1:
                raise Complaint(
                    f"{place}.address", f"one IPv4 and one IPv6 address at most; {address} is one too many"
                )

    def node(self, name: str, kinds: Sequence[str], place: str) -> str:
        """Return `name` if it is a node of one of `kinds`. Raises Complaint with the nearest name."""
        kind = self.kinds.get(name)
        if kind in kinds:
            return name
        wanted = " or ".join(kinds)
        if kind is not None:
            raise Complaint(place, f"{name!r} is a {kind}, where a {wanted} is expected")
        known = [other for other, its in self.kinds.items() if its in kinds]
        raise Complaint(place, f"no {wanted} is called {name!r}{nearest(name, known)}")

    def prefixes(self, words: Words, place: str) -> tuple[Prefix, ...]:
        """Return prefixes for a list of prefixes, addresses, node names and host names. Raises Complaint."""
        found: list[Prefix] = []
        for word, where in placed(words, place):
            if word in self.addresses:
                if not self.addresses[word]:
                    raise Complaint(where, f"{word!r} has no address")
                found += [ipaddress.ip_network(address) for address in self.addresses[word]]
            elif "/" in word or ":" in word or word.replace(".", "").isdigit():
                found.append(parse_prefix(word, where))
            else:
                raise Complaint(
                    where, f"{word!r} is neither a prefix nor a name here{nearest(word, self.addresses)}"
                )
        return tuple(found)

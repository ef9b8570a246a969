"""A map from prefixes to values with longest-prefix match, for a few thousand entries that change."""

import ipaddress
from collections.abc import Iterator
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class PrefixMap(Generic[_Value]):
    """One dictionary for each prefix length, searched from the longest."""

    def __init__(self) -> None:
        self._lengths: dict[int, dict[int, dict[int, tuple[str, _Value]]]] = {4: {}, 6: {}}
        """IP version → prefix length → leading bits → (prefix, value)."""

    def put(self, prefix: str, value: _Value) -> None:
        """Set the value of a prefix. Raises ValueError when it is none, or has bits beyond its length."""
        network = ipaddress.ip_network(prefix)
        lengths = self._lengths[network.version]
        if network.prefixlen not in lengths:
            lengths[network.prefixlen] = {}
            self._lengths[network.version] = dict(sorted(lengths.items(), reverse=True))
        bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
        self._lengths[network.version][network.prefixlen][bits] = str(network), value

    def around(self, address: str) -> Iterator[tuple[str, _Value]]:
        """Yield the prefixes around an address, the longest first. Raises ValueError for no address."""
        value = ipaddress.ip_address(address)
        number, width = int(value), value.max_prefixlen
        for length, by_bits in self._lengths[value.version].items():
            found = by_bits.get(number >> (width - length))
            if found is not None:
                yield found

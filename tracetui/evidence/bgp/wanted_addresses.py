"""Tells quickly whether a prefix covers any of the addresses that an investigation is about."""

import ipaddress
from collections.abc import Iterable
from typing import Final

_BITS: Final = {4: 32, 6: 128}


class Wanted:
    """The addresses that routes are wanted to; a look-up costs the same for one address and a hundred."""

    def __init__(self, addresses: Iterable[str] | None = None) -> None:
        """`addresses` None: all there are."""
        self._everything = addresses is None
        self._covering: set[tuple[int, int, int]] = set()
        for text in addresses or ():
            address = ipaddress.ip_address(text.partition("%")[0])
            bits = _BITS[address.version]
            for length in range(bits + 1):
                self._covering.add((address.version, length, int(address) >> (bits - length)))

    def __bool__(self) -> bool:
        """False where nothing at all is wanted."""
        return self._everything or bool(self._covering)

    def covered(self, version: int, length: int, number: int) -> bool:
        """Tell whether a prefix covers a wanted address; `number` is its first `length` bits."""
        return self._everything or (version, length, number) in self._covering

    def covered_by(self, prefix: str) -> bool:
        """Tell the same of a prefix as canonical text."""
        if self._everything:
            return True
        base, _, length = prefix.partition("/")
        address = ipaddress.ip_address(base)
        return self.covered(
            address.version, int(length), int(address) >> (_BITS[address.version] - int(length))
        )


EVERYTHING: Final = Wanted()

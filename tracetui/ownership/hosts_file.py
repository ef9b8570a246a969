"""Resolves without DNS: IP literals, `localhost` and the hosts file."""

import ipaddress
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tracetui.files.read_file import open_file

HOSTS_FILE: Final = Path("/etc/hosts")

_LOOPBACK: Final = ("127.0.0.1", "::1")
_MAX_FILE: Final = 16 << 20
"""Block lists make hosts files of a few megabytes; longer files are cut off."""


class LocalNames:
    """Names that need no DNS. Immutable."""

    def __init__(self, path: Path = HOSTS_FILE) -> None:
        """Read the hosts file; one that is missing or unreadable counts as empty."""
        self._addresses, self._names = _read(path)

    def addresses(self, host: str) -> Sequence[str] | None:
        """Return all addresses of a literal, of `localhost` (RFC 6761), or of a name in the hosts file.

        None when only DNS can know. The hosts file comes first, so that it can override both.
        """
        name = host.lower().removesuffix(".")
        if name in self._addresses:
            return self._addresses[name]
        if name == "localhost" or name.endswith(".localhost"):
            return _LOOPBACK
        address = _canonical(host)
        return None if address is None else (address,)

    def name(self, address: str) -> str | None:
        """Return the first name of an address in the hosts file."""
        return self._names.get(address)


def _read(path: Path) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, str]]:
    """Return name → addresses and address → its first name, of `address name [alias ...] # comment` lines."""
    try:
        with open_file(path, sys.maxsize) as file:
            text = file.read(_MAX_FILE).decode("utf-8", "replace")
    except OSError:
        return {}, {}
    addresses: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    for line in text.splitlines():
        word, *aliases = line.partition("#")[0].split() or [""]
        address = _canonical(word)
        if address is None or not aliases:
            continue
        names.setdefault(address, aliases[0])
        for alias in aliases:
            key = alias.lower().removesuffix(".")
            if address not in addresses.get(key, ()):
                addresses[key] = (*addresses.get(key, ()), address)
    return addresses, names


def _canonical(word: str) -> str | None:
    try:
        return str(ipaddress.ip_address(word))
    except ValueError:
        return None

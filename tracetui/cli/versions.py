"""`tracetui --version`: the versions of the program and its parts, found without importing them."""

import platform
from collections.abc import Iterator
from importlib import metadata
from typing import Final

from tracetui import __version__

_PARTS: Final = {
    "textual": "textual",
    "rich": "rich",
    "dnspython": "dnspython",
    "msgspec": "msgspec",
    "maxminddb": "maxminddb",
    "AS table plevin": "plevin-db-network",
}
"""What the line says, and the distribution that has the version."""


def versions() -> Iterator[str]:
    """Yield the program's version, then a line for each part."""
    yield f"tracetui {__version__}"
    yield f"Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}"
    for part, distribution in _PARTS.items():
        try:
            yield f"{part} {metadata.version(distribution)}"
        except metadata.PackageNotFoundError:
            yield f"{part}: not installed"

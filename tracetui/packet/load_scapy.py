"""Loads parts of scapy when they are needed; under sudo without the files that it keeps in a home directory.

As it is imported, scapy makes directories there, and unpickles tables from its cache, which saves it half a
second: under sudo those would be another user's files, read by root, and root's files among theirs.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from tracetui.files.owner import calling_user

_FOLDERS: Final = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
_NOWHERE: Final = f"{os.devnull}/none"
"""There is nothing, and nothing can be made: scapy then does without."""


def scapy_module(name: str) -> Any:  # noqa: ANN401  (scapy has no types)
    """Return a module of scapy, such as `scapy.layers.inet`."""
    with _without_folders() if calling_user() is not None else nullcontext():
        return importlib.import_module(name)


@contextmanager
def _without_folders() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _FOLDERS}
    os.environ.update(dict.fromkeys(_FOLDERS, _NOWHERE))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

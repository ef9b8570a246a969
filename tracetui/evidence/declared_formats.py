"""Finds the formats that modules of a package declare: a new format is a new module and nothing else."""

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import TypeVar

_Format = TypeVar("_Format")


def declared_formats(package: ModuleType, kind: type[_Format]) -> Sequence[_Format]:
    """Return what the modules declare of a kind, as `FORMAT` or in `FORMATS`, in the order of their names."""
    found: list[_Format] = []
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = import_module(f"{package.__name__}.{name}")
        declared = getattr(module, "FORMATS", None) or [module.FORMAT]
        found += [one for one in declared if isinstance(one, kind)]
    return found

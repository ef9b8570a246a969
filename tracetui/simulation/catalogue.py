"""Finds scenarios: those that come with the program by name, others by file."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from tracetui.model import ScenarioError
from tracetui.simulation.read_scenario import read_file, read_text
from tracetui.simulation.scenario import Scenario
from tracetui.simulation.scenario_schema import did_you_mean

DEFAULT: Final = "protonmail-2019"
_SUFFIX: Final = ".toml"


def available() -> Sequence[Scenario]:
    """Return the scenarios that come with the program, the default first."""
    names = sorted(_shipped(), key=lambda name: (name != DEFAULT, name))
    return [load(name) for name in names]


def load(name_or_file: str) -> Scenario:
    """Return a scenario by its name, or from a file (anything with a slash, or that ends in .toml).

    Raises ScenarioError with one line.
    """
    if "/" in name_or_file or name_or_file.endswith(_SUFFIX):
        return read_file(Path(name_or_file))
    shipped = _shipped()
    entry = shipped.get(name_or_file)
    if entry is None:
        hint = did_you_mean(name_or_file, shipped) or ": 'tracetui demo --list' shows them"
        raise ScenarioError(f"no scenario is called {name_or_file!r}{hint}")
    return read_text(entry.read_text(encoding="utf-8"), name_or_file, entry.name)


@cache
def _shipped() -> dict[str, Traversable]:
    folder = files("tracetui.simulation") / "scenarios"
    return {
        entry.name.removesuffix(_SUFFIX): entry for entry in folder.iterdir() if entry.name.endswith(_SUFFIX)
    }

"""Writes the files of a scenario's case (router output, a register, a log) for newcomers to try."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from tracetui.files.owner import acting_as, calling_user
from tracetui.model import CannotRunError, ScenarioError


def write_files(scenario: str, directory: Path, *, overwrite: bool) -> Iterator[Path]:
    """Write the files of a scenario to `directory`, which is made where it is missing; yield each path.

    Raises ScenarioError for a scenario without files, CannotRunError where one cannot be written. Nothing is
    written if one of them exists, unless `overwrite`.
    """
    found = _files_of(scenario)
    owner = calling_user()
    try:
        with acting_as(owner):
            directory.mkdir(exist_ok=True)
    except OSError as error:
        raise CannotRunError(f"cannot make {directory}: {error.strerror or error}") from None
    paths = {directory / entry.name: entry for entry in found}
    taken = [path for path in paths if path.is_symlink() or path.exists()]
    if taken and not overwrite:
        raise CannotRunError(f"{taken[0]} exists: choose another directory, or add --force to overwrite it")
    for path, entry in paths.items():
        try:
            with acting_as(owner):
                if path in taken:
                    path.unlink()
                with path.open("xb") as file:
                    file.write(entry.read_bytes())
        except OSError as error:
            raise CannotRunError(f"cannot write {path}: {error.strerror or error}") from None
        yield path


def _files_of(scenario: str) -> list[Traversable]:
    folders = {
        folder.name: folder
        for folder in (files("tracetui.simulation") / "scenarios").iterdir()
        if folder.is_dir() and not folder.name.startswith("_")
    }
    if scenario not in folders:
        raise ScenarioError(f"{scenario} has no files; there are some of {', '.join(sorted(folders))}")
    return sorted(folders[scenario].iterdir(), key=lambda entry: entry.name)

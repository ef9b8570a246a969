"""The wheel and the source archive: both are built, and what is in them is looked at."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import tracetui

PROJECT = Path(__file__).parents[1]
NEEDED = ["pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "requirements-dev.txt"]
FOLDERS = ["tracetui", "tests", "docs", "benchmarks", "fuzz", "screenshots", ".ci"]

pytest.importorskip("hatchling", reason="make test installs what builds the archives")


def built(tree, kind, directory):
    """Return the archive of that kind that the backend makes of a source tree."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "hatchling",
        "build",
        "--target",
        kind,
        "--directory",
        str(directory),
    ]
    subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
    (archive,) = directory.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return archive


def contents(wheel):
    """Return what a wheel holds: name to bytes, but for the list of its own hashes."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(PROJECT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The source archive's one folder, as whoever downloads it has it."""
    directory = tmp_path_factory.mktemp("sdist")
    with tarfile.open(built(PROJECT, "sdist", directory)) as archive:
        archive.extractall(directory, filter="data")
    return directory / f"tracetui-{tracetui.__version__}"


def test_the_wheel_holds_the_package_its_metadata_and_nothing_else(wheel):
    names = contents(wheel)
    source = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "tracetui").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    version = f"tracetui-{tracetui.__version__}"
    metadata, manual = f"{version}.dist-info/", f"{version}.data/data/share/man/man1/tracetui.1"
    assert {name for name in names if not name.startswith(metadata)} == source | {manual}
    assert f"{metadata}licenses/LICENSE" in names
    assert b"tracetui = tracetui.cli" in names[f"{metadata}entry_points.txt"]


def test_the_source_archive_is_all_it_takes_to_test_and_to_build(unpacked):
    assert [name for name in NEEDED if not (unpacked / name).is_file()] == []
    for folder in FOLDERS:
        here = {path.relative_to(PROJECT) for path in (PROJECT / folder).rglob("*") if path.is_file()}
        there = {path.relative_to(unpacked) for path in (unpacked / folder).rglob("*") if path.is_file()}
        assert {path for path in here if "__pycache__" not in path.parts} == there


def test_the_wheel_from_the_source_archive_is_the_same(wheel, unpacked, tmp_path):
    assert contents(built(unpacked, "wheel", tmp_path)) == contents(wheel)

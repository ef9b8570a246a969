"""Whatever file an option names: one line and a status, at once, within a few megabytes."""

import os
from pathlib import Path

import pytest

from tracetui.cli import main
from tracetui.cli.output import ExitStatus

READERS = [
    ("demo", "--headless", "--rounds", "1", "--as-names"),
    ("demo", "--headless", "--rounds", "1", "--asn-table"),
    ("demo", "--headless", "--rounds", "1", "--bgp"),
    ("demo", "--headless", "--rounds", "1", "--import"),
    ("demo", "--headless", "--rounds", "1", "--config"),
    ("demo", "--headless", "--rounds", "1"),
    ("asn", "192.0.2.1", "--offline", "--asn-table"),
    ("asn", "update", "--from"),
    ("import",),
    ("survey",),
    ("config", "show", "--config"),
]


def pipe(directory: Path) -> Path:
    os.mkfifo(directory / "file.toml")
    return directory / "file.toml"


def zeros(directory: Path) -> Path:
    (directory / "file.toml").symlink_to("/dev/zero")
    return directory / "file.toml"


def sparse(directory: Path) -> Path:
    with (directory / "file.toml").open("wb") as file:
        file.truncate(100 << 30)
    return directory / "file.toml"


def folder(directory: Path) -> Path:
    (directory / "file.toml").mkdir()
    return directory / "file.toml"


def gone(directory: Path) -> Path:
    return directory / "file.toml"


@pytest.mark.parametrize("make", [pipe, zeros, sparse, folder, gone])
@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_one_line(tmp_path, capsys, make, words):
    file = make(tmp_path)
    status = main([*words, str(file)])
    told = capsys.readouterr().err.splitlines()
    assert status in {ExitStatus.NOT_REACHED, ExitStatus.USAGE, ExitStatus.CANNOT_RUN}
    assert len(told) == 1, told
    assert "error in tracetui itself" not in told[0]
    assert "file.toml" in told[0]


@pytest.mark.parametrize("make", [pipe, zeros, sparse, folder, gone])
def test_a_register_is_told_beside_the_report(tmp_path, capsys, make):
    main(["demo", "--headless", "--rounds", "1", "--register", str(make(tmp_path))])
    told = [line for line in capsys.readouterr().err.splitlines() if "file.toml" in line]
    assert len(told) == 1
    assert "cannot be read" in told[0] or "give a smaller file" in told[0]


@pytest.mark.parametrize("words", [READERS[0], READERS[4], READERS[5]], ids=" ".join)
@pytest.mark.parametrize("text", ["x = " + "[" * 100_000, "x = " + "1" * 10_000, "x = {" * 5_000])
def test_toml_that_is_hard_to_read(tmp_path, capsys, words, text):
    (tmp_path / "file.toml").write_text(text)
    assert main([*words, str(tmp_path / "file.toml")]) in {ExitStatus.USAGE, ExitStatus.CANNOT_RUN}
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "error in tracetui itself" not in told


@pytest.mark.parametrize("make", [pipe, zeros, sparse, folder])
def test_the_users_own_names_of_ases(tmp_path, capsys, monkeypatch, make):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tracetui").mkdir()
    made = make(tmp_path)
    made.rename(tmp_path / "tracetui" / "as.toml")
    assert main(["demo", "--headless", "--rounds", "1"]) == ExitStatus.CANNOT_RUN
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "as.toml: cannot be read as names of ASes" in told

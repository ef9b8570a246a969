"""Fetching a table: complete and checked, or not at all."""

import gzip

import pytest

from ownership.http_server import HttpServer, Page
from tracetui.cli import main
from tracetui.model import CannotRunError, TableError
from tracetui.ownership.fetch_table import update_table
from tracetui.ownership.lookup_settings import OwnershipSettings, SourceKind
from tracetui.ownership.open_sources import FETCHED_TABLE, Ownership

OLD = gzip.compress(b"9.0.0.0\t9.0.0.255\t64496\tZZ\tOld\n")
NEW = gzip.compress(
    "".join(f"9.0.{n}.0\t9.0.{n}.255\t{64500 + n}\tZZ\tNew {n}\n" for n in range(256)).encode()
)


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / FETCHED_TABLE).write_bytes(OLD)
    return tmp_path / "cache"


def content(directory):
    assert [path.name for path in directory.iterdir()] == [FETCHED_TABLE]  # nothing half done is left
    return (directory / FETCHED_TABLE).read_bytes()


def test_a_new_table_takes_the_place_of_the_old_one(directory):
    with HttpServer(lambda path: Page(NEW)) as server:
        said = update_table(directory, None, f"{server.url}/table.gz")
    assert content(directory) == NEW
    assert "256 ranges from http://127.0.0.1" in said


def test_from_a_file_plain_or_packed(directory, tmp_path):
    for name, data in [("packed", NEW), ("plain", gzip.decompress(NEW))]:
        (tmp_path / name).write_bytes(data)
        update_table(directory, tmp_path / name)
        assert content(directory) == data


def test_a_directory_is_made(tmp_path):
    (tmp_path / "file").write_bytes(NEW)
    update_table(tmp_path / "a" / "b", tmp_path / "file")
    assert content(tmp_path / "a" / "b") == NEW


@pytest.mark.parametrize(
    ("page", "error", "words"),
    [
        (Page(status=404), CannotRunError, "cannot be fetched"),
        (Page(NEW, length=len(NEW) + 10), CannotRunError, "bytes arrived"),
        (Page(NEW[:-400]), TableError, "ends early"),
        (Page(b"<html>log in to the hotel's network</html>"), TableError, "not a table of iptoasn.com"),
        (Page(b""), TableError, "not a table"),
        (Page(b"9.0.0.0\t9.0.0.255\t1\tZZ\tX\n" + b"nonsense\n" * 50), TableError, "not a table"),
    ],
)
def test_whatever_fails_the_old_table_stays(directory, page, error, words):
    with HttpServer(lambda path: page) as server, pytest.raises(error, match=words) as caught:
        update_table(directory, None, server.url)
    assert content(directory) == OLD
    assert "the old table is kept" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_server_and_no_file(directory, tmp_path):
    with pytest.raises(CannotRunError, match=r"refused.*--from FILE"):
        update_table(directory, None, "http://127.0.0.1:9/")
    with pytest.raises(CannotRunError, match="no such file"):
        update_table(directory, tmp_path / "gone")
    assert content(directory) == OLD


def test_the_fetched_table_is_asked_from_then_on(directory):
    ownership = Ownership(
        OwnershipSettings(kinds=(SourceKind.TABLE,), offline=True, pointers=False, cache_directory=directory)
    )
    owners = ownership.owners()
    owners.want(["9.0.0.1"])
    assert owners.settle(20)
    assert owners.owners()["9.0.0.1"].name == "Old"
    owners.close()
    ownership.close()


def test_the_command(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "file").write_bytes(NEW)
    assert main(["asn", "update", "--from", str(tmp_path / "file"), "--offline"]) == 0
    assert "256 ranges" in capsys.readouterr().err
    assert main(["asn", "9.0.7.1", "--offline", "--as-source", "table"]) == 0
    assert "64507" in capsys.readouterr().out
    assert main(["asn", "update", "9.0.0.1"]) == 2
    assert main(["asn", "9.0.0.1", "--from", "x"]) == 2
    assert main(["asn", "update", "--from", str(tmp_path / "gone")]) == 3

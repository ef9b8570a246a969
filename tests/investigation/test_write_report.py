"""Reports on disk: whole, never over something that is there, one line when it cannot be."""

import os
import select
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tracetui.investigation.write_report import default_name, write_beside, write_report
from tracetui.model import CannotRunError


def test_a_report_is_written_with_the_modes_the_user_wants(tmp_path: Path):
    before = os.umask(0o027)
    try:
        path = write_report(tmp_path / "case.md", "whole\n", overwrite=False)
    finally:
        os.umask(before)
    assert path.read_text() == "whole\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_an_existing_file_is_kept_unless_the_user_says_so(tmp_path: Path):
    path = tmp_path / "case.md"
    path.write_text("precious")
    with pytest.raises(CannotRunError, match=r"case\.md exists.*--force"):
        write_report(path, "new", overwrite=False)
    assert path.read_text() == "precious"
    write_report(path, "new", overwrite=True)
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_dangling_link_counts_as_there(tmp_path: Path):
    link = tmp_path / "case.md"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotRunError, match="exists"):
        write_report(link, "new", overwrite=False)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_appears_meanwhile_is_not_lost(tmp_path: Path, monkeypatch):
    path = tmp_path / "case.md"
    link = os.link

    def slow_link(source, target):
        path.write_text("precious")
        link(source, target)

    monkeypatch.setattr(os, "link", slow_link)
    with pytest.raises(CannotRunError, match="exists"):
        write_report(path, "new", overwrite=False)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_without_hard_links_does_as_well(tmp_path: Path, monkeypatch):
    def no_link(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    assert write_report(tmp_path / "case.md", "whole", overwrite=False).read_text() == "whole"
    with pytest.raises(CannotRunError, match="exists"):
        write_report(tmp_path / "case.md", "again", overwrite=False)


@pytest.mark.parametrize("place", ["", "missing/case.md", "file/case.md"])
def test_what_cannot_be_is_one_line(tmp_path: Path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRunError) as caught:
        write_report(tmp_path / place, "text", overwrite=False)
    assert "\n" not in str(caught.value)


def test_names_beside_one_another(tmp_path: Path):
    names = [write_beside(tmp_path, "case.md", text).name for text in "abc"]
    assert names == ["case.md", "case-2.md", "case-3.md"]


def test_default_names_are_plain_whatever_the_target_is(one_lane_snapshot):
    for target, expected in (
        ("mx:example.org", "tracetui-mx-example.org-"),
        ("../../etc/passwd", "tracetui-etc-passwd-"),
        ("https://exa mple/\x1b[2J?*", "tracetui-https-exa-mple-2J-"),
        ("...", "tracetui-target-"),
    ):
        name = default_name(one_lane_snapshot(target), "json")
        assert name.startswith(expected)
        assert name.endswith("Z.json")
        assert "/" not in name


def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(CannotRunError, match=r"^cannot write .*: it is a named pipe that nobody reads$"):
            write_report(path, "text", overwrite=True)


def test_a_pipe_gets_the_report(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    text = "ä" * 200_000  # more than it holds at once
    with os.fdopen(reader, encoding="utf-8") as file, ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write_report, pipe, text, overwrite=True)
        assert select.select([reader], [], [], 10)[0]  # before there is a writer, it would be at its end
        assert file.read() == text
        assert writing.result() == pipe
    assert pipe.is_fifo()

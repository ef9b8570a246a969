"""What may be read as a file, and how much of it."""

import bz2
import gzip
import os
import pty
import socket
import threading
from pathlib import Path

import pytest

from tracetui.files.read_file import FileTooLargeError, open_file, read_file, read_stream, unpacked


def test_a_file_up_to_the_limit(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1000)
    assert read_file(path, 1000) == b"x" * 1000
    with pytest.raises(FileTooLargeError, match="more than 999 bytes"):
        read_file(path, 999)


def test_a_file_that_grows_while_it_is_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    with open_file(path, 100_000) as file:
        path.write_bytes(b"x" * 200_000)
        with pytest.raises(FileTooLargeError):
            file.read()


@pytest.mark.parametrize("pipes", [False, True])
def test_what_is_no_file_is_not_even_opened(tmp_path, pipes):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    other, its = pty.openpty()
    for path, said in [
        (tmp_path / "pipe", "it is a named pipe"),
        (tmp_path / "link", "it is a named pipe"),
        (tmp_path / "socket", "it is a socket"),
        (tmp_path, "Is a directory"),
        (Path("/dev/zero"), "it is a device"),
        (Path(os.ttyname(its)), "it is a terminal"),
        (Path("a\0b"), "cannot be the name"),
    ]:
        with pytest.raises(OSError, match=said) as caught:
            read_file(path, 1000, pipes=pipes)
        assert caught.value.strerror
    assert read_file(Path("/dev/null"), 1000) == b""
    os.close(other)
    os.close(its)


def test_a_file_of_the_kernels_that_waits_for_more_is_no_file(tmp_path, monkeypatch):
    """As /proc/kmsg, which root alone may read: `stat` calls it regular, and reading waits for ever."""
    waiting, end = os.pipe()
    path = tmp_path / "file"
    path.write_bytes(b"")
    opened, regular = os.open, path.stat()

    def opens_it(name, flags):
        if Path(name) != path:
            return opened(name, flags)
        os.set_blocking(waiting, not flags & os.O_NONBLOCK)
        return waiting

    monkeypatch.setattr(os, "open", opens_it)
    monkeypatch.setattr(os, "fstat", lambda _: regular)
    with pytest.raises(OSError, match="it has no end") as caught:
        read_file(path, 1000)
    assert caught.value.strerror == "it has no end"
    os.close(end)


def test_nobody_writes_to_a_pipe_that_is_refused(tmp_path):
    """A writer that waits for a reader must not be woken and then find nobody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    opened = threading.Event()

    def write() -> None:
        with pipe.open("wb"):
            opened.set()

    threading.Thread(target=write, daemon=True).start()
    with pytest.raises(OSError, match="named pipe"):
        read_file(pipe, 1000, pipes=True)
    assert not opened.is_set()
    pipe_end = os.open(pipe, os.O_RDONLY)  # let the thread go
    os.close(pipe_end)


def test_a_shells_pipe_is_read_where_that_is_wanted():
    there, here = os.pipe()
    os.write(here, b"x" * 1000)
    os.close(here)
    path = Path(f"/dev/fd/{there}")
    with pytest.raises(OSError, match="it is a pipe"):
        read_file(path, 1000)
    assert read_file(path, 1000, pipes=True) == b"x" * 1000
    os.close(there)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, bytes])
def test_what_a_packed_file_holds(tmp_path, pack):
    path = tmp_path / "file"
    path.write_bytes(pack(b"x" * 5_000_000))
    with unpacked(open_file(path, 5_000_000), 5_000_000) as file:
        assert file.read() == b"x" * 5_000_000
    if pack is not bytes:
        with unpacked(open_file(path, 5_000_000), 4_000_000) as file, pytest.raises(FileTooLargeError):
            file.read()


def test_standard_input_too(tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 1000)
    with (tmp_path / "file").open("rb") as stream, pytest.raises(FileTooLargeError):
        read_stream(stream, 999)

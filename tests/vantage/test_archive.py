"""What travels to a vantage: it runs in a Python that has the standard library alone, and writes no file."""

import io
import json
import os
import subprocess
import sys
import zipfile
import zlib

import pytest

from tracetui.vantage.archive import archive, far_command
from tracetui.vantage.far import GREETING

BARE = [sys.executable, "-I", "-S", "-B"]
ROOMS = {"model", "packet", "probing", "vantage"}


def names() -> list[str]:
    return zipfile.ZipFile(io.BytesIO(zlib.decompress(archive()[10:]))).namelist()


def test_it_is_small_and_holds_the_rooms_of_probing_alone():
    assert int(archive()[:10]) == len(archive()) - 10 < 70_000
    assert {name.split("/")[1] for name in names() if name.count("/") > 1} <= ROOMS
    assert not any("remote_engine" in name or "mirrored" in name for name in names())


def test_it_imports_with_the_standard_library_alone(tmp_path):
    packed = tmp_path / "far.zip"
    packed.write_bytes(zlib.decompress(archive()[10:]))
    script = (
        f"import sys; sys.path.insert(0, {str(packed)!r})\n"
        "import tracetui.vantage.far.far_end, tracetui.probing.packet_prober, tracetui.probing.raw_wire\n"
        "import tracetui.probing.rootless_prober, tracetui.probing.privilege\n"
        "rooms = {name.split('.')[0] for name in sys.modules}\n"
        "print(*sorted(rooms - set(sys.stdlib_module_names) - {'__main__', 'tracetui'}))"
    )
    done = subprocess.run([*BARE, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def far_end(first: bytes, *commands: object, program: list[str] | None = None, environment=None):
    """Run the far end as a shell there does; return its exit status and its events."""
    shell = program or ["sh", "-c", far_command(f"{sys.executable}").replace(" -I ", " -I -S ")]
    done = subprocess.run(
        shell,
        input=archive() + first + b"".join(json.dumps(one).encode() + b"\n" for one in commands),
        capture_output=True,
        timeout=30,
        check=False,
        env=environment,
    )
    _, greeting, stream = done.stdout.partition(GREETING)
    assert greeting, (done.stdout, done.stderr)
    unfolded = zlib.decompressobj().decompress(stream)
    return done.returncode, [json.loads(line) for line in unfolded.splitlines()]


def test_it_says_who_it_is_and_ends_with_its_input():
    status, events = far_end(b'[1.0,2.0,30,1000,null,"auto"]\n', ["ping", 5])
    assert status == 3
    assert not events or events[0][0] == "here"


@pytest.mark.parametrize(
    "first",
    [
        b"\n",
        b"[]\n",
        b"{}\n",
        b"[1]\n",
        b'["x",2.0,30,1000,null,"auto"]\n',
        b'[1.0,2.0,30,1000,null,"sudo"]\n',
        b"\xff\xfe\n",
        b"[" * 40_000 + b"\n",
        b'[1.0,2.0,Infinity,1000,null,"auto"]\n',
    ],
)
def test_a_first_line_that_is_none_is_answered_in_words(first):
    status, events = far_end(first)
    assert (status, events) == (1, [["cannot", "the first line is not understood"]])


def test_it_writes_no_file(tmp_path):
    before = set(tmp_path.iterdir())
    environment = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": os.environ["PATH"]}
    far_end(b'[1.0,2.0,30,1000,null,"rootless"]\n', environment=environment)
    assert set(tmp_path.iterdir()) == before

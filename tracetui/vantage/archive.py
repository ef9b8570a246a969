"""Packs the modules that a far end runs into one zip, and gives the command that runs it there from memory.

Python imports from a zip file, and `/proc/self/fd/N` is one: the archive comes over the connection into
memory (memfd_create(2)), so nothing is written on the other machine.
"""

import ast
import io
import shlex
import subprocess
import sys
import threading
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Final

import tracetui

MIN_PYTHON: Final = (3, 11)
_PACKING: Final = threading.Lock()
_ENTRY: Final = "tracetui.vantage.far.far_end"

_LOAD: Final = """\
import sys
if sys.version_info < (3, 11):
    print("tracetui needs python 3.11, this is %d.%d" % sys.version_info[:2], flush=True)
    sys.exit(9)
import os, zlib
def take(size):
    got = b""
    while len(got) < size:
        piece = os.read(0, size - len(got))
        if not piece:
            sys.exit(3)
        got += piece
    return got
fd = os.memfd_create("tracetui")
os.write(fd, zlib.decompress(take(int(take(10)))))
sys.path.insert(0, "/proc/self/fd/%d" % fd)
from tracetui.vantage.far.far_end import run
run()
"""


def far_command(python: str = "python3") -> str:
    """Return the command for the far shell. `-I` keeps files of the user there out, `-B` writes none."""
    return f"exec {shlex.quote(python)} -I -B -c {shlex.quote(_LOAD)}"


def archive() -> bytes:
    """Return what the far end reads first: ten digits, the size, then the zip, compressed as one: modules
    are much alike."""
    with _PACKING:  # many vantages begin together, and one packs for all
        return _archive()


@cache
def _archive() -> bytes:
    packed = io.BytesIO()
    root = Path(tracetui.__file__).parent
    with zipfile.ZipFile(packed, "w") as file:
        for name in _modules():
            path = root.joinpath(*name.split(".")[1:])
            source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            place = source.relative_to(root.parent)
            file.writestr(zipfile.ZipInfo(str(place)), _bare(source.read_text(encoding="utf-8")))
    content = zlib.compress(packed.getvalue(), 9)
    return b"%010d" % len(content) + content


def _bare(source: str) -> str:
    """Return a module without comments and docstrings, which take half of its size."""
    return ast.unparse(_WithoutDocstrings().visit(ast.parse(source)))


class _WithoutDocstrings(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Pass() if text else node


def _modules() -> list[str]:
    """Return the modules of this program that the far end imports, found out by a Python that imports them.

    Both probers too, which are imported late.
    """
    wanted = (_ENTRY, *_LATE)
    script = (
        f"import sys; sys.path.insert(0, {str(Path(tracetui.__file__).parent.parent)!r})\n"
        + "".join(f"import {name}\n" for name in wanted)
        + "print(*sorted(name for name in sys.modules if name.split('.')[0] == 'tracetui'))"
    )
    done = subprocess.run(  # noqa: S603  (this Python, and names of modules)
        [sys.executable, "-I", "-B", "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout.split()


_LATE: Final = (
    "tracetui.probing.privilege",
    "tracetui.probing.packet_prober",
    "tracetui.probing.raw_wire",
    "tracetui.probing.rootless_prober",
)

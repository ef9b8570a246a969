"""Files are opened for reading in one place."""

import ast
import re
from pathlib import Path

import tracetui

ROOM = Path(tracetui.__file__).parent
READER = "files/read_file.py"

ALLOWED = {
    # Files of the package itself.
    "simulation/catalogue.py": {"read_text"},
    "vantage/archive.py": {"read_text"},
    "simulation/scenario_files.py": {"read_bytes"},
    # By a descriptor of its own, of a file that the reader has opened.
    "ownership/mmdb_table.py": {"open_database"},
    # Not read from: made, a terminal, a device whose packets are exchanged, the null device, SQLite's.
    "investigation/write_report.py": {"os.open"},
    "cli/import_command.py": {"os.open"},
    "simulation/tun.py": {"os.open"},
    "cli/output.py": {"os.open", "open"},
    "probing/open_files.py": {"os.open"},
    "ownership/lookup_cache.py": {"sqlite3.connect"},
}

_READS = {"read_text", "read_bytes", "open_database", "fdopen", "FileIO", "mmap", "GzipFile", "BZ2File"}
_MODE = re.compile(r"[rwxabt+]{1,3}")


def openings(tree: ast.AST) -> set[str]:
    """Return the calls that open something for reading, as they are written."""
    found = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        mode = next((ast.literal_eval(each) for each in call.args if isinstance(each, ast.Constant)), None)
        writes = isinstance(mode, str) and _MODE.fullmatch(mode) and mode[0] in "wxa" and "+" not in mode
        named = (
            name in {"open", "io.open", "os.open", "sqlite3.connect", "gzip.open", "bz2.open", "tomllib.load"}
            or (last == "open" and isinstance(mode, str) and _MODE.fullmatch(mode))
            or (last == "open" and any(keyword.arg in {"mode", "encoding"} for keyword in call.keywords))
            or (last in _READS and isinstance(call.func, ast.Attribute))
            or name in {"FileIO", "GzipFile", "BZ2File"}
        )
        if named and not writes:
            found.add(name if name in {"os.open", "sqlite3.connect"} else last)
    return found


def test_no_other_module_opens_files_for_reading():
    found = {}
    for path in ROOM.rglob("*.py"):
        place = str(path.relative_to(ROOM))
        opened = openings(ast.parse(path.read_text()))
        if place != READER and opened:
            found[place] = opened
    assert found == ALLOWED


def test_the_search_finds_what_it_looks_for():
    assert openings(ast.parse((ROOM / READER).read_text())) >= {"os.open", "FileIO", "GzipFile"}
    for code in (
        "open(path)", "path.open('rb')", "path.read_text()",
        "gzip.open(path)", "io.open(path)", "path.open(encoding='utf-8')", "path.open('r+b')",
        "tomllib.load(file)", "os.fdopen(descriptor)",
    ):  # fmt: skip
        assert openings(ast.parse(code)), code
    assert not openings(
        ast.parse("path.open('wb'); os.fdopen(descriptor, 'w'); lane.open(); open(path, 'x')")
    )

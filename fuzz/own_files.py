"""Files of the program and its user, which anybody may have changed: settings, session, cached answers."""

import contextlib
import sqlite3
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from importers import written
from mutations import changed_bytes, changed_text, changed_tree
from part import NOW_NS, Part, insist, insist_printable
from tracetui.config import SavedState, Session, SessionTarget
from tracetui.config.config_file import load_config, read_config
from tracetui.config.paths import UserPaths
from tracetui.config.template import effective, template
from tracetui.files.parse_toml import parse_toml
from tracetui.model import ConfigError, ProbeProtocol, Role
from tracetui.ownership.cached_rows import Origin
from tracetui.ownership.lookup_cache import LookupCache

_NOW_S: Final = NOW_NS / 1e9
_SESSION: Final = Session(
    (SessionTarget("mx:example.org"), SessionTarget("192.0.2.1:25", Role.CONTROL)),
    (ProbeProtocol.TCP,),
    (25, 587),
    0.5,
    20,
    timeout_s=3.5,
    sources=("192.0.2.7", "2001:db8::7"),
    families=(6, 4),
)


@cache
def _settings() -> str:
    """Every setting, at its default."""
    lines = template({"add_target": ("a",), "quit_board": ("Q", "ctrl+q")}).splitlines()
    return "\n".join(line[1:] if line[:1] == "#" and line[1:2] not in {" ", ""} else line for line in lines)


def _config(chance: Random) -> None:
    try:
        if chance.random() < 0.5:
            tree = changed_tree(chance, tomllib.loads(_settings()))
            config = read_config(tree if isinstance(tree, dict) else {}, Path("/c.toml"), Path("/"))
        else:
            data = changed_text(chance, _settings()).encode("utf-8", "replace")
            data = changed_bytes(chance, data) if chance.random() < 0.3 else data
            config = load_config(written(data, "config.toml"), UserPaths(None, None))
    except ConfigError as error:
        insist_printable(str(error))
        return
    parse_toml("\n".join(effective(config)))


@cache
def _kept_state() -> bytes:
    path = written(b"", "memory.json")
    path.unlink()
    state = SavedState(path)
    state.remember_theme("nord")
    state.remember_target("a.example")
    state.remember_session(_SESSION)
    return path.read_bytes()


def _state(chance: Random) -> None:
    data = _kept_state()
    if chance.random() < 0.6:
        data = changed_text(chance, data.decode())[:60_000].encode("utf-8", "replace")
    else:
        data = changed_bytes(chance, data)
    state = SavedState(written(data, "memory.json"))
    insist_printable(state.theme or "", *state.targets, state.problem)
    for target in state.session.targets if state.session is not None else ():
        insist_printable(target.text, target.services, target.source or "")
    state.remember_target("b.example")
    insist("b.example" in state.targets, "a target is not remembered")


@cache
def _kept_answers() -> bytes:
    path = written(b"", "whole.sqlite3")
    path.unlink()
    answers = LookupCache(path, unix_s=lambda: _NOW_S)
    for place in range(20):
        answers.put_origin(f"9.{place}.0.0/16", Origin((64500 + place,), "Example, ZZ"))
        answers.put_pointer(f"9.{place}.0.1", f"r{place}.example")
    answers.close()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    return path.read_bytes()


_CELLS: Final = (
    *(
        "9.1.0.0/16",
        "9.0.0.0/0",
        "::/0",
        "9.1.0.1",
        "9.1.0.1/32",
        "",
        "\x1b[2J",
        "\u202e",
        "x" * 3000,
        b"\xff\xfe",
    ),
    *(
        "-7",
        "64500",
        "0",
        "64500 " * 40,
        "4294967296",
        None,
        -1,
        0,
        1,
        2**62,
        -0.5,
        1e300,
        _NOW_S,
        _NOW_S + 1e6,
    ),
)


def _cached(chance: Random) -> None:
    damaged = chance.random() < 0.5
    path = written(changed_bytes(chance, _kept_answers()) if damaged else _kept_answers(), "lookups.sqlite3")
    for ending in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    if not damaged:
        with contextlib.closing(sqlite3.connect(path)) as database:
            for _ in range(5):
                cells = [chance.choice(_CELLS) for _ in range(4)]
                with contextlib.suppress(OverflowError, sqlite3.IntegrityError):
                    database.execute("INSERT OR REPLACE INTO origin VALUES (?, ?, ?, ?)", cells)
                    database.execute("INSERT OR REPLACE INTO pointer VALUES (?, ?, ?)", cells[:3])
            database.commit()
    said: list[str] = []
    answers = LookupCache(path, narrate=said.append, unix_s=lambda: _NOW_S)
    try:
        for address in ("9.1.0.1", "9.200.0.1", "8.8.8.8", "2001:db8::1"):
            known = answers.origin(address)
            if known is not None:
                insist(all(0 < asn < 1 << 32 for asn in known[1].value.asns), f"no AS: {known[1].value.asns}")
                insist_printable(known[0], known[1].value.name)
            pointer = answers.pointer(address)
            insist_printable((pointer.value or "") if pointer is not None else "")
        answers.put_origin("9.250.0.0/16", Origin((64500,), "New"))
        found = answers.origin("9.250.0.1")
        insist(found is not None and found[0] == "9.250.0.0/16", "a new answer is not kept")
    finally:
        answers.close()
    insist_printable(*said)


PARTS: Final = (
    Part("config", "the configuration file", _config),
    Part("saved-state", "targets and session of the last run", _state),
    Part("lookup-cache", "cached answers about addresses", _cached),
)

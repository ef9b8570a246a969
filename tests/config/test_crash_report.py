"""An error of ours: one line for the user, the rest in a file."""

import re
from pathlib import Path
from typing import Any

import pytest

from tracetui.cli import entry_point, main
from tracetui.cli.output import ExitStatus
from tracetui.tui.app import TracetuiApp


def kept(words: str) -> str:
    found = re.search(r"contents of (\S+)", words)
    assert found, words
    path = Path(found[1])
    try:
        return path.read_text()
    finally:
        path.unlink()


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_an_unforeseen_error_is_one_line_and_status_3(monkeypatch, capsys):
    def fail(*_):
        raise RuntimeError("odd \x1b[31m thing")

    monkeypatch.setattr(entry_point, "_run", fail)
    assert main(["report", "x"]) == ExitStatus.CANNOT_RUN
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert "Traceback" not in said
    assert "Traceback" in kept(said)


def test_without_a_place_to_write_the_line_is_still_said(monkeypatch, capsys):
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_, **__: (_ for _ in ()).throw(OSError()))
    monkeypatch.setattr(entry_point, "_run", lambda *_: 1 / 0)
    assert main([]) == ExitStatus.CANNOT_RUN
    assert "ZeroDivisionError" in capsys.readouterr().err


async def test_the_screen_leaves_with_one_line(monkeypatch):
    class Broken:
        def snapshot(self):
            raise RuntimeError("boom")

        def close(self):
            pass

    broken: Any = Broken()
    app = TracetuiApp(broken, export_directory=Path())
    with pytest.raises(RuntimeError, match="boom"):
        async with app.run_test():
            pass
    assert app.exit_message is not None
    assert app.exit_message.startswith("an error in tracetui itself")
    assert "boom" in kept(app.exit_message)

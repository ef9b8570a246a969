"""`--restore` with vantages, end to end: the screen saves them, they trace again. `ssh` is a shell here."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tui.tmux_terminal import tmux_terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux"),
]

SSH = """#!/bin/sh
# The last argument is the command for the shell there.
for last; do :; done
case "$*" in *gone.example*) echo "ssh: gone.example: no such host" >&2; exit 255;; esac
exec sh -c "$last"
"""
CONFIG = """
[probing]
prober = "rootless"
interval = 0.3
[vantage.office]
ssh = "office.example"
python = "{python}"
"""


@pytest.fixture
def home(tmp_path):
    """The environment of a user who has one vantage in the configuration."""
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    config = tmp_path / "config" / "tracetui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG.format(python=sys.executable))
    return {
        "PATH": f"{ssh.parent}:{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


def test_vantages_of_the_last_session_trace_again(tmp_path, home):
    places = ["--via", "office", "--via", "ssh://me@gone.example"]
    argv = [sys.executable, "-P", "-m", "tracetui", "127.0.0.1:9", "-p", "tcp", "--offline", *places]
    setting = [f"{name}={value}" for name, value in home.items()]
    with tmux_terminal(tmp_path) as terminal:
        terminal.start(["env", *setting, *argv], 160, 40)
        terminal.wait_for("from office")
        terminal.wait_for("me@gone.example: no connection")
        terminal.press("q")
        terminal.wait_for("to continue: tracetui --restore")
    report = ["report", "--restore", "-r", "3", "--format", "json", "--offline"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tracetui", *report],
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in {0, 1}, done.stderr
    snapshot = json.loads(done.stdout)
    states = {one["name"]: one["state"] for one in snapshot["vantages"]}
    assert states == {"office": "connected", "me@gone.example": "lost"}
    rounds = {(lane["via"], lane["address"], lane["port"]): lane["rounds"] for lane in snapshot["lanes"]}
    assert rounds == {
        (None, "127.0.0.1", 9): 3,
        ("office", "127.0.0.1", 9): 3,
        ("me@gone.example", "127.0.0.1", 9): 0,
    }

"""Root on behalf of another user: nothing of theirs leads it astray, and all that is made is theirs."""

import os
import pickle
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root acts for others")

USER = 65534
NAME = pwd.getpwuid(USER).pw_name

START = """
import os, pwd, sys
known, home = pwd.getpwuid, sys.argv.pop(1)
pwd.getpwuid = lambda uid: pwd.struct_passwd((*known(uid)[:5], home if uid == 65534 else "/root", ""))
from tracetui.cli import entry_point, main
if os.environ.get("CRASH"):
    entry_point._run = lambda *_: 1 / 0
sys.exit(main(sys.argv[1:]))
"""
"""The program, with another home directory for that user than the system's."""


def under_sudo(home: Path, *words: str, own_home: str = "/root", cwd: Path | None = None, **more: str):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environ |= {"SUDO_USER": NAME, "SUDO_UID": str(USER), "SUDO_GID": str(USER), "HOME": own_home, **more}
    return subprocess.run(
        [sys.executable, "-P", "-c", START, str(home), *words],
        env=environ,
        check=False,
        cwd=cwd or home,
        capture_output=True,
        text=True,
        timeout=60,
    )


def owners(directory: Path) -> set[int]:
    """Return whose all files and directories below are."""
    return {path.lstat().st_uid for path in directory.rglob("*")}


@pytest.mark.parametrize("own_home", ["theirs", "/root"])
def test_all_that_is_made_is_theirs(user_home, own_home):
    """The report, look-ups, the fetched table, the configuration, files of a scenario, a crash."""
    (user_home / "table").write_text("9.0.0.0\t9.0.0.255\t64496\tZZ\tHolder\n")
    os.chown(user_home / "table", USER, USER)
    home = str(user_home) if own_home == "theirs" else own_home
    for words in (
        ("report", "127.0.0.1", "--rounds", "1", "--max-hops", "1", "--prober", "raw", "-o", "report.md"),
        ("asn", "127.0.0.1"),
        ("asn", "update", "--from", "table"),
        ("config", "init"),
        ("demo", "--files", "case"),
        ("demo", "--headless", "--rounds", "1", "--output", "demo.json"),
    ):
        done = under_sudo(user_home, *words, own_home=home)
        assert done.returncode in {0, 1}, done.stderr
    there = {path.name for path in user_home.rglob("*")}
    assert {"report.md", "demo.json", "config.toml", "lookups-1.sqlite3", "ip2asn-combined.tsv.gz"} <= there
    assert owners(user_home) == {USER}


def test_without_a_home_of_ones_own_it_is_that_of_whose_home_it_is(user_home):
    """`su` without a dash keeps HOME, and has no variables of sudo."""
    done = under_sudo(user_home, "config", "init", own_home=str(user_home), SUDO_USER="", SUDO_UID="")
    assert done.returncode == 0, done.stderr
    assert owners(user_home) == {USER}


def test_no_pickle_of_theirs_is_read_and_nothing_of_scapys_is_made(user_home, tmp_path):
    class Planted:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "planted"),)

    cache = user_home / ".cache" / "scapy"
    cache.mkdir(parents=True)
    files = [cache / f"{name}.pickle" for name in ("services", "ethertypes", "manufdb", "bluetoothids")]
    content = pickle.dumps({"content": Planted(), "id": "?"})
    for path in (user_home / ".cache", cache, *files):
        if path in files:
            path.write_bytes(content)
        os.chown(path, USER, USER)
    done = under_sudo(
        user_home, "report", "127.0.0.1", "--rounds", "1", "--max-hops", "1", "--prober", "raw",
        own_home=str(user_home),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "planted").exists()
    assert [path.read_bytes() for path in files] == [content] * 4
    assert owners(user_home) == {USER}


@pytest.mark.parametrize(
    "link", [".local", ".local/state", ".local/state/tracetui", ".cache", ".cache/tracetui"]
)
def test_links_of_theirs_are_not_followed(user_home, link):
    outside = user_home.parent / "outside"
    outside.mkdir()
    outside.chmod(0o777)
    place = user_home / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside)
    for path in (place, *place.parents):
        if path != user_home and path.is_relative_to(user_home):
            os.chown(path, USER, USER, follow_symlinks=False)
    (user_home / "table").write_text("9.0.0.0\t9.0.0.255\t64496\tZZ\tHolder\n")
    assert under_sudo(user_home, "asn", "127.0.0.1").returncode in {0, 1}
    update = under_sudo(user_home, "asn", "update", "--from", "table")
    if link.startswith(".cache"):
        assert "symbolic link" in update.stderr
        assert update.stderr.count("\n") == 1
    crash = under_sudo(user_home, "doctor", CRASH="1")
    assert "error in tracetui itself" in crash.stderr
    (written,) = re.findall(r"contents of (\S+)", crash.stderr)
    assert Path(written).stat().st_uid == USER
    Path(written).unlink()
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("table", ["command", "ssh"])
def test_what_their_configuration_names_runs_with_their_rights(user_home, table):
    """A command of theirs would be root's otherwise, and ssh would use root's keys."""
    programs = user_home.parent / "programs"
    programs.mkdir()
    said = user_home / "said"
    (programs / "ssh").write_text(f"#!/bin/sh\n(id -u; id -G; echo $HOME) >{said}\nexit 1\n")
    (programs / "ssh").chmod(0o755)
    how = 'ssh = "a@192.0.2.1"' if table == "ssh" else 'command = ["ssh", "{address}"]'
    (user_home / "own.toml").write_text(f"[vantage.office]\n{how}\n")
    done = under_sudo(
        user_home, "vantage", "test", "office", "--config", "own.toml",
        PATH=f"{programs}:{os.environ['PATH']}",
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    groups = " ".join(map(str, os.getgrouplist(NAME, USER)))
    assert said.read_text().splitlines() == [str(USER), groups, str(user_home)]


def test_a_report_where_they_may_not_write_is_refused_before_the_rounds(user_home, tmp_path):
    done = under_sudo(user_home, "report", "127.0.0.1", "-o", str(tmp_path / "report.md"))
    assert done.returncode == 3
    assert "is not writable" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_named_is_read_with_roots_rights(user_home, tmp_path):
    """Root may give a table that the user may not read."""
    table = tmp_path / "table"
    table.write_text("9.0.0.0\t9.0.0.255\t64496\tZZ\tHolder\n")
    table.chmod(0o600)
    assert under_sudo(user_home, "asn", "update", "--from", str(table)).returncode == 0
    done = under_sudo(user_home, "asn", "9.0.0.1", "--offline", "--asn-table", str(table))
    assert "64496" in done.stdout


@pytest.mark.skipif(shutil.which("sudo") is None, reason="no sudo")
def test_by_sudo_itself(user_home):
    """Root calls sudo here, which is nobody else: its files stay its own, in its own home."""
    done = subprocess.run(
        ["sudo", "-n", f"PYTHONPATH={os.environ.get('PYTHONPATH', '')}", f"HOME={user_home}",
         sys.executable, "-P", "-m", "tracetui", "config", "init"],
        capture_output=True, text=True, timeout=60, cwd=user_home, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert owners(user_home) == {USER}  # for HOME is theirs

"""Where files are: XDG directories, and those of the user who called sudo."""

import os
import pwd
from pathlib import Path

import pytest

from tracetui.config.paths import user_paths
from tracetui.files.owner import Owner, calling_user
from tracetui.files.write_file import write_atomically


@pytest.fixture
def anna(tmp_path, monkeypatch):
    """A user database with one user, whose home is there."""
    entry = pwd.struct_passwd(("anna", "x", 4242, 4243, "", str(tmp_path), "/bin/sh"))

    def look_up(uid: int) -> pwd.struct_passwd:
        if uid != 4242:
            raise KeyError(uid)
        return entry

    monkeypatch.setattr(pwd, "getpwuid", look_up)
    return Owner(4242, 4243, tmp_path)


@pytest.fixture
def as_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)


SUDO = {"SUDO_UID": "4242", "SUDO_USER": "anna"}


def test_xdg_directories(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    paths = user_paths()
    assert paths.config_file == tmp_path / "c" / "tracetui" / "config.toml"
    assert (paths.state, paths.owner) == (tmp_path / "s" / "tracetui", None)


def test_under_sudo_the_calling_users_home(anna, as_root):
    paths = user_paths(SUDO)
    assert paths.owner == anna
    assert paths.home == anna.home
    assert paths.config.is_relative_to(anna.home)
    assert paths.state.is_relative_to(anna.home)
    assert paths.config.name == "tracetui"


def test_under_sudo_a_directory_that_is_named_wins(anna, as_root, tmp_path):
    paths = user_paths({**SUDO, "XDG_CONFIG_HOME": "/elsewhere", "XDG_STATE_HOME": "not/absolute"})
    assert paths.config == Path("/elsewhere/tracetui")
    assert paths.state.is_relative_to(anna.home)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"SUDO_UID": "4242"},
        {"SUDO_UID": "4242", "SUDO_USER": "bert"},
        {"SUDO_UID": "0", "SUDO_USER": "anna"},
        {"SUDO_UID": "-1", "SUDO_USER": "anna"},
        {"SUDO_UID": "٤٢٤٢", "SUDO_USER": "anna"},
        {"SUDO_UID": "9" * 30, "SUDO_USER": "anna"},
        {"SUDO_UID": "77", "SUDO_USER": "anna"},
    ],
)
def test_variables_that_name_nobody(anna, environ):
    assert calling_user(environ) is None


def test_a_home_that_is_not_there(anna, monkeypatch):
    entry = pwd.struct_passwd(("anna", "x", 4242, 4243, "", "/no/such/home", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: entry)
    assert calling_user(SUDO) is None


def test_who_is_not_root_is_not_under_sudo(anna, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert user_paths(SUDO).owner is None


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "x", "text", None)
    assert list(tmp_path.iterdir()) == []

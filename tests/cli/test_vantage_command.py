"""`tracetui vantage`: which places there are, and what works there. The ssh here runs the command itself."""

import sys

import pytest

from tracetui.cli import main


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    """Put an `ssh` on the path that runs these shell lines; `$far` is the command for the far shell."""

    def write(*lines: str) -> None:
        program = tmp_path / "bin" / "ssh"
        program.parent.mkdir(exist_ok=True)
        program.write_text("\n".join(("#!/bin/sh", "for far; do :; done", *lines, "")))
        program.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return write


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        f'[vantage.office]\nssh = "me@mx1"\npython = "{sys.executable}"\n[vantage.b]\nssh = "ssh://b"\n'
    )
    return ["--config", str(file)]


def test_the_list(config, capsys):
    assert main(["vantage", "list", *config]) == 0
    assert capsys.readouterr().out == f"office  ssh me@mx1, {sys.executable}\nb       ssh b\n"


def test_an_empty_list_says_how_to_fill_it(capsys):
    assert main(["vantage", "list", "--no-config"]) == 0
    assert "[vantage.NAME]" in capsys.readouterr().out


def test_what_works_at_a_place(config, ssh, capsys):
    ssh('exec sh -c "$far"')
    assert main(["vantage", "test", "office", *config]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "office: connected (ssh me@mx1)"
    assert f"Python {'.'.join(map(str, sys.version_info[:3]))}" in lines[1]
    assert lines[2].split()[1] in {"raw:", "rootless:"}
    assert lines[3].startswith("  routes  ")
    assert lines[4].startswith("  clock   clocks agree within ")


def test_a_place_that_does_not_work_is_no_reason_to_leave_the_others_out(config, ssh, capsys):
    ssh(
        'case "$*" in *" b "*) echo "Host key verification failed." >&2; exit 255;; esac', 'exec sh -c "$far"'
    )
    assert main(["vantage", "test", "b", "office", *config]) == 3
    out = capsys.readouterr().out
    assert "b: no connection (ssh b): Host key verification failed.\n  ssh to it once by hand" in out
    assert "office: connected" in out


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['echo "me@mx1: Permission denied (publickey,password)." >&2', "exit 255"], "needs a key there"),
        (["exit 127"], 'python = "python3.12"'),
        (["echo tracetui needs python 3.11, this is 3.9", "exit 9"], "this is 3.9"),
        (["kill -9 $$"], "ended before the program there started"),
    ],
)
def test_failures_say_what_to_do(config, ssh, capsys, lines, words):
    ssh(*lines)
    assert main(["vantage", "test", "office", *config]) == 3
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (["vantage"], 2, "one of list, test"),
        (["vantage", "tst"], 2, "did you mean 'tracetui vantage test'"),
        (["vantage", "list", "office"], 2, "takes no further words"),
        (["vantage", "test"], 2, "name a place"),
        (["vantage", "test", "nowhere"], 3, "no such vantage"),
        (["vantage", "test", "ssh://-oProxyCommand=x"], 3, "is no ssh address"),
    ],
)
def test_mistakes(words, status, complaint, capsys):
    assert main([*words, "--no-config"]) == status
    assert complaint in capsys.readouterr().err

"""The arguments of ssh: whatever is written as an address, nothing of it is an option or a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import CannotRunError
from tracetui.vantage.ssh_command import SshAddress, parse_ssh


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ssh://root@mx1.example.org:2222", SshAddress("mx1.example.org", "root", 2222)),
        ("ssh://mx1", SshAddress("mx1")),
        ("mx1", SshAddress("mx1")),
        ("me@mx1", SshAddress("mx1", "me")),
        ("ssh://me@mx1/", SshAddress("mx1", "me")),
        ("ssh://[2001:db8::7]:22", SshAddress("2001:db8::7", "", 22)),
        ("ssh://192.0.2.1", SshAddress("192.0.2.1")),
    ],
)
def test_addresses(text, address):
    assert parse_ssh(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh://",
        "-oProxyCommand=touch /tmp/x",
        "ssh://-oProxyCommand=x",
        "ssh://-l@host",
        "ssh://user@-host",
        "ssh://a b",
        "ssh://host;reboot",
        "ssh://$(reboot)",
        "ssh://`reboot`@host",
        "ssh://host\nreboot",
        "ssh://host:99999",
        "ssh://host:x",
        "ssh://user:secret@host",
        "ssh://host/path",
        "ssh://host?x=1",
        "ssh://host#x",
        "http://host",
        "ssh://[2001:db8::7",
        "ssh://h\u00f6st",
        "ssh://ho\u0000st",
    ],
)
def test_what_is_no_address_is_refused_in_one_line(text):
    with pytest.raises(CannotRunError, match="is no ssh address: write ssh://user@host") as refused:
        parse_ssh(text)
    assert str(refused.value).isprintable()


@given(st.text(max_size=40))
def test_no_text_becomes_an_option(text):
    try:
        command = parse_ssh(text).command("run")
    except CannotRunError:
        return
    end = command.index("--")
    assert len(command) == end + 3
    assert command[-1] == "run"
    for word in (command[-2], *(command[command.index("-l") + 1 : end] if "-l" in command else ())):
        assert not word.startswith("-")
        assert all(each.isalnum() or each in "_.:%-" for each in word)


def test_no_question_is_asked_and_nothing_is_forwarded():
    command = SshAddress("mx1", "me", 2222).command("exec python3", ssh=("/usr/bin/ssh", "-F", "file"))
    assert command[:3] == ["/usr/bin/ssh", "-F", "file"]
    assert {"BatchMode=yes", "ClearAllForwardings=yes", "-T"} <= set(command)
    assert command[-6:] == ["2222", "-l", "me", "--", "mx1", "exec python3"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("user me\nhostname mx1\nproxyusefdpass no", True),
        ("hostname mx1\nproxycommand none", True),
        ("hostname mx1\nproxyjump bastion", False),
        ("hostname mx1\nProxyCommand nc %h %p", False),
        ("", False),
    ],
)
def test_whether_its_configuration_has_a_proxy(lines, expected, tmp_path, monkeypatch):
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\necho \"$@\" > {tmp_path}/asked\nprintf '%s' '{lines}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert SshAddress("mx1", "me", 2222).has_no_proxy() is expected
    asked = (tmp_path / "asked").read_text()
    assert asked.endswith("-p 2222 -l me -G -- mx1\n")


def test_without_ssh_nobody_knows(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not SshAddress("mx1").has_no_proxy()

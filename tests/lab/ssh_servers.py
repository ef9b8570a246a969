"""Real ssh servers on nodes of a lab, and a client that reaches them and knows nothing of the user's own."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest

from tracetui.vantage.ssh_command import SshAddress

from .routers import Lab

_SEARCHED = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
FAR_PYTHON = sys.executable


def sshd_program() -> str:
    """Return the path of sshd. Skip where it cannot serve, and say why; fail instead where CI=true."""
    problem, program = "", shutil.which("sshd", path=_SEARCHED)
    if program is None or not shutil.which("ssh"):
        problem = "no ssh server here (openssh-server)"
    elif os.geteuid() != 0:
        problem = "an ssh server lets others in as root only"
    if program is None or problem:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no vantages over ssh in CI: {problem}")
        pytest.skip(problem)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    return program


class SshServers:
    """Keys and servers of one test run; a context manager ends the servers."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self._lab = lab
        self._program = sshd_program()
        self._directory = directory
        self._servers: list[subprocess.Popen[str]] = []
        self.known_hosts = directory / "known_hosts"
        self.known_hosts.touch()
        for name in ("host_key", "user_key", "other_key"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(directory / name)],
                check=True,
            )
        self.authorized = directory / "user_key.pub"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.kill()
            server.communicate()

    def serve(self, node: str, *options: str, port: int = 22, known: str = "host_key") -> SshAddress:
        """Start a server at a node with further `Key=value` options; return how to reach it.

        `known`: the key that the client takes for the server's.
        """
        address = self._lab.topology.node(node).own(4)
        assert address is not None
        given = (
            *options,  # the first one given counts
            f"AuthorizedKeysFile={self.authorized}",
            "PermitRootLogin=yes",
            "PasswordAuthentication=no",
            "KbdInteractiveAuthentication=no",
            "StrictModes=no",
            "UsePAM=no",
            "PidFile=none",
            "PrintMotd=no",
        )
        words = [word for option in given for word in ("-o", option)]
        argv = [self._program, "-D", "-e", "-f", "/dev/null", "-h", str(self._directory / "host_key")]
        server = self._lab.popen(node, [*argv, "-p", str(port), *words])
        self._servers.append(server)
        assert server.stderr is not None
        for line in server.stderr:
            if "listening on 0.0.0.0" in line:
                break
        else:
            raise RuntimeError(f"{node}: no ssh server: {options}")
        host = address if port == 22 else f"[{address}]:{port}"
        key = (self._directory / f"{known}.pub").read_text(encoding="ascii")
        with self.known_hosts.open("a", encoding="ascii") as file:
            file.write(f"{host} {key}")
        return SshAddress(address, "root", None if port == 22 else port)

    def client(self, *options: str) -> list[str]:
        """Return the ssh that knows these keys, with further options."""
        given = (
            *options,
            f"UserKnownHostsFile={self.known_hosts}",
            "GlobalKnownHostsFile=/dev/null",
            f"IdentityFile={self._directory / 'user_key'}",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
        )
        ssh = shutil.which("ssh")
        assert ssh is not None
        return [ssh, "-F", "/dev/null", *(word for option in given for word in ("-o", option))]

    @contextlib.contextmanager
    def on_the_path(self) -> Iterator[None]:
        """Make `ssh` in the lab this client."""
        directory = self._directory / "bin"
        directory.mkdir(exist_ok=True)
        program = directory / "ssh"
        quoted = " ".join(f"'{word}'" for word in self.client())
        program.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n', encoding="ascii")
        program.chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            path = f"{directory}:{self._lab.world.environment['PATH']}"
            patch.setitem(self._lab.world._environment, "PATH", path)
            yield


def script(path: Path, lines: Sequence[str]) -> Path:
    """Write a shell script."""
    path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8")
    path.chmod(0o755)
    return path

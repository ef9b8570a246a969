"""A process that holds network namespaces nobody else sees; when it dies, they are gone.

The world is one process in a mount and network namespace of its own, as root directly and for anybody else
inside an unprivileged user namespace. The names that `ip netns` gives live on a tmpfs in its mount namespace,
so two worlds never clash and nothing is left behind: the process reads a pipe, and ends when we do, even by
SIGKILL.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

NOBODY: Final = 65534
"""What a user is called that a user namespace does not know."""

_TOOLS: Final = ("unshare", "nsenter", "setpriv", "ip", "nft", "mount")
_SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HOLD: Final = "mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up && echo ready && exec cat"


class LabUnavailableError(Exception):
    """This machine cannot hold a lab; `str(error)` says why."""


class World:
    """The namespaces' keeper."""

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise LabUnavailableError("the lab needs Linux network namespaces")
        self._environment = dict(os.environ)
        self._environment["PATH"] = f"{os.environ.get('PATH', '')}:{_SYSTEM_PATH}"
        missing = [tool for tool in _TOOLS if not shutil.which(tool, path=self._environment["PATH"])]
        if missing:
            raise LabUnavailableError(f"the lab needs {', '.join(missing)} (iproute2, nftables, util-linux)")
        self.user_namespace = os.geteuid() != 0
        """True when the world stands in a user namespace: then its root is no root outside."""
        try:
            self._holder = self._hold()
        except LabUnavailableError:
            if self.user_namespace:
                raise
            self.user_namespace = True  # root of a container without CAP_SYS_ADMIN
            self._holder = self._hold()

    def _hold(self) -> subprocess.Popen[str]:
        user = ["--user", "--map-root-user"] if self.user_namespace else []
        holder = subprocess.Popen(
            ["unshare", *user, "--mount", "--net", "sh", "-c", _HOLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment,
        )
        assert holder.stdout is not None
        if holder.stdout.readline() == "ready\n":
            return holder
        _, problem = holder.communicate()
        raise LabUnavailableError(f"no network namespace: {problem.strip()}")

    def shell(self, script: str) -> str:
        """Run a shell script as the world's root, in its mount and network namespace; return its output."""
        return self._checked(
            [
                *self._enter(),
                f"--mount=/proc/{self._holder.pid}/ns/mnt",
                f"--net=/proc/{self._holder.pid}/ns/net",
                "sh",
                "-e",
            ],
            script,
        )

    def inside(self, node: str, argv: Sequence[str], *, nobody: bool = False) -> list[str]:
        """Return the command that runs `argv` in a node's network namespace, as the world's root.

        With `nobody` it runs in a further, empty user namespace: it is user `NOBODY` to itself, has no
        capability that counts for the network, and still reads the files that we can read (an interpreter in
        root's home, for one).
        """
        leave = ["unshare", "--user"] if nobody else []
        return [*self._enter(), f"--net={self.namespace(node)}", *leave, "setpriv", "--pdeathsig=KILL", *argv]

    def namespace(self, node: str) -> Path:
        """Return the file that `setns` takes to enter a node's network namespace."""
        return Path(f"/proc/{self._holder.pid}/root/run/netns/{node}")

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment, with the system's tools on the path."""
        return dict(self._environment)

    def _enter(self) -> list[str]:
        if not self.user_namespace:
            return ["nsenter"]
        return ["nsenter", f"--user=/proc/{self._holder.pid}/ns/user", "--preserve-credentials"]

    def _checked(self, argv: list[str], script: str) -> str:
        done = subprocess.run(
            argv, input=script, capture_output=True, text=True, env=self._environment, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{done.stderr.strip()}\nin:\n{script[-2000:]}")
        return done.stdout

    def close(self) -> None:
        """End the holder; the namespaces go with the last process in them."""
        self._holder.communicate()

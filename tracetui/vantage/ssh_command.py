"""The command line of the user's own ssh, for one vantage."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tracetui.model import CannotRunError, safe_text
from tracetui.vantage.command_run import run

_WORD: Final = re.compile(r"[\w.:%-]+", re.ASCII)

_PROXY: Final = re.compile(r"proxy(jump|command) (?!none$)")
_CONFIGURATION_TIMEOUT_S: Final = 5.0

_OPTIONS: Final = (
    "-T",
    *("-o", "BatchMode=yes"),
    *("-o", "ConnectTimeout=10"),
    *("-o", "ServerAliveInterval=15"),
    *("-o", "ServerAliveCountMax=3"),
    *("-o", "ClearAllForwardings=yes"),
)
"""The other end's silence is seen sooner than by ssh, once the program there runs; a slow link may take 15 s
to carry that.

No question is ever asked: who needs a password or has to accept a key does that with ssh first."""


@dataclass(frozen=True, slots=True)
class SshAddress:
    """Where ssh connects to; its configuration may know more of the host."""

    host: str
    user: str = ""
    port: int | None = None

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = "" if self.port is None else f":{self.port}"
        return f"{user}{self.host}{port}"

    def command(self, far_command: str, *, ssh: Sequence[str] = ("ssh",)) -> list[str]:
        """Return the arguments of ssh that run `far_command` there."""
        port = () if self.port is None else ("-p", str(self.port))
        user = ("-l", self.user) if self.user else ()
        return [*ssh, *_OPTIONS, *port, *user, "--", self.host, far_command]

    def has_no_proxy(self) -> bool:
        """Tell whether ssh connects to it without a jump host or a proxy, so that it sees our own address."""
        done = run([*self.command("")[:-3], "-G", "--", self.host], _CONFIGURATION_TIMEOUT_S, lambda: False)
        lines = done.output.decode("utf-8", "replace").lower().splitlines()
        proxies = [line for line in lines if _PROXY.match(line)]
        return done.status == 0 and bool(lines) and not proxies


def parse_ssh(text: str) -> SshAddress:
    """Return the address in `ssh://user@host:port`, or `user@host`. Raises CannotRunError."""
    problem = CannotRunError(f"{safe_text(text, limit=80)!r} is no ssh address: write ssh://user@host")
    try:
        parts = urlsplit(text if "://" in text else f"ssh://{text}")
        port = parts.port
    except ValueError:
        raise problem from None
    host, user = parts.hostname or "", parts.username or ""
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.password
    if parts.scheme != "ssh" or more or not text.isprintable():  # urlsplit drops line ends
        raise problem
    words = [host, *([user] if user else [])]
    if not all(_WORD.fullmatch(word) and not word.startswith("-") for word in words):
        raise problem
    return SshAddress(host, user, port)

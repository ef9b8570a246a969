"""Looks up a registration over WHOIS (RFC 3912), where RDAP cannot be reached over HTTPS.

IANA's server names the registry that an address belongs to; that registry is asked then, on port 43 without
encryption. The parser of ipwhois is not used: its regular expressions take minutes for a line of a hundred
letters, which anybody on the path could send, and block the whole process.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tracetui.model import Registration, ResolutionError, safe_text
from tracetui.ownership.whois_text import read_registration, referral

PORT: Final = 43
ARIN: Final = "whois.arin.net"
_REGISTRIES: Final = (
    ARIN,
    "whois.ripe.net",
    "whois.apnic.net",
    "whois.lacnic.net",
    "whois.afrinic.net",
)
_MAX_ANSWER: Final = 256 << 10
_MAX_REFERRALS: Final = 3
_TOO_OFTEN: Final = ("%error:201", "query rate limit exceeded", "excessive querying", "quota exceeded")
_NOTHING: Final = ("%error:101", "no match found", "no entries found")


@dataclass(frozen=True, slots=True)
class WhoisServers:
    """Host and port of the server that knows the registries, and of each registry by its name."""

    first: tuple[str, int] = ("whois.iana.org", PORT)
    registries: Mapping[str, tuple[str, int]] = field(
        default_factory=lambda: {name: (name, PORT) for name in _REGISTRIES}
    )
    """Referrals to other servers are ignored: an answer may have been changed on its way."""


INTERNET: Final = WhoisServers()


def ask_whois(address: str, timeout_s: float, servers: WhoisServers | None = None) -> Registration:
    """Ask the registry that is responsible for `address`; blocks for about `timeout_s` at most.

    Raises ResolutionError with what went wrong, without the address. `servers` None: those of the internet.
    """
    servers = servers or INTERNET
    until = time.monotonic() + timeout_s
    answer = _exchange(servers.first, address, until)
    name = ""
    for _ in range(_MAX_REFERRALS):
        following = referral(answer)
        if following not in servers.registries or following == name:
            break
        name = following
        question = f"n + {address}" if name == ARIN else address
        answer = _exchange(servers.registries[name], question, until)
    if not name:
        raise ResolutionError("no registry is responsible for it")
    found = read_registration(answer, address, f"{name}, port {PORT}")
    if found is None:
        raise ResolutionError(_why_nothing(name, answer))
    return found


def _why_nothing(name: str, answer: str) -> str:
    said = answer.lower()
    if any(words in said for words in _TOO_OFTEN):
        return f"{name} refuses for now: asked too often"
    if any(words in said for words in _NOTHING):
        return f"{name} has no such network"
    return f"malformed answer from {name}"


def _exchange(server: tuple[str, int], question: str, until: float) -> str:
    """Send one line and return the answer, up to `_MAX_ANSWER` bytes. Raises ResolutionError."""
    host, port = server
    parts, size = [], 0
    try:
        with socket.create_connection(server, timeout=_left_s(until)) as connection:
            connection.sendall(f"{question}\r\n".encode("ascii"))
            while size < _MAX_ANSWER:
                connection.settimeout(_left_s(until))
                part = connection.recv(65536)
                if not part:
                    break
                parts.append(part)
                size += len(part)
    except TimeoutError:
        raise ResolutionError(f"{host} port {port} does not answer in time") from None
    except OSError as error:
        reason = safe_text(error.strerror or str(error))
        raise ResolutionError(f"{host} port {port}: {reason}") from None
    return b"".join(parts).decode("utf-8", "replace").replace("\r", "")


def _left_s(until: float) -> float:
    """Return the seconds left. Raises TimeoutError for none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left

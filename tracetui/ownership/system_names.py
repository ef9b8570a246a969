"""Resolves names with this machine's hosts file and its DNS; offline, with the hosts file alone."""

import ipaddress
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tracetui.model import ResolutionError, safe_text
from tracetui.ownership.hosts_file import LocalNames
from tracetui.ownership.question_limit import QuestionLimit
from tracetui.ownership.special_ranges import special_range

if TYPE_CHECKING:
    from tracetui.ownership.dns_resolver import Resolver
    from tracetui.ownership.lookup_cache import LookupCache

DNS_PORT: Final = 53
QUESTIONS_AT_ONCE: Final = 32


class SystemNames:
    """A `NameSource` over the system's resolver configuration, or over one server.

    IP literals, `localhost` and the hosts file are answered without DNS; special-purpose addresses are never
    asked about. Thread-safe; may be used from several event loops.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        local: LocalNames | None = None,
        cache: "LookupCache | None" = None,
        at_once: int = QUESTIONS_AT_ONCE,
    ) -> None:
        """`server`: the only DNS server to ask, as `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.

        `cache` keeps PTR names for the next run, except those of a `server`, which may differ from others.
        Raises ResolutionError when `server` is none of these. `at_once`: questions that may be open.
        """
        self._limit = QuestionLimit(at_once)
        self._server = None if server is None else parse_server(server)
        self._cache = cache if server is None else None
        self._local = LocalNames() if local is None else local
        self._opened: Resolver | None = None
        self._lock = threading.Lock()

    async def addresses(self, host: str, family: int) -> Sequence[str]:
        """Return the addresses of a host in the order its DNS gives them."""
        known = self._local.addresses(host)
        if known is not None:
            return _of_family(known, family)
        return await self._resolver().addresses(host, family)

    async def mail_exchangers(self, domain: str) -> Sequence[str]:
        """Return the mail exchangers of a domain, most preferred first; itself when it names none."""
        return await self._resolver().mail_exchangers(domain) or (domain,)

    async def pointer(self, address: str) -> str | None:
        """Return the name of an address: the hosts file's, else the PTR name.

        When there is no answer, an old one from the cache is used.
        """
        name = self._local.name(address)
        if name is not None:
            return safe_text(name)
        if special_range(address) is not None:
            return None
        known = self._cache.pointer(address) if self._cache is not None else None
        if known is not None and known.fresh:
            return known.value
        try:
            name = await self._resolver().pointer(address)
        except ResolutionError:
            if known is None:
                raise
            return known.value
        if self._cache is not None:
            self._cache.put_pointer(address, name)
        return name

    async def texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name; none when it has none."""
        return await self._resolver().texts(name)

    def _resolver(self) -> "Resolver":
        """Return the resolver, made at the first question: dnspython takes 0.1 s to import."""
        with self._lock:
            if self._opened is None:
                from tracetui.ownership.dns_resolver import Resolver

                self._opened = Resolver(self._server, self._limit)
            return self._opened


class OfflineNames:
    """A `NameSource` that sends nothing and refuses names that only DNS knows."""

    def __init__(self, *, local: LocalNames | None = None, cache: "LookupCache | None" = None) -> None:
        """`cache`: PTR names of earlier runs, however old."""
        self._local = LocalNames() if local is None else local
        self._cache = cache

    async def addresses(self, host: str, family: int) -> Sequence[str]:
        """Answer for literals, `localhost` and the hosts file."""
        known = self._local.addresses(host)
        if known is None:
            raise _refused(host)
        return _of_family(known, family)

    async def mail_exchangers(self, domain: str) -> Sequence[str]:
        """Refuse."""
        raise _refused(f"mx:{domain}")

    async def pointer(self, address: str) -> str | None:
        """Return the name in the hosts file, else the one an earlier run was told."""
        name = self._local.name(address)
        if name is not None:
            return safe_text(name)
        known = self._cache.pointer(address) if self._cache is not None else None
        return None if known is None else known.value


def parse_server(text: str) -> tuple[str, int]:
    """Read `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT` into address and port. Raises ResolutionError."""
    host, port = text.strip(), str(DNS_PORT)
    if host.startswith("["):
        host, bracket, rest = host[1:].partition("]")
        port = port if bracket and not rest else rest.removeprefix(":") if rest.startswith(":") else ""
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        address = ""
    if not address or not (port.isascii() and port.isdigit()) or not 1 <= int(port[:6]) <= 65535:
        raise ResolutionError(
            f"{text!r} is not the address of a DNS server: write 192.0.2.53 or [2001:db8::53]:5353"
        )
    return address, int(port)


def _of_family(addresses: Sequence[str], family: int) -> tuple[str, ...]:
    return tuple(address for address in addresses if (":" in address) == (family == 6))


def _refused(shown: str) -> ResolutionError:
    return ResolutionError(f"{shown}: a name, and with --offline no DNS is asked: give its address")

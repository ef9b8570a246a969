"""Asks the DNS with dnspython: addresses, mail exchangers, PTR and TXT records.

The C library offers no choice of server, no time limit, no concurrent questions and no MX.
"""

from collections.abc import Sequence
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
import dns.reversename

from tracetui.model import ResolutionError, safe_text
from tracetui.ownership.interfaces import NoSuchNameError
from tracetui.ownership.question_limit import QuestionLimit

TRY_S: Final = 1.5
"""How long to wait for one server before the next try."""

LIFETIME_S: Final = 5.0
"""Time limit of a question that a user waits for."""

POINTER_LIFETIME_S: Final = 3.0
"""Time limit of a question about a hop, which only the end of a report waits for."""

_CACHED_ANSWERS: Final = 20_000
_HINT: Final = "check the network, or give the address itself"


class Resolver:
    """Caches answers, negative ones too, as long as their TTL says. Every method raises ResolutionError.

    Thread-safe; may be used from several event loops.
    """

    def __init__(self, server: tuple[str, int] | None, limit: QuestionLimit) -> None:
        """`server`: address and port of the only server to ask; None: what /etc/resolv.conf says."""
        self._limit = limit
        try:
            resolver = dns.asyncresolver.Resolver()
        except (dns.exception.DNSException, OSError, ValueError):
            if server is None:
                raise ResolutionError(
                    "no DNS server is configured in /etc/resolv.conf: give addresses instead of names"
                ) from None
            resolver = dns.asyncresolver.Resolver(configure=False)
        if server is not None:
            resolver.nameservers = [dns.nameserver.Do53Nameserver(*server)]
        resolver.timeout = TRY_S
        resolver.cache = dns.resolver.LRUCache(_CACHED_ANSWERS)
        self._resolver = resolver

    async def addresses(self, host: str, family: int) -> Sequence[str]:
        """Return the IPv4 (`family` 4) or IPv6 (6) addresses of a host, in the order they came."""
        kind = dns.rdatatype.A if family == 4 else dns.rdatatype.AAAA
        answer = await self._ask(host, kind, host, LIFETIME_S)
        return tuple(dict.fromkeys(record.address for record in answer)) if answer else ()

    async def mail_exchangers(self, domain: str) -> Sequence[str]:
        """Return the mail exchangers of a domain; () when it has none.

        The most preferred come first, equal ones by name. A null MX (RFC 7505) raises ResolutionError.
        """
        answer = await self._ask(domain, dns.rdatatype.MX, domain, LIFETIME_S)
        if not answer:
            return ()
        ordered = sorted(answer, key=lambda record: (record.preference, record.exchange.canonicalize()))
        exchangers = [_plain(record.exchange) for record in ordered if record.exchange != dns.name.root]
        if not exchangers:
            raise ResolutionError(f"{domain}: takes no mail (its MX is null, RFC 7505)")
        return tuple(dict.fromkeys(exchangers))

    async def pointer(self, address: str) -> str | None:
        """Return the PTR name of an address: the first in alphabetical order, so that it stays the same.

        An empty answer, `.` and NXDOMAIN are no name.
        """
        question = dns.reversename.from_address(address)
        try:
            answer = await self._ask(question, dns.rdatatype.PTR, address, POINTER_LIFETIME_S)
        except NoSuchNameError:
            return None
        return min(filter(None, (_plain(record.target) for record in answer or ())), default=None)

    async def texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, the strings of each joined."""
        question = dns.name.from_text(name)
        answer = await self._ask(question, dns.rdatatype.TXT, name, POINTER_LIFETIME_S)
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer or ())

    async def _ask(
        self, question: str | dns.name.Name, kind: dns.rdatatype.RdataType, shown: str, lifetime_s: float
    ) -> dns.resolver.Answer | None:
        """Return the answer; None when the name has no such record. Raises ResolutionError about `shown`."""
        # Names with dots are whole (as systemd-resolved has it): a mail exchanger that is gone must not be
        # looked for in the domains of /etc/resolv.conf.
        search = isinstance(question, str) and question.count(".") < (self._resolver.ndots or 1)
        try:
            async with self._limit.turn():
                return await self._resolver.resolve(question, kind, search=search, lifetime=lifetime_s)
        except dns.resolver.NoAnswer:
            return None
        except dns.resolver.NXDOMAIN:
            raise NoSuchNameError(f"{shown}: no such name (NXDOMAIN)") from None
        except (dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers) as error:
            raise ResolutionError(f"{shown}: {self._failure(error, lifetime_s)}") from None
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise ResolutionError(f"{shown}: cannot be looked up ({safe_text(str(error))})") from None

    def _failure(self, error: dns.exception.DNSException, lifetime_s: float) -> str:
        """Return which servers were asked and how the last one failed."""
        asked = [_server_text(server) for server in self._resolver.nameservers]
        servers = f"DNS server {asked[0]}" if len(asked) == 1 else f"DNS servers {', '.join(asked)}"
        errors = error.kwargs.get("errors") or ()
        last = errors[-1][3] if errors else None  # an exception, or the text of a response code
        if last is None or isinstance(last, (dns.exception.Timeout, TimeoutError)):
            return f"no answer from {servers} in {lifetime_s:g} s: {_HINT}"
        if isinstance(last, OSError):
            return f"{servers} cannot be reached ({(last.strerror or str(last)).lower()}): {_HINT}"
        said = last if isinstance(last, str) else f"a malformed answer, {str(last).rstrip('.')}"
        return f"{servers} answered {safe_text(said)}: {_HINT}"


def _server_text(server: str | dns.nameserver.Nameserver) -> str:
    if isinstance(server, str):
        return server
    port = server.answer_port()
    return server.answer_nameserver() if port == 53 else f"{server.answer_nameserver()} port {port}"


def _plain(name: dns.name.Name) -> str:
    """Return a name without its final dot, as safe text; "" for the root, which stands for no name."""
    return "" if name == dns.name.root else safe_text(name.to_text(omit_final_dot=True), limit=255)

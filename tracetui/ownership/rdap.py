"""Looks up a registration, or an AS's contacts, over RDAP, on demand only: registries limit questions."""

import json
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, Request, build_opener

from tracetui.model import Registration, ResolutionError, safe_text
from tracetui.model.as_contact import AsContacts
from tracetui.ownership.interfaces import RegistryRefusedError

_MAX_ANSWER: Final = 2 << 20
_MAX_MAILS: Final = 3
_MAX_DEPTH: Final = 4
"""How deep contacts within contacts are searched."""


def ask_rdap(address: str, timeout_s: float) -> Registration:
    """Ask the registry that is responsible for `address`; `timeout_s` is for each read, not for the whole.

    Raises ResolutionError with what went wrong, without the address, and any exception that unexpected JSON
    causes in the client.
    """
    from ipwhois.exceptions import BaseIpwhoisException, HTTPRateLimitError
    from ipwhois.net import Net
    from ipwhois.rdap import RDAP

    opener = _LimitedOpener()
    try:
        found = RDAP(Net(address, timeout=timeout_s, proxy_opener=opener)).lookup(
            bootstrap=True, inc_raw=True, retry_count=0, rate_limit_timeout=0, root_ent_check=False
        )
    except HTTPRateLimitError:
        raise RegistryRefusedError("the registry refuses for now: asked too often") from None
    except BaseIpwhoisException as error:
        if opener.status == HTTPStatus.NOT_FOUND:
            raise RegistryRefusedError("the registry has no such network") from None
        raise ResolutionError(safe_text(str(error)).rstrip(".")) from None
    network = found["network"]
    contacts = list(_contacts(found["raw"].get("entities"), _MAX_DEPTH))
    names = [name for roles, name, _ in contacts if "registrant" in roles and name]
    events = {str(event["action"]): str(event["timestamp"])[:10] for event in network["events"] or ()}
    return Registration(
        address=address,
        holder=_text(names[0] if names else network["name"]),
        network=_text(network["name"]),
        range=f"{_text(network['start_address'])} - {_text(network['end_address'])}",
        prefixes=tuple(_text(prefix) for prefix in str(network["cidr"] or "").split(", ") if prefix),
        country=_text(network["country"]),
        abuse=tuple(dict.fromkeys(_text(mail) for roles, _, mail in contacts if "abuse" in roles and mail)),
        registered=_text(events.get("registration")),
        changed=_text(events.get("last changed")),
        source=_text(opener.host),
    )


def ask_rdap_contacts(asn: int, timeout_s: float) -> AsContacts:
    """Ask the registry that is responsible for an AS (RFC 9082, 3.1.2); `timeout_s` is for each read.

    Raises ResolutionError with what went wrong, and any exception that unexpected JSON causes.
    """
    from ipwhois import rdap

    opener = _LimitedOpener()
    question = Request(f"{rdap.BOOTSTRAP_URL}/autnum/{asn}", headers={"Accept": "application/rdap+json"})  # noqa: S310
    try:
        found = json.loads(opener.open(question, timeout=timeout_s).read())
    except HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            raise RegistryRefusedError("the registry has no such AS") from None
        if error.code == HTTPStatus.TOO_MANY_REQUESTS:
            raise RegistryRefusedError("the registry answers no more for now, asked too often") from None
        raise ResolutionError(f"HTTP status {error.code}") from None
    except OSError as error:
        raise ResolutionError(safe_text(str(error)).rstrip(".")) from None
    except ValueError:
        raise ResolutionError("no JSON") from None
    return read_contacts(found, asn, opener.host)


def read_contacts(answer: object, asn: int, server: str) -> AsContacts:
    """Return what an answer about an AS says. Raises ResolutionError where it is no object."""
    if not isinstance(answer, Mapping):
        raise ResolutionError("malformed answer")
    contacts = list(_contacts(answer.get("entities"), _MAX_DEPTH))
    names = [name for roles, name, _ in contacts if "registrant" in roles and name]
    return AsContacts(
        asn=asn,
        holder=_text(names[0] if names else answer.get("name")),
        noc=_mails(contacts, "noc") or _mails(contacts, "technical"),
        abuse=_mails(contacts, "abuse"),
        source=_text(server),
    )


def _mails(contacts: Iterable[tuple[frozenset[str], str, str]], role: str) -> tuple[str, ...]:
    found = dict.fromkeys(_text(mail) for roles, _, mail in contacts if role in roles and mail)
    return tuple(found)[:_MAX_MAILS]


def _contacts(entities: object, depth: int) -> Iterator[tuple[frozenset[str], str, str]]:
    """Yield roles, name and mail address of all contacts, those within contacts too (RFC 9083, RFC 7095)."""
    if not isinstance(entities, list) or not depth:
        return
    for entity in entities:
        if not isinstance(entity, Mapping):
            continue
        roles, card = entity.get("roles"), entity.get("vcardArray")
        fields = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else []
        yield (
            frozenset(map(str, roles)) if isinstance(roles, list) else frozenset(),
            _field(fields, "fn"),
            _field(fields, "email"),
        )
        yield from _contacts(entity.get("entities"), depth - 1)


def _field(card: list[Any], name: str) -> str:
    """Return the first field of a jCard with this name: `[name, parameters, type, value]`."""
    for field in card:
        if isinstance(field, list) and len(field) > 3 and field[0] == name and isinstance(field[3], str):
            return field[3]
    return ""


def _text(value: object) -> str:
    return safe_text(str(value)) if value else ""


class _LimitedOpener(OpenerDirector):
    """Opens URLs for ipwhois: keeps the name of the server that answered, limits the size of the answer."""

    host = ""
    status = 0
    """Of an answer that is an error."""

    def open(
        self,
        fullurl: Request | str,
        data: object = None,  # noqa: ARG002  (ipwhois only gets)
        timeout: float | None = None,
    ) -> BytesIO:
        """Return the answer's body. Raises HTTPError, URLError."""
        try:
            with build_opener().open(fullurl, timeout=timeout) as answer:
                self.host = urlsplit(answer.geturl()).hostname or ""
                return BytesIO(answer.read(_MAX_ANSWER))
        except HTTPError as error:
            self.status = error.code
            error.close()
            raise

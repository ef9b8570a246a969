"""Answers of servers: SMTP, HTTP, DNS, certificates, WHOIS, RDAP's contacts, Team Cymru's texts."""

import asyncio
import contextlib
import json
import socket
from functools import cache
from random import Random
from typing import Final

import dns.message
import dns.rrset
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mutations import changed_bytes, changed_text, changed_tree
from ownership.test_whois import ARIN_MANNER, LACNIC_MANNER, RIPE_MANNER
from part import Part, insist, insist_printable
from tracetui.evidence.services.connection import Connection
from tracetui.evidence.services.dns_query import question, read_answer
from tracetui.evidence.services.http_request import ask_head, fetch
from tracetui.evidence.services.limits import StepError
from tracetui.evidence.services.read_certificate import names_host, read_certificate
from tracetui.evidence.services.smtp_dialogue import ask_starttls, read_banner, say_ehlo, say_quit
from tracetui.model import ResolutionError
from tracetui.ownership.cymru import longest_origin, parse_holder
from tracetui.ownership.rdap import read_contacts
from tracetui.ownership.whois_text import read_registration, referral

_SMTP: Final = (
    "220 mx.example ESMTP\r\n250-mx.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n220 go on\r\n221 bye\r\n",
    "554-no\r\n554 go away\r\n",
)
_HTTP: Final = (
    "HTTP/1.1 301 Moved\r\nLocation: https://a.example/\r\nContent-Length: 5\r\n\r\nmoved",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nmode:\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nversion: STSv1\r\nmode: enforce\r\nmx: mx.example\r\n",
)


class _Heard(Connection):
    """A connection whose other end has said all it will say."""

    @property
    def source(self) -> str:
        return "192.0.2.1"


def _dialogues(chance: Random) -> None:
    mail = chance.random() < 0.5
    said = changed_text(chance, chance.choice(_SMTP if mail else _HTTP)).encode("utf-8", "replace")
    if chance.random() < 0.4:
        said = changed_bytes(chance, said)
    asyncio.run(_hear(said[:100_000], mail=mail, whole_page=chance.random() < 0.5))


async def _hear(said: bytes, *, mail: bool, whole_page: bool) -> None:
    here, there = socket.socketpair()
    with there:
        here.setblocking(False)  # noqa: FBT003  (the standard library's)
        there.sendall(said)
        there.shutdown(socket.SHUT_WR)
        connection = _Heard(here)
        try:
            if mail:
                insist_printable((await read_banner(connection)).text, *await say_ehlo(connection))
                await ask_starttls(connection)
                await say_quit(connection)
            elif whole_page:
                insist(
                    len((await fetch(connection, "a.example", "/x")).body) <= len(said), "a page from nowhere"
                )
            else:
                insist_printable((await ask_head(connection, "a.example")).location or "")
        except StepError as error:
            insist_printable(error.detail)
        finally:
            connection.close()


def _dns(chance: Random) -> None:
    query = question("mx.example", chance.choice((4, 6)))
    response = dns.message.make_response(query)
    response.answer.append(dns.rrset.from_text("mx.example.", 60, "IN", "A", "192.0.2.1", "192.0.2.2"))
    whole = response.to_wire()
    for _ in range(20):
        data = changed_bytes(chance, whole)
        with contextlib.suppress(StepError):
            found = read_answer(data, query)
            if found is not None:
                insist_printable(found.question, found.record_type, found.rcode)
    insist(read_answer(whole, query) is not None, "a right answer is not understood")


@cache
def _certificate() -> bytes:
    issued = trustme.CA().issue_cert("mx.example", "192.0.2.1")
    return x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()).public_bytes(Encoding.DER)


def _certificates(chance: Random) -> None:
    for _ in range(5):
        found = read_certificate(changed_bytes(chance, _certificate()))
        if found is not None:
            insist_printable(found.issuer, *found.names)
            names_host(found, "mx.example")
            names_host(found, "192.0.2.1")


def _whois(chance: Random) -> None:
    manners = tuple(each.decode() for each in (RIPE_MANNER, ARIN_MANNER, LACNIC_MANNER))
    text = changed_text(chance, chance.choice(manners), manners)
    referral(text)
    found = read_registration(text, "9.0.1.2", "whois.example")
    if found is not None:
        insist_printable(
            *(
                str(value)
                for value in (found.holder, found.network, found.range, *found.prefixes, *found.abuse)
            )
        )


_ENTITY: Final = {
    "roles": ["abuse", "noc"],
    "vcardArray": ["vcard", [["fn", {}, "text", "Example"], ["email", {}, "text", "abuse@example.net"]]],
    "entities": [
        {"roles": ["technical"], "vcardArray": ["vcard", [["email", {}, "text", "noc@example.net"]]]}
    ],
}


def _rdap(chance: Random) -> None:
    answer = changed_tree(chance, {"name": "EXAMPLE-AS", "entities": [_ENTITY, _ENTITY]})
    try:
        found = read_contacts(json.loads(json.dumps(answer)), 64500, "rdap.example")
    except ResolutionError:
        insist(not isinstance(answer, dict), "an object that is none")
        return
    insist_printable(found.holder, found.source, *found.noc, *found.abuse)


def _cymru(chance: Random) -> None:
    for text in (
        "64500 64501 | 9.0.0.0/16 | ZZ | test | 2001-02-03",
        "64500 | ZZ | test | 2001-02-03 | EX, ZZ",
    ):
        changed = changed_text(chance, text)
        found = longest_origin([changed, changed[::-1]], "9.0.1.2")
        if found is not None:
            insist(all(0 < asn < 1 << 32 for asn in found[1]), f"AS numbers that are none: {found[1]}")
        insist_printable(parse_holder(changed, 64500) or "")


PARTS: Final = (
    Part("dialogues", "what mail and web servers say", _dialogues),
    Part("dns", "answers of DNS servers", _dns),
    Part("certificates", "certificates of TLS servers", _certificates),
    Part("whois", "registrations over WHOIS", _whois),
    Part("rdap", "contacts over RDAP", _rdap),
    Part("cymru", "origins over DNS", _cymru),
)

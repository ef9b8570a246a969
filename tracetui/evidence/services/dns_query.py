"""Asks a DNS server one question over UDP or TCP, to see whether it answers.

It brings dnspython along: import it late.
"""

import asyncio
import socket
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from tracetui.evidence.services.connection import Connection
from tracetui.evidence.services.limits import StepError
from tracetui.evidence.services.socket_failure import step_error
from tracetui.model.reference import ForeignText
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import DnsAnswer, FailureReason

_MAX_DATAGRAM: Final = 4096


def question(host: str, family: int) -> dns.message.Message:
    """Return a question for the addresses of a host; for the servers of the root where it has no name."""
    try:
        name = dns.name.from_text(host) if host else dns.name.root
    except dns.exception.DNSException:
        name = dns.name.root
    kind = dns.rdatatype.NS if name == dns.name.root else "AAAA" if family == 6 else "A"
    return dns.message.make_query(name, kind)


async def ask_over_udp(opened: socket.socket, query: dns.message.Message) -> DnsAnswer:
    """Ask over a connected socket; what is no answer to the question is passed over. Raises StepError."""
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_sendall(opened, query.to_wire())
        while True:
            answer = read_answer(await loop.sock_recv(opened, _MAX_DATAGRAM), query)
            if answer is not None:
                return answer
    except OSError as error:
        raise step_error(error, opened) from None


async def ask_over_tcp(connection: Connection, query: dns.message.Message) -> DnsAnswer:
    """Ask over TCP (RFC 1035 section 4.2.2). Raises StepError."""
    wire = query.to_wire()
    await connection.send(len(wire).to_bytes(2, "big") + wire)
    size = int.from_bytes(await connection.read_exactly(2), "big")
    answer = read_answer(await connection.read_exactly(size), query)
    if answer is None:
        raise StepError(FailureReason.NOT_UNDERSTOOD, "the answer is to another question")
    return answer


def read_answer(data: bytes, query: dns.message.Message) -> DnsAnswer | None:
    """Return what a response says; None where it answers another question. Raises StepError."""
    try:
        message = dns.message.from_wire(data, ignore_trailing=True)
        if not query.is_response(message):
            return None
        asked = query.question[0]
        return DnsAnswer(
            question=ForeignText(safe_text(asked.name.to_text(), limit=255)),
            record_type=dns.rdatatype.to_text(asked.rdtype),
            rcode=dns.rcode.to_text(message.rcode()),
            answers=sum(len(rrset) for rrset in message.answer),
            truncated=bool(message.flags & dns.flags.TC),
        )
    except (dns.exception.DNSException, ValueError, IndexError, KeyError):
        raise StepError(FailureReason.NOT_UNDERSTOOD) from None

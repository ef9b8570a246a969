"""Speaks SMTP up to the point where mail would begin: banner, EHLO, STARTTLS, EHLO, QUIT (RFC 5321, 3207)."""

import re
from typing import Final

from tracetui.evidence.services.connection import Connection
from tracetui.evidence.services.limits import MAX_REPLY_LINES, StepError
from tracetui.model.reference import ForeignText
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import FailureReason, SmtpReply

_LINE: Final = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_MAX_EXTENSIONS: Final = 50
_MAX_TEXT: Final = 200


async def read_reply(connection: Connection) -> tuple[SmtpReply, list[ForeignText]]:
    """Return a reply and its lines. Raises StepError."""
    lines: list[str] = []
    for _ in range(MAX_REPLY_LINES):
        line = await connection.read_line()
        found = _LINE.fullmatch(line)
        if found is None:
            raise StepError(FailureReason.NOT_UNDERSTOOD, line.decode("utf-8", "replace"))
        code, mark, text = found.groups(b"")
        lines.append(text.decode("utf-8", "replace"))
        if mark != b"-":
            said = ForeignText(safe_text(" ".join(lines), limit=_MAX_TEXT))
            return SmtpReply(int(code), said), [ForeignText(safe_text(one, limit=_MAX_TEXT)) for one in lines]
    raise StepError(FailureReason.TOO_MUCH)


async def read_banner(connection: Connection) -> SmtpReply:
    """Return the greeting, whatever its code. Raises StepError."""
    reply, _ = await read_reply(connection)
    return reply


async def say_ehlo(connection: Connection) -> tuple[ForeignText, ...]:
    """Say EHLO with our own address (RFC 5321 section 4.1.3); return the extensions. Raises StepError."""
    source = connection.source
    literal = f"IPv6:{source}" if ":" in source else source
    await connection.send(f"EHLO [{literal}]\r\n".encode("ascii"))
    reply, lines = await read_reply(connection)
    accept(reply)
    return tuple(lines[1 : _MAX_EXTENSIONS + 1])


async def ask_starttls(connection: Connection) -> None:
    """Say STARTTLS. Raises StepError."""
    await connection.send(b"STARTTLS\r\n")
    reply, _ = await read_reply(connection)
    accept(reply)


async def say_quit(connection: Connection) -> None:
    """Say QUIT, and wait for the answer, whatever it is. Raises StepError."""
    await connection.send(b"QUIT\r\n")
    await connection.read_line()


def accept(reply: SmtpReply) -> None:
    """Raise StepError for a reply that declines."""
    if reply.code >= 400:
        raise StepError(FailureReason.REJECTED, f"{reply.code} {reply.text}")
    if not 200 <= reply.code < 300:
        raise StepError(FailureReason.NOT_UNDERSTOOD, f"{reply.code} {reply.text}")

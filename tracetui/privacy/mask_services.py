"""Masks server texts that may identify the client: servers name their clients, portals their users."""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tracetui.model.reference import ForeignText
from tracetui.model.service_check import CheckFailure, HttpAnswer, SmtpReply, TlsSession
from tracetui.privacy.mask_text import HIDDEN

_ADDRESS: Final = re.compile(
    r"(?<![\w.-])(?:\d{1,3}[.-]){3}\d{1,3}(?!\w)"
    r"|(?:(?<=IPv6:)|(?<![\w:.]))[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)


def without_clients(facts: object) -> object:
    """Return facts of a check without what a server may say of its client; other facts as they are.

    A refusal is left with its code, a banner without addresses, a redirect without its path, and a
    certificate that nobody vouches for, which an inspecting network may have made, without its issuer.
    """
    match facts:
        case SmtpReply(code=code, text=text):
            shown = HIDDEN if code >= 400 else _ADDRESS.sub(HIDDEN, text)
            return replace(facts, text=ForeignText(shown)) if text else facts
        case CheckFailure(detail=detail) if detail[:3].isdigit():
            return replace(facts, detail=ForeignText(f"{detail[:3]} {HIDDEN}"))
        case CheckFailure(detail=detail):
            return replace(facts, detail=ForeignText(_ADDRESS.sub(HIDDEN, detail)))
        case HttpAnswer(location=str(location)):
            return replace(facts, location=ForeignText(_origin(location)))
        case TlsSession(certificate=certificate, problem=problem) if certificate and problem:
            return replace(facts, certificate=replace(certificate, issuer=ForeignText(HIDDEN)))
    return facts


def _origin(location: str) -> str:
    """Return scheme and host of an address; what is relative has none."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{_ADDRESS.sub(HIDDEN, host)}/…" if parts.scheme and host else "/…"

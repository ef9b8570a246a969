"""Limits of service checks (time per step, size of answers), and the error that a failed step raises."""

from dataclasses import dataclass
from typing import Final

from tracetui.model.reference import ForeignText
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import FailureReason, IcmpCause

MAX_LINE: Final = 4096
"""Bytes of a line; SMTP allows 512 (RFC 5321 section 4.5.3.1.5)."""

MAX_REPLY_LINES: Final = 100
"""Lines of an SMTP reply."""

MAX_HEAD: Final = 32 << 10
"""Bytes of an HTTP response until its body begins."""

MAX_BODY: Final = 64 << 10
"""Bytes of an MTA-STS policy (RFC 8461 section 3.3)."""

MAX_HANDSHAKE: Final = 256 << 10
"""Bytes that a server may send in a TLS handshake."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds."""

    connect_s: float = 10.0
    banner_s: float = 30.0
    """Mail servers let strangers wait for their banner on purpose."""

    answer_s: float = 10.0
    """For each other step."""

    goodbye_s: float = 1.0
    """For the answer to QUIT, which is no step."""

    total_s: float = 50.0


class StepError(Exception):
    """A step of a check failed."""

    def __init__(self, reason: FailureReason, detail: str = "", icmp: IcmpCause | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = ForeignText(safe_text(detail))
        self.icmp = icmp

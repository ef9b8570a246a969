"""Reads traces that scamper prints as text."""

import re
from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.unix_header import BEFORE

_HEADER: Final = re.compile(
    BEFORE + r"traceroute from (?P<source>[\da-fA-F:.]{2,45}) to (?P<address>[\da-fA-F:.]{2,45})$",
    re.IGNORECASE,
)

FORMAT: Final = text_format(
    Dialect("scamper", _HEADER),
    looks_for='a line "traceroute from ADDRESS to ADDRESS"',
    start=_HEADER.pattern.replace("?P<source>", "?:").replace("?P<address>", "?:"),
)

"""Names of ICMP messages and replies."""

from typing import Final

from tracetui.model import ReplyKind

_ICMP_V4: Final = {
    0: "network unreachable",
    1: "host unreachable",
    2: "protocol unreachable",
    3: "port unreachable",
    4: "fragmentation needed",
    5: "source route failed",
    6: "destination network unknown",
    7: "destination host unknown",
    8: "source host isolated",
    9: "network administratively prohibited",
    10: "host administratively prohibited",
    11: "network unreachable for this type of service",
    12: "host unreachable for this type of service",
    13: "administratively prohibited",
    14: "host precedence violation",
    15: "precedence cutoff in effect",
}
"""Type 3 codes: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1."""

_ICMP_V6: Final = {
    0: "no route to destination",
    1: "administratively prohibited",
    2: "beyond the scope of the source address",
    3: "address unreachable",
    4: "port unreachable",
    5: "source address failed ingress or egress policy",
    6: "route to destination rejected",
    7: "error in source routing header",
    8: "headers too long",
}
"""Type 1 codes: RFC 4443 section 3.1, RFC 7112, RFC 8883."""

PROOF_WORDS: Final = {
    ReplyKind.SYN_ACK: "SYN/ACK",
    ReplyKind.RST: "RST",
    ReplyKind.ECHO_REPLY: "echo reply",
    ReplyKind.PORT_UNREACHABLE: "port unreachable",
    ReplyKind.ANSWER: "answer",
}


def icmp_words(icmp_type: int | None, code: int | None, family: int) -> str:
    """Return an ICMP error in words with its numbers: `administratively prohibited (3/13)`."""
    numbers = f"{'?' if icmp_type is None else icmp_type}/{'?' if code is None else code}"
    if family == 6 and icmp_type == 2:
        return f"packet too big ({numbers})"
    words = None
    if icmp_type == (3 if family == 4 else 1) and code is not None:
        words = (_ICMP_V4 if family == 4 else _ICMP_V6).get(code)
    return f"{words or 'unreachable'} ({numbers})"


def reply_words(label: str, family: int) -> str:
    """Return a reply label of `Responder.replies` in words: `SYN/ACK`, `host unreachable (3/1)`."""
    unreachable, _, code = label.partition("_")
    if unreachable == "unreachable" and code.isdigit():
        return icmp_words(3 if family == 4 else 1, int(code), family)
    if label == ReplyKind.TIME_EXCEEDED.value:
        return "Time Exceeded"
    return next(
        (words for kind, words in PROOF_WORDS.items() if kind.value == label), label.replace("_", " ")
    )

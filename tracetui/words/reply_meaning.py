"""What a kind of reply means for the path, one phrase per kind."""

from typing import Final

_UNREACHABLE_V4: Final = {
    0: "a router has no route to that network",
    1: "a router cannot reach the host: it is off, or its address is not used",
    2: "the host does not speak this protocol",
    4: "the packet is too big for the next link and must not be fragmented",
    5: "the source route failed",
    6: "a router does not know that network at all",
    7: "a router does not know that host at all",
    8: "the sender is isolated, according to its own router",
    9: "a filter forbids traffic to that network, and says so",
    10: "a filter forbids traffic to that host, and says so",
    11: "no route to that network for this type of service",
    12: "no route to that host for this type of service",
    13: "a filter forbids this traffic, and says so",
    14: "the requested precedence is not allowed there",
    15: "the network asks for a higher precedence",
}
"""ICMP type 3 by code: RFC 792; 6 to 12, RFC 1122 section 3.2.2.1; 13 to 15, RFC 1812 section 5.2.7.1."""

_UNREACHABLE_V6: Final = {
    0: "a router has no route to the destination",
    1: "a filter forbids this traffic, and says so",
    2: "the source address is not valid beyond that router",
    3: "a router cannot reach the host: it is off, or its address is not used",
    5: "a filter on source addresses refuses this one",
    6: "a router is told to reject traffic to that destination",
    7: "the source route failed",
    8: "the headers are longer than the router can handle",
}
"""ICMPv6 type 1 by code: RFC 4443 section 3.1; 7, RFC 6550 section 20.18; 8, RFC 8883."""

_OTHERS: Final = {
    "time_exceeded": "the probe's TTL expired at this router, so it is on the path",
    "echo_reply": "the endpoint answers echo requests",
    "syn_ack": "the port accepts connections",
    "rst": "the port is closed, or somebody on the way resets the connection",
    "port_unreachable": "the probe arrived; nothing listens, or a filter on the host refuses",
    "answer": "the endpoint answers; the output does not say how",
    "packet_too_big": "the next link cannot carry a packet of that size",
}
"""RFC 792 and RFC 4443 for ICMP; RFC 9293 section 3.10.7 for TCP."""


def reply_meaning(label: str, family: int) -> str:
    """Return what a reply label of `Responder.replies` means; "" for one that has no known meaning."""
    unreachable, _, code = label.partition("_")
    if unreachable == "unreachable":
        codes = _UNREACHABLE_V4 if family == 4 else _UNREACHABLE_V6
        return codes.get(int(code), "") if code.isdigit() and code.isascii() else ""
    return _OTHERS.get(label, "")


def unlisted_words(count: int) -> str:
    """Return how many replies of a hop are counted without their senders."""
    plural = "y" if count == 1 else "ies"
    return f"{count:,} more repl{plural} not listed: from too many addresses, or too many to one probe"

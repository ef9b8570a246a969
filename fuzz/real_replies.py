"""Replies to packets that probers sent, right to the last bit: what the fuzzer changes."""

from dataclasses import dataclass
from random import Random
from typing import Final

from tracetui.packet.checksum import checksum
from tracetui.packet.ip_header import ICMP, ICMP6, TCP, address_text
from tracetui.simulation.packet_bytes import Arrival
from tracetui.simulation.reply_packets import (
    TIME_EXCEEDED,
    UNREACHABLE,
    echo_reply,
    icmp_error,
    reset,
    syn_ack,
)

ROUTERS: Final = {4: bytes((198, 51, 100, 7)), 6: bytes.fromhex("20010db8000700000000000000000007")}


@dataclass(frozen=True, slots=True)
class Made:
    """A reply, from its ICMP or TCP header on."""

    protocol: int
    sender: bytes
    receiver: bytes
    payload: bytes

    @property
    def source(self) -> str:
        """The sender's address."""
        return address_text(self.sender)

    def packet(self, ttl: int) -> bytes:
        """The reply with its IP header."""
        return Arrival(0, self.sender, self.receiver, self.protocol, ttl, self.payload).packet()


@dataclass(frozen=True, slots=True)
class SentPacket:
    """A packet that a prober sent."""

    data: bytes

    @property
    def version(self) -> int:
        """4 or 6."""
        return self.data[0] >> 4

    @property
    def is_tcp(self) -> bool:
        """False for an echo request."""
        return self.data[9 if self.version == 4 else 6] == TCP

    @property
    def upper(self) -> bytes:
        """From the ICMP or TCP header on."""
        return self.data[20 if self.version == 4 else 40 :]

    @property
    def ends(self) -> tuple[bytes, bytes]:
        """Source and destination."""
        if self.version == 4:
            return self.data[12:16], self.data[16:20]
        return self.data[8:24], self.data[24:40]

    def is_proven_by(self, payload: bytes) -> bool:
        """Tell whether a reply has what only somebody knows who saw this packet.

        That is the SYN's sequence number, or what acknowledges it; of an echo request its eight random bytes,
        or, where a router quotes less, the sequence number, with the checksum and identifier of its flow.
        """
        upper = self.upper
        if self.is_tcp:
            number = int.from_bytes(upper[4:8], "big")
            return any((number + more & 0xFFFFFFFF).to_bytes(4, "big") in payload for more in (0, 1))
        return upper[8:16] in payload or (upper[2:6] in payload and upper[6:8] in payload)

    def with_other_tokens(self, chance: Random) -> "SentPacket":
        """Return what somebody can make up who knows all of the flow but did not see the packet."""
        start = len(self.data) - len(self.upper)
        head, upper = self.data[:start], self.upper
        if self.is_tcp:
            return SentPacket(head + upper[:4] + chance.randbytes(4) + upper[8:])
        made_up = chance.randbytes(2) + upper[4:6] + chance.randbytes(2 + 8)
        return SentPacket(head + upper[:2] + made_up + upper[16:])

    def reply(self, chance: Random) -> Made:
        """Return one that a router or the endpoint could send."""
        source, destination = self.ends
        kind = chance.choice(("exceeded", "unreachable", "port", "end", "end"))
        if kind == "end":
            return self._from_endpoint(chance)
        sender = destination if kind == "port" else ROUTERS[self.version]
        numbers = {
            "exceeded": TIME_EXCEEDED[self.version],
            "unreachable": (UNREACHABLE[self.version], chance.choice((0, 1, 13 if self.version == 4 else 5))),
            "port": (UNREACHABLE[self.version], 3 if self.version == 4 else 4),
        }
        mpls = [chance.randrange(1 << 20) for _ in range(chance.choice((0, 0, 1, 3)))]
        quote = chance.choice((8, 8, 28, None)) if self.version == 4 else None
        payload = icmp_error(
            *numbers[kind], self.data, source=sender, destination=source, quote=quote, mpls=mpls
        )
        return Made(ICMP if self.version == 4 else ICMP6, sender, source, payload)

    def _from_endpoint(self, chance: Random) -> Made:
        source, destination = self.ends
        ends = {"source": destination, "destination": source}
        if not self.is_tcp:
            payload = echo_reply(self.upper, **ends)
            return Made(ICMP if self.version == 4 else ICMP6, destination, source, payload)
        if chance.random() < 0.5:
            return Made(TCP, destination, source, syn_ack(self.upper, chance.randrange(1 << 32), **ends))
        return Made(TCP, destination, source, reset(self.upper, **ends))


def with_right_sum(payload: bytes) -> bytes:
    """Return an ICMP message with its checksum made right, as a forger would."""
    if len(payload) < 4:
        return payload
    rest = payload[:2] + b"\0\0" + payload[4:]
    return rest[:2] + checksum(rest).to_bytes(2, "big") + rest[4:]

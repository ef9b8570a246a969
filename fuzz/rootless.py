"""The rootless prober's way in: datagrams, error queues and states of sockets of ordinary users."""

import select
import socket
from random import Random
from typing import Final

from decoders import HERE, THERE
from mutations import changed_bytes
from part import Part, StandingClock, insist
from real_replies import ROUTERS, SentPacket
from scripted_socket import ScriptedSocket, control_messages
from tracetui.packet.checksum import checksum
from tracetui.packet.ip_header import pack_address
from tracetui.packet.probe_template import ECHO_TEXT
from tracetui.probing.prober import Probe
from tracetui.probing.rootless_echo_socket import EchoSocket
from tracetui.probing.rootless_sockets import Match, Sockets
from tracetui.probing.rootless_tcp_socket import SynSocket
from tracetui.probing.tokens import Tokens

_STATES: Final = (0, 0, 110, 111, 104, 32, 113, 101, 12, 5)
_MESSAGES: Final = 40


class _FuzzedSockets(Sockets):
    def __init__(self, clock: StandingClock, identifier: int) -> None:
        super().__init__(clock, None)
        self.opened: list[ScriptedSocket] = []
        self._identifier = identifier

    def open(self, family: int, kind: int, protocol: int = 0) -> ScriptedSocket:  # type: ignore[override]
        self.opened.append(ScriptedSocket(family))
        self.opened[-1].identifier = self._identifier
        return self.opened[-1]


def _echo(chance: Random) -> None:
    clock, version, identifier = StandingClock(), chance.choice((4, 6)), chance.randrange(1, 0x10000)
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    sockets = _FuzzedSockets(clock, identifier)
    echo = EchoSocket(sockets, Tokens(chance.randbytes), family, None)
    try:
        (opened,) = sockets.opened
        sent = {}
        echo.join(THERE[version])
        for ttl in range(1, 5):
            probe = Probe("t", ttl, 0)
            probe.handle = echo.send(probe, THERE[version], THERE[version], (THERE[version], 0))
            sent[id(probe)] = probe, _as_sent(opened.sent[-1], identifier, version)
        clock.now_ns += 20_000_000
        for _ in range(_MESSAGES):
            _attack_echo(chance, echo, opened, sent)
    finally:
        echo.close()
        sockets.close()


def _as_sent(request: bytes, identifier: int, version: int) -> SentPacket:
    """Return the packet that the kernel makes of an echo request: identifier, checksum and IP header."""
    message = request[:2] + b"\0\0" + identifier.to_bytes(2, "big") + request[6:]
    message = message[:2] + checksum(message).to_bytes(2, "big") + message[4:]
    ends = pack_address(HERE[version]) + pack_address(THERE[version])
    if version == 4:
        return SentPacket(b"\x45\0\0\x40\0\x01\x40\0\x01\x01\0\0" + ends + message)
    return SentPacket(b"\x60\0\0\0\0\x2c\x3a\x01" + ends + message)


def _attack_echo(
    chance: Random, echo: EchoSocket, opened: ScriptedSocket, sent: dict[int, tuple[Probe, SentPacket]]
) -> None:
    probe, packet = chance.choice(list(sent.values()))
    how = chance.choice(("whole", "changed", "changed", "changed", "blind"))
    is_error = chance.random() < 0.5
    data = (packet.with_other_tokens(chance) if how == "blind" else packet).upper
    if not is_error:
        data = bytes((0 if packet.version == 4 else 129, 0)) + data[2:]
    elif chance.random() < 0.3 and packet.version == 4:
        data = data[:8]
    if how == "changed":
        data = changed_bytes(chance, data)
        data = data[:4] + packet.upper[4:6] + data[6:]  # by which the kernel finds the socket
    peer = THERE[packet.version] if how == "whole" or chance.random() < 0.8 else HERE[packet.version]
    stamp_ns = _stamp_ns(echo) - 10_000_000
    offender = ROUTERS[packet.version] if is_error else None
    control = control_messages(chance, opened.family, stamp_ns, offender)
    (opened.errors if is_error else opened.datagrams).append((data, control, peer))
    taken: list[Match] = []
    echo.take(select.EPOLLERR if is_error else select.EPOLLIN, taken)
    if how == "whole" and not is_error:
        insist([found for found, _ in taken] == [probe], "a right reply is not matched")
    for found, reply in taken:
        insist(sent[id(found)][1].is_proven_by(data), f"matched without the token: {data.hex()}")
        insist(peer == THERE[packet.version], f"matched though it was for {peer}")
        insist(0 <= reply.rtt_ns <= 3_600_000_000_000, f"an RTT of {reply.rtt_ns} ns")


def _stamp_ns(echo: EchoSocket) -> int:
    """The time by the clock of the kernel's stamps."""
    return echo._sockets.clock.stamp_ns()


def _syn(chance: Random) -> None:
    clock, version = StandingClock(), chance.choice((4, 6))
    sockets = _FuzzedSockets(clock, 0)
    syn = SynSocket(sockets, THERE[version], ("", 40000), 3)
    try:
        (opened,) = sockets.opened
        for _ in range(10):
            probe = Probe("t", 3, 0)
            syn.start(probe, (THERE[version], 25), clock.monotonic_ns())
            clock.now_ns += chance.choice((0, 1, 20_000_000, 2_000_000_000))
            for _ in range(chance.randrange(4)):
                quote = changed_bytes(chance, chance.randbytes(8) + bytes(32) + ECHO_TEXT)
                stamp_ns = clock.stamp_ns() - chance.choice((0, 10_000_000, 5_000_000_000))
                control = control_messages(chance, opened.family, stamp_ns, ROUTERS[version])
                opened.errors.append((quote, control, THERE[version]))
            opened.states = [chance.choice(_STATES)]
            opened.info = chance.randbytes(256) if chance.random() < 0.7 else b""
            taken: list[Match] = []
            syn.take(chance.choice((4, 8, 12, 16, 28)), taken)
            insist(len(taken) <= 1, "two replies for one SYN")
            for found, reply in taken:
                insist(found is probe, "a reply for another probe")
                insist(0 <= reply.rtt_ns < 1_000_000_000, f"an RTT of {reply.rtt_ns} ns")
            syn.end()
            opened.errors.clear()
    finally:
        syn.close()
        sockets.close()


PARTS: Final = (
    Part("rootless-icmp", "echo replies and error queues of datagram sockets", _echo),
    Part("rootless-tcp", "error queues and states of connecting sockets", _syn),
)

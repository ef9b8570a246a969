"""The events that a far end writes, declared and checked: they are foreign input."""

import zlib
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tracetui.model import FlowKind, ReplyKind
from tracetui.probing.outstanding_probes import Arrival

_Number = Annotated[int, Meta(ge=0, lt=1 << 31)]
_Ttl = Annotated[int, Meta(ge=1, le=255)]
_Byte = Annotated[int, Meta(ge=0, le=255)]
_Nanoseconds = Annotated[int, Meta(ge=0, lt=1 << 62)]
_Text = Annotated[str, Meta(max_length=300)]
_Address = Annotated[str, Meta(max_length=60)]

ARRIVALS: Final = {arrival.name: arrival for arrival in Arrival if arrival is not Arrival.DUPLICATE}
FLOWS: Final = {flow.name: flow for flow in FlowKind}


class FarEndError(Exception):
    """The far end wrote what it should not; `str(error)` is one line for the user."""


class NoPythonError(FarEndError):
    """There is no Python there, or an old one."""


class Here(Struct, array_like=True, frozen=True, tag="here"):
    """Who the far end is."""

    hostname: _Text
    prober: Literal["raw", "rootless"]
    kernel: _Text
    user_id: Annotated[int, Meta(ge=0, lt=1 << 32)]
    python: _Text
    lacks: Annotated[tuple[Literal["icmp", "ipv4", "ipv6"], ...], Meta(max_length=3)]
    """What cannot be probed there."""


class Cannot(Struct, array_like=True, frozen=True, tag="cannot"):
    """It cannot probe, or no longer."""

    reason: _Text


class Pong(Struct, array_like=True, frozen=True, tag="pong"):
    """The answer to a ping: its clocks."""

    number: _Number
    unix_ns: _Nanoseconds
    monotonic_ns: _Nanoseconds


class Done(Struct, array_like=True, frozen=True, tag="done"):
    """All lanes have done their rounds."""


class Opened(Struct, array_like=True, frozen=True, tag="lane"):
    """Probing of a lane begins; its first round is 0."""

    lane: _Number
    flow: Literal["FIXED", "PER_HOP"]
    unix_ns: _Nanoseconds


class RoundStarted(Struct, array_like=True, frozen=True, tag="round"):
    """A round begins."""

    lane: _Number
    number: _Number
    unix_ns: _Nanoseconds
    monotonic_ns: _Nanoseconds


class Flow(Struct, array_like=True, frozen=True, tag="flow"):
    """What identifies a lane's flow, and its source address, from now on."""

    lane: _Number
    source: _Address | None
    flow_id: _Text


class Sent(Struct, array_like=True, frozen=True, tag="sent"):
    """A probe of the newest round was sent."""

    lane: _Number
    ttl: _Ttl


class Failed(Struct, array_like=True, frozen=True, tag="failed"):
    """The system there refused a probe of the newest round."""

    lane: _Number
    reason: _Text


class HeldBack(Struct, array_like=True, frozen=True, tag="held"):
    """A limit of the process there holds the next probe back."""

    lane: _Number
    reason: _Text


class SendingEnded(Struct, array_like=True, frozen=True, tag="end"):
    """All probes of the newest round are sent."""

    lane: _Number


class Replied(Struct, array_like=True, frozen=True, tag="reply"):
    """A probe was answered."""

    lane: _Number
    ttl: _Ttl
    number: _Number
    arrival: Literal["IN_TIME", "LATE", "SECOND", "EXCESS"]
    address: _Address
    kind: ReplyKind
    received_ns: _Nanoseconds
    rtt_us: Annotated[int, Meta(ge=0, le=3_600_000_000)]
    reply_ttl: _Byte | None
    icmp_type: _Byte | None = None
    icmp_code: _Byte | None = None
    mpls: Annotated[tuple[Annotated[int, Meta(ge=0, lt=1 << 20)], ...], Meta(max_length=16)] = ()
    kernel_stamp: bool = True


class Lost(Struct, array_like=True, frozen=True, tag="lost"):
    """The time of a probe ran out."""

    lane: _Number
    ttl: _Ttl
    number: _Number


class Unread(Struct, array_like=True, frozen=True, tag="unread"):
    """A reply to a probe may have come and not been read."""

    lane: _Number
    ttl: _Ttl
    number: _Number


class Interrupted(Struct, array_like=True, frozen=True, tag="interrupt"):
    """The program or the machine there stood still: the open rounds say nothing."""

    lane: _Number


class Cleared(Struct, array_like=True, frozen=True, tag="clear"):
    """The statistics were restarted."""

    lane: _Number
    first_round: _Number
    unix_ns: _Nanoseconds


class OpenRoundsDropped(Struct, array_like=True, frozen=True, tag="drop"):
    """The open rounds are forgotten: the lane was taken back."""

    lane: _Number
    first_round: _Number


class EndForgotten(Struct, array_like=True, frozen=True, tag="forget"):
    """Where the path ended before says nothing any more."""

    lane: _Number


LaneEvent = (
    Opened
    | RoundStarted
    | Flow
    | Sent
    | Failed
    | HeldBack
    | SendingEnded
    | Replied
    | Lost
    | Unread
    | Interrupted
    | Cleared
    | OpenRoundsDropped
    | EndForgotten
)
Event = Here | Cannot | Pong | Done | LaneEvent

_DECODER: Final = msgspec.json.Decoder(Event)
MAX_LINE: Final = 4096
_MAX_AT_ONCE: Final = 1 << 20
"""Bytes that one piece from the connection may unfold to."""


class EventReader:
    """Unfolds the stream of a far end into events."""

    def __init__(self) -> None:
        self._unfold = zlib.decompressobj()
        self._rest = b""

    def read(self, piece: bytes) -> Iterator[Event]:
        """Yield the events that are complete with `piece`. Raises FarEndError."""
        try:
            text = self._rest + self._unfold.decompress(piece, _MAX_AT_ONCE)
        except zlib.error:
            raise FarEndError("the far end writes what is no stream of events") from None
        if self._unfold.unconsumed_tail or self._unfold.eof:
            raise FarEndError("the far end writes more than it should")
        *lines, self._rest = text.split(b"\n")
        if len(self._rest) > MAX_LINE:
            raise FarEndError("the far end writes lines without an end")
        for line in lines:
            yield decode(line)


def decode(line: bytes) -> Event:
    """Return one event. Raises FarEndError."""
    if len(line) > MAX_LINE:
        raise FarEndError("the far end writes lines that are too long")
    try:
        event: Event = _DECODER.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise FarEndError("the far end writes what is no event") from None
    return event

"""What a far end writes, declared and checked: it is foreign input.

Probes sent, answered and lost come in batches: one line for each lane, five times a second. Rarer events come
one by one.
"""

import zlib
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tracetui.model import FlowKind, ReplyKind
from tracetui.probing.outstanding_probes import Arrival
from tracetui.vantage.far import MAX_BATCH, MAX_FORMS

_Number = Annotated[int, Meta(ge=0, lt=1 << 31)]
_Ttl = Annotated[int, Meta(ge=1, le=255)]
_Port = Annotated[int, Meta(ge=0, le=65535)]
_Byte = Annotated[int, Meta(ge=0, le=255)]
_Nanoseconds = Annotated[int, Meta(ge=0, lt=1 << 62)]
_Microseconds = Annotated[int, Meta(ge=0, lt=1 << 52)]
_Times = Annotated[list[Annotated[int, Meta(gt=-(1 << 52), lt=1 << 52)]], Meta(max_length=MAX_BATCH)]
_Rtt = Annotated[int, Meta(ge=0, le=3_600_000_000)]
_Ttls = Annotated[list[_Ttl], Meta(max_length=MAX_BATCH)]
_Form = Annotated[int, Meta(ge=0, lt=MAX_FORMS)]
_Text = Annotated[str, Meta(max_length=300)]
_Address = Annotated[str, Meta(max_length=60)]

ARRIVALS: Final = {arrival.name: arrival for arrival in (Arrival.LATE, Arrival.SECOND, Arrival.EXCESS)}
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

    client: _Address = ""
    """The address that the connection comes from, as it is seen there."""


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
    flow_id: Annotated[str, Meta(max_length=2000)]
    numbers: Annotated[tuple[_Port, ...], Meta(max_length=255)] = ()
    """Source ports or identifiers."""


class ReplyForm(Struct, array_like=True, frozen=True, tag="form"):
    """What many replies to a lane have in common; batches name it by its number, until another has that."""

    lane: _Number
    number: _Form
    address: _Address
    kind: ReplyKind
    reply_ttl: _Byte | None
    icmp_type: _Byte | None = None
    icmp_code: _Byte | None = None
    mpls: Annotated[tuple[Annotated[int, Meta(ge=0, lt=1 << 20)], ...], Meta(max_length=16)] = ()
    kernel_stamp: bool = True


class Answered(Struct, array_like=True, frozen=True):
    """First replies in time to probes of one round. Each value has a list, in the same order."""

    number: _Number
    """The round's."""

    received_us: _Microseconds
    """Unix time of the first reply."""

    ttls: _Ttls
    forms: Annotated[list[_Form], Meta(max_length=MAX_BATCH)]
    rtts_us: Annotated[list[_Rtt], Meta(max_length=MAX_BATCH)]
    after_us: Annotated[list[Annotated[int, Meta(gt=-(1 << 52), lt=1 << 52)]], Meta(max_length=MAX_BATCH)]
    """From the first reply to each."""


class Lost(Struct, array_like=True, frozen=True):
    """Probes of one round whose time ran out."""

    number: _Number
    ttls: _Ttls


class Batch(Struct, array_like=True, frozen=True, tag="batch"):
    """What became of a lane's probes since the last batch; it happened in the order of the fields."""

    lane: _Number
    sent: _Ttls = []
    """Of the newest round."""

    answered: Annotated[list[Answered], Meta(max_length=MAX_BATCH)] = []
    lost: Annotated[list[Lost], Meta(max_length=MAX_BATCH)] = []
    ended: bool = False
    """All probes of the newest round are sent."""

    @property
    def probes(self) -> int:
        """How often something became of a probe; at least 1."""
        told = sum(len(one.ttls) for one in self.answered) + sum(len(one.ttls) for one in self.lost)
        return len(self.sent) + told or 1


class Failed(Struct, array_like=True, frozen=True, tag="failed"):
    """The system there refused a probe of the newest round."""

    lane: _Number
    reason: _Text


class HeldBack(Struct, array_like=True, frozen=True, tag="held"):
    """A limit of the process there holds the next probe back."""

    lane: _Number
    reason: _Text


class Replied(Struct, array_like=True, frozen=True, tag="reply"):
    """A probe was answered late, or once more."""

    lane: _Number
    ttl: _Ttl
    number: _Number
    arrival: Literal["LATE", "SECOND", "EXCESS"]
    address: _Address
    kind: ReplyKind
    received_ns: _Nanoseconds
    rtt_us: _Rtt
    reply_ttl: _Byte | None
    icmp_type: _Byte | None = None
    icmp_code: _Byte | None = None
    mpls: Annotated[tuple[Annotated[int, Meta(ge=0, lt=1 << 20)], ...], Meta(max_length=16)] = ()
    kernel_stamp: bool = True


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


class Watched(Struct, array_like=True, frozen=True, tag="watched"):
    """From now on no probe of a flow is missed that arrives there."""

    flow: _Number
    unix_us: _Microseconds


class Seen(Struct, array_like=True, frozen=True, tag="seen"):
    """When probes of a flow arrived there, and when answers left; after the first, since the one before."""

    flow: _Number
    arrived_us: _Times
    answered_us: _Times


class Looked(Struct, array_like=True, frozen=True, tag="looked"):
    """What arrived until then is told."""

    unix_us: _Microseconds


class EndForgotten(Struct, array_like=True, frozen=True, tag="forget"):
    """Where the path ended before says nothing any more."""

    lane: _Number


LaneEvent = (
    Opened
    | RoundStarted
    | Flow
    | ReplyForm
    | Batch
    | Failed
    | HeldBack
    | Replied
    | Unread
    | Interrupted
    | Cleared
    | OpenRoundsDropped
    | EndForgotten
)
ArrivalEvent = Watched | Seen | Looked
Event = Here | Cannot | Pong | Done | ArrivalEvent | LaneEvent

_DECODER: Final = msgspec.json.Decoder(Event)
MAX_LINE: Final = 8192
_MAX_AT_ONCE: Final = 1 << 20
"""Bytes that one piece from the connection may unfold to."""


class EventReader:
    """Unfolds the stream of a far end into events."""

    def __init__(self) -> None:
        self._unfold = zlib.decompressobj()
        self._rest = b""

    def read(self, piece: bytes) -> Iterator[Event]:
        """Yield what is complete with `piece`. Raises FarEndError."""
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

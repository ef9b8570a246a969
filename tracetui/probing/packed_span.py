"""Keeps a span that is over, with its sample, in a few bytes: a lane has hundreds of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from struct import Struct, error
from typing import Any, Final, Generic, TypeVar, overload

from tracetui.model import RoundOutcome, RoundSample
from tracetui.model.packed_rtts import PackedRtts
from tracetui.model.span import Span

CountedSpan = tuple[Span, RoundSample]

_SPAN: Final = Struct("=2q5I2BIQ2I")
_SAMPLE: Final = Struct("=BQ3q")

_T_co = TypeVar("_T_co", covariant=True)


class PackedSpan:
    """A span and its sample, in which one round stands for all: figures, and a round that was answered alike.

    That round is the one of the first span of a row, and is shared by all of the row.
    """

    __slots__ = ("_figures", "_refusal", "like")

    like: RoundOutcome

    def __init__(self, span: Span, sample: RoundSample, before: "PackedSpan | None") -> None:
        """`before`: the span before. Raises `struct.error` for figures that are beyond all measure."""
        one, probed = sample.rounds[-1], sample.rounds[-1].probed
        self.like = before.like if before is not None and _answered_alike(one, before.like) else one
        self._refusal = one.refusal  # it carries times
        self._figures = b"".join(
            (
                _SPAN.pack(
                    span.started_ns,
                    span.ended_ns,
                    span.rounds,
                    span.reached,
                    span.resets,
                    span.refused,
                    span.failed,
                    span.lowest_top,
                    span.highest_top,
                    span.rtts,
                    span.rtt_sum_us,
                    span.rtt_best_us or 0,
                    span.rtt_worst_us or 0,
                ),
                _SAMPLE.pack(
                    len(sample.rounds), sample.complete, one.number, one.started_ns, one.monotonic_ns
                ),
                PackedRtts(one.rtts_us).packed,
                probed.to_bytes((probed.bit_length() + 7) // 8, "little"),
            )
        )

    def span(self) -> Span:
        """Return the span."""
        span = Span(*_SPAN.unpack_from(self._figures))
        return span if span.rtts else replace(span, rtt_best_us=None, rtt_worst_us=None)

    def sample(self) -> RoundSample:
        """Return the sample."""
        length, complete, number, started_ns, monotonic_ns = _SAMPLE.unpack_from(self._figures, _SPAN.size)
        start = _SPAN.size + _SAMPLE.size
        end = start + PackedRtts.ITEM_SIZE * len(self.like.path)
        one = replace(
            self.like,
            number=number,
            started_ns=started_ns,
            monotonic_ns=monotonic_ns,
            probed=int.from_bytes(self._figures[end:], "little"),
            rtts_us=PackedRtts.of(self._figures[start:end]),
            refusal=self._refusal,
        )
        return RoundSample((one,) * length, complete)


KeptSpan = CountedSpan | PackedSpan


def packed(span: Span, sample: RoundSample, before: KeptSpan | None) -> KeptSpan:
    """Return a span that is over as it is kept: packed where one round stands for its sample."""
    one = sample.rounds[-1]
    if any(each is not one for each in sample.rounds):
        return span, sample
    try:
        return PackedSpan(span, sample, before if isinstance(before, PackedSpan) else None)
    except error:
        return span, sample


def span_of(kept: KeptSpan) -> Span:
    """Return the span itself."""
    return kept.span() if isinstance(kept, PackedSpan) else kept[0]


def sample_of(kept: KeptSpan) -> RoundSample:
    """Return its sample."""
    return kept.sample() if isinstance(kept, PackedSpan) else kept[1]


class Unpacked(Sequence[_T_co], Generic[_T_co]):
    """What `unpack` makes of each kept span, made whenever it is asked for; equals a tuple of the same."""

    __slots__ = ("_kept", "_unpack")

    def __init__(self, kept: tuple[KeptSpan, ...], unpack: Callable[[KeptSpan], _T_co]) -> None:
        self._kept = kept
        self._unpack = unpack

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, place: int) -> _T_co: ...
    @overload
    def __getitem__(self, place: slice) -> "Unpacked[_T_co]": ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return Unpacked(self._kept[place], self._unpack)
        return self._unpack(self._kept[place])

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return tuple(self) == tuple(other) if isinstance(other, Unpacked | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)})"


def _answered_alike(one: RoundOutcome, other: RoundOutcome) -> bool:
    """Tell whether two rounds differ only in what `PackedSpan` has figures for."""
    return (
        one.path == other.path
        and one.kinds == other.kinds
        and one.endpoint is other.endpoint
        and one.endpoint_ttl == other.endpoint_ttl
        and one.endpoint_reply_ttl == other.endpoint_reply_ttl
        and one.refusal_ttl == other.refusal_ttl
        and one.doubled == other.doubled
        and one.late == other.late
        and one.failure == other.failure
    )

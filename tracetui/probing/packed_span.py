"""Keeps a span that is over, with its sample, in a few bytes: a lane has hundreds of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from struct import Struct, error
from typing import Any, Final, Generic, TypeVar, overload

from tracetui.model import RoundOutcome, RoundReplies, RoundSample
from tracetui.model.span import Span

CountedSpan = tuple[Span, RoundSample]

_SPAN: Final = Struct("=2q5I2BIQ2I")
_SAMPLE: Final = Struct("=BQ3q")

_T_co = TypeVar("_T_co", covariant=True)


class PackedSpan:
    """A span and its sample, in which one round stands for all: figures, and who answered that round.

    Spans in a row whose rounds were answered alike share the latter.
    """

    __slots__ = ("_figures", "_refusal", "replies")

    def __init__(self, span: Span, sample: RoundSample, before: "PackedSpan | None") -> None:
        """`before`: the span before. Raises `struct.error` for figures that are beyond all measure."""
        one = sample.rounds[-1]
        shared = before is not None and before.replies == one.replies
        self.replies: RoundReplies = before.replies if before is not None and shared else one.replies
        self._refusal = one.refusal
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
                one.packed_rtts,
            )
        )

    def span(self) -> Span:
        """Return the span."""
        span = Span(*_SPAN.unpack_from(self._figures))
        return span if span.rtts else replace(span, rtt_best_us=None, rtt_worst_us=None)

    def sample(self) -> RoundSample:
        """Return the sample."""
        length, complete, number, started_ns, monotonic_ns = _SAMPLE.unpack_from(self._figures, _SPAN.size)
        rtts = self._figures[_SPAN.size + _SAMPLE.size :]
        one = RoundOutcome(number, started_ns, monotonic_ns, self.replies, rtts, self._refusal)
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

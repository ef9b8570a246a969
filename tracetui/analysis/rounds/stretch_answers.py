"""Counts who answered in a stretch of rounds, by TTL; cheap when the stretch grows by one round.

Who answers most at a TTL takes counting only where several do; until then, rounds alike add one number.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.model import RoundOutcome
from tracetui.model.hop import MAX_RESPONDERS

Answer = tuple[int, str, str]
"""TTL, address, label."""


@dataclass(slots=True)
class ResponderCount:
    """An address at one TTL: when it answered last, and how often by label."""

    last_ns: int
    replies: dict[str, int]

    @property
    def count(self) -> int:
        """Its answers of any kind."""
        return sum(self.replies.values())


ResponderCounts = dict[str, ResponderCount]


def addresses_of(responder_counts: ResponderCounts) -> tuple[str, ...]:
    """Return who answered, most replies first; at most `MAX_RESPONDERS`."""
    ordered = sorted(responder_counts, key=lambda address: -responder_counts[address].count)
    return tuple(ordered[:MAX_RESPONDERS])


class StretchAnswers:
    """The answers from place `first` up to `end` of a row of rounds, which is handed over part by part."""

    __slots__ = (
        "_addresses",
        "_answers",
        "_anybody",
        "_responder_counts",
        "_rounds_of",
        "end",
        "first",
        "late",
    )

    def __init__(self, first: int, answers: Sequence[Sequence[Answer]]) -> None:
        """`answers` are those of each shape of a round; it may grow later."""
        self.first = self.end = first
        self.late: dict[int, int] = {}
        """TTL to late replies; they are among those of the responder_counts."""

        self._answers = answers
        self._rounds_of: dict[int, tuple[int, int]] = {}
        """Shape to how many rounds have it, and the Unix time of the newest of them."""

        self._anybody: dict[int, dict[str, None]] = {}
        """TTL to who answered at all."""

        self._addresses: tuple[tuple[str, ...], ...] | None = ()
        """Of each TTL, as long as they are known to be right; None once several answer at one TTL."""

        self._responder_counts: dict[int, ResponderCounts] = {}
        """Counted up to now once several answer at one TTL; empty before."""

    def extend(self, rounds: Sequence[RoundOutcome], shapes: Sequence[int]) -> None:
        """The next rounds, and the shape of each."""
        self.end += len(rounds)
        if len(rounds) == 1:
            self._count(shapes[0], 1, rounds[0].started_ns)
            return
        newest = dict(zip(shapes, rounds, strict=True))
        for shape, count in Counter(shapes).items():
            self._count(shape, count, newest[shape].started_ns)

    def add_late(self, outcome: RoundOutcome) -> None:
        """A round of those that were added last carries late replies."""
        self.responder_counts()
        self._addresses = None
        late = [(ttl, address, kind.value) for ttl, address, kind in outcome.late]
        _add(self._responder_counts, late, 1, outcome.started_ns)
        for ttl, *_ in late:
            self.late[ttl] = self.late.get(ttl, 0) + 1

    def responder_counts(self) -> dict[int, ResponderCounts]:
        """Return who answered how often, by TTL; counted on from then on."""
        if not self._responder_counts:
            for shape, (count, last_ns) in self._rounds_of.items():
                _add(self._responder_counts, self._answers[shape], count, last_ns)
        return self._responder_counts

    def addresses(self, last_ttl: int) -> tuple[tuple[str, ...], ...]:
        """Return who answered at TTL 1 to `last_ttl`, at each the one with most replies first."""
        if self._addresses is None:
            responder_counts = self.responder_counts()
            return tuple([addresses_of(responder_counts.get(ttl, {})) for ttl in range(1, last_ttl + 1)])
        if len(self._addresses) != last_ttl:
            self._addresses = tuple([tuple(self._anybody.get(ttl, ())) for ttl in range(1, last_ttl + 1)])
        return self._addresses

    def _count(self, shape: int, count: int, last_ns: int) -> None:
        known = self._rounds_of.get(shape)
        if known is None:
            known = 0, 0
            self._see(self._answers[shape])
        self._rounds_of[shape] = known[0] + count, max(known[1], last_ns)
        if self._responder_counts:
            _add(self._responder_counts, self._answers[shape], count, last_ns)

    def _see(self, answers: Sequence[Answer]) -> None:
        """A round of a shape that was not there before."""
        if self._addresses is None:
            return
        self._addresses = ()
        for ttl, address, _ in answers:
            there = self._anybody.setdefault(ttl, {})
            there[address] = None
            if len(there) > 1:
                self._addresses = None
                return


def _add(
    responder_counts: dict[int, ResponderCounts], answers: Sequence[Answer], count: int, last_ns: int
) -> None:
    """The same answers came so many times, the last time at `last_ns`."""
    for ttl, address, label in answers:
        there = responder_counts.get(ttl)
        if there is None:
            there = responder_counts[ttl] = {}
        counted = there.get(address)
        if counted is None:
            counted = there[address] = ResponderCount(0, {})
        counted.last_ns = max(counted.last_ns, last_ns)
        counted.replies[label] = counted.replies.get(label, 0) + count

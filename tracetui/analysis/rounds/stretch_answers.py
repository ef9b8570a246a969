"""Who answered in a stretch of rounds, by TTL: for `Columns`, where a stretch often grows by a round.

Who answers most at a TTL takes counting only where several do; until then, rounds alike add one number.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.model import RoundOutcome

Answer = tuple[int, str, str]
"""TTL, address, label."""


@dataclass(slots=True)
class Sender:
    """An address at one TTL: when it answered last, and how often by label."""

    last_ns: int
    replies: dict[str, int]

    @property
    def count(self) -> int:
        """Its answers of any kind."""
        return sum(self.replies.values())


Senders = dict[str, Sender]


def addresses_of(senders: Senders) -> tuple[str, ...]:
    """Return who answered, most replies first."""
    return tuple(sorted(senders, key=lambda address: -senders[address].count))


class StretchAnswers:
    """The answers from place `first` up to `end` of a row of rounds, which is handed over part by part."""

    __slots__ = ("_addresses", "_answers", "_anybody", "_rounds_of", "_senders", "end", "first", "late")

    def __init__(self, first: int, answers: Sequence[Sequence[Answer]]) -> None:
        """`answers` are those of each shape of a round; it may grow later."""
        self.first = self.end = first
        self.late: dict[int, int] = {}
        """TTL to late replies; they are among those of the senders."""

        self._answers = answers
        self._rounds_of: dict[int, tuple[int, int]] = {}
        """Shape to how many rounds have it, and the Unix time of the newest of them."""

        self._anybody: dict[int, dict[str, None]] = {}
        """TTL to who answered at all."""

        self._addresses: tuple[tuple[str, ...], ...] | None = ()
        """Of each TTL, as long as they are known to be right; None once several answer at one TTL."""

        self._senders: dict[int, Senders] = {}
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
        self.senders()
        self._addresses = None
        late = [(ttl, address, kind.value) for ttl, address, kind in outcome.late]
        _add(self._senders, late, 1, outcome.started_ns)
        for ttl, *_ in late:
            self.late[ttl] = self.late.get(ttl, 0) + 1

    def senders(self) -> dict[int, Senders]:
        """Return who answered how often, by TTL; counted on from then on."""
        if not self._senders:
            for shape, (count, last_ns) in self._rounds_of.items():
                _add(self._senders, self._answers[shape], count, last_ns)
        return self._senders

    def addresses(self, last_ttl: int) -> tuple[tuple[str, ...], ...]:
        """Return who answered at TTL 1 to `last_ttl`, at each the one with most replies first."""
        if self._addresses is None:
            senders = self.senders()
            return tuple([addresses_of(senders.get(ttl, {})) for ttl in range(1, last_ttl + 1)])
        if len(self._addresses) != last_ttl:
            self._addresses = tuple([tuple(self._anybody.get(ttl, ())) for ttl in range(1, last_ttl + 1)])
        return self._addresses

    def _count(self, shape: int, count: int, last_ns: int) -> None:
        known = self._rounds_of.get(shape)
        if known is None:
            known = 0, 0
            self._see(self._answers[shape])
        self._rounds_of[shape] = known[0] + count, max(known[1], last_ns)
        if self._senders:
            _add(self._senders, self._answers[shape], count, last_ns)

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


def _add(senders: dict[int, Senders], answers: Sequence[Answer], count: int, last_ns: int) -> None:
    """The same answers came so many times, the last time at `last_ns`."""
    for ttl, address, label in answers:
        there = senders.get(ttl)
        if there is None:
            there = senders[ttl] = {}
        sender = there.get(address)
        if sender is None:
            sender = there[address] = Sender(0, {})
        sender.last_ns = max(sender.last_ns, last_ns)
        sender.replies[label] = sender.replies.get(label, 0) + count

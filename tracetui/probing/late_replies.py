"""Replies that come when their round is over: what a lane puts into the next round that completes."""

from dataclasses import replace
from operator import itemgetter
from typing import Final

from tracetui.model import Reply, ReplyKind, RoundOutcome

MAX_KEPT: Final = 64
"""Late replies, and second replies, that one round carries; a flood of them says no more than that."""

_TTL: Final = itemgetter(0)


class AfterRounds:
    """Collects the late and second replies of one lane between two complete rounds."""

    __slots__ = ("_doubled", "_late")

    def __init__(self) -> None:
        self._doubled: list[tuple[int, ReplyKind, ReplyKind]] = []
        self._late: list[tuple[int, str, ReplyKind]] = []

    def count_late(self, ttl: int, reply: Reply) -> None:
        """The first reply to a probe that was given up."""
        if len(self._late) < MAX_KEPT:
            self._late.append((ttl, reply.address, reply.kind))

    def count_extra(self, ttl: int, first: ReplyKind, second: ReplyKind) -> None:
        """A second reply, in another kind, to a probe whose round is complete."""
        if len(self._doubled) < MAX_KEPT:
            self._doubled.append((ttl, first, second))

    def clear(self) -> None:
        """Forget what has come so far."""
        self._doubled.clear()
        self._late.clear()

    def put_into(self, outcome: RoundOutcome) -> RoundOutcome:
        """Return a round that has just completed, with what came since the one before, in order of TTL."""
        if not self._doubled and not self._late:
            return outcome
        doubled = sorted((*self._doubled, *outcome.doubled), key=_TTL)
        late = sorted(self._late)
        self.clear()
        return replace(outcome, doubled=tuple(doubled[:MAX_KEPT]), late=tuple(late))

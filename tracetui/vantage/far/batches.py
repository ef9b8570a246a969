"""Packs the events of a far end into few lines: what becomes of a lane's probes goes together, by columns.

A batch tells what was sent first, then what was answered, then what was lost, then that all of the round is
sent: within one piece of time that order counts the same. Any other event ends the batch of its lane, so that
it stays in its place. Replies that differ in their times alone, as those of one router do, share a form.
"""

from collections.abc import Iterable
from typing import Any, Final

from tracetui.probing.outstanding_probes import Arrival
from tracetui.vantage.far import MAX_BATCH, MAX_FORMS

_IN_TIME: Final = Arrival.IN_TIME.name
_OF_NO_LANE: Final = {"here", "cannot", "pong", "done"}
_OF_ARRIVALS: Final = {"watched", "seen", "looked"}
"""They have no place among the events of lanes."""


class Batch:
    """What became of a lane's probes since its last batch."""

    __slots__ = ("answered", "ended", "lost", "places", "sent")

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.answered: list[list[Any]] = []
        """Of one round each, in the order of the replies: the last RTT is that of the last one."""

        self.lost: dict[int, list[int]] = {}
        self.ended = False
        self.places = MAX_BATCH

    def line(self, lane: int) -> list[object]:
        """Return what is written of it."""
        lost = list(self.lost.items())
        line: list[object] = ["batch", lane, self.sent, self.answered, lost, self.ended]
        while not line[-1]:
            line.pop()
        return line


class Batches:
    """Remembers between two calls which forms of replies the other end knows."""

    def __init__(self) -> None:
        self._forms: dict[int, dict[tuple[Any, ...], int]] = {}
        self._open: dict[int, Batch] = {}
        self._lines: list[list[object]] = []

    def pack(self, events: Iterable[list[Any]]) -> list[list[object]]:
        """Return the lines that tell these events."""
        for event in events:
            match event[0]:
                case "sent":
                    self._batch(event[1]).sent.append(event[2])
                case "reply" if event[4] == _IN_TIME:
                    self._answer(event)
                case "lost":
                    self._batch(event[1]).lost.setdefault(event[3], []).append(event[2])
                case "end":
                    self._batch(event[1]).ended = True
                case _:
                    self._alone(event)
        for lane in list(self._open):
            self._close(lane)
        lines, self._lines = self._lines, []
        return lines

    def _batch(self, lane: int) -> Batch:
        """Return the open batch of a lane, where one more thing has its place."""
        batch = self._open.get(lane)
        if batch is not None and not batch.places:
            self._close(lane)
            batch = None
        if batch is None:
            batch = self._open[lane] = Batch()
        batch.places -= 1
        return batch

    def _answer(self, event: list[Any]) -> None:
        _, lane, ttl, number, _, address, kind, received_ns, rtt_us, *rest = event
        form = self._form(lane, (address, kind, *rest))
        batch, received_us = self._batch(lane), received_ns // 1000
        if not batch.answered or batch.answered[-1][0] != number:
            batch.answered.append([number, received_us, [], [], [], []])
        _, first_us, ttls, forms, rtts_us, after_us = batch.answered[-1]
        ttls.append(ttl)
        forms.append(form)
        rtts_us.append(rtt_us)
        after_us.append(received_us - first_us)

    def _form(self, lane: int, form: tuple[Any, ...]) -> int:
        known = self._forms.setdefault(lane, {})
        number = known.get(form)
        if number is None:
            if len(known) == MAX_FORMS:
                self._close(lane)  # what it names by number keeps its meaning
                known.clear()
            number = known[form] = len(known)
            self._lines.append(["form", lane, number, *form])
        return number

    def _alone(self, event: list[Any]) -> None:
        """Write an event by itself, after all that came before it."""
        if event[0] in _OF_ARRIVALS:
            pass
        elif event[0] in _OF_NO_LANE:
            for lane in list(self._open):
                self._close(lane)
        else:
            self._close(event[1])
            if event[0] == "lane":  # the other end begins anew with it
                self._forms.pop(event[1], None)
        self._lines.append(event)

    def _close(self, lane: int) -> None:
        batch = self._open.pop(lane, None)
        if batch is not None:
            self._lines.append(batch.line(lane))

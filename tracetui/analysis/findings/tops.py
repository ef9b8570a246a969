"""How far up a lane is answered, round by round."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from tracetui.analysis.kept_rounds import KeptRounds
from tracetui.model import RoundOutcome

_path: Final = attrgetter("path")


class Tops:
    """Highest TTL that was answered in each round of one lane; no round is looked at twice."""

    __slots__ = ("_kept", "_tops")

    def __init__(self) -> None:
        self._kept = KeptRounds()
        self._tops: list[int] = []

    def of(self, outcomes: Sequence[RoundOutcome]) -> Sequence[int]:
        """Return them for some kept rounds in a row."""
        start, anew = self._kept.follow(outcomes)
        if anew:
            self._tops = []
        self._tops += map(len, map(_path, self._kept.rounds[len(self._tops) :]))
        return self._tops[-start : len(outcomes) - start]

"""What a part of the fuzzer is, and what it says when the program does what it must not."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tracetui.probing.clock import Clock

NOW_NS = 1_700_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One way into the program that others can write to."""

    name: str
    attacks: str
    """What is attacked, for the list of parts."""

    run: Callable[[Random], object]
    """Make inputs by chance, a few at most, and feed them; raises for whatever must not happen."""


class WrongError(AssertionError):
    """The program took what it must not take, or said what it must not say."""


def insist(holds: bool, said: str) -> None:  # noqa: FBT001  (it is an assertion)
    """Raise WrongError unless it holds."""
    if not holds:
        raise WrongError(said)


def insist_printable(*texts: str, limit: int = 4000) -> None:
    """Raise WrongError for text that could do something to a terminal, or fill it."""
    for text in texts:
        insist(text.isprintable(), f"not printable: {text!r:.200}")
        insist(len(text) <= limit, f"{len(text)} characters: {text!r:.200}")


class StandingClock:
    """A `Clock` that the fuzzer moves, so that an input gives the same outcome again."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000

    def monotonic_ns(self) -> int:
        return self.now_ns

    def unix_ns(self) -> int:
        return NOW_NS + self.now_ns

    stamp_ns = unix_ns


_: type[Clock] = StandingClock

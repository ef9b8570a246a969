"""Feeds changed packets and documents to whatever reads what others write, and checks what comes of it.

    python fuzz/run.py [--seconds N] [--seed S] [--case N] [PART ...]

Every case is made from the seed, the part and a number alone. What must not happen ends its part and is told
with the command that repeats it.
"""

import argparse
import faulthandler
import gc
import random
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

sys.path.append(str(Path(__file__).parent))  # where PYTHONSAFEPATH leaves it out
sys.path.append(str(Path(__file__).parents[1] / "tests"))  # for valid documents to begin with

import answers
import decoders
import far_end
import importers
import matching
import own_files
import rootless
from part import Part

PARTS: Final[tuple[Part, ...]] = (
    *decoders.PARTS,
    *matching.PARTS,
    *rootless.PARTS,
    *far_end.PARTS,
    *importers.PARTS,
    *answers.PARTS,
    *own_files.PARTS,
)
MAX_CPU_S: Final = 10.0
"""Of one case; they take milliseconds. More is a loop without an end, or time that grows too fast."""

_STUCK_S: Final = 300
"""Of wall time beyond the part's share, after which even code that does not look at signals is ended."""


class TooSlowError(BaseException):
    """A case took too long. No `except Exception` shall catch it."""


def main(arguments: Sequence[str]) -> int:
    """Run the parts asked for; 1 where something happened that must not."""
    parser = argparse.ArgumentParser(prog="fuzz/run.py", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(part.name for part in PARTS))
    parser.add_argument("--seconds", type=float, default=60, help="for all parts together (default: 60)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="default: by chance")
    parser.add_argument("--case", type=int, help="run only the case with this number")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - {part.name for part in PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    warnings.simplefilter("error")
    signal.signal(signal.SIGPROF, too_slow)
    chosen = [part for part in PARTS if not options.parts or part.name in options.parts]
    print(f"seed {options.seed}")
    failed = 0
    for part in chosen:
        share_s = options.seconds / len(chosen)
        cases = _until(time.monotonic() + share_s) if options.case is None else iter((options.case,))
        faulthandler.dump_traceback_later(share_s + _STUCK_S, exit=True)
        failed += not run(part, options.seed, cases)
    return 1 if failed else 0


def _until(end_s: float) -> Iterator[int]:
    number = 0
    while number == 0 or time.monotonic() < end_s:
        yield number
        number += 1


def run(part: Part, seed: int, cases: Iterator[int]) -> bool:
    """Run cases until one fails; tell how many there were, and which took the longest."""
    count, slowest, slowest_s = 0, 0, 0.0
    for number in cases:
        started_s = time.process_time()
        try:
            with _limited():
                part.run(random.Random(f"{seed} {part.name} {number}"))
        except (Exception, TooSlowError):  # noqa: BLE001  (whatever it is, it must not happen)
            traceback.print_exc(file=sys.stdout)
            again = f'make fuzz FUZZ_ARGS="--seed {seed} --case {number} {part.name}"'
            print(f"{part.name}: case {number} failed; again: {again}", flush=True)
            return False
        taken_s = time.process_time() - started_s
        if taken_s > slowest_s:
            slowest, slowest_s = number, taken_s
        count += 1
        if count % 1000 == 0:
            gc.collect()
    print(
        f"{part.name}: {count} cases, nothing; slowest {1000 * slowest_s:.0f} ms (case {slowest})", flush=True
    )
    return True


@contextmanager
def _limited() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_PROF, MAX_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def too_slow(_number: int, _frame: FrameType | None) -> None:
    """Handle SIGPROF."""
    raise TooSlowError(f"more than {MAX_CPU_S:g} s of CPU")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

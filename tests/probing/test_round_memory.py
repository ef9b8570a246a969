"""What a lane keeps of each round takes few bytes: counted, for as long as it keeps single rounds."""

import gc
import tracemalloc

import pytest

from probing.scripted import S
from probing.test_engine import LANE, blackhole_after, make, path_of
from tracetui.probing.engine import Engine


@pytest.mark.parametrize("script", [path_of(9), blackhole_after(9)], ids=["reached", "silent"])
def test_a_kept_round_takes_few_bytes(script):
    kept: list[Engine] = []

    def grown(seconds: int) -> int:
        engine, prober, _ = make(script)
        kept.append(engine)
        engine.add([LANE])
        engine.run_until(seconds * S)
        prober.sent.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        few = grown(100)
        many = grown(700) - few
    finally:
        tracemalloc.stop()
    # An object of six fields, three numbers, and the bytes of nine RTTs; a span every ten rounds.
    assert few < many < few + 600 * 310


@pytest.mark.parametrize("script", [path_of(9), blackhole_after(9)], ids=["reached", "silent"])
def test_rounds_that_were_answered_alike_share_who_answered(script):
    engine, _, _ = make(script)
    engine.add([LANE])
    engine.run_until(100 * S)
    outcomes = engine.published.traces[0].outcomes[5:]
    assert len({id(outcome.replies) for outcome in outcomes}) <= 5, "of a silent path, higher TTLs take turns"
    assert len({id(outcome.path) for outcome in outcomes}) == 1

import pytest

from analysis.trace_text import times, trace
from tracetui.analysis.lanes.why_silent import silence
from tracetui.model import Silence

FORWARDING, LIMITED, SILENT = Silence.SILENT_FORWARDING, Silence.RATE_LIMITED, Silence.SILENT


def rounds(*patterns):
    """Rounds from a pattern a TTL: `x` answered, `.` lost."""
    return [
        ", ".join(
            f"{ttl} {chr(96 + ttl) if pattern[index] == 'x' else '*'}"
            for ttl, pattern in enumerate(patterns, start=1)
        )
        for index in range(len(patterns[0]))
    ]


@pytest.mark.parametrize(
    ("patterns", "ttl", "expected"),
    [
        pytest.param(("xxxxxx", "......", "xxxxxx"), 2, FORWARDING, id="never answers, the next does"),
        pytest.param(("xxxxxx", "......", ".....x"), 2, FORWARDING, id="once is enough"),
        pytest.param(("xxxxxx", "......", "......"), 2, SILENT, id="nothing beyond"),
        pytest.param(("xxxxxx", "x..x..", "xxxxxx"), 2, LIMITED, id="the next answers all"),
        pytest.param(
            ("xxxxxx", "x..x..", "......", "xxxxxx"), 2, LIMITED, id="one of those beyond answers all"
        ),
        pytest.param(("xxxxxx", "x.xxxx", "xxxxxx"), 2, None, id="one lost probe says nothing"),
        pytest.param(("xxxxxx", "xxxxxx", "xxxxxx"), 2, None, id="nothing lost"),
        pytest.param(("x.xx.xx.xx", "xx.xx.xx.x", "x.xx.xx.x."), 2, None, id="loss everywhere"),
        pytest.param(("xxxxxx", "x..x..", "......"), 2, None, id="lossy last hop, nothing beyond to compare"),
        pytest.param(("xxxx", "x..x", "xxxx"), 2, None, id="too few probes beyond"),
        pytest.param(("xxxxxx",), 2, None, id="not probed"),
    ],
)
def test_silence(patterns, ttl, expected):
    assert silence(trace(*rounds(*patterns)), ttl) is expected


def test_nothing_is_said_before_a_probe_is_complete():
    assert silence(trace(*times(1, "1 a, 3 c")), 2) is None

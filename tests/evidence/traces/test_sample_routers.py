"""Real outputs of the traceroute family, read as a person reads them; they stand beside the project."""

from pathlib import Path

import pytest

from evidence.traces.shown_trace import lines_of
from tracetui.evidence.traces.read_traces import read_traces

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
EXPECTED = Path(__file__).with_name("sample_routers.txt").read_text(encoding="utf-8")


def expectations() -> dict[str, list[str]]:
    sections = EXPECTED.split("\n== ")[1:]
    return {lines[0]: list(filter(None, lines[1:])) for lines in map(str.splitlines, sections)}


@pytest.mark.parametrize("name", expectations())
def test_a_sample_is_read_as_a_person_reads_it(name):
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the samples stand beside the project where it is developed")
    (trace,) = read_traces(path.read_bytes()).traces
    assert [*lines_of(trace), *(f"! {remark}" for remark in trace.remarks)] == expectations()[name]

"""Documents that other tools made, read as a person reads them; the files stand beside the project."""

from pathlib import Path

import pytest

from evidence.traces.shown_trace import lines_of
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model import EvidenceError
from tracetui.model.imported_trace import ImportedTrace

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
EXPECTED = Path(__file__).with_name("sample_documents.txt").read_text(encoding="utf-8")


def expectations() -> dict[str, list[str]]:
    sections = EXPECTED.split("\n== ")[1:]
    return {lines[0]: list(filter(None, lines[1:])) for lines in map(str.splitlines, sections)}


@pytest.mark.parametrize("name", expectations())
def test_a_document_is_read_as_a_person_reads_it(name):
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the files stand beside the project only where it is developed")
    expected = expectations()[name]
    try:
        found = read_traces(path.read_bytes()).traces
    except EvidenceError as error:
        assert [f"error: {error}"] == expected
        return
    shown = [line for place, trace in enumerate(found) for line in _lines(place, trace)]
    assert shown == expected


def _lines(place: int, trace: ImportedTrace) -> list[str]:
    head, *hops = lines_of(trace)
    return [f"also: {head}" if place else head, *hops]

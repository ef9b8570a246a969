"""Reads documents that tests write, and says what came of them."""

import json

import pytest

from evidence.traces.shown_trace import lines_of
from tracetui.evidence.traces.read_traces import ReadTraces, read_traces
from tracetui.model import EvidenceError
from tracetui.model.imported_trace import ImportedTrace


def read(*documents: object) -> ReadTraces:
    return read_traces("\n".join(map(json.dumps, documents)))


def only(*documents: object) -> ImportedTrace:
    found = read(*documents)
    assert len(found.traces) == 1, found
    return found.traces[0]


def problem(*documents: object) -> str:
    with pytest.raises(EvidenceError) as raised:
        read(*documents)
    return str(raised.value)


def hops(trace: ImportedTrace) -> list[str]:
    return lines_of(trace)[1:]

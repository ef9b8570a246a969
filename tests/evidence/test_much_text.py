"""Texts and documents that unpack to very much: one line, before they take memory or minutes."""

import io
import json
import tracemalloc

import pytest

from tracetui.evidence import document_stream, json_documents
from tracetui.evidence.bgp.read_routes import read_bgp_text
from tracetui.evidence.traces import survey_source
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.evidence.traces.source_text import MAX_LINES, clean_lines
from tracetui.evidence.traces.survey_source import survey_pieces
from tracetui.model import EvidenceError

TRACE = "traceroute to 192.0.2.1 (192.0.2.1), 30 hops max\n 1  192.0.2.1  1 ms\n"


def atlas(number: int) -> str:
    about = {"fw": 5080, "type": "traceroute", "msm_id": 1, "proto": "ICMP", "timestamp": 1552300000}
    about |= {"dst_addr": "192.0.2.1", "from": "192.0.2.9", "prb_id": number}
    return json.dumps({**about, "result": [{"hop": 1, "result": [{"from": "192.0.2.1", "rtt": 1.5}]}]})


def test_empty_lines_take_no_memory_and_lines_keep_their_numbers():
    tracemalloc.start()
    lines = clean_lines("\n" * 2_000_000 + "a\n" + "\n" * 33 + "b" + "\n" * 40)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [line for line in lines if line.text] == [(2_000_001, "a"), (2_000_035, "b")]
    assert len(lines) < 120
    assert peak < 20 << 20
    (trace,) = read_traces("\n" * 2_000_000 + TRACE).traces
    assert len(trace.hops) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a b 1 ms\n" * (MAX_LINES + 1),
        "<br>a" * (MAX_LINES + 1),
        "<tt>" * (9 * MAX_LINES),
        "a\r" * (MAX_LINES + 1),
    ],
    ids=["lines", "breaks", "tags", "returns"],
)
def test_more_lines_than_any_output_has_are_one_line(text):
    with pytest.raises(EvidenceError, match=r"^more than 200,000 lines of text: give the results alone$"):
        read_traces(text)


def test_whole_tables_of_routes_have_more_lines_than_traces():
    with pytest.raises(EvidenceError, match=r"^no BGP route found"):
        read_bgp_text("a b\n" * (MAX_LINES + 1))


def test_a_document_of_too_many_things_is_one_line(monkeypatch):
    monkeypatch.setattr(json_documents, "_STEP", 1 << 10)
    few = "\n" + atlas(1) + "\n" + json.dumps({"a": ["x" * 50] * 50}) + "\n" + atlas(2)
    assert len(list(json_documents.json_documents(few * 20, 4096))) == 60
    with pytest.raises(EvidenceError, match=r"^line 5: a JSON object of more than 0 MiB: give smaller ones$"):
        list(json_documents.json_documents(few + "\n" + json.dumps({"a": [{}] * 5000}) + few, 4096))


def test_an_object_as_long_as_what_is_left_is_read(monkeypatch):
    monkeypatch.setattr(json_documents, "_STEP", 0)
    text = "\n".join(atlas(number) for number in range(50))
    found = [value["prb_id"] for _, _, value in json_documents.json_documents(text, len(atlas(49)) + 64)]
    assert found == [*range(50)]


def test_a_survey_leaves_a_file_that_holds_nothing_of_it(monkeypatch):
    monkeypatch.setattr(survey_source, "MAX_FOREIGN", 100)
    rest = io.BytesIO((atlas(1) + "{}" * 99 + atlas(2) + "{}" * 100 + atlas(3) * 9).encode())
    pieces = [*survey_pieces(io.BufferedReader(rest))]
    assert sum(len(piece.traces) for piece in pieces) == 2
    assert pieces[-1].remarks == ["the rest was not read: 100 JSON objects in a row are no traces"]
    with pytest.raises(
        EvidenceError, match=r"^the rest was not read: 100 JSON objects in a row are no traces$"
    ):
        list(survey_pieces(io.BufferedReader(io.BytesIO(b"{}" * 100 + atlas(1).encode()))))


def test_one_object_at_a_time_is_in_memory():
    """Eight million characters of empty objects take two hundred megabytes, of which two are too many."""
    unit = b'{"a":[' + b"{}," * 300_000 + b"{}]}\n"
    assert len(unit) < document_stream.MAX_OBJECT
    peaks = []
    for count in (1, 4):
        tracemalloc.start()
        with pytest.raises(EvidenceError):
            list(survey_pieces(io.BufferedReader(io.BytesIO(unit * count))))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.4 * peaks[0], peaks


def test_text_in_a_document_that_is_too_long_is_no_trace():
    value = json.loads(atlas(1)) | {"result": "a b\n" * (MAX_LINES + 1)}
    with pytest.raises(EvidenceError, match=r"its text holds no trace$"):
        read_traces(json.dumps(value))


def test_an_object_that_is_too_long_is_not_read_as_a_whole(monkeypatch):
    monkeypatch.setattr(document_stream, "MAX_OBJECT", 1 << 20)
    monkeypatch.setattr(document_stream, "_CHUNK", 1 << 17)
    long = b'{"a":[' + b"{}," * 500_000 + b"{}]}\n"  # more than one may have, less than twice as much
    assert 1 << 20 < len(long) < 2 << 20
    first, second, *_ = document_stream.stream_documents(io.BytesIO(atlas(1).encode() + b"\n" + long))
    assert isinstance(first, dict)
    assert isinstance(second, EvidenceError)

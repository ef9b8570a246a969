"""Files of a survey: JSON objects one by one, in bounded memory, whatever stands between them."""

import io
import json
import random
import subprocess
import sys

import pytest

from evidence.traces.documents import ATLAS
from tracetui.evidence import document_stream
from tracetui.evidence.document_stream import stream_documents
from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.atlas_probes import atlas_probes
from tracetui.evidence.traces.survey_source import survey_pieces
from tracetui.model import EvidenceError

OBJECTS = [{"a": number, "text": "\u00e9 } ] { [" * (number % 7)} for number in range(300)]


def read(data: bytes):
    values = list(stream_documents(io.BytesIO(data)))
    return [value for value in values if not isinstance(value, EvidenceError)], [
        str(value) for value in values if isinstance(value, EvidenceError)
    ]


@pytest.fixture(params=[7, 64, 1 << 20])
def _chunks(request, monkeypatch):
    monkeypatch.setattr(document_stream, "_CHUNK", request.param)


@pytest.mark.usefixtures("_chunks")
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=2, ensure_ascii=False),
        "\n".join(map(json.dumps, OBJECTS)),
        "\ufeff" + "\r\n".join(map(json.dumps, OBJECTS)) + "\r\n",
    ],
    ids=["list", "indented", "lines", "marked"],
)
def test_every_object_is_read_whatever_the_chunks(text):
    assert read(text.encode()) == (OBJECTS, [])


def test_what_is_broken_is_left_out_and_said():
    found, errors = read(b'{"a": 1}\n{"a": oops}\n{"a": 2}\nrubbish\n{"a": 3}\n{"a": ')
    assert found == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert len(errors) == 3
    assert "character 10 " in errors[0]


def test_rubbish_without_end_is_given_up():
    found, errors = read(b'{"a": 1}\n' + b"{oops\n" * 10_000)
    assert found == [{"a": 1}]
    assert len(errors) == document_stream.MAX_BROKEN + 1
    assert "the rest was not read" in errors[-1]


@pytest.mark.parametrize("bad", [b'{"a":' * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_values_that_the_decoder_refuses(bad):
    found, errors = read(b'{"a": 1}\n' + bad + b'\n{"a": 2}\n')
    assert found[0] == {"a": 1}
    assert errors


def test_an_object_of_any_length_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(document_stream, "MAX_OBJECT", 1 << 16)
    monkeypatch.setattr(document_stream, "_CHUNK", 1 << 10)
    endless = b'{"a": "' + b"x" * (1 << 22)
    found, errors = read(endless)
    assert found == []
    assert errors


def test_mutated_results_never_raise_anything_else():
    rng = random.Random(4)
    whole = json.dumps([ATLAS] * 3).encode()
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(data))
            data[place : place + rng.randint(0, 4)] = bytes(
                rng.choices(b'{}[]",:0x\xff\n', k=rng.randint(0, 4))
            )
        try:
            for piece in survey_pieces(io.BufferedReader(io.BytesIO(bytes(data)))):
                assert all(remark.isprintable() for remark in piece.remarks)
        except EvidenceError as error:
            assert "\n" not in str(error)


def test_text_is_read_as_import_does():
    text = b"traceroute to 192.0.2.7 (192.0.2.7), 30 hops max\n 1  192.0.2.1  1.0 ms\n 2  * * *\n"
    (piece,) = survey_pieces(io.BufferedReader(io.BytesIO(text)))
    assert [trace.address for trace in piece.traces] == ["192.0.2.7"]


def test_probes_of_all_shapes():
    probe: Json = {"id": 6012, "country_code": "ru", "asn_v4": 8359, "asn_v6": None}
    broken: Json = {"id": "x", "country_code": 5, "asn_v4": -1}
    shapes: list[Json] = [probe, {"results": [probe, broken, 5]}, {"objects": [probe]}]
    for shape in shapes:
        (place,) = atlas_probes(shape)
        assert (place.vantage, place.country, place.asns) == ("probe 6012", "RU", (8359,))
    result: Json = json.loads(json.dumps(ATLAS))
    assert list(atlas_probes(result)) == list(atlas_probes([])) == list(atlas_probes(None)) == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path):
    """Results of the same two hundred probes, again and again: 50 MB of JSON."""
    path = tmp_path / "results.json"
    hops = [
        {"hop": ttl, "result": [{"from": f"5.1.1.{ttl}", "rtt": 5.123, "size": 28, "ttl": 60}] * 3}
        for ttl in range(1, 15)
    ]
    with path.open("w") as file:
        for number in range(20_000):
            file.write(json.dumps(ATLAS | {"prb_id": number % 200, "result": hops}) + "\n")
    code = (
        "import sys; from tracetui.cli import main; sys.stdout = open('/dev/null', 'w');"
        "main(['survey', sys.argv[1], '--no-config', '--format', 'json']);"
        "lines = open('/proc/self/status').read().splitlines();"  # ru_maxrss begins with the parent's
        "sys.stderr.write(next(line.split()[1] for line in lines if line.startswith('VmHWM')))"
    )
    run = subprocess.run(
        [sys.executable, "-P", "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert path.stat().st_size > 40 << 20
    assert int(run.stderr.split()[-1]) < 110 << 10

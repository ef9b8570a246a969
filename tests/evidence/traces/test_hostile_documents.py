"""Documents changed at random and made to hurt: one kind of error, bounded time, inert text."""

import json
import time
import tracemalloc
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.cpu_time import scaled_seconds
from evidence.traces.documents import DOCUMENTS
from tracetui.evidence.traces.read_traces import ReadTraces, read_traces
from tracetui.model import EvidenceError
from tracetui.model.imported_trace import ImportedTrace

HOUR_NS = 3_600_000_000_000
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [
            -1,
            0,
            1,
            255,
            256,
            2**31,
            2**63,
            2**70,
            10**400,
            -0.5,
            1e308,
            float("nan"),
            float("inf"),
            0.1,
            "",
            "*",
        ]
    ),
    st.sampled_from(
        ["192.0.2.1", "::ffff:192.0.2.1", "fe80::1%eth0", "???", "x" * 3000, "\x1b[2J", "\u202e", "1" * 99]
    ),
    st.text(max_size=20),
    st.just([]),
    st.just({}),
    st.just([[[[{"a": [{}]}]]]]),
)


def outcome(source: str | bytes) -> ReadTraces | None:
    try:
        return read_traces(source)
    except EvidenceError as error:
        said = str(error)
        assert said
        assert said.isprintable(), said
        assert len(said) < 2000
        return None


def assert_sound(trace: ImportedTrace) -> None:
    ttls = [hop.ttl for hop in trace.hops]
    assert ttls == sorted(set(ttls))
    assert all(1 <= ttl <= 255 for ttl in ttls)
    texts = [trace.tool, trace.target, trace.vantage, trace.flow_id, *trace.remarks]
    for hop in trace.hops:
        assert 0 <= hop.lost <= hop.sent
        texts += [responder.name for responder in hop.responders]
        for reply in hop.probes:
            if reply is not None:
                assert reply.rtt_ns is None or 0 <= reply.rtt_ns <= HOUR_NS
                assert reply.icmp_code is None or 0 <= reply.icmp_code <= 255
        if hop.figures is not None:
            assert not hop.probes
            assert all(
                time is None or 0 <= time <= HOUR_NS for time in (hop.figures.mean_ns, hop.figures.worst_ns)
            )
    assert all(text.isprintable() and len(text) < 600 for text in texts)


@st.composite
def mutated(draw):
    """A document with some of its values exchanged, dropped, repeated, or put in the place of others."""
    document = deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 4))):
        places = list(containers(document))
        container = draw(st.sampled_from(places))
        keys = list(container) if isinstance(container, dict) else list(range(len(container)))
        if not keys:
            continue
        key = draw(st.sampled_from(keys))
        match draw(st.sampled_from(["exchange", "drop", "move", "repeat", "text"])):
            case "exchange":
                container[key] = deepcopy(draw(ODD))
            case "drop":
                del container[key]
            case "move":
                container[key] = deepcopy(draw(st.sampled_from(places)))
            case "repeat" if isinstance(container, list):
                container += deepcopy(container) * draw(st.sampled_from([1, 300]))
            case _:
                container[key] = str(container[key])
    return document


def containers(value):
    if isinstance(value, dict | list):
        yield value
        for part in list(value.values()) if isinstance(value, dict) else list(value):
            yield from containers(part)


@settings(max_examples=120, deadline=None)
@given(mutated())
def test_changed_documents_give_sound_traces_or_one_error(document):
    found = outcome(json.dumps(document))
    for trace in found.traces if found is not None else ():
        assert_sound(trace)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.data())
def test_changed_text_gives_sound_traces_or_one_error(document, data):
    text = json.dumps(document, indent=data.draw(st.sampled_from([None, 1])))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 10))
        text = (
            text[:place]
            + data.draw(st.sampled_from(["", "{", "}", "[", "]", '"', ",", ":", "\n", "9" * 5000]))
            + text[place + cut :]
        )
    found = outcome(text)
    for trace in found.traces if found is not None else ():
        assert_sound(trace)


def test_duplicate_keys_and_numbers_that_are_none():
    text = json.dumps(DOCUMENTS[0])
    assert outcome(text[:-1] + ', "dst": [1], "dst": "203.0.113.9"}') is not None
    assert outcome(text.replace('"rtt": 1.5', '"rtt": NaN')) is None
    assert outcome(text.replace('"rtt": 1.5', '"rtt": -Infinity')) is None


MEGABYTE = 1 << 20
ATLAS = next(json.dumps(document) for document in DOCUMENTS if "prb_id" in document)
HOSTILE = {
    "open brackets": "[" * MEGABYTE,
    "open objects": '{"a":' * (MEGABYTE // 5),
    "open objects, a line each": '{"a":\n' * (MEGABYTE // 6),
    "open lists of objects": "[{\n" * (MEGABYTE // 3),
    "objects in an open list": '{"a":[\n' + "{},\n" * (MEGABYTE // 4),
    "an open string": '{"' + "x" * MEGABYTE,
    "open strings, a line each": '{"a\n' * (MEGABYTE // 4),
    "open pairs, a line each": '{"a":1,\n' * (MEGABYTE // 8),
    "a huge number": '{"prb_id": ' + "9" * MEGABYTE,
    "huge numbers, a line each": ('{"prb_id": ' + "9" * 5000 + "}\n") * (MEGABYTE // 5014),
    "spaces": "{" + " " * MEGABYTE,
    "spaces before lists": ("[" + " " * 1000 + "\n") * (MEGABYTE // 1002),
    "many keys": "{" + ",".join(f'"k{number}":0' for number in range(MEGABYTE // 10)) + "}",
    "empty objects": "{}\n" * (MEGABYTE // 3),
    "one result broken at its end": (ATLAS[:-1] + "\n") * (MEGABYTE // len(ATLAS)),
    "broken results": (ATLAS.replace('"result"', '"results"') + "\n") * (MEGABYTE // len(ATLAS)),
    "a long address": ATLAS.replace("192.0.2.1", "1." * (MEGABYTE // 2)),
    "a long name": ATLAS.replace("mail.example", "\u0301\u202e\x00" * (MEGABYTE // 8)),
    "nested envelopes": '{"results":[' * 300 + ATLAS + "]}" * 300,
    "text in a result": ATLAS.replace(
        '"result": [',
        '"result": "' + "traceroute to a (192.0.2.1), 9 hops max\\n 1  " * 11000 + '", "was": [',
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_takes_a_second(name):
    assert scaled_seconds(lambda: outcome(HOSTILE[name]), enough=1) < 1


@pytest.mark.slow
def test_ten_thousand_results(tmp_path: Path):
    reply = {"from": "192.0.2.1", "rtt": 12.345, "size": 28, "ttl": 250}
    result = json.loads(ATLAS) | {"result": [{"hop": hop, "result": [reply] * 3} for hop in range(1, 16)]}
    source = json.dumps([result] * 10_000).encode()
    begun = time.process_time()
    found = read_traces(source)
    took = time.process_time() - begun
    tracemalloc.start()
    read_traces(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{len(source) / 1e6:.0f} MB: {took:.1f} s of CPU, {peak / 1e6:.0f} MB at most")
    assert len(found.traces) == 1000
    assert found.remarks == ("9000 more traces were left out: 1000 are read at once",)
    assert took < 10
    assert peak < 12 * len(source)

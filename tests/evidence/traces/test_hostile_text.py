"""Whatever the text: traces or the one declared error, in linear time, nothing that acts in a terminal."""

import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.cpu_time import scaled_seconds
from evidence.traces.test_router_outputs import outputs
from tracetui.evidence.traces.hop_line import MAX_PROBES
from tracetui.evidence.traces.line_traces import MAX_TRACES
from tracetui.evidence.traces.read_traces import ReadTraces, read_traces
from tracetui.model import EvidenceError, safe_text
from tracetui.model.imported_trace import ImportedReply

TEXTS = [text for text, _ in outputs().values()]
PIECES = [
    *" \n\t:.,()[]<>!*?#|>-\r\x1b\v\0",
    *(
        "  1  ",
        " 2  ",
        "255",
        "192.0.2.1",
        "2001:db8::1",
        "fe80::1%eth0",
        "(192.0.2.1)",
        "host.example",
        "٣",
        "²",
    ),
    *(
        "[AS 64500]",
        "[AS",
        "[*]",
        "[MPLS: Label 16 Exp 0]",
        "<MPLS:L=1",
        "MPLS Label=1 CoS=0",
        "१२",
        "\u202e",
    ),
    *(
        " 1 ms",
        " 2.5 msec",
        " <1 ms",
        " ms",
        "9.9",
        "*",
        " !H",
        "!<13>",
        "no reply",
        "...\n",
        "```\n",
        "{",
        '{"a":',
    ),
    *("<br>", "&nbsp;", "&#0;", "> ", "12:04 <a> ", "\x1b[2J", "R1#traceroute 192.0.2.9\n"),
    "traceroute to h (192.0.2.9), 30 hops max, 60 byte packets\n",
    "Tracing the route to 192.0.2.9\n",
    " 1?: [LOCALHOST] pmtu 1500\n",
    "TTL LFT trace to h (192.0.2.9):80/tcp\n",
]


def check(text: str | bytes) -> ReadTraces | None:
    """Read a text; assert what holds for any."""
    try:
        found = read_traces(text)
    except EvidenceError as error:
        assert str(error).isprintable()
        return None
    assert 0 < len(found.traces) <= MAX_TRACES
    for trace in found.traces:
        ttls = [hop.ttl for hop in trace.hops]
        assert ttls
        assert ttls == sorted(set(ttls))
        assert all(0 <= ttl <= 255 for ttl in ttls)
        assert all(len(hop.probes) <= 2 * MAX_PROBES for hop in trace.hops)
        shown = [trace.target, trace.vantage, trace.flow_id, *trace.remarks]
        for responder in (responder for hop in trace.hops for responder in hop.responders):
            assert responder.address or responder.name or responder.asns
            assert all(0 < asn < 1 << 32 for asn in responder.asns)
            shown.append(responder.name)
        assert all(safe_text(said, limit=1000) == said for said in shown)
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_changed_outputs(data):
    text = "\n".join(data.draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)))
    for _ in range(data.draw(st.integers(1, 12))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 40)))
        put = "".join(data.draw(st.lists(st.sampled_from(PIECES) | st.characters(), max_size=3)))
        text = text[:start] + put + text[end:]
    check(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=120).map("".join))
def test_words_of_the_family_in_any_order(text):
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400))
def test_anything(text):
    check(text)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([text for text in TEXTS if "no reply" not in text]), st.data())
def test_a_text_that_was_cut_off_gives_no_wrong_hop(text, data):
    """What was read before the cut stays; of the last hop a part stays, or a remark says what is odd.

    Not for tracepath, which prints late answers to hops that it had given up.
    """
    whole = check(text)
    found = check(text[: data.draw(st.integers(0, len(text)))])
    if found is None:
        return
    (trace,) = found.traces
    seen = {hop.ttl: [seen_of(reply) for reply in hop.probes] for hop in whole.traces[0].hops}
    for hop in trace.hops[:-1]:
        assert [seen_of(reply) for reply in hop.probes] == seen[hop.ttl]
    last = trace.hops[-1]
    probes = [seen_of(reply) for reply in last.probes]
    assert probes == seen.get(last.ttl, [])[: len(probes)] or trace.remarks


def seen_of(reply: ImportedReply | None) -> object:
    return reply and (reply.responder.address, reply.responder.name, reply.rtt_ns)


@pytest.mark.parametrize("number", [0, 256, 300, 999])
def test_numbers_that_no_hop_has_are_left_out(number):
    text = f"{LINUX} {number}  192.0.2.7  4 ms\n 1  192.0.2.8  5 ms\n"
    (trace,) = read_traces(text).traces
    assert [hop.ttl for hop in trace.hops] == [1]


def test_no_hop_follows_the_last_that_there_can_be():
    (trace,) = read_traces(f"{LINUX} 255  192.0.2.7  4 ms 256  192.0.2.8  5 ms\n").traces
    assert [hop.ttl for hop in trace.hops] == [255]


MEGABYTE = 1 << 20
LINUX = "traceroute to h.example (192.0.2.9), 30 hops max, 40 byte packets\n"


def hops(count: int, between: str = "") -> str:
    return "".join(
        f" {ttl}  h{ttl}.example (192.0.2.{ttl})  1.2 ms  2.3 ms  3.4 ms\n{between}"
        for ttl in range(1, count + 1)
    )


HOSTILE = {
    "ones": "1 ",
    "lines of ones": "1\n",
    "brackets": "[AS ",
    "open ASes": " 1 [AS \n",
    "parentheses": "(",
    "stars": " * * *\n",
    "headers": LINUX,
    "headers and junk": LINUX + "x\n" * 7,
    "Cisco headers": "Tracing the route to 192.0.2.9\n",
    "headers that never end": "traceroute to " + "a" * 200 + " (",
    "first hops": " 1  192.0.2.1  1 ms\n",
    "traces": LINUX + hops(29),
    "traces and comments": LINUX + hops(255, "a comment\n"),
    "continuations": LINUX + " 1  192.0.2.1  1 ms\n" + "    192.0.2.9  1 ms\n" * 50_000,
    "labels": LINUX + " 1  192.0.2.1  1 ms\n" + "   MPLS Label=1 CoS=0 TTL=1 S=1\n" * 30_000,
    "names": LINUX + " 1  " + "a " * 2000 + "\n",
    "times": LINUX + " 1  192.0.2.1" + " 1 ms" * 800 + "\n",
    "quotes": "> " * 40 + "\n",
    "tags": "<a ",
    "breaks": "<br>",
    "page": "<pre>1  192.0.2.1  1 ms<br>",
    "entities": "&nbsp;",
    "objects": '{"a":',
    "escapes": "\x1b[",
    "returns": "a\r",
    "numbered": "".join(f"{number} traceroute to h (192.0.2.9), 3 hops max\n" for number in range(20_000)),
    "stamps": "[12:04] <anna>  1 \n",
    "prompts": "root@host:~$ traceroute -n 192.0.2.9\n",
    "dates": "2019-03-12 12:04:05 ",
    "spaces": " " * 100 + "1\n",
    "tracepath": " 1?: [LOCALHOST] pmtu 1500\n 1:  no reply\n",
    "flags": LINUX + (" 1  h.example (192.0.2.1) <syn,ack>  1.2 ms " + "<syn,ack> " * 400 + "\n") * 20,
    "headings and colons": "a:" * 200 + "\nTracing route to a [192.0.2.9]\n",
    "headings and words": "a-b." * 120 + "\nTracing route to a [192.0.2.9]\n",
    "LFT and spaces": "a" + " " * 400 + "b\nTTL LFT trace to h (192.0.2.9):80/tcp\n",
    "headers and spaces": "a" + " " * 400 + "b\n" + LINUX,
    "mtr and prompts": "#>$% " * 100 + "\nHOST: a Loss% Snt Last Avg Best Wrst StDev\n",
    "empty objects": "{}\n",
    "braces": "{\n",
    "angles": ">\n",
    "LFT": "TTL LFT trace to h (192.0.2.9):80/tcp\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_takes_linear_time(name):
    text = megabyte(HOSTILE[name])
    taken = scaled_seconds(lambda: check_quickly(text), enough=1)
    print(f"{name}: {taken:.2f} s")
    assert taken < 1


@pytest.mark.slow
@pytest.mark.parametrize("name", outputs())
def test_a_megabyte_of_one_output_again_and_again(name):
    text = megabyte(outputs()[name][0].rstrip() + "\n")
    assert scaled_seconds(lambda: check_quickly(text), enough=1) < 1


def megabyte(text: str) -> str:
    return (text * (MEGABYTE // len(text) + 1))[:MEGABYTE]


def check_quickly(text: str) -> None:
    with suppress(EvidenceError):
        read_traces(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["traces", "times", "continuations", "lines of ones"])
def test_memory_is_bounded_by_the_text(name):
    text = megabyte(HOSTILE[name])
    tracemalloc.start()
    try:
        check_quickly(text)
        assert tracemalloc.get_traced_memory()[1] < 150 * MEGABYTE
    finally:
        tracemalloc.stop()

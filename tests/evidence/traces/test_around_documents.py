"""Documents among other text: several in one paste, lists, mails, pages, and hostile names."""

import json

import pytest

from evidence.traces.read_documents import only
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model import EvidenceError, ReplyKind

ATLAS = {
    "fw": 5080,
    "type": "traceroute",
    "prb_id": 6012,
    "proto": "ICMP",
    "dst_name": "mail.example",
    "dst_addr": "203.0.113.7",
    "result": [{"hop": 1, "result": [{"from": "192.0.2.1", "rtt": 1}]}],
}
MTR = {
    "report": {
        "mtr": {"src": "box", "dst": "203.0.113.7", "tests": 4},
        "hubs": [{"count": 1, "host": "192.0.2.1", "Loss%": 0.0, "Snt": 4, "Avg": 1.25}],
    }
}
TEXT = "traceroute to a (203.0.113.7), 30 hops max, 60 byte packets\n 1  192.0.2.1 (192.0.2.1)  1.5 ms\n"


class TestAroundDocuments:
    def test_a_paste_of_several(self):
        paste = "\n".join(
            [
                "me@box:~$ mtr -j 203.0.113.7",
                json.dumps(MTR, indent=4),
                "me@box:~$ cat results.json",
                json.dumps([ATLAS, ATLAS]),
                "and from the other side:",
                TEXT,
                "{ this is no JSON }",
            ]
        )
        found = read_traces(paste)
        assert sorted(trace.tool for trace in found.traces) == [
            "RIPE Atlas",
            "RIPE Atlas",
            "mtr",
            "traceroute",
        ]
        assert (
            next(trace for trace in found.traces if trace.tool == "traceroute").lines[0]
            == paste[: paste.index("traceroute to")].count("\n") + 1
        )

    def test_a_list_over_many_lines(self):
        assert len(read_traces(json.dumps([ATLAS, {"a": 1}, ATLAS], indent=2)).traces) == 2

    def test_a_document_quoted_in_a_mail(self):
        quoted = "".join(f"> {line}\n" for line in json.dumps(MTR, indent=2).splitlines())
        assert [trace.tool for trace in read_traces(f"You wrote:\n{quoted}").traces] == ["mtr"]

    def test_a_document_in_a_page(self):
        page = "<html><body><pre>" + json.dumps(MTR).replace('"', "&quot;") + "</pre></body></html>"
        assert [trace.tool for trace in read_traces(page).traces] == ["mtr"]

    def test_a_document_that_was_cut_off_holds_no_trace(self):
        assert "no trace found" in self.refused(json.dumps(MTR)[:-20])

    def test_the_first_thousand_traces_are_read(self):
        found = read_traces(json.dumps([ATLAS] * 1003))
        assert len(found.traces) == 1000
        assert found.remarks == ("3 more traces were left out: 1000 are read at once",)

    def test_faults_are_told_twenty_times_at_most(self):
        found = read_traces(json.dumps([ATLAS, *[ATLAS | {"result": 1}] * 30]))
        assert len(found.remarks) == 21
        assert found.remarks[-1] == "10 more could not be read"

    def refused(self, text):
        with pytest.raises(EvidenceError) as raised:
            read_traces(text)
        return str(raised.value)


def test_text_from_outside_is_inert():
    hostile = "\x1b[31mred\u202eevil\n" + "x" * 5000
    result = [{"hop": 1, "result": [{"from": hostile, "rtt": 1}]}]
    trace = only(ATLAS | {"dst_name": hostile, "result": result})
    shown = [
        trace.target,
        trace.vantage,
        *[responder.name for hop in trace.hops for responder in hop.responders],
    ]
    assert all(text.isprintable() and len(text) <= 200 for text in shown)
    assert trace.hops[0].probes[0].kind is ReplyKind.TIME_EXCEEDED

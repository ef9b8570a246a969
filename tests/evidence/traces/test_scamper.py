"""Traces of scamper as JSON: lost probes, kinds, labels, and what is left open."""

import pytest

from evidence.traces.read_documents import hops, only, problem, read
from evidence.traces.shown_trace import lines_of
from tracetui.model.imported_trace import Untold


class TestScamper:
    def trace(self, **changes):
        return {
            "type": "trace",
            "version": "0.1",
            "method": "tcp",
            "src": "192.0.2.9",
            "dst": "203.0.113.7",
            "sport": 40000,
            "dport": 443,
            "stop_reason": "COMPLETED",
            "start": {"sec": 1700000000, "usec": 500000},
            "hop_count": 3,
            "attempts": 2,
            "firsthop": 1,
            "probe_count": 5,
            "hops": [
                {"addr": "192.0.2.1", "probe_ttl": 1, "probe_id": 2, "rtt": 1.5, "reply_ttl": 64}
                | {"icmp_type": 11, "icmp_code": 0},
                {
                    "addr": "203.0.113.7",
                    "probe_ttl": 3,
                    "probe_id": 1,
                    "rtt": 9,
                    "reply_ttl": 60,
                    "tcp_flags": 18,
                },
            ],
        } | changes

    def test_lost_probes_are_told_by_the_attempts(self):
        trace = only(
            {"type": "cycle-start", "list_name": "x"}, self.trace(), {"type": "cycle-stop", "list_name": "x"}
        )
        assert lines_of(trace) == [
            "scamper > 203.0.113.7 203.0.113.7; tcp/443; from ? 192.0.2.9; 2023-11-14 22:13:20; "
            "untold nothing",
            "1 * 192.0.2.1 te 1.5",
            "2 * *",
            "3 203.0.113.7 syn 9",
        ]
        assert trace.flow_id == "source port 40000"
        assert trace.hops[0].probes[1].reply_ttl == 64

    def test_lost_probes_are_told_one_by_one_in_new_versions(self):
        lost = [{"probe_ttl": 2, "probe_id": number, "probe_size": 40} for number in (0, 1, 2)]
        assert hops(only(self.trace(no_hops=[*lost, {"probe_ttl": 1, "probe_id": 0}], probe_count=6))) == [
            "1 * 192.0.2.1 te 1.5",
            "2 * * *",
            "3 203.0.113.7 syn 9",
        ]

    def test_every_attempt_is_used_when_told_so(self):
        trace = only(self.trace(probe_count=6))
        assert hops(trace)[2] == "3 203.0.113.7 syn 9 *"
        assert Untold.LOST_PROBES not in trace.untold

    def test_a_count_that_does_not_add_up_is_left_open(self):
        assert Untold.LOST_PROBES in only(self.trace(probe_count=9)).untold

    def test_labels_names_and_several_replies_to_a_ttl(self):
        labels = [
            {
                "ie_cn": 1,
                "ie_ct": 1,
                "mpls_labels": [{"mpls_ttl": 1, "mpls_label": 24012}, {"mpls_label": 16}],
            }
        ]
        answers = [
            {
                "addr": "192.0.2.1",
                "name": "a.example",
                "probe_ttl": 1,
                "probe_id": 1,
                "icmp_type": 11,
                "icmpext": labels,
            },
            {"addr": "192.0.2.2", "probe_ttl": 1, "probe_id": 2, "icmp_type": 11, "rtt": 2},
            {"addr": "192.0.2.3", "probe_ttl": 1, "probe_id": 2, "icmp_type": 11, "rtt": 3},
        ]
        trace = only(self.trace(hops=answers, hop_count=1, probe_count=2))
        assert hops(trace) == ["1 a.example=192.0.2.1 [24012/16] te ? 192.0.2.2 te 2"]

    @pytest.mark.parametrize(
        ("target", "sender", "icmp_type", "icmp_code", "shown"),
        [
            ("203.0.113.7", "192.0.2.1", 3, 13, "un13"),
            ("203.0.113.7", "192.0.2.1", 3, 3, "un3"),
            ("203.0.113.7", "203.0.113.7", 3, 3, "port"),
            ("203.0.113.7", "203.0.113.7", 0, 0, "echo"),
            ("2001:db8::7", "2001:db8::7", 1, 4, "port"),
            ("2001:db8::7", "2001:db8::1", 1, 1, "un1"),
            ("2001:db8::7", "2001:db8::1", 2, 0, "big"),
            ("2001:db8::7", "2001:db8::1", 3, 0, "te"),
            ("2001:db8::7", "2001:db8::7", 129, 0, "echo"),
        ],
    )
    def test_kinds_by_family(self, target, sender, icmp_type, icmp_code, shown):
        answer = {"addr": sender, "probe_ttl": 1, "probe_id": 1, "rtt": 1, "icmp_type": icmp_type}
        document = self.trace(
            dst=target, hops=[answer | {"icmp_code": icmp_code}], hop_count=1, probe_count=1
        )
        assert hops(only(document)) == [f"1 {sender} {shown} 1"]

    def test_a_trace_that_was_cut_off_says_so(self):
        trace = only(self.trace(stop_reason="HALTED"))
        assert Untold.END in trace.untold
        assert trace.remarks == ("scamper was halted",)

    def test_one_broken_trace_of_two(self):
        found = read(self.trace(), self.trace(hops=[{"addr": "192.0.2.1", "probe_ttl": 0}]))
        assert len(found.traces) == 1
        assert found.remarks == ("scamper: Expected `int` >= 1 - at `$.hops[0].probe_ttl`",)

    def test_a_load_balancer_trace_is_named(self):
        assert "tracelb" in problem({"type": "tracelb", "version": "0.1"})

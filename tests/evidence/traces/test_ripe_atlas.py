"""Results of RIPE Atlas, of all firmwares."""

import pytest

from evidence.traces.read_documents import hops, only, problem, read
from evidence.traces.shown_trace import lines_of


class TestRipeAtlas:
    def result(self, *found, **changes):
        return {
            "fw": 5080,
            "af": 4,
            "type": "traceroute",
            "msm_id": 1,
            "prb_id": 6012,
            "proto": "TCP",
            "dst_name": "mail.example",
            "dst_addr": "203.0.113.7",
            "src_addr": "192.168.0.2",
            "from": "198.51.100.9",
            "timestamp": 1700000000,
            "paris_id": 3,
            "lts": 12,
            "result": [{"hop": number, "result": list(replies)} for number, replies in enumerate(found, 1)],
        } | changes

    def test_flags_errors_labels_duplicates_and_late_replies(self):
        labels = {
            "version": 2,
            "obj": [{"class": 1, "type": 1, "mpls": [{"label": 16, "exp": 0, "s": 1, "ttl": 1}]}],
        }
        trace = only(
            self.result(
                [
                    {"from": "192.168.0.1", "rtt": 1.25, "ttl": 64},
                    {"x": "*"},
                    {"from": "192.168.0.1", "rtt": 2},
                ],
                [
                    {"from": "192.0.2.5", "rtt": 3, "icmpext": labels},
                    {"from": "192.0.2.5", "rtt": 3, "dup": True},
                    {"late": 2, "from": "192.168.0.1", "ttl": 64},
                    {"from": "192.0.2.6", "rtt": 4, "err": "A"},
                    {"from": "192.0.2.6", "rtt": 4, "err": 9},
                ],
                [
                    {"from": "203.0.113.7", "rtt": 5, "flags": "SA"},
                    {"from": "203.0.113.7", "rtt": 6, "flags": "RA"},
                ],
            )
        )
        assert lines_of(trace) == [
            "RIPE Atlas > mail.example 203.0.113.7; tcp; from probe 6012 198.51.100.9; 2023-11-14 22:13:20; "
            "untold protocol",
            "1 192.168.0.1 te 1.25 * 2",
            "2 192.0.2.5 [16] te 3 192.0.2.6 un13 4 192.0.2.6 un9 4",
            "3 203.0.113.7 syn 5 203.0.113.7 rst 6",
        ]
        assert trace.flow_id == "Paris id 3"
        assert trace.remarks == ("1 reply came late: not counted, the probes are among the lost",)

    @pytest.mark.parametrize(
        ("proto", "sender", "reply", "shown"),
        [
            ("UDP", "203.0.113.7", {}, "port"),
            ("UDP", "192.0.2.1", {"err": "p"}, "un3"),
            ("ICMP", "203.0.113.7", {}, "echo"),
            ("ICMP", "203.0.113.7", {"err": "p"}, "port"),
            ("ICMP", "192.0.2.1", {"err": "N"}, "un0"),
            ("ICMP", "192.0.2.1", {"err": "H"}, "un1"),
            ("ICMP", "192.0.2.1", {"err": "P"}, "un2"),
            ("ICMP", "192.0.2.1", {"mtu": 1400}, "un4"),
            ("ICMP", "2001:db8::1", {"err": "N"}, "un0"),
            ("ICMP", "2001:db8::1", {"err": "A"}, "un1"),
            ("ICMP", "2001:db8::1", {"err": "h"}, "un2"),
            ("ICMP", "2001:db8::1", {"err": "H"}, "un3"),
            ("ICMP", "2001:db8::1", {"err": 6}, "un6"),
            ("ICMP", "2001:db8::1", {"mtu": 1400}, "big"),
            ("ICMP", "2001:db8::1", {}, "te"),
            ("ICMP", "2001:db8::7", {}, "echo"),
        ],
    )
    def test_kinds_by_protocol_and_family(self, proto, sender, reply, shown):
        target = "2001:db8::7" if ":" in sender else "203.0.113.7"
        document = self.result([{"from": sender, "rtt": 1} | reply], proto=proto, dst_addr=target)
        assert hops(only(document)) == [f"1 {sender} {shown} 1"]

    def test_what_ended_a_tcp_trace_is_left_open_where_old_firmware_does_not_tell(self):
        assert hops(only(self.result([{"from": "203.0.113.7", "rtt": 1}]))) == ["1 203.0.113.7 1"]

    def test_text_of_the_first_firmware(self):
        text = (
            "traceroute to 203.0.113.7 (203.0.113.7), 32 hops max, 40 byte packets\n"
            " 1  192.0.2.1 (192.0.2.1)  1.5 ms  1.6 ms\n 2  * *\n"
        )
        trace = only(self.result(fw=1, pf=4, af=None, proto="UDP", result=text))
        assert hops(trace) == ["1 192.0.2.1 te 1.5 1.6", "2 * *"]
        assert trace.vantage == "probe 6012"
        assert trace.tool == "RIPE Atlas"

    def test_text_without_a_trace_is_told(self):
        assert (
            problem(self.result(fw=1, result="nothing")) == "RIPE Atlas: probe 6012: its text holds no trace"
        )

    def test_the_last_try_of_the_endpoint_is_hop_255(self):
        trace = only(self.result([{"x": "*"}], result=[{"hop": 255, "result": [{"x": "*"}]}]))
        assert hops(trace) == ["255 *"]
        assert "five silent hops" in trace.remarks[0]

    def test_a_clock_that_was_never_set_is_told(self):
        assert "clock" in only(self.result([{"x": "*"}], lts=-1)).remarks[0]

    def test_an_error_after_some_hops_is_told(self):
        found = [{"hop": 1, "result": [{"x": "*"}]}, {"hop": 2, "error": "sendto failed: No route to host"}]
        trace = only(self.result(result=found))
        assert trace.remarks == ("hop 2: sendto failed: No route to host",)

    def test_a_name_that_did_not_resolve(self):
        failed = self.result(result=[{"error": "name resolution failed"}])
        assert problem(failed) == "RIPE Atlas: probe 6012: nothing was measured: name resolution failed"

    @pytest.mark.parametrize("envelope", [list, lambda found: {"count": 2, "next": None, "results": found}])
    def test_lists_and_envelopes_lose_only_what_is_broken(self, envelope):
        good, broken = self.result([{"x": "*"}]), self.result([{"from": "192.0.2.1", "rtt": -1}], prb_id=7)
        found = read(envelope([good, broken, {"type": "ping", "prb_id": 8, "result": []}, good]))
        assert len(found.traces) == 2
        assert found.remarks == (
            "RIPE Atlas: probe 7: Expected `float` >= 0.0 - at `$.result[0].result[0].rtt`",
            "RIPE Atlas: a result of ping holds no trace",
        )

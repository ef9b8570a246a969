"""JSON of dublin-traceroute, NextTrace, Trippy, mtr and jc."""

import pytest

from evidence.traces.read_documents import hops, only, problem, read
from evidence.traces.shown_trace import lines_of
from tracetui.model.imported_trace import Untold


class TestDublinTraceroute:
    def probe(self, ttl, sport, answer=None):
        return {
            "name": "one.example." if answer else "",
            "is_last": answer == "203.0.113.7",
            "rtt_usec": 1500 if answer else 0,
            "received": answer
            and {
                "icmp": {"type": 11, "code": 0, "mpls_labels": [{"label": 24, "ttl": 1}]}
                if answer != "203.0.113.7"
                else {"type": 3, "code": 3},
                "ip": {"src": answer, "dst": "192.0.2.9", "ttl": 60, "id": 1},
                "timestamp": "1700000000.5",
            },
            "sent": {
                "ip": {"src": "192.0.2.9", "dst": "203.0.113.7", "ttl": ttl},
                "udp": {"sport": sport, "dport": 33434},
                "timestamp": "1700000000.250000",
            },
        }

    def test_each_flow_is_a_trace(self):
        first = [self.probe(1, 500, "192.0.2.1"), self.probe(2, 500), self.probe(3, 500, "203.0.113.7")]
        beyond = self.probe(4, 500, "203.0.113.7")
        found = read(
            {"flows": {"33434": [*first, beyond], "33435": [self.probe(1, 501)], "33436": []}}
        ).traces
        assert [trace.flow_id for trace in found] == [
            "source port 500, destination port 33434",
            "source port 501, destination port 33434",
        ]
        assert lines_of(found[0]) == [
            "dublin-traceroute > 203.0.113.7 203.0.113.7; udp/33434; from ? 192.0.2.9; 2023-11-14 22:13:20; "
            "untold nothing",
            "1 one.example=192.0.2.1 [24] te 1.5",
            "2 *",
            "3 one.example=203.0.113.7 port 1.5",
        ]

    def test_a_broken_field_is_named(self):
        broken = self.probe(1, 500, "192.0.2.1")
        broken["sent"]["ip"]["ttl"] = "many"
        assert problem({"flows": {"33434": [broken]}}).startswith("dublin-traceroute: ")


class TestNextTrace:
    @pytest.mark.parametrize("key", ["Hops", "Traceroute"])
    def test_probes_of_each_ttl(self, key):
        answer = {
            "Success": True,
            "Address": {"IP": "192.0.2.1", "Zone": ""},
            "Hostname": "gw.example.",
            "TTL": 1,
            "RTT": 1500000,
            "Geo": {"asnumber": "64500", "country": "X"},
            "MPLS": ["[MPLS: Lbl 24012, TC 0, S 1, TTL 1]"],
        }
        lost = {
            "Success": False,
            "Address": None,
            "Hostname": "",
            "TTL": 1,
            "RTT": 0,
            "Geo": None,
            "MPLS": None,
        }
        plain = {"Success": True, "Address": "2001:db8::1", "TTL": 3, "RTT": 2000000, "Geo": {"asnumber": ""}}
        trace = only({key: [[answer, lost, answer], None, [plain]], "TraceMapUrl": ""})
        assert hops(trace) == ["1 gw.example=192.0.2.1 AS64500 [24012] 1.5 * 1.5", "3 2001:db8::1 2"]
        assert trace.untold == {Untold.TARGET, Untold.PROTOCOL, Untold.TIME, Untold.MESSAGES}


class TestTrippy:
    def hop(self, ttl, *hosts, recv=2, **changes):
        return {
            "ttl": ttl,
            "hosts": [{"ip": address, "hostname": name} for address, name in hosts],
            "extensions": [],
            "loss_pct": "33.33",
            "sent": 3,
            "last": "1.50",
            "recv": recv,
            "avg": "1.25",
            "best": "1.00",
            "worst": "1.50",
            "stddev": "0.35",
            "nat": None,
        } | changes

    def test_figures_hosts_and_labels(self):
        labels = [
            {"mpls": {"members": [{"label": 16, "exp": 0, "bos": 1, "ttl": 1}]}},
            {"unknown": {"class_num": 2}},
        ]
        trace = only(
            {
                "info": {
                    "target": {"ip": "203.0.113.7", "hostname": "mail.example"},
                    "start_timestamp": "2024-02-03T04:05:06.789123Z",
                },
                "hops": [
                    self.hop(1, ("192.0.2.1", "AS64500 gw.example"), extensions=labels),
                    self.hop(2, recv=0, last="0.00"),
                    self.hop(3, ("203.0.113.7", "Failed: 203.0.113.7"), ("203.0.113.8", "203.0.113.8")),
                ],
            }
        )
        assert lines_of(trace) == [
            "Trippy > mail.example 203.0.113.7; ?; from ? ?; 2024-02-03 04:05:06; "
            "untold messages probes protocol",
            "1 3/1 gw.example=192.0.2.1 AS64500 [16] 1.5 1 1.25 1.5 0.35",
            "2 3/3",
            "3 3/1 203.0.113.7 203.0.113.8 1.5 1 1.25 1.5 0.35",
        ]

    def test_more_replies_than_probes_are_refused(self):
        document = {"info": {"target": {"ip": "203.0.113.7"}}, "hops": [self.hop(1, recv=4)]}
        assert problem(document) == "Trippy JSON: hop 1: more replies (4) than probes (3)"


class TestMtr:
    def hub(self, count, host, **changes):
        return {
            "count": count,
            "host": host,
            "Loss%": 25.0,
            "Snt": 4,
            "Last": 1.5,
            "Avg": 1.25,
            "Best": 1.0,
            "Wrst": 1.5,
            "StDev": 0.25,
        } | changes

    def test_names_addresses_and_as_numbers(self):
        hubs = [
            self.hub(1, "gw.example (192.0.2.1)", ASN="AS64500"),
            self.hub("2", "192.0.2.2", ASN="AS???"),
            self.hub(3, "???", **{"Loss%": "100.00"}),
        ]
        trace = only(
            {
                "report": {
                    "mtr": {"src": "box", "dst": "mail.example (203.0.113.7)", "tests": "4"},
                    "hubs": hubs,
                }
            }
        )
        assert lines_of(trace) == [
            "mtr > mail.example 203.0.113.7; ?; from box ?; no time; "
            "untold end messages probes protocol time",
            "1 4/1 gw.example=192.0.2.1 AS64500 1.5 1 1.25 1.5 0.25",
            "2 4/1 192.0.2.2 1.5 1 1.25 1.5 0.25",
            "3 4/4",
        ]

    @pytest.mark.parametrize(
        ("columns", "counts"),
        [
            ({"Loss%": 50}, "4/2"),
            ({"Loss%": 50, "Snt": 2}, "2/1"),
            ({"Drop": 1, "Rcv": 5}, "6/1"),
            ({"Snt": 6, "Rcv": 5}, "6/1"),
            ({"Snt": 6, "Drop": 1}, "6/1"),
        ],
    )
    def test_any_columns(self, columns, counts):
        trace = only(
            {
                "report": {
                    "mtr": {"dst": "203.0.113.7", "tests": 4},
                    "hubs": [{"count": 1, "host": "a"} | columns],
                }
            }
        )
        assert hops(trace) == [f"1 {counts} a"]
        assert Untold.ADDRESSES in trace.untold

    def test_more_lost_than_sent_is_refused(self):
        document = {"report": {"mtr": {"dst": "a"}, "hubs": [self.hub(1, "b", Drop=5)]}}
        assert problem(document) == "mtr JSON: hop 1: 5 of 4 probes lost"

    def test_flat_variant(self):
        figures = {"drop": 1, "received": 3, "losspercent": 25.0, "sent": 4, "last": 1.5}
        figures |= {"avg": 1.25, "best": 1.0, "worst": 1.5, "stddev": 0.25}
        listed = [
            {"hop": 1, "ipaddr": "192.0.2.1", "host": "unresolved", "asn": "AS64500"} | figures,
            {"hop": 2, "ipaddr": "192.0.2.2", "host": "two.example"} | figures,
            {"hop": 3, "ipaddr": "???", "host": "???"} | figures | {"drop": 4},
        ]
        assert hops(only({"src": "box", "dst": "203.0.113.7", "packets": 4, "hops": listed})) == [
            "1 4/1 192.0.2.1 AS64500 1.5 1 1.25 1.5 0.25",
            "2 4/1 two.example=192.0.2.2 1.5 1 1.25 1.5 0.25",
            "3 4/4",
        ]


def test_jc_leaves_lost_probes_out():
    answer = {"annotation": None, "asn": 64500, "ip": "192.0.2.1", "name": "gw", "rtt": 0.25}
    listed = [{"hop": 1, "probes": [answer, answer]}, {"hop": 2, "probes": []}]
    trace = only({"destination_ip": "203.0.113.7", "destination_name": "mail.example", "hops": listed})
    assert hops(trace) == ["1 gw=192.0.2.1 AS64500 0.25 0.25", "2 *"]
    assert Untold.LOST_PROBES in trace.untold

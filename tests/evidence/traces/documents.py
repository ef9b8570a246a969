"""One small document of each format, for tests that change them."""

_REPLY = {"addr": "192.0.2.1", "probe_ttl": 1, "probe_id": 1, "rtt": 1.5, "reply_ttl": 64}
_LABELS = [{"ie_cn": 1, "ie_ct": 1, "mpls_labels": [{"mpls_ttl": 1, "mpls_label": 24012}]}]

SCAMPER = {
    "type": "trace",
    "method": "icmp-echo-paris",
    "src": "192.0.2.9",
    "dst": "203.0.113.7",
    "icmp_sum": 4711,
    "stop_reason": "GAPLIMIT",
    "start": {"sec": 1700000000, "usec": 5},
    "hop_count": 3,
    "attempts": 2,
    "hoplimit": 0,
    "firsthop": 1,
    "probe_count": 5,
    "hops": [_REPLY | {"icmp_type": 11, "icmp_code": 0, "icmpext": _LABELS}],
    "no_hops": [{"probe_ttl": 2, "probe_id": 1}, {"probe_ttl": 3, "probe_id": 1}],
}
ATLAS = {
    "fw": 5080,
    "type": "traceroute",
    "msm_id": 1,
    "prb_id": 6012,
    "proto": "UDP",
    "dst_name": "mail.example",
    "dst_addr": "203.0.113.7",
    "from": "198.51.100.9",
    "timestamp": 1700000000,
    "paris_id": 3,
    "lts": 12,
    "result": [
        {
            "hop": 1,
            "result": [
                {"from": "192.0.2.1", "rtt": 1.5, "ttl": 64, "icmpext": {"obj": [{"mpls": [{"label": 16}]}]}},
                {"x": "*"},
                {"from": "192.0.2.2", "rtt": 2, "err": "A"},
                {"late": 1, "from": "192.0.2.1"},
            ],
        },
        {"hop": 2, "error": "sendto failed"},
    ],
}
DUBLIN = {
    "flows": {
        "33434": [
            {
                "name": "gw.example.",
                "is_last": False,
                "rtt_usec": 1500,
                "received": {
                    "icmp": {"type": 11, "code": 0, "mpls_labels": [{"label": 24}]},
                    "ip": {"src": "192.0.2.1", "dst": "192.0.2.9", "ttl": 60},
                },
                "sent": {
                    "ip": {"src": "192.0.2.9", "dst": "203.0.113.7", "ttl": 1},
                    "udp": {"sport": 500, "dport": 33434},
                    "timestamp": "1700000000.25",
                },
            }
        ]
    }
}
_GLOBALPING_TEXT = "traceroute to a (203.0.113.7), 20 hops max, 60 byte packets\n 1  gw (192.0.2.1)  0.5 ms *"
_STATS = {"min": 1, "avg": 1.5, "max": 2, "stDev": 0.5, "total": 4, "rcv": 3, "drop": 1, "loss": 25}
_PROBE = {"city": "Tver", "country": "RU", "asn": 64500, "network": "Example Net"}
GLOBALPING = {
    "type": "traceroute",
    "createdAt": "2024-02-03T04:05:06.789Z",
    "target": "mail.example",
    "probesCount": 2,
    "measurementOptions": {"protocol": "TCP", "port": 25},
    "results": [
        {
            "probe": _PROBE,
            "result": {"status": "finished", "rawOutput": _GLOBALPING_TEXT, "resolvedAddress": "203.0.113.7"},
        },
        {
            "probe": _PROBE,
            "result": {
                "status": "finished",
                "hops": [
                    {"resolvedAddress": "192.0.2.1", "timings": [{"rtt": 1}], "asn": [64500], "stats": _STATS}
                ],
            },
        },
    ],
}
NEXTTRACE = {
    "Hops": [
        [
            {
                "Success": True,
                "Address": {"IP": "192.0.2.1", "Zone": ""},
                "Hostname": "gw.example",
                "TTL": 1,
                "RTT": 1500000,
                "Geo": {"asnumber": "64500"},
                "MPLS": ["[MPLS: Lbl 24012, TC 0, S 1, TTL 1]"],
            },
            {"Success": False, "Address": None, "TTL": 1, "RTT": 0},
        ]
    ]
}
TRIPPY = {
    "info": {"target": {"ip": "203.0.113.7", "hostname": "mail.example"}},
    "hops": [
        {
            "ttl": 1,
            "hosts": [{"ip": "192.0.2.1", "hostname": "AS64500 gw.example"}],
            "extensions": [{"mpls": {"members": [{"label": 16}]}}],
            "loss_pct": "33.33",
            "sent": 3,
            "recv": 2,
            "last": "1.50",
            "avg": "1.25",
        }
    ],
}
MTR = {
    "report": {
        "mtr": {"src": "box", "dst": "mail.example (203.0.113.7)", "tests": "4"},
        "hubs": [
            {"count": "1", "host": "gw (192.0.2.1)", "ASN": "AS64500", "Loss%": 25.0, "Snt": 4, "Avg": 1.25}
        ],
    }
}
FLAT_MTR = {
    "src": "box",
    "dst": "203.0.113.7",
    "packets": 4,
    "hops": [
        {"hop": 1, "ipaddr": "192.0.2.1", "host": "gw", "asn": "AS64500", "drop": 1, "sent": 4, "avg": 1.25}
    ],
}
JC = {
    "destination_ip": "203.0.113.7",
    "destination_name": "mail.example",
    "hops": [{"hop": 1, "probes": [{"ip": "192.0.2.1", "name": "gw", "asn": 64500, "rtt": 0.25}]}],
}
SNAPSHOT = {
    "schema": "tracetui.snapshot/2",
    "vantage": {"hostname": "box"},
    "started_at": "2024-02-03T04:05:06.000Z",
    "max_hops": 30,
    "lanes": [
        {
            "target": "mail.example:25",
            "address": "203.0.113.7",
            "protocol": "tcp",
            "port": 25,
            "hops": [
                {
                    "ttl": 1,
                    "sent": 5,
                    "received": 3,
                    "lost": 1,
                    "rtt_ms": {"last": 1.5, "mean": 1.25},
                    "responders": [
                        {"address": "192.0.2.1", "asns": [64500], "replies": {"unreachable_13": 3}}
                    ],
                }
            ],
        }
    ],
}
DOCUMENTS = (SCAMPER, ATLAS, DUBLIN, GLOBALPING, NEXTTRACE, TRIPPY, MTR, FLAT_MTR, JC, SNAPSHOT)

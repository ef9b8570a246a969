"""RIPEstat's data API as documented, on loopback."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from evidence.loopback_server import Act, LoopbackServer, say

ADDRESS, PREFIX = "185.70.40.101", "185.70.40.0/24"


def answer(data: object, status: str = "ok", messages: object = ()) -> dict[str, Any]:
    """What surrounds the data of every call."""
    return {
        "messages": messages,
        "see_also": [],
        "version": "2.1",
        "data_call_status": "supported",
        "cached": False,
        "data": data,
        "query_id": "20190312121000-1",
        "process_time": 12,
        "server_id": "app1",
        "build_version": "main",
        "status": status,
        "status_code": 200 if status == "ok" else 400,
        "time": "2019-03-12T12:10:00.000000",
    }


OVERVIEW = {
    "is_less_specific": True,
    "announced": True,
    "asns": [{"asn": 19905, "holder": "NEUSTAR-AS6"}],
    "related_prefixes": [],
    "resource": PREFIX,
    "type": "prefix",
    "block": {"resource": "185.0.0.0/8", "desc": "RIPE NCC", "name": "IANA"},
    "actual_num_related": 0,
    "query_time": "2019-03-12T08:00:00",
}


def peer(address: str, path: str, prefix: str = PREFIX) -> dict[str, str]:
    return {
        "asn_origin": path.rsplit(maxsplit=1)[-1],
        "as_path": path,
        "community": "8359:5500",
        "large_community": "",
        "extended_community": "",
        "last_updated": "2019-03-12T12:04:05",
        "prefix": prefix,
        "peer": address,
        "origin": "IGP",
        "next_hop": address,
        "latest_time": "2019-03-12T12:09:00",
    }


LOOKING_GLASS = {
    "rrcs": [
        {
            "rrc": "RRC13",
            "location": "Moscow, Russia",
            "peers": [
                peer("195.208.208.1", "8359 8359 22822 19905"),
                peer("195.208.208.2", "3333 1103 19905"),
            ],
        }
    ],
    "query_time": "2019-03-12T12:10:00",
    "latest_time": "2019-03-12T12:09:30",
    "parameters": {"resource": PREFIX, "look_back_limit": 86400, "cache": None},
}

HISTORY = {
    "by_origin": [
        {
            "origin": "19905",
            "prefixes": [
                {
                    "prefix": PREFIX,
                    "timelines": [
                        {
                            "starttime": "2012-01-01T00:00:00",
                            "endtime": "2013-01-01T00:00:00",
                            "full_peers_seeing": 90.0,
                        },
                        {
                            "starttime": "2018-09-01T00:00:00",
                            "endtime": "2019-01-01T00:00:00",
                            "full_peers_seeing": 300.0,
                        },
                        {
                            "starttime": "2019-01-01T08:00:00",
                            "endtime": "2019-03-12T08:00:00",
                            "full_peers_seeing": 310.0,
                        },
                    ],
                }
            ],
        },
        {
            "origin": "62371",
            "prefixes": [
                {
                    "prefix": PREFIX,
                    "timelines": [{"starttime": "2014-01-01T00:00:00", "endtime": "2018-08-30T00:00:00"}],
                }
            ],
        },
    ],
    "resource": PREFIX,
    "query_starttime": "2000-08-01T00:00:00",
    "query_endtime": "2019-03-12T08:00:00",
    "latest_max_ff_peers": {"v4": 320, "v6": 300},
}

RPKI = {
    "validating_roas": [],
    "status": "unknown",
    "validator": "routinator",
    "resource": "19905",
    "prefix": PREFIX,
}

BGPLAY = {
    "resource": PREFIX,
    "query_starttime": "2019-03-12T04:10:00",
    "query_endtime": "2019-03-12T12:10:00",
    "initial_state": [
        {
            "target_prefix": PREFIX,
            "source_id": "13-195.208.208.1",
            "path": [8359, 3356, 19905],
            "community": [],
        }
    ],
    "events": [
        {
            "type": "W",
            "timestamp": "2019-03-12T12:04:01",
            "attrs": {"target_prefix": PREFIX, "source_id": "13-195.208.208.1"},
        },
        {
            "type": "A",
            "timestamp": "2019-03-12T12:04:05",
            "attrs": {
                "target_prefix": PREFIX,
                "source_id": "13-195.208.208.1",
                "path": [8359, 22822, 19905],
                "community": ["8359:5500"],
            },
        },
    ],
    "nodes": [{"as_number": 8359, "owner": "MTS"}],
    "targets": [{"prefix": PREFIX}],
    "sources": [{"id": "13-195.208.208.1", "as_number": 8359, "ip": "195.208.208.1", "rrc": "13"}],
}

CALLS = {
    "prefix-overview": OVERVIEW,
    "looking-glass": LOOKING_GLASS,
    "routing-history": HISTORY,
    "rpki-validation": RPKI,
    "bgplay": BGPLAY,
}


@dataclass
class RipeStatServer(LoopbackServer):
    """A context manager. `acts` says what to do with each data call, in turn; the last stays."""

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Data calls with their parameters, in order."""

    agents: list[str] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    """Set once anything was asked."""

    def act_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> Act:
        parts = urlsplit(handler.path)
        name = parts.path.split("/")[-2]
        self.asked.append((name, dict(parse_qsl(parts.query))))
        self.came.set()
        self.agents.append(handler.headers["User-Agent"])
        acts = self.acts.get(name) or [say(answer(CALLS[name]))]
        return acts.pop(0) if len(acts) > 1 else acts[0]

    @property
    def url(self) -> str:
        """Where the data API is."""
        return f"{self.address}/data"

    @property
    def calls(self) -> list[str]:
        """The names of the data calls asked."""
        return [name for name, _ in self.asked]

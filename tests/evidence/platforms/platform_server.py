"""Globalping and RIPE Atlas as documented, on loopback."""

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from evidence.loopback_server import Act, LoopbackServer, say

KEY = "12345678-aaaa-bbbb-cccc-1234567890ab"
PROBES = ((8359, "RU", "Moscow"), (8359, "RU", "Moscow"), (12389, "RU", "Kazan"))
"""Of Globalping: two in one place."""

ATLAS_PROBES = {6012: (8359, "RU"), 6013: (12389, "RU"), 6014: (3333, "NL")}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    key: str | None
    """The header Authorization."""


@dataclass
class PlatformServer(LoopbackServer):
    """A context manager. `acts` says what to do with each `METHOD path`, in turn; then the platform answers.

    An id in a path is written as ID.
    """

    asked: list[Request] = field(default_factory=list)
    remaining: int = 250
    polls: int = 1
    """Questions for a measurement that find it unfinished."""

    offline_later: bool = False
    """The last probe of Globalping is offline when it is used again."""

    globalping_probes: Sequence[tuple[int, str, str]] = PROBES
    atlas_probes: Mapping[int, tuple[int, str]] = field(default_factory=lambda: ATLAS_PROBES)
    stops: Container[int] = ()
    """Places among the probes whose traces to the first address that was asked for stop at hop 2."""

    atlas_silent: int = 0
    """Probes of Atlas that send no result."""

    balance: int | None = 1_000_000
    """Credits of Atlas; None: the key may not see them."""

    measurements: dict[str, dict[str, Any]] = field(default_factory=dict)

    def act_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> Act:
        parts = urlsplit(handler.path)
        path = parts.path.split("/", 2)[2]
        request = Request(
            handler.command,
            path,
            parse_qs(parts.query),
            json.loads(body) if body else None,
            handler.headers["Authorization"],
        )
        self.asked.append(request)
        acts = self.acts.get(f"{handler.command} {re.sub(r'gp-[0-9]+|[0-9]{4,}', 'ID', path)}")
        return acts.pop(0) if acts else self.play

    def play(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as the platform does."""
        plays = self.globalping if handler.path.startswith("/globalping") else self.atlas
        plays(self.asked[-1])(handler)

    @property
    def globalping_url(self) -> str:
        """Where Globalping is."""
        return f"{self.address}/globalping"

    @property
    def atlas_url(self) -> str:
        """Where RIPE Atlas is."""
        return f"{self.address}/atlas"

    def paths(self, method: str | None = None) -> list[str]:
        """The paths asked for."""
        return [one.path for one in self.asked if method in {None, one.method}]

    # Globalping

    def globalping(self, request: Request) -> Act:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["limits"]:
                create = {"type": "ip", "limit": 250, "remaining": self.remaining, "reset": 1800}
                return say({"rateLimit": {"measurements": {"create": create}}})
            case "POST", ["measurements"]:
                return self._globalping_create(request.body)
            case "GET", ["measurements", number] if number in self.measurements:
                return say(self._globalping_results(self.measurements[number]))
        return say({"error": {"type": "not_found", "message": "Couldn't find the requested item."}}, 404)

    def _globalping_create(self, body: dict[str, Any]) -> Act:
        wrong = _wrong(body)
        if wrong:
            error = {"type": "validation_error", "message": "Parameter validation failed.", "params": wrong}
            return say({"error": error}, 400)
        places, again = body["locations"], isinstance(body["locations"], str)
        if again and places not in self.measurements:
            return say({"error": {"type": "no_probes_found", "message": "No matching IPv4 probes."}}, 422)
        probes = (
            self.measurements[places]["probes"] if again else self.globalping_probes[: places[0]["limit"]]
        )
        number = f"gp-{len(self.measurements)}"
        self.measurements[number] = {"body": body, "probes": probes, "polls": self.polls, "again": again}
        self.remaining -= len(probes)
        return say(
            {"id": number, "probesCount": len(probes)},
            202,
            Location=f"https://api.globalping.io/v1/measurements/{number}",
            X_RateLimit_Limit="250",
            X_RateLimit_Consumed=str(len(probes)),
            X_RateLimit_Remaining=str(self.remaining),
            X_RateLimit_Reset="1800",
        )

    def _globalping_results(self, made: dict[str, Any]) -> dict[str, Any]:
        made["polls"] -= 1
        is_over = made["polls"] < 0
        body, results = made["body"], []
        for place, (asn, country, city) in enumerate(made["probes"]):
            result: dict[str, Any] = {"status": "in-progress", "rawOutput": ""}
            if is_over and self.offline_later and made["again"] and place == len(made["probes"]) - 1:
                result = {"status": "offline", "rawOutput": "This probe is currently offline."}
            elif is_over:
                result = _globalping_trace(body["target"], place, stops=self._stops(body, place))
            probe = {"continent": "EU", "region": "Eastern Europe", "country": country, "state": None}
            probe |= {"city": city, "asn": asn, "network": "MTS", "latitude": 55.7, "longitude": 37.6}
            results.append({"probe": {**probe, "tags": [], "resolvers": []}, "result": result})
        return {
            "id": "x", "type": "traceroute", "status": "finished" if is_over else "in-progress",
            "createdAt": "2026-11-30T12:00:00.000Z", "updatedAt": "2026-11-30T12:00:09.000Z",
            "target": body["target"], "probesCount": len(made["probes"]),
            "measurementOptions": body["measurementOptions"], "results": results,
        }  # fmt: skip

    # RIPE Atlas

    def atlas(self, request: Request) -> Act:
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["measurements"]:
                return self._atlas_create(request)
            case "DELETE", ["measurements", number] if number in self.measurements:
                self.measurements[number]["stopped"] = True
                return say(b"", 204) if request.key == f"Key {KEY}" else _denied()
            case "GET", ["measurements", number] if number in self.measurements:
                return say(self._atlas_meta(int(number)))
            case "GET", ["measurements", number, "results" | "latest" as which]:
                made = self.measurements.get(number)
                if made is not None and request.query.get("format") == ["json"]:
                    return say([] if which == "latest" and made.get("old") else self._atlas_results(number))
            case "GET", ["credits"]:
                has_right = request.key == f"Key {KEY}" and self.balance is not None
                balance = {"current_balance": self.balance, "credit_checked": True}
                return say(balance) if has_right else _denied()
            case "GET", ["probes"]:
                numbers = [int(one) for one in request.query["id__in"][0].split(",")]
                known = [(one, *self.atlas_probes[one]) for one in numbers if one in self.atlas_probes]
                fields = [
                    {"id": one, "asn_v4": asn, "asn_v6": None, "country_code": country}
                    for one, asn, country in known
                ]
                return say({"count": len(fields), "next": None, "previous": None, "results": fields})
        return say({"error": {"status": 404, "code": 104, "detail": "Not found.", "title": "Not Found"}}, 404)

    def add_atlas(self, number: int, target: str, **changes: object) -> None:
        """Have a measurement that exists."""
        definition = {"type": "traceroute", "af": 4, "target": target, "protocol": "TCP", "port": 25}
        made = {"body": {**definition, **changes}, "requested": 3, "polls": 0, **changes}
        self.measurements[str(number)] = made

    def _atlas_create(self, request: Request) -> Act:
        if request.key != f"Key {KEY}":
            return _denied()
        body, numbers = request.body, []
        wrong = _wrong_definitions(body)
        if wrong:
            errors = [{"source": {"pointer": "/definitions"}, "detail": wrong}]
            error = {"status": 400, "code": 102, "detail": "There was a problem", "title": "Bad Request"}
            return say({"error": error | {"errors": errors}}, 400)
        for definition in body["definitions"]:
            number = 50_000_000 + len(self.measurements)
            requested = body["probes"][0]["requested"]
            made = {"body": definition, "requested": requested, "polls": self.polls}
            self.measurements[str(number)] = made
            numbers.append(number)
        return say({"measurements": numbers}, 201)

    def _atlas_meta(self, number: int) -> dict[str, Any]:
        made = self.measurements[str(number)]
        body, scheduled = made["body"], min(made["requested"], len(self.atlas_probes))
        status = (2, "Ongoing") if made["polls"] > 0 or self.atlas_silent else (4, "Stopped")
        return {
            "id": number, "type": body["type"], "af": body["af"], "target": body["target"],
            "protocol": body["protocol"], "port": body.get("port"), "is_oneoff": True, "is_public": True,
            "probes_requested": made["requested"], "probes_scheduled": scheduled,
            "participant_count": scheduled, "credits_per_result": 60,
            "status": {"id": status[0], "name": status[1], "when": None},
        }  # fmt: skip

    def _atlas_results(self, number: str) -> list[dict[str, Any]]:
        made = self.measurements[number]
        made["polls"] -= 1
        probes = list(self.atlas_probes)[: made["requested"]]
        ready = probes[:1] if made["polls"] >= 0 else probes[: len(probes) - self.atlas_silent]
        return [
            _atlas_trace(made["body"], int(number), probe, stops=self._stops(made["body"], place))
            for place, probe in enumerate(ready)
        ]

    def _stops(self, body: dict[str, Any], place: int) -> bool:
        first = next(iter(self.measurements.values()))["body"]
        return place in self.stops and body["target"] == first["target"]


def _denied() -> Act:
    detail = "Authentication credentials were not provided."
    return say({"error": {"status": 403, "code": 104, "detail": detail, "title": "Forbidden"}}, 403)


def _wrong(body: dict[str, Any]) -> dict[str, str]:
    """Return what the schema of a request does not allow."""
    wrong = dict.fromkeys(body.keys() - {"type", "target", "locations", "measurementOptions"}, "unknown")
    if body.get("type") != "traceroute":
        wrong["type"] = "must be traceroute"
    options = body.get("measurementOptions", {})
    if options.keys() - {"protocol", "port", "ipVersion"} or options.get("protocol") not in {"TCP", "ICMP"}:
        wrong["measurementOptions"] = "invalid"
    if not 0 <= options.get("port", 80) <= 65535:
        wrong["port"] = "invalid"
    if not isinstance(body["locations"], str):
        for place in body["locations"]:
            if place.keys() - {"asn", "country", "city", "limit"} or not 1 <= place["limit"] <= 200:
                wrong["locations"] = "invalid"
    return wrong


def _wrong_definitions(body: dict[str, Any]) -> str:
    if body.keys() - {"definitions", "probes", "is_oneoff"} or not body.get("is_oneoff"):
        return "unknown field"
    for definition in body["definitions"]:
        if {"type", "af", "target", "description", "protocol"} - definition.keys():
            return "This field is required."
        if definition["af"] != (6 if ":" in definition["target"] else 4):
            return "Wrong address family."
    (source,) = body["probes"]
    if source["type"] not in {"asn", "country"} or not source["requested"] >= 1:
        return "Wrong source."
    return ""


def _globalping_trace(target: str, place: int, *, stops: bool) -> dict[str, Any]:
    rest = "\n".join(f"{ttl:2}  * *" for ttl in range(3, 21))
    if not stops:
        rest = f" 3  * *\n 4  {target} ({target})  28.629 ms  35.934 ms"
    raw = (
        f"traceroute to {target} ({target}), 20 hops max, 60 byte packets\n"
        f" 1  _gateway (195.34.50.{place % 250 + 1})  1.619 ms  2.465 ms\n"
        f" 2  195.34.53.162 (195.34.53.162)  8.1 ms  8.2 ms\n{rest}"
    )
    return {"status": "finished", "rawOutput": raw, "resolvedAddress": target, "resolvedHostname": target}


def _atlas_trace(definition: dict[str, Any], number: int, probe: int, *, stops: bool) -> dict[str, Any]:
    target = definition["target"]
    hops = [("195.34.50.1", 1.5), ("195.34.53.162", 8.0), (target, 28.0)]
    end = {"flags": "SA"} if definition["protocol"] == "TCP" else {}
    rows = [
        [{"from": address, "rtt": rtt, "ttl": 250, "size": 28, **(end if address == target else {})}] * 3
        for address, rtt in hops
    ]
    if stops:
        rows[2:] = [[{"x": "*"}] * 3] * 8
    return {
        "fw": 5080, "type": "traceroute", "msm_id": number, "prb_id": probe, "af": 4,
        "dst_addr": target, "dst_name": target, "src_addr": "192.168.1.2", "from": f"195.34.50.{probe % 256}",
        "proto": definition["protocol"], "timestamp": 1764504000, "lts": 20, "paris_id": 1, "size": 0,
        "result": [{"hop": ttl, "result": row} for ttl, row in enumerate(rows, 1)],
    }  # fmt: skip

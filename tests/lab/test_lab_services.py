"""Checks of services behind real routers that drop, prohibit, reset, or have no route."""

import json
import sys
from pathlib import Path

import pytest

from lab.routers import Lab, host, router

pytestmark = pytest.mark.lab
DRIVER = Path(__file__).with_name("drive_check.py")


@pytest.fixture(scope="module")
def small(lab_available):
    with Lab.chain(
        host("here", "100.64.0.1", "2001:db8:1::1"),
        [router("r1", "5.1.0.1", "2001:db8:2::1"), router("r2", "5.2.0.1", "2001:db8:3::1")],
        {host("web", "9.9.0.1", "2001:db8:9::1", listens=(443, 25)): None},
        icmp_ratelimit_ms=0,
    ) as lab:
        yield lab


def outcome(lab: Lab, *words: str):
    done = lab.run("here", [sys.executable, "-P", str(DRIVER), *words])
    return [
        (check["failure"] or {}).get("reason", "works")
        if not (check["failure"] or {}).get("icmp")
        else (check["failure"]["reason"], *check["failure"]["icmp"].values())
        for check in json.loads(done.stdout)
    ]


def test_what_routers_do_to_connections(small):
    assert outcome(small, "9.9.0.1:tcp/443", "2001:db8:9::1:tcp/443", "9.9.0.1:tcp/444") == [
        "works",
        "works",
        "refused",
    ]
    small.forward_drop("r2", "9.9.0.1", "tcp", 25)
    small.reject("r2", "9.9.0.1", "admin-prohibited", "tcp", 443)
    small.reject("r1", "2001:db8:9::1", "admin-prohibited", "tcp", 443)
    small.reject("r2", "9.9.0.1", "port-unreachable", "tcp", 587)
    found = outcome(
        small,
        "9.9.0.1:smtp/25",
        "9.9.0.1:https/443",
        "2001:db8:9::1:https/443",
        "9.9.0.1:smtp/587",
    )
    assert found == [
        "timed_out",
        ("unreachable", "5.2.0.1", 3, 13),
        ("unreachable", "2001:db8:2::1", 1, 1),
        ("refused", "5.2.0.1", 3, 3),
    ]


def test_an_address_without_a_route_is_a_local_failure(small):
    assert outcome(small, "203.0.113.1:tcp/443") == ["local"]


def test_what_this_machine_itself_prohibits_is_a_local_failure(small):
    small.reject_output("here", "9.9.0.1")
    assert outcome(small, "9.9.0.1:tcp/443") == ["local"]
    small.clear("here")

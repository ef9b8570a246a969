"""Services of endpoints are checked in the background, against real servers on loopback."""

import asyncio
import threading
import time
from collections import Counter
from dataclasses import replace

import pytest

from evidence.services.servers import LOOPBACK, Mails, serving, smtp_serving
from ownership.dns_server import DnsServer, records
from tracetui.evidence.services.check_service import Client
from tracetui.evidence.services.limits import Limits
from tracetui.investigation.service_checks import MAX_AT_ONCE, CheckSettings, ServiceChecks
from tracetui.model import CannotRunError, Lane, ProbeProtocol, Role
from tracetui.model.outside_evidence import NOTHING_FROM_OUTSIDE
from tracetui.model.service_check import Service, ServiceCheck, ServiceKind

HOST = "mx.example.org"


def smtp(port: int):
    return (Service(ServiceKind.SMTP, port),)


SETTINGS = CheckSettings(every_s=60, client=Client(Limits(2, 2, 2, 0.5, 5)), services_of=smtp)


def lane(port: int, address: str = LOOPBACK, protocol=ProbeProtocol.TCP, target: str = HOST) -> Lane:
    return Lane(target, HOST, address, protocol, port if protocol is ProbeProtocol.TCP else None)


class Checks:
    """A context manager around `ServiceChecks`, which is closed within a second whatever goes on."""

    def __init__(self, **settings) -> None:
        self.checks = ServiceChecks(replace(SETTINGS, **settings))

    def __enter__(self) -> ServiceChecks:
        return self.checks

    def __exit__(self, *_) -> None:
        began = time.monotonic()
        self.checks.close()
        assert time.monotonic() - began < 1
        assert not [one for one in threading.enumerate() if one.name == "tracetui-services"]


def seen(checks: ServiceChecks):
    return checks.add_to(NOTHING_FROM_OUTSIDE)


async def settled(checks: ServiceChecks) -> None:
    assert await asyncio.to_thread(checks.settle, 10)


async def until(holds) -> None:
    """Wait for another thread."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  (a thread sets no event)
            await asyncio.sleep(0.01)


async def test_nothing_is_checked_until_somebody_asks():
    mails = Mails()
    async with smtp_serving(mails) as port:
        with Checks() as checks:
            checks.see([lane(port)])
            assert seen(checks) is NOTHING_FROM_OUTSIDE or seen(checks) == NOTHING_FROM_OUTSIDE
            assert mails.said == []
            version = checks.version
            assert checks.switch((LOOPBACK, None)) is True
            await settled(checks)
            assert checks.version > version
            (series,) = seen(checks).services
            assert (series.host, series.lane, series.works, series.total) == (
                HOST,
                f"127.0.0.1:tcp/{port}",
                True,
                1,
            )
            found = seen(checks)
            assert checks.add_to(found) is found


async def test_all_are_checked_where_that_was_asked_for_and_again_and_again():
    mails = Mails()
    async with smtp_serving(mails) as port:
        with Checks(automatic=True, every_s=0.02) as checks:
            checks.see([lane(port), lane(port, protocol=ProbeProtocol.ICMP)])
            await until(lambda: seen(checks).services and seen(checks).services[0].total > 3)
            (series,) = seen(checks).services
            assert (series.alike, series.since) == (series.total, series.checks[0].started_at)
            assert checks.switch((LOOPBACK, None)) is False
            checks.see([lane(port)])
            stopped = seen(checks).services[0].total
            await asyncio.sleep(0.1)
            assert seen(checks).services[0].total <= stopped + 1
            assert checks.switch((LOOPBACK, None)) is True
            await until(lambda: seen(checks).services[0].total > stopped + 2)
    assert not {"MAIL", "DATA"} & set(mails.said)


async def test_an_endpoint_that_is_removed_is_forgotten_and_a_role_changes_nothing():
    async with smtp_serving(Mails()) as port:
        with Checks(automatic=True) as checks:
            checks.see([lane(port)])
            await settled(checks)
            checks.see([replace(lane(port), role=Role.CONTROL)])
            await settled(checks)
            assert seen(checks).services[0].total == 1
            checks.see([])
            assert seen(checks) == NOTHING_FROM_OUTSIDE


async def test_without_a_tcp_lane_there_is_nothing_to_check():
    with Checks() as checks:
        checks.see([lane(0, protocol=ProbeProtocol.ICMP)])
        with pytest.raises(CannotRunError, match="no TCP port of this endpoint is traced"):
            checks.switch((LOOPBACK, None))


async def test_one_connection_to_an_address_at_a_time_and_few_in_all(monkeypatch):
    now, most = Counter(), Counter()

    async def count(request, client, clock):
        for what in (request.address, "all"):
            now[what] += 1
            most[what] = max(most[what], now[what])
        await asyncio.sleep(0.001)
        for what in (request.address, "all"):
            now[what] -= 1
        return ServiceCheck(clock())

    monkeypatch.setattr("tracetui.investigation.service_checks.check_service", count)
    addresses = [f"127.0.1.{number}" for number in range(20)]
    with Checks(automatic=True) as checks:
        lanes = [lane(port, address) for address in addresses for port in (25, 465, 587)]
        checks.see([*lanes, *(replace(one, vantage="127.0.0.7") for one in lanes)])
        await settled(checks)
        assert len(seen(checks).services) == 120
    assert {most[address] for address in addresses} == {1}
    assert most["all"] == MAX_AT_ONCE


async def test_closing_ends_what_hangs():
    hung = asyncio.Event()

    async def hang(reader, writer):
        hung.set()
        await reader.read()

    async with serving(hang) as port:
        with Checks(automatic=True, client=Client()) as checks:
            checks.see([lane(port)])
            await asyncio.wait_for(hung.wait(), 10)
            assert not checks.settle(0)
        assert checks.settle(0)


async def test_a_mail_domain_and_the_exchangers_that_nobody_traces():
    mails, other = Mails(), Mails()
    zone = {
        ("example.org", "MX"): records("MX 10 mx.example.org.", "MX 20 mx2.example.org."),
        ("mx.example.org", "A"): records("A 127.0.0.1"),
        ("mx2.example.org", "A"): records("A 127.0.0.2", "A 127.0.0.3"),
    }
    async with smtp_serving(mails) as port, smtp_serving(other, address="127.0.0.2", port=port):
        with DnsServer(zone) as dns, Checks(automatic=True, dns_server=("127.0.0.1", dns.port)) as checks:
            checks.see([lane(port, target="mx:example.org")])
            await until(lambda: len(seen(checks).services) == 3)
            found = seen(checks)
            (domain,) = found.mail_domains
            assert [one.host for one in domain.exchangers] == ["mx.example.org", "mx2.example.org"]
            by_address = {series.address: series for series in found.services}
            assert by_address["127.0.0.2"].works
            assert by_address["127.0.0.2"].lane is None
            assert not by_address["127.0.0.3"].works
            assert (mails.said.count("QUIT"), other.said.count("QUIT")) == (1, 1)
            checks.see([])
            assert seen(checks) == NOTHING_FROM_OUTSIDE

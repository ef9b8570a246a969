"""Checks services of chosen endpoints in the background: at once, then slowly, again and again."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from tracetui.evidence.services.check_service import Client, Request, check_service
from tracetui.investigation.board import Panel
from tracetui.model import Address, CannotRunError, ForeignText, Lane, LaneId, ProbeProtocol
from tracetui.model.mail_domain import Exchanger, MailDomain
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.service_check import Service, ServiceCheck, ServiceSeries, services_of_port
from tracetui.ownership.loop_thread import LoopThread

CHECK_EVERY_S: Final = 60.0
MAX_AT_ONCE: Final = 8
"""Connections at one time; never two to one address."""

MAX_OTHER_ADDRESSES: Final = 16
"""Addresses of a mail domain's exchangers that are checked without being traced."""

_ASK_DOMAIN_EVERY_S: Final = 600.0
_CLOSE_S: Final = 1.0
_MAIL_PREFIX: Final = "mx:"

_Key = tuple[str, str | None, Service]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How services are checked."""

    automatic: bool = False
    """Check every endpoint, from when it is traced."""

    every_s: float = CHECK_EVERY_S
    dns_server: tuple[str, int] | None = None
    """The only DNS server to ask about mail domains."""

    interface: str | None = None
    now: Callable[[], datetime] = _utc_now
    """The clock of the investigation, which nobody sets."""

    client: Client = Client()  # noqa: RUF009  (frozen)
    services_of: Callable[[int], Sequence[Service]] = services_of_port
    """What is checked at a TCP port."""

    sts_port: int = 443
    """Where policies of MTA-STS are fetched."""


class ServiceChecks:
    """An `OutsideSource`; all methods may be called from any thread, and return at once but `settle`."""

    def __init__(self, settings: CheckSettings) -> None:
        self.settings = settings
        self._changed = threading.Condition()
        self._series: dict[_Key, ServiceSeries] = {}
        self._targets: dict[_Key, str] = {}
        """The target that each series is about."""

        self._domains: dict[str, MailDomain] = {}
        """By target."""

        self._view = OutsideEvidence()
        self._version = 0
        self._lanes: dict[Panel, tuple[Lane, ...]] = {}
        """The TCP lanes of each endpoint that is traced."""

        self._followed: dict[Panel, tuple[Lane, ...]] = {}
        """Those of each endpoint that is checked."""

        self._refused: set[Panel] = set()
        """Endpoints that the user does not want to be checked."""

        self._awaited: set[Panel] = set()
        """Endpoints without a complete round of checks."""

        self._loop = LoopThread("tracetui-services")
        self._work: _Work | None = None
        self._closed = False

    @property
    def version(self) -> int:
        return self._version

    def add_to(self, evidence: OutsideEvidence) -> OutsideEvidence:
        with self._changed:
            own = self._view
        if evidence.services is own.services and evidence.mail_domains is own.mail_domains:
            return evidence
        return replace(evidence, services=own.services, mail_domains=own.mail_domains)

    def close(self) -> None:
        """Stop, at once; connections are closed."""
        with self._changed:
            self._closed = True
            self._awaited.clear()
            self._changed.notify_all()
        self._loop.stop(_CLOSE_S)

    def see(self, lanes: Sequence[Lane]) -> None:
        """Take the lanes that are traced now: endpoints that are gone are forgotten."""
        traced: dict[Panel, list[Lane]] = {}
        for lane in lanes:
            if lane.protocol is ProbeProtocol.TCP and lane.via is None:
                traced.setdefault(lane.panel, []).append(lane)
        with self._changed:
            self._lanes = {panel: tuple(own) for panel, own in traced.items()}
            for panel in [panel for panel in self._followed if panel not in self._lanes]:
                self._end(panel)
                self._forget(panel)
            for panel in self._lanes:
                if panel in self._followed or (self.settings.automatic and panel not in self._refused):
                    self._begin(panel)

    def switch(self, panel: Panel) -> bool:
        """Check the services at an endpoint's TCP ports from now on, or stop that; tell which.

        Raises CannotRunError where it has no TCP lane.
        """
        with self._changed:
            if panel not in self._lanes:
                raise CannotRunError("no service to check: no TCP port of this endpoint is traced")
            if panel in self._followed:
                self._refused.add(panel)
                self._end(panel)
                return False
            self._refused.discard(panel)
            self._begin(panel)
            return True

    def _begin(self, panel: Panel) -> None:
        lanes, before = self._lanes[panel], self._followed.get(panel, ())
        if self._closed or [lane.id for lane in lanes] == [lane.id for lane in before]:
            return
        self._followed[panel] = lanes
        self._awaited.add(panel)
        if self._work is None:
            self._work = _Work(self)
            self._loop.start(self._work.idle())
        self._loop.call(self._work.begin, panel, lanes)

    def _end(self, panel: Panel) -> None:
        self._followed.pop(panel, None)
        self._awaited.discard(panel)
        self._changed.notify_all()
        if self._work is not None:
            self._loop.call(self._work.end, panel)

    def _forget(self, panel: Panel) -> None:
        targets = {lane.target for lanes in self._lanes.values() for lane in lanes}
        self._series = {
            key: one
            for key, one in self._series.items()
            if key[:2] != panel and (one.lane is not None or self._targets[key] in targets)
        }
        self._domains = {target: one for target, one in self._domains.items() if target in targets}
        self._renew()

    def settle(self, timeout_s: float) -> bool:
        """Wait until each endpoint was checked once, at most `timeout_s`; True when they were."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._awaited, timeout_s)

    # Called on the loop's thread

    def note_check(self, request: Request, lane: Lane, check: ServiceCheck, *, traced: bool) -> None:
        """Add a check to its series, unless its endpoint is gone.

        `lane` is to the endpoint where that is `traced`, else to another exchanger of the same mail domain.
        """
        vantage = lane.vantage if traced else request.source
        key = (request.address, vantage, request.service)
        with self._changed:
            if lane.panel not in self._followed:
                return
            known = self._series.get(key)
            self._series[key] = (
                known.added(check)
                if known is not None
                else ServiceSeries(
                    Address(request.address),
                    ForeignText(request.host),
                    request.service,
                    None if vantage is None else Address(vantage),
                    LaneId(lane.id) if traced else None,
                    (check,),
                    1,
                    1,
                    check.started_at,
                )
            )
            self._targets[key] = lane.target
            self._renew()

    def note_domain(self, target: str, domain: MailDomain) -> None:
        """Keep what a domain publishes now."""
        with self._changed:
            self._domains[target] = domain
            self._renew()

    def note_round(self, panel: Panel) -> None:
        """Note that an endpoint was checked."""
        with self._changed:
            self._awaited.discard(panel)
            self._changed.notify_all()

    def traced(self) -> set[tuple[str, int | None]]:
        """Return address and port of all lanes that are checked."""
        with self._changed:
            return {(lane.address, lane.port) for lanes in self._followed.values() for lane in lanes}

    def _renew(self) -> None:
        order = {panel: place for place, panel in enumerate(self._lanes)}
        series = sorted(self._series.items(), key=lambda one: order.get(one[0][:2], len(order)))
        self._view = OutsideEvidence(
            services=tuple(one for _, one in series), mail_domains=tuple(self._domains.values())
        )
        self._version += 1


class _Work:
    """The tasks of the loop's thread: one per endpoint, one per mail domain."""

    def __init__(self, checks: ServiceChecks) -> None:
        self._checks, self._settings = checks, checks.settings
        self._tasks: dict[Panel, asyncio.Task[None]] = {}
        self._domains: dict[str, asyncio.Task[None]] = {}
        self._users: dict[str, set[Panel]] = {}
        self._addresses: dict[str, asyncio.Lock] = {}
        self._slots = asyncio.Semaphore(MAX_AT_ONCE)

    async def idle(self) -> None:
        """Keep the loop running."""
        await asyncio.Event().wait()

    def begin(self, panel: Panel, lanes: Sequence[Lane]) -> None:
        self.end(panel)
        self._tasks[panel] = asyncio.create_task(self._endpoint(panel, lanes))
        target = lanes[0].target
        if target.lower().startswith(_MAIL_PREFIX):
            self._users.setdefault(target, set()).add(panel)
            if target not in self._domains:
                self._domains[target] = asyncio.create_task(self._mail_domain(lanes[0]))

    def end(self, panel: Panel) -> None:
        task = self._tasks.pop(panel, None)
        if task is not None:
            task.cancel()
        for target, users in self._users.items():
            users.discard(panel)
            if not users and target in self._domains:
                self._domains.pop(target).cancel()

    async def _endpoint(self, panel: Panel, lanes: Sequence[Lane]) -> None:
        """Check the services of an endpoint, one after the other, every so often."""
        async for _ in self._every():
            for lane in lanes:
                for service in self._settings.services_of(lane.port or 0):
                    await self._check(lane.address, lane.host, service, lane.vantage, lane, traced=True)
            self._checks.note_round(panel)

    async def _mail_domain(self, lane: Lane) -> None:
        """Ask what a domain publishes, and check its exchangers' addresses that nobody traces."""
        from tracetui.evidence.services.ask_mail_domain import MailDomains

        ask = MailDomains(
            self._settings.client,
            self._settings.dns_server,
            lambda address: _source(lane.vantage, address),
            self._settings.sts_port,
        )
        port = lane.port or 0
        loop = asyncio.get_running_loop()
        exchangers: Sequence[Exchanger] = ()
        ask_at = loop.time()
        async for _ in self._every():
            if loop.time() >= ask_at:
                ask_at = loop.time() + _ASK_DOMAIN_EVERY_S
                domain = await ask.ask(lane.target[len(_MAIL_PREFIX) :].strip("/"), port, self._settings.now)
                self._checks.note_domain(lane.target, domain)
                exchangers = domain.exchangers
            traced = self._checks.traced()
            others = [
                (one.host, address)
                for one in exchangers
                for address in one.addresses
                if (address, lane.port) not in traced
            ]
            for host, address in others[:MAX_OTHER_ADDRESSES]:
                for service in self._settings.services_of(port):
                    source = _source(lane.vantage, address)
                    await self._check(address, host, service, source, lane, traced=False)

    async def _check(
        self, address: str, host: str, service: Service, source: str | None, lane: Lane, *, traced: bool
    ) -> None:
        request = Request(address, host, service, source, self._settings.interface)
        async with self._addresses.setdefault(address, asyncio.Lock()), self._slots:
            found = await check_service(request, self._settings.client, self._settings.now)
        self._checks.note_check(request, lane, found, traced=traced)

    async def _every(self) -> AsyncIterator[None]:
        """Yield at once, and then whenever it is time again."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            yield
            await asyncio.sleep(max(0.0, began + self._settings.every_s - loop.time()))


def _source(vantage: str | None, address: str) -> str | None:
    """Return the vantage if it has the address's family."""
    fits = vantage is not None and (":" in vantage) == (":" in address)
    return vantage if fits else None

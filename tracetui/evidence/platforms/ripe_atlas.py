"""Asks RIPE Atlas for traces: https://atlas.ripe.net/docs/apis/rest-api-manual/; new ones need a key."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tracetui.evidence.json_documents import Json
from tracetui.evidence.json_fields import field as field_of
from tracetui.evidence.json_fields import items, text
from tracetui.evidence.json_service import Answer, JsonService
from tracetui.evidence.platforms.atlas_key import AtlasKey
from tracetui.evidence.platforms.platform_job import PlatformJob, as_wanted, read_result, some_failed
from tracetui.evidence.platforms.poll_measurements import PollPace, poll_measurements
from tracetui.model import EvidenceError, ProbeProtocol, counted, safe_text
from tracetui.model.imported_trace import ImportedTrace, Untold
from tracetui.model.public_vantage import AskStage, PublicVantage, WantedTrace

if TYPE_CHECKING:
    from httpx import AsyncClient

BASE_URL: Final = "https://atlas.ripe.net/api/v2"
TIMEOUT_S: Final = 30.0
MAX_WAIT_S: Final = 60.0
POLL_S: Final = 10.0
PATIENCE_S: Final = 1200.0
"""For all results: probes get a one-off measurement within minutes, and send what they have in batches."""

MAX_BODY: Final = 32 << 20
CREDITS_PER_RESULT: Final = 60
"""Of a one-off traceroute with three packets a hop."""

MAX_RESULTS: Final = 1000
"""Results taken of a measurement that exists: as many as there can be imported lanes."""

_PACKETS: Final = 3
_STOP_S: Final = 5.0
_FINAL: Final = 4
"""The first status after which nothing more is measured: stopped, ended, no suitable probes, failed."""

_NO_PROBES: Final = 6
_FAILED: Final = 7
_PORTS: Final = frozenset({ProbeProtocol.TCP, ProbeProtocol.UDP})


def credits_for(vantage: PublicVantage, traces: int) -> int:
    """Return what a new measurement of so many endpoints costs at most."""
    return 0 if vantage.measurement is not None else vantage.limit * traces * CREDITS_PER_RESULT


@dataclass
class RipeAtlas:
    """A client for one event loop; one question at a time."""

    key: AtlasKey | None = None
    base_url: str = BASE_URL
    timeout_s: float = TIMEOUT_S
    max_wait_s: float = MAX_WAIT_S
    poll_s: float = POLL_S
    patience_s: float = PATIENCE_S

    async def run(self, job: PlatformJob) -> None:
        """Fetch a measurement, or make a new one. Raises EvidenceError where there is nothing at all."""
        service = JsonService(
            "RIPE Atlas",
            self.base_url,
            self.timeout_s,
            self.max_wait_s,
            max_body=MAX_BODY,
            refusal=self._refusal,
            waits=lambda until: job.change(waits_until=until),
        )
        async with service.client() as client:
            if job.ask.vantage.measurement is not None:
                await _fetch(service, client, job, _Measurement(job.ask.vantage.measurement))
                return
            await self._check_balance(service, job)
            running = await self._create(service, job)
            try:
                await self._collect(service, client, job, running)
            except asyncio.CancelledError:
                await self._stop(service, running)
                raise

    async def balance(self) -> int | None:
        """Return the credits that the owner of the key has; None where that is not to be had."""
        service = JsonService(
            "RIPE Atlas", self.base_url, self.timeout_s, max_wait_s=0, refusal=self._refusal
        )
        return await self._balance(service)

    # New ones

    async def _check_balance(self, service: JsonService, job: PlatformJob) -> None:
        """Raise EvidenceError where there are fewer credits than it may cost; then nothing is spent."""
        balance = await self._balance(service)
        job.change(balance=balance, waits_until=None)
        cost = job.ask.credits or 0
        if balance is not None and balance < cost:
            raise EvidenceError(f"RIPE Atlas: up to {cost} credits wanted, you have {balance}")

    async def _balance(self, service: JsonService) -> int | None:
        """Return the credits there are. A key without the permission to see them may make measurements."""
        if self.key is None:
            return None
        async with service.client(Authorization=self.key.header) as client:
            try:
                answer = await service.call(client, "credits", "credits/")
            except EvidenceError:
                return None
        balance = field_of(answer.value).get("current_balance")
        return balance if isinstance(balance, int) and not isinstance(balance, bool) else None

    async def _create(self, service: JsonService, job: PlatformJob) -> Sequence["_Measurement"]:
        """Make a measurement for each endpoint, in one call: they share their probes."""
        if self.key is None:
            raise EvidenceError("RIPE Atlas: a new measurement needs a key")
        async with service.client(Authorization=self.key.header) as client:
            answer = await service.call(
                client,
                "new measurement",
                "measurements/",
                method="POST",
                body=_request(job.ask.vantage, job.ask.traces),
                succeeded=HTTPStatus.CREATED,
            )
        numbers = [one for _, one in items(field_of(answer.value).get("measurements"))]
        if len(numbers) != len(job.ask.traces) or not all(_is_number(number) for number in numbers):
            raise EvidenceError("RIPE Atlas new measurement: the answer names no measurements")
        wanted = job.ask.vantage.limit * len(numbers)
        job.change(stage=AskStage.MEASURING, wanted=wanted, waits_until=None)
        return [
            _Measurement(int(str(number)), trace, expected=job.ask.vantage.limit)
            for number, trace in zip(numbers, job.ask.traces, strict=True)
        ]

    async def _collect(
        self,
        service: JsonService,
        client: "AsyncClient",
        job: PlatformJob,
        running: Sequence["_Measurement"],
    ) -> None:
        """Wait for all measurements, and make lanes of each as it is complete."""

        def progress() -> None:
            expected = [each.expected for each in running]
            job.change(
                results=sum(len(each.results) for each in running),
                wanted=sum(expected),
                probes=max(expected),
                waits_until=None,
            )

        await poll_measurements(
            job,
            running,
            PollPace(self.patience_s, sweep_s=self.poll_s),
            look=lambda one: _look(service, client, job, one),
            finish=lambda one: _take(service, client, job, one),
            progress=progress,
        )

    async def _stop(self, service: JsonService, running: Iterable["_Measurement"]) -> None:
        """Stop measurements that nobody waits for any more, as far as there is time: they cost credits."""
        if self.key is None:
            return
        try:
            async with asyncio.timeout(_STOP_S), service.client(Authorization=self.key.header) as client:
                for one in running:
                    await service.call(
                        client,
                        "stop",
                        f"measurements/{one.number}/",
                        method="DELETE",
                        succeeded=HTTPStatus.NO_CONTENT,
                    )
        except (EvidenceError, TimeoutError):
            return  # it ends by itself: it is a one-off

    def _refusal(self, value: Json) -> str:
        """Return what the API says is wrong, without the key."""
        error = field_of(value, "error")
        details = [text(one, "detail", limit=200) for _, one in items(error.get("errors"))][:4]
        said = [one for one in dict.fromkeys((text(error, "detail", limit=200), *details)) if one]
        told = safe_text("; ".join(said), limit=400)
        return told if self.key is None else self.key.removed_from(told)


@dataclass
class _Measurement:
    """One endpoint, traced to from all probes."""

    number: int
    wanted: WantedTrace | None = None
    """None for a measurement that exists."""

    expected: int = 0
    """Results, as far as is known."""

    results: Sequence[Json] = ()
    port: int | None = None
    failures: int = 0

    @property
    def name(self) -> str:
        """How errors name it."""
        return f"measurement {self.number}"


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**12


def _request(vantage: PublicVantage, traces: Sequence[WantedTrace]) -> Mapping[str, object]:
    kind = "asn" if vantage.asn is not None else "country"
    value = int(vantage.asn) if vantage.asn is not None else vantage.country
    return {
        "definitions": [_definition(wanted) for wanted in traces],
        "probes": [{"type": kind, "value": value, "requested": vantage.limit}],
        "is_oneoff": True,
    }


def _definition(wanted: WantedTrace) -> Mapping[str, object]:
    is_tcp = wanted.protocol is ProbeProtocol.TCP
    return {
        "type": "traceroute",
        "af": 6 if ":" in wanted.address else 4,
        "target": wanted.address,
        "description": f"tracetui: {wanted.text}",
        "protocol": wanted.protocol.upper(),
        # A SYN with data is dropped by more than one that looks like everybody's.
        **({"port": wanted.port, "size": 0} if is_tcp else {"size": 48}),
        "packets": _PACKETS,
        "paris": 16,
        "first_hop": 1,
        "max_hops": 32,
        "response_timeout": 4000,
        "resolve_on_probe": False,
        "is_public": True,
    }


async def _look(service: JsonService, client: "AsyncClient", job: PlatformJob, one: _Measurement) -> bool:
    """Ask how far a measurement is; tell whether it is over."""
    status = await _describe(service, client, one)
    one.results = await _results(service, client, one, "results")
    if status in {_NO_PROBES, _FAILED}:
        why = "no suitable probes" if status == _NO_PROBES else "it failed"
        job.keep(EvidenceError(f"RIPE Atlas {one.name}: {why}"))
    return status >= _FINAL or 0 < one.expected <= len(one.results)


async def _describe(service: JsonService, client: "AsyncClient", one: _Measurement) -> int:
    """Note what a measurement is of; return the number of its status. Raises EvidenceError."""
    answer = await service.call(client, one.name, f"measurements/{one.number}/")
    value = field_of(answer.value)
    if text(value, "type") != "traceroute":
        kind = text(value, "type", limit=20) or "unknown"
        raise EvidenceError(f"RIPE Atlas {one.name}: it is no traceroute, but {kind}")
    port, scheduled = value.get("port"), value.get("probes_scheduled")
    if _is_number(port) and isinstance(port, int) and port <= 0xFFFF:
        one.port = port
    if _is_number(scheduled) and isinstance(scheduled, int):
        one.expected = min(scheduled, MAX_RESULTS)
    status = field_of(value, "status").get("id")
    return status if isinstance(status, int) else 0


async def _results(
    service: JsonService, client: "AsyncClient", one: _Measurement, which: str
) -> Sequence[Json]:
    answer: Answer = await service.call(
        client, one.name, f"measurements/{one.number}/{which}/", parameters={"format": "json"}
    )
    if not isinstance(answer.value, list):
        raise EvidenceError(f"RIPE Atlas {one.name}: the answer has no results")
    return answer.value


# One that exists


async def _fetch(service: JsonService, client: "AsyncClient", job: PlatformJob, one: _Measurement) -> None:
    """Make lanes of the newest result of each probe."""
    status = await _describe(service, client, one)
    job.change(stage=AskStage.MEASURING, wanted=one.expected, probes=one.expected, waits_until=None)
    one.results = await _results(service, client, one, "latest")
    if not one.results:  # `latest` has those of the last days alone
        one.results = await _results(service, client, one, "results")
    left_out = len(one.results) - MAX_RESULTS
    if left_out > 0:
        job.remark(f"{counted(left_out, 'result')} left out: {MAX_RESULTS} are taken of a measurement")
        one.results = one.results[-MAX_RESULTS:]
    job.change(results=len(one.results), wanted=max(one.expected, len(one.results)))
    if status < _FINAL:
        job.remark(f"RIPE Atlas {one.name} goes on: these are its newest results")
    if not one.results:
        raise EvidenceError(f"RIPE Atlas {one.name}: it has no results")
    await _take(service, client, job, one)


# Lanes


async def _take(service: JsonService, client: "AsyncClient", job: PlatformJob, one: _Measurement) -> None:
    """Make lanes of the results of a measurement, and remarks of the probes that have none."""
    failed: Counter[str] = Counter()
    found: list[tuple[int, ImportedTrace]] = []
    for item in one.results:
        probe = field_of(item).get("prb_id")
        trace, problems = read_result(item)
        if trace is None or not _is_number(probe) or not isinstance(probe, int):
            failed[problems[0].partition(": ")[2] or problems[0] if problems else "no probe"] += 1
            continue
        try:
            found.append((probe, _with_port(trace, one)))
        except EvidenceError as error:
            job.remark(str(error))
    if one.wanted is not None:
        missing = one.expected - len(one.results)
        if missing > 0:
            failed["no result"] += missing
        job.remark(*some_failed(failed, one.wanted))
    else:
        job.remark(*(f"{counted(count, 'probe')}: {reason}" for reason, count in failed.items()))
    places = await _places(service, client, {probe for probe, _ in found})
    job.add(
        [_named(trace, probe, places.get(probe)) for probe, trace in found],
        f"RIPE Atlas measurement {one.number}",
    )


def _with_port(trace: ImportedTrace, one: _Measurement) -> ImportedTrace:
    """Return a trace with the port, which results do not name. Raises EvidenceError."""
    if one.wanted is not None:
        wanted = as_wanted(trace, one.wanted)
        return replace(wanted, untold=trace.untold - {Untold.PROTOCOL})
    if one.port is None or trace.protocol not in _PORTS:
        return trace
    return replace(trace, port=one.port, untold=trace.untold - {Untold.PROTOCOL})


@dataclass(frozen=True, slots=True)
class _Place:
    asns: Mapping[int, int] = field(default_factory=dict)
    """By IP version."""

    country: str = ""


def _named(trace: ImportedTrace, probe: int, place: _Place | None) -> ImportedTrace:
    """Return a trace with the probe's name: `RIPE Atlas AS8359 RU probe 6012`."""
    version = 6 if ":" in (trace.address or "") else 4
    asn = None if place is None else place.asns.get(version)
    country = "" if place is None else place.country
    words = ("RIPE Atlas", f"AS{asn}" if asn else "", country, f"probe {probe}")
    return replace(
        trace,
        vantage=" ".join(filter(None, words)),
        is_one_probe=True,
        source_asn=asn,
        source_country=country,
    )


async def _places(service: JsonService, client: "AsyncClient", probes: Iterable[int]) -> Mapping[int, _Place]:
    """Return where probes are; of some, or none, where that is not to be had: they have their numbers."""
    found: dict[int, _Place] = {}
    numbers = sorted(probes)
    for start in range(0, len(numbers), 100):
        asked = ",".join(map(str, numbers[start : start + 100]))
        parameters = {"id__in": asked, "fields": "id,asn_v4,asn_v6,country_code", "page_size": "100"}
        try:
            answer = await service.call(client, "probes", "probes/", parameters=parameters)
        except EvidenceError:
            return found
        for _, one in items(field_of(answer.value).get("results")):
            number = field_of(one).get("id")
            if isinstance(number, int):
                found[number] = _place(one)
    return found


def _place(value: Json) -> _Place:
    asns = {4: field_of(value).get("asn_v4"), 6: field_of(value).get("asn_v6")}
    known = {family: asn for family, asn in asns.items() if isinstance(asn, int) and 0 < asn < 1 << 32}
    return _Place(known, text(value, "country_code", limit=2))

"""Asks Globalping for traces: https://globalping.io/docs/api.globalping.io, no account needed."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tracetui.evidence.json_documents import Json
from tracetui.evidence.json_fields import field as field_of
from tracetui.evidence.json_fields import text
from tracetui.evidence.json_service import Answer, JsonService
from tracetui.evidence.platforms.platform_job import (
    PlatformJob,
    ProbeNames,
    as_wanted,
    read_result,
    some_failed,
)
from tracetui.evidence.platforms.poll_measurements import PollPace, poll_measurements
from tracetui.model import EvidenceError, ProbeProtocol, counted, safe_text
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.public_vantage import AskStage, PublicVantage, RateLimit, WantedTrace

if TYPE_CHECKING:
    from httpx import AsyncClient

BASE_URL: Final = "https://api.globalping.io/v1"
TIMEOUT_S: Final = 20.0
MAX_WAIT_S: Final = 30.0
"""The longest wait when it was asked too often."""

POLL_S: Final = 1.0
"""Between two questions how far it is; it allows two a second."""

PATIENCE_S: Final = 90.0
"""For all results: a test may take 30 s, and 10 s to arrive."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RUNNING: Final = "in-progress"


@dataclass
class Globalping:
    """A client for one event loop; one question at a time."""

    base_url: str = BASE_URL
    timeout_s: float = TIMEOUT_S
    max_wait_s: float = MAX_WAIT_S
    poll_s: float = POLL_S
    patience_s: float = PATIENCE_S
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    async def run(self, job: PlatformJob) -> None:
        """Measure all that is wanted by the same probes. Raises EvidenceError where nothing is measured."""
        service = JsonService(
            "Globalping",
            self.base_url,
            self.timeout_s,
            self.max_wait_s,
            refusal=_refusal,
            now=self.now,
            waits=lambda until: job.change(waits_until=until),
        )
        async with service.client() as client:
            await self._check_limit(service, client, job)
            running = await self._create_all(service, client, job)
            job.change(stage=AskStage.MEASURING, wanted=sum(one.probes for one in running), waits_until=None)
            await self._collect(service, client, job, running)

    async def _check_limit(self, service: JsonService, client: "AsyncClient", job: PlatformJob) -> None:
        """Raise EvidenceError where the limit does not allow what is wanted; then nothing is spent."""
        answer = await service.call(client, "limits", "limits")
        limit = self._limit(field_of(field_of(field_of(answer.value, "rateLimit"), "measurements"), "create"))
        job.change(limit=limit, waits_until=None)
        needed = job.ask.vantage.limit * len(job.ask.traces)
        if limit is not None and limit.remaining < needed:
            wait = max(0, round((limit.reset_at - self.now()).total_seconds()))
            raise EvidenceError(
                f"Globalping: {counted(needed, 'test')} wanted, {limit.remaining} of {limit.limit} an hour "
                f"are left: ask for fewer probes, or again in {wait} s"
            )

    async def _create_all(
        self, service: JsonService, client: "AsyncClient", job: PlatformJob
    ) -> Sequence["_Measurement"]:
        """Start a measurement for each endpoint, the later ones from the probes of the first."""
        made: list[_Measurement] = []
        for wanted in job.ask.traces:
            try:
                answer = await service.call(
                    client,
                    wanted.text,
                    "measurements",
                    method="POST",
                    body=_request(job.ask.vantage, wanted, made[0].id if made else None),
                    succeeded=HTTPStatus.ACCEPTED,
                )
                made.append(_created(answer, wanted))
            except EvidenceError as error:
                if not made:
                    raise
                job.keep(error)
                break
            self._note_limit(job, answer)
            job.change(probes=made[0].probes, waits_until=None)
        return made

    async def _collect(
        self,
        service: JsonService,
        client: "AsyncClient",
        job: PlatformJob,
        running: Sequence["_Measurement"],
    ) -> None:
        """Wait for all measurements, and make lanes of each as it is finished."""
        names = ProbeNames(job.names)

        async def finish(one: "_Measurement") -> None:
            _take(job, one, names)

        await poll_measurements(
            job,
            running,
            PollPace(self.patience_s, each_s=self.poll_s),
            look=lambda one: self._look(service, client, one),
            finish=finish,
            progress=lambda: job.change(results=sum(each.final for each in running), waits_until=None),
        )

    async def _look(self, service: JsonService, client: "AsyncClient", one: "_Measurement") -> bool:
        """Ask how far a measurement is; tell whether it is over."""
        answer = await service.call(client, one.wanted.text, f"measurements/{one.id}")
        results = field_of(answer.value).get("results")
        if not isinstance(results, list):
            raise EvidenceError(f"Globalping {one.wanted.text}: the answer has no results")
        one.answer, one.results = field_of(answer.value), results[: one.probes]
        return text(answer.value, "status") != _RUNNING

    def _note_limit(self, job: PlatformJob, answer: Answer) -> None:
        numbers = {
            name: answer.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")
        }
        if all(value.isascii() and value.isdigit() for value in numbers.values()):
            job.change(limit=self._limit({name: int(value[:9]) for name, value in numbers.items()}))

    def _limit(self, value: Mapping[str, Json]) -> RateLimit | None:
        remaining, limit, reset = (value.get(name) for name in ("remaining", "limit", "reset"))
        if not (isinstance(remaining, int) and isinstance(limit, int) and isinstance(reset, int)):
            return None
        return RateLimit(remaining, limit, self.now() + timedelta(seconds=min(max(reset, 0), 86_400)))


@dataclass
class _Measurement:
    """One endpoint, traced to from all probes."""

    id: str
    wanted: WantedTrace
    probes: int
    answer: Mapping[str, Json] = field(default_factory=dict)
    results: Sequence[Json] = ()
    failures: int = 0

    @property
    def final(self) -> int:
        """Results that will not change any more."""
        return sum(1 for item in self.results if _status(item) != _RUNNING)


def _request(vantage: PublicVantage, wanted: WantedTrace, same_as: str | None) -> Mapping[str, object]:
    """Return the body that starts a measurement; `same_as`: from the probes of that one."""
    place = {
        **({} if vantage.asn is None else {"asn": int(vantage.asn)}),
        **({"country": vantage.country} if vantage.country else {}),
        **({"city": vantage.city} if vantage.city else {}),
        "limit": vantage.limit,
    }
    options: dict[str, object] = {"protocol": wanted.protocol.upper()}
    if wanted.protocol is ProbeProtocol.TCP:
        options["port"] = wanted.port
    return {
        "type": "traceroute",
        "target": wanted.address,
        "locations": [place] if same_as is None else same_as,
        "measurementOptions": options,
    }


def _created(answer: Answer, wanted: WantedTrace) -> _Measurement:
    value = field_of(answer.value)
    number, probes = value.get("id"), value.get("probesCount")
    if not (isinstance(number, str) and _ID.fullmatch(number) and isinstance(probes, int) and probes > 0):
        raise EvidenceError(f"Globalping {wanted.text}: the answer names no measurement")
    return _Measurement(number, wanted, min(probes, 500))


def _take(job: PlatformJob, one: _Measurement, names: ProbeNames) -> None:
    """Make lanes of the results of a measurement, and remarks of the probes that have none."""
    failed: Counter[str] = Counter()
    found: list[ImportedTrace] = []
    for place, item in enumerate(one.results):
        status = _status(item)
        if status != "finished":
            failed[status or "no result"] += 1
            continue
        trace, problems = read_result(_document(one, item))
        if trace is None:
            failed[problems[0]] += 1
            continue
        name = names.name(place, _probe_name(item))
        try:
            found.append(as_wanted(replace(trace, vantage=name, is_one_probe=True), one.wanted))
        except EvidenceError as error:
            job.remark(str(error))
    missing = one.probes - len(one.results)
    if missing > 0:
        failed["no result"] += missing
    job.remark(*some_failed(failed, one.wanted))
    job.add(found, f"Globalping measurement {one.id}")


def _document(one: _Measurement, item: Json) -> Json:
    """Return a measurement of one probe, as the importer reads it."""
    created = one.answer.get("createdAt")
    return {
        "type": "traceroute",
        "target": one.wanted.address,
        "createdAt": created if isinstance(created, str) else None,
        "probesCount": 1,
        "measurementOptions": {"protocol": one.wanted.protocol.upper(), "port": one.wanted.port},
        "results": [item],
    }


def _status(item: Json) -> str:
    return text(field_of(item, "result"), "status", limit=40)


def _probe_name(item: Json) -> str:
    """Return `Globalping AS8359 Moscow`."""
    probe = field_of(item, "probe")
    asn, city = text(probe, "asn", limit=10), text(probe, "city", limit=60)
    place = city or text(probe, "country", limit=10)
    return safe_text(" ".join(filter(None, ("Globalping", f"AS{asn}" if asn else "", place))))


def _refusal(value: Json) -> str:
    """Return what the API says is wrong: the message, and each parameter with its own."""
    error = field_of(value, "error")
    params = [
        f"{name}: {said}"
        for name, said in list(field_of(error, "params").items())[:4]
        if isinstance(said, str)
    ]
    return safe_text("; ".join((text(error, "message", limit=200), *params)).strip("; "), limit=400)

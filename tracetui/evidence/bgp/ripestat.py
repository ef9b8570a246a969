"""Asks RIPEstat who announces an address, since when, by which paths, and what changed lately."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from tracetui.evidence.bgp.formats.ripestat import TOOL, bgplay_updates, looking_glass_routes, utc_time
from tracetui.evidence.bgp.found_routes import RipeStatAnswer
from tracetui.evidence.bgp.read_routes import made_of
from tracetui.evidence.bgp.route_format import Context
from tracetui.evidence.bgp.route_tokens import asn_of, prefix_of
from tracetui.evidence.bgp.wanted_addresses import Wanted
from tracetui.evidence.json_documents import Json
from tracetui.evidence.json_fields import field as field_of
from tracetui.evidence.json_fields import items, text
from tracetui.evidence.json_service import JsonService
from tracetui.model import Address, Asn, EvidenceError, ForeignText, Prefix, safe_text
from tracetui.model.bgp_route import AnnouncedBy, Announcement, BgpQuestion, BgpRoute, RpkiState

if TYPE_CHECKING:
    from httpx import AsyncClient

_T = TypeVar("_T")

BASE_URL: Final = "https://stat.ripe.net/data"
"""Of the data API (https://stat.ripe.net/docs/02.data-api/)."""

SOURCE_APP: Final = "tracetui"
"""Tells RIPEstat which program asks, as its rules of use want."""

CALL_TIMEOUT_S: Final = 30.0
"""For one data call, from connecting to the last byte: routing histories take long."""

MAX_WAIT_S: Final = 20.0
"""The longest wait for a server that asks for patience; a longer one is told to the user."""

_MAX_ORIGINS: Final = 4
_BREAK: Final = timedelta(days=1)
"""A gap in a history that is no break: it is made of tables some hours apart."""

_CURRENT: Final = timedelta(days=2)
"""A history that ends earlier before its end is over."""

_RPKI: Final = {
    "valid": RpkiState.VALID,
    "invalid": RpkiState.INVALID,
    "invalid_asn": RpkiState.INVALID,
    "invalid_length": RpkiState.INVALID,
    "unknown": RpkiState.NOT_FOUND,
}


@dataclass
class RipeStat:
    """A client for one event loop; one question at a time."""

    base_url: str = BASE_URL
    timeout_s: float = CALL_TIMEOUT_S
    max_wait_s: float = MAX_WAIT_S
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _service: JsonService = field(init=False)

    def __post_init__(self) -> None:
        self._service = JsonService(TOOL, self.base_url, self.timeout_s, self.max_wait_s, now=self.now)

    async def ask(self, address: str) -> RipeStatAnswer:
        """Return what RIPEstat says about an address.

        The question holds the problem where there is no answer, and remarks on what is missing in it.
        """
        remarks: list[str] = []
        async with self._service.client() as client:
            try:
                overview = await self._call(client, "prefix-overview", resource=address)
            except EvidenceError as error:
                return RipeStatAnswer(BgpQuestion(Address(address), problem=str(error)))

            async def optional(call: Coroutine[None, None, _T], otherwise: _T) -> _T:
                try:
                    return await call
                except EvidenceError as error:
                    remarks.append(str(error))
                    return otherwise

            taken_at = utc_time(text(overview, "query_time")) or self.now()
            prefix = _announced_prefix(overview)
            routes = await optional(self._routes(client, address), ())
            origins: tuple[AnnouncedBy, ...] = ()
            updates: tuple[BgpRoute, ...] = ()
            if prefix is not None:
                asns = _origins(overview)
                since = await optional(self._since(client, prefix), {})
                states = {asn: await optional(self._rpki(client, asn, prefix), None) for asn in asns}
                origins = tuple(AnnouncedBy(asn, since.get(asn), states[asn]) for asn in asns)
                updates = await optional(self._updates(client, prefix), ())
        answer = Announcement(prefix, origins, taken_at, TOOL)
        question = BgpQuestion(Address(address), answer, remarks=tuple(dict.fromkeys(remarks)))
        return RipeStatAnswer(question, routes, updates)

    async def _routes(self, client: "AsyncClient", address: str) -> tuple[BgpRoute, ...]:
        data = await self._call(client, "looking-glass", resource=address)
        found = looking_glass_routes(data, Context(name=ForeignText("looking-glass")))
        return made_of(list(found), (), Wanted([address])).routes

    async def _updates(self, client: "AsyncClient", prefix: Prefix) -> tuple[BgpRoute, ...]:
        data = await self._call(client, "bgplay", resource=prefix)
        found = bgplay_updates(data, Context(name=ForeignText("bgplay")))
        return made_of(list(found), (), Wanted([prefix.partition("/")[0]])).updates

    async def _since(self, client: "AsyncClient", prefix: Prefix) -> dict[Asn, datetime]:
        """Return since when each AS announces a prefix without a break."""
        data = await self._call(client, "routing-history", resource=prefix)
        end = utc_time(text(data, "query_endtime")) or self.now()
        found: dict[Asn, datetime] = {}
        for _, origin in items(data.get("by_origin")):
            asn = asn_of(text(origin, "origin"))
            for _, one in items(field_of(origin).get("prefixes")):
                began = _unbroken(field_of(one).get("timelines"), end)
                if asn is not None and began is not None and prefix_of(text(one, "prefix")) == prefix:
                    found[asn] = began
        return found

    async def _rpki(self, client: "AsyncClient", asn: Asn, prefix: Prefix) -> RpkiState | None:
        data = await self._call(client, "rpki-validation", resource=f"AS{asn}", prefix=prefix)
        return _RPKI.get(text(data, "status").lower())

    # One data call

    async def _call(self, client: "AsyncClient", name: str, **parameters: str) -> dict[str, Json]:
        """Return `data` of an answer. Raises EvidenceError with one line."""
        answer = await self._service.call(
            client, name, f"{name}/data.json", parameters={**parameters, "sourceapp": SOURCE_APP}
        )
        value = answer.value
        data = value.get("data") if isinstance(value, dict) else None
        if text(value, "status") != "ok" or not isinstance(data, dict):
            said = next((one for one in _messages(field_of(value).get("messages"))), "the answer has no data")
            raise EvidenceError(f"RIPEstat {name}: {said}")
        return data


def _messages(value: Json) -> Sequence[str]:
    """Return the messages of an answer: lists of a kind and a text."""
    found = [one[1] for _, one in items(value) if isinstance(one, list) and len(one) > 1]
    return [safe_text(one, limit=120) for one in found if isinstance(one, str) and one.strip()]


def _announced_prefix(overview: dict[str, Json]) -> Prefix | None:
    """Return the prefix that is announced: the resource asked for, or the less specific one around it."""
    if overview.get("announced") is not True:
        return None
    resource = text(overview, "resource")
    return prefix_of(resource) if "/" in resource else None


def _origins(overview: dict[str, Json]) -> list[Asn]:
    found = [asn_of(text(one, "asn")) for _, one in items(overview.get("asns"))]
    return list(dict.fromkeys(asn for asn in found if asn is not None))[:_MAX_ORIGINS]


def _unbroken(timelines: Json, end: datetime) -> datetime | None:
    """Return when the stretch began that lasts to the end of a history; None where it is over."""
    spans = sorted(
        (start, stop)
        for _, one in items(timelines)
        if (start := utc_time(text(one, "starttime"))) and (stop := utc_time(text(one, "endtime")))
    )
    began: datetime | None = None
    last: datetime | None = None
    for start, stop in spans:
        if last is None or start - last > _BREAK:
            began = start
        last = stop if last is None else max(stop, last)
    return began if last is not None and end - last <= _CURRENT else None

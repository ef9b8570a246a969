"""Reads the list of probes of RIPE Atlas: it names their countries and ASes, which results do not."""

from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, ValidationError, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import Asn, country_of
from tracetui.model.vantage_place import VantagePlace

_ENVELOPES: Final = ("results", "objects")
"""Keys that lists of probes stand under, in answers of the API and in the daily archive."""


class _Probe(Struct):
    id: Annotated[int, Meta(ge=0, le=1 << 40)]
    country_code: str | None = None
    asn_v4: Asn | None = None
    asn_v6: Asn | None = None


def probe_name(number: int) -> str:
    """Return what traces of a probe have as their vantage."""
    return f"probe {number}"


def atlas_probes(value: Json) -> Iterator[VantagePlace]:
    """Yield the probes in a JSON value: one probe, or a list of them in the envelope of the API."""
    items: list[Json] = [value]
    if isinstance(value, dict):
        inner = next((value[key] for key in _ENVELOPES if key in value), None)
        items = inner if isinstance(inner, list) else items
    for item in items:
        if isinstance(item, dict) and {"id", "country_code", "asn_v4"} <= item.keys():
            try:
                probe = convert(item, _Probe)
            except ValidationError:
                continue
            asns = tuple(asn for asn in (probe.asn_v4, probe.asn_v6) if asn)
            yield VantagePlace(probe_name(probe.id), country_of(probe.country_code), asns)

"""BGP in reports: Markdown, text and JSON, with sources and times, and under a mask."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evidence.bgp import outputs
from evidence.bgp.ripestat_server import BGPLAY, LOOKING_GLASS, answer
from tracetui.analysis.bgp_paths import bgp_beyond
from tracetui.evidence.bgp.read_routes import read_bgp_text
from tracetui.model import Asn, Snapshot
from tracetui.model.bgp_route import (
    AnnouncedBy,
    Announcement,
    AsPath,
    AsSegment,
    BgpEvidence,
    BgpQuestion,
    BgpRoute,
    RouteSource,
    RpkiState,
    SegmentKind,
)
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.reference import Address, ForeignText, Prefix
from tracetui.privacy.mask import masked
from tracetui.report import render
from words.samples import board

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text(encoding="utf-8"))
AT = datetime(2019, 3, 12, 12, 4, 5, tzinfo=UTC)
TARGET, PREFIX = "203.0.113.80", Prefix("203.0.113.0/24")


def path(*asns: int) -> AsPath:
    return AsPath((AsSegment(SegmentKind.SEQUENCE, tuple(map(Asn, asns))),))


def route(viewer: int | None, *asns: int, **more: Any) -> BgpRoute:
    source = RouteSource("BIRD", ForeignText("glass.txt"), taken_at=AT)
    known: dict[str, Any] = {"source": source, "best": True, **more}
    return BgpRoute(PREFIX, path(*asns), viewer=None if viewer is None else Asn(viewer), **known)


def with_bgp(*routes: BgpRoute, **more: Any) -> Snapshot:
    base = board()
    target = base.lanes[0].lane.address
    assert target == TARGET
    return replace(base, controls=(), outside=OutsideEvidence(BgpEvidence(routes, **more)))


def everything() -> Snapshot:
    said = Announcement(PREFIX, (AnnouncedBy(Asn(19905), AT, RpkiState.VALID),), AT, "RIPEstat")
    update = route(8359, 22822, last_updated=AT, is_update=True)
    return with_bgp(
        route(8359, 22822, 19905, next_hop=Address("198.51.100.9"), rpki=RpkiState.NOT_FOUND),
        route(64500, 64500, 8359, 22822, 19905, communities=("64500:7", "8359:1")),
        updates=(update, replace(update, path=None)),
        questions=(BgpQuestion(Address(TARGET), said, remarks=("RIPEstat bgplay: HTTP 500",)),),
        problems=(ForeignText("rib.gz: 3 of 9 records are broken"),),
    )


SENTENCES = (
    "203.0.113.0/24 announced by AS19905 Neustar, since 2019-03-12 12:04:05 UTC, RPKI valid "
    "(RIPEstat, 2019-03-12 12:04:05 UTC)",
    "not known: RIPEstat bgplay: HTTP 500",
    "after AS8359 MTS, BGP expects AS22822 LLNW, AS19905 Neustar (its own route); no hop shows it",
    "203.0.113.0/24, seen by AS8359 MTS: 22822 19905 (best, next hop 198.51.100.9, no ROA in RPKI); "
    "source: BIRD, glass.txt, file of 2019-03-12 12:04:05 UTC",
    "203.0.113.0/24, seen by AS64500: 64500 8359 22822 19905 (best)",
    "2019-03-12 12:04:05 UTC: AS8359 MTS announced 203.0.113.0/24: 22822",
    "2019-03-12 12:04:05 UTC: AS8359 MTS withdrew 203.0.113.0/24",
    "rib.gz: 3 of 9 records are broken",
)


@pytest.mark.parametrize("form", ["markdown", "text"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_reports_say_it(form, sentence):
    said = " ".join(render(everything(), form, full=True).replace("\\", "").replace("`", "").split())
    assert sentence in said


def test_reports_without_bgp_say_nothing_of_it():
    for form in ("markdown", "text", "json"):
        assert "bgp" not in render(replace(board(), findings=()), form, full=True).lower()


def test_json_has_it_all_and_follows_the_schema():
    document = json.loads(render(everything(), "json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    bgp = document["bgp"]
    assert [one["viewer"] for one in bgp["routes"]] == [8359, 64500]
    assert bgp["routes"][0]["path"] == "22822 19905"
    assert bgp["questions"][0]["announced"] is True
    assert bgp["questions"][0]["origins"] == [
        {"asn": 19905, "since": "2019-03-12T12:04:05.000Z", "rpki": "valid"}
    ]
    (first, *_) = bgp["expected"]
    assert (first["after"], first["path"], first["grade"]) == (8359, [22822, 19905], "bgp")
    assert bgp["updates"][1]["path"] is None


def test_every_format_gives_valid_json():
    texts = [value for name, value in vars(outputs).items() if name.isupper()]
    texts += [json.dumps(answer(data)) for data in (LOOKING_GLASS, BGPLAY)]
    for text in texts:
        found = read_bgp_text(text, taken_at=AT)
        document = json.loads(render(with_bgp(*found.routes, updates=found.updates), "json"))
        jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_where_the_path_would_go_on():
    def beyond(*routes: BgpRoute):
        snapshot = with_bgp(*routes)
        found = bgp_beyond(snapshot.lanes[0], snapshot)
        return None if found is None else (found.path, found.by_last, found.others)

    assert beyond(route(8359, 22822, 19905)) == ((22822, 19905), True, 0)
    assert beyond(route(64500, 64500, 8359, 22822, 19905)) == ((22822, 19905), False, 0)
    assert beyond(route(64500, 3356, 19905)) is None
    assert beyond(route(8359, 19905), route(64500, 64500, 8359, 22822)) == ((19905,), True, 0)
    collected = [
        route(8359, *way, source=RouteSource("MRT", collector=f"RRC{place}"), best=None)
        for place, way in enumerate([(22822, 19905), (3356, 19905), (22822, 19905)])
    ]
    assert beyond(*collected) == ((22822, 19905), True, 1)
    assert beyond(replace(route(8359, 22822), path=None)) is None


def test_a_mask_hides_ases_in_paths_and_what_tells_them():
    hidden = masked(everything(), 9)
    text = render(hidden, "markdown", full=True) + render(hidden, "markdown") + render(hidden, "json")
    assert "8359" not in text
    assert "22822" not in text
    assert "hidden hidden 19905" in text
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(render(hidden, "json")))


def test_a_masked_path_keeps_its_length():
    base = everything()
    owners = {address: owner for address, owner in base.owners.items() if owner.asn != 8359}
    at_first = base.lanes[0].trace.hops[0].responders[0].address
    owner = next(owner for owner in base.owners.values() if owner.asn == 8359)
    snapshot = replace(base, owners={**owners, at_first: owner})
    (own, other) = masked(snapshot, 1).outside.bgp.routes
    assert (own.viewer, own.next_hop, str(own.path)) == (0, None, "22822 19905")
    assert str(other.path) == "64500 hidden 22822 19905"
    assert other.communities == ("64500:7",)

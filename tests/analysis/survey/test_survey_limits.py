"""What a survey takes of files of any size, and what it leaves out."""

import random

import pytest

from analysis.survey.survey_world import World, dropped_in
from tracetui.analysis.survey import collect
from tracetui.analysis.survey.collect import Collected, of_import
from tracetui.analysis.survey.make_survey import make_survey
from tracetui.analysis.survey.path_tree import MAX_BRANCHES, MAX_LINES
from tracetui.evidence.traces.document_traces import take_document
from tracetui.model import Attribution
from tracetui.model.imported_trace import ImportedTrace
from tracetui.report.survey_rows import path_rows
from tracetui.words import left_out_words


def hostile(count: int, hops: int = 6) -> list[dict[str, object]]:
    """Return results whose routers are all different."""
    rng = random.Random(1)

    def address() -> str:
        return ".".join(str(rng.randrange(1, 223)) for _ in range(4))

    return [
        {
            "fw": 5080, "type": "traceroute", "msm_id": 1, "prb_id": number, "proto": "ICMP",
            "dst_addr": "156.154.65.20", "dst_name": "156.154.65.20", "from": address(),
            "timestamp": 1552300000,
            "result": [
                *({"hop": ttl, "result": [{"from": address(), "rtt": 5.5}]} for ttl in range(1, hops + 1)),
                *({"hop": ttl, "result": [{"x": "*"}]} for ttl in range(hops + 1, hops + 7)),
            ],
        }
        for number in range(count)
    ]  # fmt: skip


def collected(documents: list[dict[str, object]]) -> Collected:
    found: list[ImportedTrace] = []
    for one in documents:
        assert take_document(one, found.append)  # type: ignore[arg-type]
    made = Collected()
    made.add(map(of_import, found))
    return made


def test_addresses_beyond_the_limit_are_left_out_and_told(monkeypatch):
    monkeypatch.setattr(collect, "MAX_ADDRESSES", 100)
    made = collected(hostile(40))
    assert len(made.addresses) <= 100 + 1  # and the endpoint
    survey = make_survey(made, {})
    assert survey.left_out == 40 - 100 // 7
    assert survey.vantages == 100 // 7
    assert left_out_words(survey).startswith("26 traces left out: a survey takes 200,000 pairs of a vantage ")


def test_what_is_known_is_taken_however_much_came_before(monkeypatch):
    monkeypatch.setattr(collect, "MAX_ADDRESSES", 70)
    documents = hostile(40)
    made = collected([*documents, *documents[:10]])
    assert made.left_out == 30
    assert made.endpoints[next(iter(made.endpoints))].traces == 20


@pytest.mark.parametrize("count", [5, 300])
def test_the_tree_of_any_number_of_paths_is_short_and_counts_all(count):
    made = collected(hostile(count))
    owners = {one: Attribution((int(one.partition(".")[0]),), "", None, "") for one in made.addresses}
    survey = make_survey(made, owners)
    (one,) = survey.endpoints
    rows = [*path_rows(one, survey.names)]
    assert len(rows) <= 3 * MAX_LINES
    assert len(one.paths.ends) <= MAX_BRANCHES
    assert sum(branch.vantages for branch in one.paths.ends) + one.paths.more_vantages == count
    if count > 5:
        assert rows[-1].words.startswith("… ")


def test_equal_addresses_are_one_object():
    world = World(1, vantages=12)
    made = collected(world.atlas(dropped_in(8359)))
    seen: dict[str, str] = {}
    for about in made.endpoints.values():
        for draw in about.draws.values():
            for end in filter(None, (draw.reached, draw.stopped)):
                for routers in end.hops:
                    for router in routers:
                        assert seen.setdefault(router, router) is router

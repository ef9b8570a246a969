"""What a survey says of drops in one AS, at the endpoint, on a branch, by chance: with 100 seeds each."""

import random

import pytest

from analysis.survey.survey_world import (
    CONTROL,
    ELSEWHERE,
    ENDPOINT_AS,
    TRANSITS,
    UPSTREAMS,
    World,
    at_the_endpoint,
    dropped_in,
    no_drop,
)
from tracetui.analysis.survey.facts import EndpointSurvey, Fate, FindingKind, Left
from tracetui.words.survey import survey_finding

SEEDS = [*range(12), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12, 100))]
CULPRIT = 8359


def one(survey) -> EndpointSurvey:
    (found,) = survey.endpoints
    return found


def named(found: EndpointSurvey) -> set[int]:
    return {row.asn for row in found.named}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drop_in_one_as_is_found_there_and_nowhere_else(seed):
    world = World(seed)
    drop = dropped_in(CULPRIT)
    without, beside = (
        one(world.survey(world.atlas(drop))),
        one(world.survey(world.atlas(drop), world.atlas(drop, CONTROL), controls=[CONTROL])),
    )
    assert named(without) == named(beside) == {CULPRIT}
    assert without.kind is FindingKind.LAST_SEEN_IN
    assert beside.kind is FindingKind.STOPS_IN
    (row,) = beside.named
    assert row.stopped == row.entered == without.fates[Fate.STOPPED]
    assert row.control is not None
    assert row.control.passed == row.control.asked == row.stopped
    assert Left.SILENT_ROUTERS not in row.left
    assert {Left.INSIDE, Left.NEXT_NETWORK, Left.WAY_BACK} <= set(row.left)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_ases_that_drop_are_both_found(seed):
    world = World(seed)
    found = one(world.survey(world.atlas(dropped_in(CULPRIT, 12389))))
    assert named(found) == {CULPRIT, 12389}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_endpoint_that_refuses_some_sources_accuses_nobody(seed):
    world = World(seed)
    rng = random.Random(seed)
    refused = {place.number for place in world.places if rng.random() < rng.choice([0.3, 0.5, 0.8])}
    drop = at_the_endpoint(lambda place: place.number in refused)
    found = one(world.survey(world.atlas(drop), world.atlas(drop, CONTROL), controls=[CONTROL]))
    assert named(found) == set()
    assert found.kind is FindingKind.NO_ONE_PLACE


@pytest.mark.parametrize("seed", SEEDS)
def test_an_endpoint_that_refuses_one_country_accuses_nobody(seed):
    world = World(seed)
    found = one(world.survey(world.atlas(at_the_endpoint(lambda place: place.country == "RU"))))
    assert not named(found) & {*TRANSITS, *UPSTREAMS}
    assert found.countries[0].key == "RU"
    assert found.countries[0].stopped == found.countries[0].judged


@pytest.mark.parametrize("seed", SEEDS)
def test_a_refused_country_behind_dark_routers_is_not_told_as_a_stop(seed):
    """Nothing answers between transits and endpoint: where answers end says nothing of where packets do."""
    world = World(seed, dark=frozenset({*UPSTREAMS, ENDPOINT_AS}))
    drop = at_the_endpoint(lambda place: place.country == "DE")
    found = one(world.survey(world.atlas(drop), world.atlas(drop, CONTROL), controls=[CONTROL]))
    assert found.kind is FindingKind.LAST_SEEN_IN
    assert found.named
    for row in found.named:
        assert {Left.SILENT_ROUTERS, Left.SOURCES} <= set(row.left)
        assert row.country == "DE"
    assert "the country explains this as well as the AS does" in survey_finding(found, {})


@pytest.mark.parametrize("seed", SEEDS)
def test_an_endpoint_that_is_down_accuses_nobody(seed):
    world = World(seed)
    found = one(world.survey(world.atlas(at_the_endpoint(lambda _: True))))
    assert found.kind is FindingKind.NONE_REACHED
    assert named(found) == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dead_branch_accuses_nobody(seed):
    """One of the balanced routers of an AS drops: the AS is on working paths too."""
    world = World(seed)
    dead = world.random.choice(world.routers[CULPRIT][:3])

    def drop(_place, path, _destination):
        return path.index(dead) + 1 if dead in path else None

    found = one(world.survey(world.atlas(drop)))
    assert named(found) == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_loss_that_is_equal_for_all_accuses_nobody(seed):
    world = World(seed)
    rng = random.Random(seed)

    def drop(_place, path, _destination):
        return rng.randint(1, len(path)) if rng.random() < 0.3 else None

    found = one(world.survey(world.atlas(drop)))
    assert named(found) == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_vantages_that_fail_to_reach_the_control_count_for_nothing(seed):
    world = World(seed)
    drop = dropped_in(CULPRIT, but=())
    found = one(world.survey(world.atlas(drop), world.atlas(drop, CONTROL), controls=[CONTROL]))
    assert found.fates[Fate.CONTROL_FAILS] > 0
    assert Fate.STOPPED not in found.fates
    assert named(found) == set()


@pytest.mark.parametrize("seed", range(20))
def test_a_control_in_another_as_shows_nothing_of_the_way(seed):
    world = World(seed)
    drop = dropped_in(CULPRIT)
    found = one(world.survey(world.atlas(drop), world.atlas(drop, ELSEWHERE), controls=[ELSEWHERE]))
    assert found.kind is FindingKind.LAST_SEEN_IN
    assert not found.has_control


@pytest.mark.parametrize("seed", range(20))
def test_globalping_and_atlas_say_the_same(seed):
    world = World(seed)
    drop = dropped_in(CULPRIT)
    rows = [one(world.survey(document)).rows for document in (world.atlas(drop), world.globalping(drop))]
    assert rows[0] == rows[1]


def test_ases_that_the_traces_record_stand_in_where_no_table_knows():
    world = World(1)
    measurement = world.globalping(dropped_in(CULPRIT))
    world.owners.clear()
    assert named(one(world.survey(measurement))) == {CULPRIT}


def test_few_vantages_name_nobody():
    world = World(3, vantages=4)
    found = one(world.survey(world.atlas(dropped_in(CULPRIT))))
    assert found.kind is FindingKind.TOO_FEW
    assert named(found) == set()


def test_two_stops_are_too_few():
    world = World(3, vantages=36, shared_by=2)
    found = one(world.survey(world.atlas(dropped_in(64500))))
    assert found.fates[Fate.STOPPED] == 2
    assert found.kind is FindingKind.TOO_FEW


def test_one_vantage_is_one_draw_however_often_it_traces():
    world = World(5, vantages=4)
    found = one(world.survey(*[world.atlas(dropped_in(CULPRIT))] * 30))
    assert found.traces == 120
    assert sum(found.fates.values()) == 4
    assert named(found) == set()


def test_a_vantage_that_reaches_at_times_speaks_for_its_ases():
    world = World(6)
    found = one(world.survey(world.atlas(dropped_in(CULPRIT)), world.atlas(no_drop)))
    assert found.fates[Fate.SOMETIMES] > 0
    assert named(found) == set()


def test_ases_on_the_same_failing_paths_are_told_as_one():
    """A transit with a single customer: no path tells the two apart."""
    world = World(7, shared_by=10)
    found = one(world.survey(world.atlas(dropped_in(CULPRIT))))
    assert [(each.asns, each.failing) for each in found.suspects] == [((CULPRIT, 64500), 10)]
    assert found.unexplained == 0


def test_the_article():
    """Twenty of fifty probes in Russia, in two ASes, and the rest reaches the exchangers."""
    world = World(8, vantages=50)
    world.places = [
        type(place)(place.number, place.asn, (TRANSITS * 9)[place.number], "RU") for place in world.places
    ]
    drop = dropped_in(CULPRIT, 12389)
    survey = world.survey(world.atlas(drop), world.atlas(drop, CONTROL), controls=[CONTROL])
    found = one(survey)
    assert found.kind is FindingKind.STOPS_IN
    text = survey_finding(found, survey.names)
    assert text.startswith("18 of 50 vantages do not reach it. By country: 18 of 50 in RU. ")
    assert "Of 9 paths into AS8359 Network 8359, none reaches it; all get their last answer there" in text
    assert "On the way to the control, 9 of 9 of these vantages see routers behind it." in text

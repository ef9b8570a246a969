"""The survey of an investigation's lanes: the same as that of the files they were imported from, and live."""

from dataclasses import replace

import pytest

from analysis.survey.survey_world import CONTROL, World, dropped_in, no_drop
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.analysis.survey.facts import Fate, FindingKind, PathBranch
from tracetui.analysis.survey.survey_lanes import LaneSurveys, survey_of, told_survey
from tracetui.evidence.traces.document_traces import take_document
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.imported_lanes import ImportedLanes
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.trace_endpoint import TraceEndpoint
from tracetui.model import Role, Snapshot, Tool
from tracetui.model.imported_trace import ImportedTrace
from tracetui.privacy.mask import masked
from tracetui.probing.pace import Pace


def demo(rounds: int = 8, scenario: str = "survey"):
    investigation, run = demo_investigation(
        scenario, Settings(pace=Pace(rounds=rounds)), Tool("0", "tracetui demo"), controls=(), pointers=True,
        virtual=True, seed=1,
    )  # fmt: skip
    return investigation, run


@pytest.fixture(scope="module")
def sixty() -> Snapshot:
    return demo()[1](lambda: False)


def endpoint_of(trace: ImportedTrace) -> TraceEndpoint:
    address = trace.address or ""
    return TraceEndpoint(address, address, address, Role.CONTROL if address == CONTROL else Role.SUSPECT)


def imported(world: World, *documents) -> Snapshot:
    """Return a snapshot with the lanes of documents alone."""
    lanes = ImportedLanes()
    for number, document in enumerate(documents):
        found: list[ImportedTrace] = []
        for one in document if isinstance(document, list) else [document]:
            assert take_document(one, found.append)  # type: ignore[arg-type]
        lanes.add(found, f"file {number}", endpoint_of)
    judged = Judge().judge(lanes.beside({}), world.owners)
    empty = demo(1)[0].snapshot()
    return replace(empty, lanes=judged, owners=world.owners, as_sources=(), vantages=())


@pytest.mark.parametrize("drop", [no_drop, dropped_in(8359), dropped_in(8359, 12389)])
def test_imported_lanes_tell_the_same_as_their_file(drop):
    world = World(3, vantages=20)
    documents = (world.atlas(drop), world.atlas(drop, CONTROL))
    from_files = world.survey(*documents, controls=[CONTROL])
    made = survey_of(imported(world, *documents)).survey
    (one,), (other,) = from_files.endpoints, made.endpoints
    assert (one.fates, one.rows, one.suspects, one.kind) == (
        other.fates,
        other.rows,
        other.suspects,
        other.kind,
    )
    assert [each.kind for each in made.controls] == [FindingKind.ALL_REACHED]


def test_probes_of_one_city_in_one_measurement_are_told_apart():
    world = World(3, vantages=20)
    made = survey_of(imported(world, world.globalping(dropped_in(8359))))
    (one,) = made.survey.endpoints
    assert sum(one.fates.values()) == 20
    assert len(made.origins) == len(set(made.origins)) == 20


def test_twenty_of_fifty_in_one_country_stop_in_one_carrier(sixty):
    made = survey_of(sixty)
    (one,) = made.survey.endpoints
    assert one.kind is FindingKind.STOPS_IN
    assert [(row.asn, row.stopped, row.entered, row.working) for row in one.named] == [(64498, 20, 20, 0)]
    russia = one.countries[0]
    assert (russia.key, russia.stopped, russia.judged) == ("RU", 20, 50)
    assert one.fates == {Fate.REACHED: 41, Fate.STOPPED: 20}
    assert [each.asns for each in one.suspects] == [(64498,)]
    assert made.origins[0] is None  # this host


def test_it_grows_while_it_runs():
    investigation, run = demo(8)
    surveys = LaneSurveys()
    seen: list[int] = []

    def stopped() -> bool:
        one = surveys.of(investigation.snapshot()).survey
        seen.append(sum(each.fates.get(Fate.STOPPED, 0) for each in one.endpoints))
        return False

    run(stopped)
    assert seen[0] == 0  # nothing was measured yet
    assert seen[-1] == 20


def test_what_has_not_changed_is_not_made_again(sixty):
    surveys = LaneSurveys()
    first = surveys.of(sixty)
    moved = replace(sixty, lanes=tuple(replace(lane) for lane in sixty.lanes))
    assert surveys.of(moved) is first
    marked = replace(
        sixty,
        lanes=tuple(
            replace(lane, trace=replace(lane.trace, lane=replace(lane.lane, role=Role.SUSPECT)))
            for lane in sixty.lanes
        ),
    )
    assert surveys.of(marked) is not first
    assert len(surveys.of(marked).survey.endpoints) == 2


def test_a_mask_changes_no_count(sixty):
    open_, hidden = survey_of(sixty).survey, survey_of(masked(sixty, 2)).survey
    assert hidden.endpoints[0].fates == open_.endpoints[0].fates
    assert hidden.vantages == open_.vantages
    assert not hidden.endpoints[0].countries


def test_reports_tell_of_five_places_and_more(sixty):
    assert told_survey(sixty) is not None
    few = {None, "via mos1", "via mos2", "via omsk1"}
    assert told_survey(replace(sixty, lanes=tuple(x for x in sixty.lanes if x.lane.origin in few))) is None


def leaves(branch: PathBranch) -> int:
    """Vantages at the leaves of a branch."""
    return branch.begin + sum(map(leaves, branch.branches)) + branch.more_vantages


def test_every_vantage_is_once_in_the_tree(sixty):
    for one in (*survey_of(sixty).survey.endpoints, *survey_of(sixty).survey.controls):
        assert sum(branch.vantages for branch in one.paths.ends) == one.judged
        for branch in one.paths.ends:
            assert leaves(branch) == branch.vantages


def test_the_tree_ends_where_paths_end_and_begins_at_vantages(sixty):
    stops, reached = survey_of(sixty).survey.endpoints[0].paths.ends
    assert (stops.stops, stops.asns, stops.vantages) == (True, (64498,), 20)
    assert {each.asns for each in stops.branches} == {(asn,) for asn in range(65537, 65542)}
    assert (reached.stops, reached.asns, reached.vantages) == (False, (64496, 64497), 41)
    assert reached.branches[0].countries == (("RU", 15), ("KZ", 2))


def test_many_branches_are_counted():
    world = World(1, vantages=60, shared_by=1)
    (one,) = world.survey(world.atlas(dropped_in(22822, 1299))).endpoints
    for branch in one.paths.ends:
        assert leaves(branch) == branch.vantages
    assert sum(branch.vantages for branch in one.paths.ends) == one.fates[Fate.STOPPED]

"""An outage from 120 s to 400 s in every shipped scenario that has one: findings and reports around it.

Lanes and rows right before, during and after it are in `test_outages.py`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import pytest

from analysis.findings.simulated import looks
from simulation.internet import S
from simulation.test_outages import BEGIN_S, END_S, with_times
from tracetui.model import FindingKind, LaneSnapshot, PathState, RoundOutcome, Snapshot
from tracetui.model.moment import moment_of
from tracetui.report import markdown
from tracetui.report.excerpt import lanes_markdown
from tracetui.simulation import catalogue
from tracetui.simulation.scenario import Host, Router, Scenario

BEFORE, SOON, EARLY, DURING, LATE, AFTER = (
    BEGIN_S - 1,
    BEGIN_S + 12,
    BEGIN_S + 80,
    BEGIN_S + 200,
    END_S - 1,
    END_S + 90,
)
SOON_AFTER = END_S + 15
"""What a router refused is asked no farther for five rounds, and then five more make a window."""

K = FindingKind
EXPECTED = {
    "protonmail-2019": (K.BLACKHOLE_IN_AS, "185.70.40.101:tcp/25 185.70.40.101:icmp "
                        "185.70.40.102:tcp/25 185.70.40.102:icmp"),
    "admin-reject": (K.EXPLICIT_FILTER, "198.18.3.80:tcp/443 198.18.3.80:icmp"),
    "both-ways": (K.BLACKHOLE_AT_BORDER, "198.18.5.25:tcp/25 198.18.5.25:icmp"),
    "border-drop": (K.BLACKHOLE_AT_BORDER, "198.18.4.80:tcp/443 198.18.4.80:icmp"),
    "changes": (K.BLACKHOLE_UNLOCALISED, "198.18.5.80:tcp/443 198.18.5.80:icmp"),
    "ecmp-dead-branch": (K.PORT_OR_PROTOCOL_FILTER, "198.18.3.80:tcp/22 198.18.3.80:tcp/443 "
                         "198.18.3.80:tcp/8443"),
    "home-outage": (K.LOCAL_PROBLEM, "198.18.3.80:tcp/443 198.18.3.80:icmp 198.18.2.80:tcp/443 "
                    "198.18.2.80:icmp"),
    "injected-reset": (K.RESET_INJECTED, "198.18.3.80:tcp/443"),
    "ipv6": (K.BLACKHOLE_AT_BORDER, "2001:db8:42::80:tcp/443 2001:db8:42::80:icmp"),
    "local-firewall": (K.LOCAL_PROBLEM, "198.18.3.80:icmp"),
    "middlebox": (K.MIDDLEBOX_ANSWERS, "198.18.3.80:tcp/443"),
    "no-route": (K.NO_ROUTE, "198.18.3.80:tcp/443 198.18.3.80:icmp"),
    "port-filter": (K.PORT_OR_PROTOCOL_FILTER, "198.18.3.80:tcp/25"),
    "rate-limited-router": (None, ""),
    "return-path": (K.BLACKHOLE_UNLOCALISED, "192.0.2.10>198.18.2.80:tcp/443 192.0.2.10>198.18.2.80:icmp"),
    "routing-loop": (K.ROUTING_LOOP, "198.18.3.80:tcp/443 198.18.3.80:icmp"),
    "survey": (None, ""),
    "way-back": (K.BLACKHOLE_UNLOCALISED, "198.18.5.25:tcp/25 198.18.5.25:icmp"),
}  # fmt: skip
"""Scenario to what is found while its policies hold, and of which lanes; a router that answers seldom is no
outage, and what fails from other places none from here.
"""

ANSWERED_BY_ANOTHER = {K.RESET_INJECTED, K.MIDDLEBOX_ANSWERS}
"""Then the lane is answered all the time: afterwards it is reached, and no outage has ended."""


OUTAGES = [name for name, (kind, _) in EXPECTED.items() if kind is not None]


def has_policy(made: Scenario) -> bool:
    nodes: list[Router | Host] = [*made.routers, *made.hosts]
    return any(node.policies for node in nodes) or any(source.failures for source in made.sources)


def outage_of(name: str) -> Scenario:
    made = with_times(catalogue.load(name), BEGIN_S * S, END_S * S)

    def timed(failure):
        return replace(failure, selector=replace(failure.selector, from_ns=BEGIN_S * S, until_ns=END_S * S))

    sources = [replace(each, failures=tuple(map(timed, each.failures))) for each in made.sources]
    return replace(made, sources=tuple(sources))


@cache
def watched(name: str) -> dict[int, Snapshot]:
    seconds = (BEFORE, SOON, EARLY, DURING, LATE, SOON_AFTER, AFTER)
    return dict(zip(seconds, looks(outage_of(name), seconds), strict=True))


@dataclass(frozen=True)
class Outage:
    """When a lane was answered otherwise than before, by its rounds."""

    since: datetime
    until: datetime
    rounds: int


def outage_in(lane: LaneSnapshot) -> Outage:
    outcomes = lane.trace.outcomes
    kind, ttl = outcomes[0].endpoint, outcomes[BEFORE - 2].endpoint_ttl or 0

    def usual(outcome: RoundOutcome) -> bool:
        """By the endpoint itself: neither by something nearer nor in another kind."""
        return outcome.endpoint is kind and (outcome.endpoint_ttl or 0) >= ttl

    other = [place for place, outcome in enumerate(outcomes) if not usual(outcome)]
    first, after = other[0], other[-1] + 1
    assert after - first == len(other), "one outage, without a gap"
    return Outage(moment_of(outcomes[first].started_ns), moment_of(outcomes[after].started_ns), after - first)


def outages(name: str) -> dict[str, Outage]:
    lanes = EXPECTED[name][1].split()
    return {lane.id: outage_in(lane) for lane in watched(name)[AFTER].lanes if lane.id in lanes}


def beginnings(name: str) -> dict[str, datetime]:
    """Lane to the first round in which it was not answered as usual; of a silence, nor from beyond L."""
    silent = {
        lane.id: lane.verdict.last_responsive_ttl or 0
        for lane in watched(name)[LATE].lanes
        if lane.verdict.state is PathState.SILENT_AFTER
    }
    found = {lane_id: outage.since for lane_id, outage in outages(name).items()}
    for lane in watched(name)[AFTER].lanes:
        if lane.id in silent and lane.id in found:
            found[lane.id] = next(
                moment
                for outcome in lane.trace.outcomes
                if (moment := moment_of(outcome.started_ns)) >= found[lane.id]
                and outcome.highest_ttl <= silent[lane.id]
            )
    return found


def told(snapshot: Snapshot, lane_ids) -> list:
    return [one for one in snapshot.findings if not set(lane_ids).isdisjoint(one.lanes)]


def test_every_scenario_with_policies_is_here():
    two_kinds = {"fifteen-servers"}  # its board is tested: tests/tui/test_choosing.py
    assert {made.name for made in catalogue.available() if has_policy(made)} == set(EXPECTED) | two_kinds


@pytest.mark.parametrize("name", EXPECTED)
def test_before_all_is_well_and_the_rest_stays_so(name):
    lanes = EXPECTED[name][1].split()
    for second, snapshot in watched(name).items():
        for finding in snapshot.findings:
            failing = [lane for lane in finding.lanes if lane in lanes]
            if second == BEFORE or not failing:
                assert finding.kind is K.REACHABLE, (second, finding.kind)
                assert finding.since is None


@pytest.mark.parametrize("name", OUTAGES)
def test_during_it_one_finding_names_its_lanes(name):
    kind, lanes = EXPECTED[name]
    for second in (EARLY, DURING, LATE):
        (finding,) = told(watched(name)[second], lanes.split())
        assert finding.kind is kind
        assert list(finding.lanes) == lanes.split()


def test_a_reset_is_told_as_one_from_its_beginning():
    (finding,) = told(watched("injected-reset")[SOON], ["198.18.3.80:tcp/443"])
    assert finding.kind is K.RESET_INJECTED


@pytest.mark.parametrize("name", OUTAGES)
def test_during_it_is_told_since_its_first_round(name):
    lanes = EXPECTED[name][1].split()
    for second in (EARLY, LATE):
        (finding,) = told(watched(name)[second], lanes)
        assert finding.since == max(beginnings(name).values())


@pytest.mark.parametrize("name", OUTAGES)
def test_after_it_what_is_over_is_told_with_its_times(name):
    kind, lanes = EXPECTED[name]
    for second in (SOON_AFTER, AFTER):
        found = told(watched(name)[second], lanes.split())
        if kind in ANSWERED_BY_ANOTHER:
            assert [finding.kind for finding in found] == [K.REACHABLE]
            continue
        assert sorted(lane for finding in found for lane in finding.lanes) == sorted(lanes.split())
        for finding in found:
            assert finding.kind is K.OUTAGE_ENDED
            of_lanes = [outages(name)[lane] for lane in finding.lanes]
            (over,) = finding.fact.outages
            assert (over.since, over.until, over.rounds) == (
                of_lanes[0].since,
                of_lanes[0].until,
                of_lanes[0].rounds,
            )
            assert finding.since == max(outage.until for outage in of_lanes)


# Reports


def cells(text: str) -> list[list[str]]:
    """The tables of a page, a list a row."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def since_in(report: str) -> dict[tuple[str, str, str], str]:
    """Address, source (where there are several) and lane to what the table of results says since when."""
    head, _, *rows = cells(report.partition("## Results")[2].partition("\n## ")[0])
    found = [dict(zip(head, row, strict=True)) for row in rows]
    return {(row["address"], row.get("from", ""), row["lane"]): row.get("since", "") for row in found}


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S} UTC"


@pytest.mark.parametrize("name", OUTAGES)
def test_reports_say_since_when(name):
    for second in (EARLY, LATE, AFTER):
        snapshot = watched(name)[second]
        said = since_in(markdown(snapshot))
        several = any(source for _, source, _ in said)
        for lane in snapshot.lanes:
            source = (lane.trace.source or "") if several else ""
            since = said[lane.lane.address, source, lane.lane.label]
            outage = outages(name).get(lane.id)
            if outage is None:
                assert since == ""
            else:
                assert since == clock(outage.until if second == AFTER else beginnings(name)[lane.id])


def addresses(lane: LaneSnapshot) -> set[str]:
    return {hop.main.address for hop in lane.hops if hop.main is not None}


@pytest.mark.parametrize("name", [name for name in OUTAGES if name != "changes"])  # its path changes before
def test_reports_show_no_path_of_another_time(name):
    """What answered before and does not now is in no row; nor is, afterwards, the silence."""
    before = {lane.id: lane for lane in watched(name)[BEFORE].lanes}
    for second in (EARLY, LATE, AFTER):
        snapshot = watched(name)[second]
        for lane in snapshot.lanes:
            if lane.id not in outages(name):
                continue
            shown = {cell for row in cells(lanes_markdown([lane], snapshot)) for cell in row}
            old = addresses(before[lane.id])
            if second == AFTER:
                usual = lanes_markdown([before[lane.id]], watched(name)[BEFORE])
                assert old <= shown
                assert lane.as_path == before[lane.id].as_path
                assert "100 %" not in shown or "100 %" in usual
            else:
                # The change may have come within the first round that the rows count.
                first = [one for one in lane.trace.outcomes if one.started_ns == lane.since_ns]
                answering = {
                    address
                    for outcome in (*first, *lane.trace.outcomes[-50:])
                    for address in outcome.path
                    if address is not None
                }
                assert (old - answering).isdisjoint(shown)
                assert lane.verdict.state is not PathState.REACHED

"""A privacy mask: nothing of what it hides is left anywhere, and what is left still reads well."""

import gc
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, get_args, get_type_hints
from unittest.mock import patch
from weakref import ref

import pytest

from analysis.hidden import AT, SCENARIOS, first_responders, holds, investigated, looked_at, secrets
from tracetui.analysis.rounds.lazy_hops import all_of, main_of
from tracetui.cli.closing_summary import closing_summary
from tracetui.investigation.past_snapshot import at_moment
from tracetui.model import (
    Address,
    Asn,
    Attribution,
    AutonomousSystem,
    Candidate,
    ControlCheck,
    Event,
    EventKind,
    Evidence,
    Finding,
    ForeignText,
    Lane,
    LaneId,
    LaneSnapshot,
    LaneTrace,
    NextStep,
    PathState,
    PathVerdict,
    Place,
    Prefix,
    ProbeProtocol,
    Reply,
    ReplyKind,
    RoundOutcome,
    Snapshot,
)
from tracetui.model.event import FindingChange
from tracetui.model.finding import Fact
from tracetui.model.reference import Reference, replace_references
from tracetui.privacy.mask import Mask, masked
from tracetui.privacy.mask_lane import LaneMasker
from tracetui.privacy.mask_text import Secrets, Wording
from tracetui.report import json_text, markdown, text
from tracetui.report.excerpt import (
    finding_markdown,
    finding_text,
    hop_markdown,
    hop_text,
    lanes_markdown,
    lanes_text,
)
from tracetui.words import (
    control_words,
    event_words,
    evidence_words,
    explanation_words,
    headline,
    headline_of,
    places_words,
    statement,
    step_words,
)
from words import samples


@pytest.mark.parametrize(
    ("first_hops", "earlier"),
    [
        *((hops, False) for hops in (0, 1, 2, 4)),
        (2, True),
        *(pytest.param(hops, True, marks=pytest.mark.slow) for hops in (0, 1, 4)),
    ],
)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_hidden_is_left_anywhere(scenario, first_hops, earlier):
    snapshot = investigated(scenario)
    if earlier:
        snapshot = at_moment(snapshot, datetime(2100, 1, 1, tzinfo=UTC))
    hidden = secrets(snapshot, first_hops)
    assert len(hidden) > 3
    before = repr(looked_at(snapshot))
    assert all(holds(before, secret) for secret in hidden if not secret.startswith("AS"))
    shown = masked(snapshot, first_hops)
    for rendering in (repr(looked_at(shown)), json_text(shown), markdown(shown), text(shown)):
        assert [secret for secret in hidden if holds(rendering, secret)] == []
    numbers = {int(secret[2:]) for secret in hidden if re.fullmatch(r"AS\d+", secret)}
    assert numbers.isdisjoint(_numbers(replace(shown, lanes=())))
    assert numbers.isdisjoint({asn for lane in shown.lanes for asn in lane.as_path})


def pasted(snapshot: Snapshot) -> Iterator[str]:
    """Everything that can be copied."""
    for panel in {lane.lane.panel for lane in snapshot.lanes}:
        lanes = [lane for lane in snapshot.lanes if lane.lane.panel == panel]
        yield from (lanes_text(lanes, snapshot), lanes_markdown(lanes, snapshot))
        for ttl in (1, 2, 3, 5, 30):
            yield from (hop_text(lanes, ttl, snapshot), hop_markdown(lanes, ttl, snapshot))
    for finding in snapshot.findings:
        yield from (finding_text(finding, snapshot), finding_markdown(finding, snapshot))


def told(snapshot: Snapshot) -> Iterator[str]:
    """Everything that is said outside reports: events, findings and lanes, and what is left at the end."""
    yield from (event_words(event, snapshot) for event in snapshot.events)
    yield from (headline(lane, snapshot) for lane in snapshot.lanes)
    yield from (control_words(check, snapshot) for check in snapshot.controls)
    for finding in snapshot.findings:
        yield from sentences(finding, snapshot)
    yield from closing_summary(snapshot, [], width=10_000)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_hidden_is_copied_or_told(scenario):
    """After more rounds, when findings name networks."""
    snapshot = investigated(scenario, 70)
    hidden = secrets(snapshot, 2)
    shown = masked(snapshot, 2)
    assert any(holds(each, secret) for each in pasted(snapshot) for secret in hidden)
    for rendering in (*pasted(shown), *told(shown), markdown(shown), text(shown), json_text(shown)):
        assert [secret for secret in hidden if holds(rendering, secret)] == []


def _numbers(value: object) -> set[int]:
    if isinstance(value, int):
        return {value}
    if is_dataclass(value):
        return set().union(*(_numbers(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, dict):
        return _numbers(tuple(value.values()))
    if isinstance(value, tuple | list):
        return set().union(*map(_numbers, value)) if value else set()
    return set()


def sentences(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    yield headline_of(finding, snapshot)
    yield from statement(finding, snapshot)
    yield from (evidence_words(one, snapshot) for one in finding.evidence)
    yield from (step_words(step, snapshot) for step in finding.next_steps)
    yield from (explanation_words(one.kind, finding, snapshot) for one in finding.explanations)
    yield from (places_words(one.places, snapshot) for one in finding.explanations)


GATEWAY, ROUTER_NAME, OWN_AS, OWN_PREFIX = "198.18.7.9", "fritz.alice.example", 4_200_000_077, "198.18.4.0/22"


def home() -> tuple[Snapshot, LaneId]:
    """The samples' board, where the first hop is a gateway with a name and an AS, and is traced itself."""
    board = samples.board()
    first = board.lanes[0].trace.hops[0].main.address
    renamed = LaneMasker({first: GATEWAY}, Wording(Secrets({first: GATEWAY})), board.owners)
    lanes = [renamed.lane(lane) for lane in board.lanes]
    own = replace(lanes[0].trace.lane, target=GATEWAY, host=GATEWAY, address=GATEWAY)
    traced = replace(
        lanes[0], trace=replace(lanes[0].trace, lane=own, hops=lanes[0].trace.hops[:1], outcomes=())
    )
    return replace(
        board,
        lanes=(*lanes, traced),
        owners={**board.owners, GATEWAY: Attribution((OWN_AS,), "Alice-Net", OWN_PREFIX, "dns")},
        names={GATEWAY: ROUTER_NAME},
        ases=(*board.ases, AutonomousSystem(OWN_AS, "Z", "Alice-Net", 1)),
    ), LaneId(own.id)


def test_there_is_a_sample_of_all_evidence():
    assert {type(one).__name__ for one in samples.evidence()} == {one.__name__ for one in _kinds(Evidence)}


def _kinds(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def _facts() -> Iterator[object]:
    """A sample of everything that holds references, each of which points at what must be hidden."""
    hidden: dict[type, Any] = {
        LaneId: home()[1],
        Address: Address(GATEWAY),
        Asn: Asn(OWN_AS),
        Prefix: Prefix(OWN_PREFIX),
        ForeignText: ForeignText(f"no way to {GATEWAY} ({ROUTER_NAME}) of AS{OWN_AS}"),
    }
    for facts in (*samples.evidence(), *samples.findings(), *samples.STEPS):
        yield replace_references(_said_by_the_system(facts), lambda reference: hidden[type(reference)])


def _said_by_the_system(facts: Any) -> Any:
    if isinstance(facts, Finding):
        return replace(facts, fact=_said_by_the_system(facts.fact))
    return replace(facts, reason=ForeignText(facts.reason)) if hasattr(facts, "reason") else facts


def _plain_texts(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _plain_texts(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _plain_texts(getattr(value, field.name))
    elif isinstance(value, str) and not isinstance(value, Enum | Reference):
        yield value


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_facts_name_things_by_references_only(scenario):
    """A mask finds nothing else."""
    snapshot = investigated(scenario)
    assert list(_plain_texts((snapshot.findings, snapshot.controls))) == []


def test_no_evidence_has_a_plain_text():
    for kind in (*_kinds(Evidence), *get_args(Fact), NextStep, Place, Candidate):
        for name, declared in get_type_hints(kind).items():
            assert str not in (declared, *get_args(declared)) or name == "name", (kind, name)


def test_no_fact_tells_what_is_hidden():
    snapshot, own = home()
    facts = list(_facts())
    whole = next(one for one in facts if isinstance(one, Finding))
    pieces = tuple(one for one in facts if isinstance(one, Evidence))
    steps: Any = tuple(one for one in facts if not isinstance(one, Finding | Evidence))
    findings = (
        *(one for one in facts if isinstance(one, Finding)),
        replace(whole, evidence=pieces, next_steps=steps),
    )
    check = ControlCheck(
        own, own, samples.ControlFit.VALID, samples.Relation.NEIGHBOUR, True, 2, whole.candidates[0]
    )
    snapshot = replace(
        snapshot,
        findings=findings,
        controls=(check,),
        events=tuple(
            Event(AT, EventKind.FINDING_CHANGED, FindingChange(now, before), own)
            for now, before in zip(findings, (None, *findings), strict=False)
        ),
    )
    secret = (GATEWAY, ROUTER_NAME, f"AS{OWN_AS}", str(OWN_AS), "Alice-Net", OWN_PREFIX, own)
    assert [one for one in secret if not holds(repr(snapshot), one)] == []
    shown = masked(snapshot, 1)
    said = [words for finding in shown.findings for words in sentences(finding, shown)]
    said += [event_words(event, shown) for event in shown.events]
    for rendering in (
        repr(looked_at(shown)),
        json_text(shown),
        markdown(shown),
        text(shown),
        "\n".join(said),
    ):
        assert [one for one in secret if holds(rendering, one)] == []
    assert OWN_AS not in _numbers(shown)
    assert not [words for words in said if "None" in words or "hidden-1 (hidden-1)" in words]


def test_a_round_keeps_all_but_addresses():
    own, router = "192.0.2.1", "198.51.100.9"
    refusal = Reply(own, ReplyKind.UNREACHABLE, 7, 8, 3, 13)
    doubled = ((2, ReplyKind.RST, ReplyKind.TIME_EXCEEDED),)
    late = ((1, own, ReplyKind.TIME_EXCEEDED), (2, router, ReplyKind.TIME_EXCEEDED))
    kinds = (ReplyKind.UNREACHABLE, ReplyKind.TIME_EXCEEDED)
    real = RoundOutcome(
        1,
        2,
        9,
        3,
        (own, router),
        kinds,
        (4, 5),
        ReplyKind.RST,
        6,
        7,
        refusal,
        8,
        doubled,
        late,
        f"{own} is down",
    )
    assert all(getattr(real, each.name) for each in fields(real)), "every field has something to keep"
    lane = Lane("x", "x", "203.0.113.80", ProbeProtocol.ICMP, None)
    masker = LaneMasker({own: "hidden-1"}, Wording(Secrets({own: "hidden-1"})))
    verdict = PathVerdict(PathState.INSUFFICIENT)
    shown = masker.lane(LaneSnapshot(LaneTrace(lane, 1, 0, 1, (), (real,)), verdict, ()))
    assert shown.trace.outcomes == (
        replace(
            real,
            path=("hidden-1", router),
            refusal=replace(refusal, address="hidden-1"),
            late=((1, "hidden-1", ReplyKind.TIME_EXCEEDED), late[1]),
            failure="hidden-1 is down",
        ),
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_rest_is_as_it_was(scenario):
    snapshot = investigated(scenario)
    shown = masked(snapshot, 2)
    kept = first_responders(snapshot, 2)
    for before, after in zip(snapshot.lanes, shown.lanes, strict=True):
        assert after.verdict.state is before.verdict.state
        assert after.verdict.last_responsive_ttl == before.verdict.last_responsive_ttl
        assert len(after.trace.outcomes) == len(before.trace.outcomes)
        for hop, masked_hop in zip(before.trace.hops, after.trace.hops, strict=True):
            assert masked_hop.rtt is hop.rtt
            if kept.isdisjoint(responder.address for responder in hop.responders):
                assert masked_hop is hop
        if before.lane.address not in kept:
            assert after.lane.address == before.lane.address
            assert after.lane.host == before.lane.host
    assert [finding.kind for finding in shown.findings] == [finding.kind for finding in snapshot.findings]
    ids = {lane.id for lane in shown.lanes}
    assert all(ids.issuperset((*finding.lanes, *finding.controls)) for finding in shown.findings)


def test_it_reads_well():
    snapshot = investigated()
    shown = masked(snapshot, 4)
    lanes = {lane.id: lane for lane in shown.lanes}
    silent = lanes["185.70.40.101:tcp/25"]
    assert re.fullmatch(
        r"silent after hop 4 · last reply from hidden-\d+ \(hidden\)", headline(silent, shown)
    )
    said = " ".join(words for finding in shown.findings for words in sentences(finding, shown))
    assert "hidden-" in said
    assert not re.search(r"\w+hidden|hidden-\d+\w|hidden-\d+ \(hidden-\d+\)", said)
    assert "tracetui demo protonmail-2019 --source hidden" in shown.tool.command
    assert "--interface=hidden --dns-server hidden" in shown.tool.command
    gateway = shown.lanes[0].trace.hops[0].main.address
    assert shown.notes[0].text == f"the gateway {gateway} ({gateway}) of hidden was replaced"


def test_words_lead_back_to_what_they_stand_for():
    snapshot = investigated()
    mask = Mask(2)
    shown = mask.apply(snapshot)
    for before, after in zip(snapshot.lanes, shown.lanes, strict=True):
        assert mask.reveal_panel(after.lane.panel) == before.lane.panel
        assert mask.reveal(after.id) == before.id
        for hop, masked_hop in zip(before.trace.hops, after.trace.hops, strict=True):
            assert [mask.reveal(r.address) for r in masked_hop.responders] == [
                r.address for r in hop.responders
            ]
    assert mask.reveal("hidden-9999 is unknown") == "hidden-9999 is unknown"


@pytest.fixture
def lanes_masked():
    """A spy on the masking of lanes."""
    with patch.object(LaneMasker, "lane", autospec=True, side_effect=LaneMasker.lane) as spy:
        yield spy


def test_what_has_not_changed_is_not_made_again(lanes_masked):
    snapshot = investigated()
    mask = Mask(2)
    first = mask.apply(snapshot)
    lanes_masked.reset_mock()
    one = snapshot.lanes[0]
    changed = replace(one, trace=replace(one.trace, version=one.trace.version + 1))
    for _ in range(20):
        again = mask.apply(replace(snapshot))
        assert all(a is b for a, b in zip(first.lanes, again.lanes, strict=True))
        assert again.owners is first.owners
        assert again.names is first.names
    lanes_masked.assert_not_called()
    after = mask.apply(replace(snapshot, lanes=(changed, *snapshot.lanes[1:])))
    lanes_masked.assert_called_once()
    assert after.lanes[1:] == first.lanes[1:]
    assert all(
        a is b for a, b in zip(after.lanes[0].trace.outcomes, first.lanes[0].trace.outcomes, strict=True)
    )
    assert all(a is b for a, b in zip(after.findings, first.findings, strict=True))
    assert first.events
    assert all(a is b for a, b in zip(after.events, first.events, strict=True))


def test_a_word_stays_with_its_address_when_more_is_hidden():
    snapshot = investigated()
    mask = Mask(2)
    before = mask.apply(replace(snapshot, lanes=snapshot.lanes[:1]))
    after = mask.apply(snapshot)
    assert before.lanes[0].trace.hops[:2] == after.lanes[0].trace.hops[:2]


def test_a_traced_gateway_is_hidden_and_its_name_too():
    snapshot = investigated()
    lane = snapshot.lanes[0]
    gateway = lane.trace.hops[0].main.address
    own = replace(lane.trace.lane, target="gw", host="gw", address=gateway, vantage=None)
    home = replace(lane, trace=replace(lane.trace, lane=own, hops=lane.trace.hops[:1], outcomes=()))
    shown = masked(replace(snapshot, lanes=(*snapshot.lanes, home), addresses={"gw": (gateway,)}), 1)
    assert shown.lanes[-1].lane.host == shown.lanes[-1].lane.target == shown.lanes[-1].lane.address
    assert shown.lanes[-1].lane.address == shown.lanes[0].trace.hops[0].main.address
    assert not holds(repr(looked_at(shown)), gateway)


def test_a_lying_name_of_a_router_hides_no_target():
    snapshot = investigated()
    lane = snapshot.lanes[0]
    gateway = lane.trace.hops[0].main.address
    lying = replace(snapshot, names={**snapshot.names, gateway: lane.lane.host})
    shown = masked(lying, 1)
    assert shown.lanes[0].lane.host == lane.lane.host
    assert lane.lane.host in markdown(shown).partition("\n")[0]
    everyday = replace(snapshot, names={**snapshot.names, gateway: "hop"})
    assert masked(everyday, 1).findings == masked(snapshot, 1).findings


def test_looking_back_and_forth_makes_nothing_again(lanes_masked):
    snapshot = investigated()
    past = replace(snapshot, lanes=tuple(replace(lane) for lane in snapshot.lanes))
    before_the_last_target = replace(snapshot, lanes=snapshot.lanes[:2])
    mask = Mask(2)
    now, then = mask.apply(snapshot), mask.apply(past)
    for _ in range(5):
        assert mask.apply(snapshot) is now
        assert mask.apply(past) is then
    mask.apply(before_the_last_target)
    assert lanes_masked.called
    lanes_masked.reset_mock()
    for _ in range(5):
        mask.apply(snapshot)
        mask.apply(before_the_last_target)
    lanes_masked.assert_not_called()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("tracetui report a -o /home/alice/case.md", "tracetui report a -o case.md"),
        ("tracetui demo '../alice smith/x y.toml'", "tracetui demo 'x y.toml'"),
        ("tracetui a --asn-table=~/t.tsv -o/srv/alice/o.md", "tracetui a --asn-table=t.tsv -oo.md"),
        ("tracetui https://example.org/a/b tcp://c:25", "tracetui https://example.org/a/b tcp://c:25"),
        ("tracetui 'not closed", "tracetui 'not closed"),
    ],
)
def test_folders_of_files_tell_whose_they_are(typed, shown):
    assert Wording(Secrets()).command(typed) == shown


def made(values: Any) -> bool:
    return values.made


def test_the_rounds_of_lanes_that_nobody_looks_at_are_not_masked():
    snapshot = investigated()
    mask = Mask(2)
    shown = mask.apply(snapshot)
    assert not any(made(lane.trace.outcomes) for lane in shown.lanes)
    then = mask.apply(at_moment(snapshot, snapshot.created_at))
    assert not any(made(lane.trace.hops) for lane in then.lanes)
    for before, after in zip(shown.lanes, then.lanes, strict=True):
        assert main_of(after.trace.hops) == main_of(tuple(after.trace.hops))
        assert set(all_of(after.trace.hops)) <= set(all_of(before.trace.hops))


def test_a_mask_at_rest_holds_no_snapshot_and_keeps_its_words():
    snapshot = replace(investigated())
    mask = Mask(1)
    before = mask.apply(snapshot)
    held = ref(snapshot)
    del snapshot
    gc.collect()
    assert held() is not None
    mask.rest()
    gc.collect()
    assert held() is None
    assert mask.apply(investigated()) == before


@pytest.mark.parametrize("family", [4, 6])
def test_a_hidden_endpoint_keeps_its_family(family):
    """What a router's message means depends on it."""
    snapshot = investigated("ipv6")
    lane = next(lane for lane in snapshot.lanes if lane.lane.family == family)
    own = replace(lane.trace.lane, target="gw", host="gw", address=lane.trace.hops[0].main.address)
    home = replace(lane, trace=replace(lane.trace, lane=own, hops=lane.trace.hops[:1], outcomes=()))
    mask = Mask(1)
    shown = mask.apply(replace(snapshot, lanes=(*snapshot.lanes, home))).lanes[-1]
    assert shown.lane.address != own.address
    assert shown.lane.family == own.family == family
    assert mask.reveal(shown.id) == home.id

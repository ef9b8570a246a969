"""Pages about findings and path states have the numbers of the code, and its one table of explanations."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.findings.simulated import run
from tracetui.analysis.findings import (
    all_paths,
    bgp_evidence,
    conclude,
    dead_branch,
    evidence_rules,
    message_findings,
    router_owner,
    service_evidence,
)
from tracetui.analysis.findings.explain import ENDPOINT, HERE, NOBODY, UNKNOWN, silence_places
from tracetui.analysis.lanes import answer_rate, decide_path_state, has_stopped, window
from tracetui.model import Confidence, ExplanationKind, ExplanationState, FindingKind, PathState
from tracetui.model import evidence as ev
from tracetui.model.trace import OUTCOMES_KEPT
from tracetui.probing import schedule
from tracetui.simulation.catalogue import load
from words import samples

DOCS = Path(__file__).parents[1] / "docs"
E = ExplanationKind
LEFT, STRAINED, OUT = ExplanationState.LEFT, ExplanationState.STRAINED, ExplanationState.RULED_OUT
MEDIUM, HIGH = conclude.NEEDED[Confidence.MEDIUM], conclude.NEEDED[Confidence.HIGH]
WORDS = {
    1: "one", 2: "two", 3: "three", 5: "five", 10: "ten", 20: "twenty", 60: "sixty", 10_000: "ten thousand",
}  # fmt: skip
NUMBER = re.compile(
    r"(?<![\w.])\d[\d,.]*\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|sixty|hundred"
    r"|thousand|minutes?|seconds?|half|fifth)\b",
    re.IGNORECASE,
)
"""Also as a word, but for "one": that is mostly no number."""


def one(*values):
    """What several places of the code must say alike."""
    assert len(set(values)) == 1, values
    return values[0]


def word(number):
    return WORDS[round(number)]


def least(kind, evidence, state):
    """The first number with which evidence does this to an explanation."""
    return next(
        number for number in range(1, 99) if evidence_rules.state_of(kind, [evidence(number)])[0] is state
    )


def codes(numbers):
    return [f"{kind}/{code}" for kind, code in sorted(numbers, reverse=True)]


def hops_behind(number):
    return ev.GoesFarther(samples.GONE, samples.L, number)


def routers_behind(number):
    return ev.ControlFarther(samples.GONE, number)


SIGNIFICANT = conclude.SIGNIFICANT
CHANCE = has_stopped.MAX_CHANCE
SILENT_TTLS = one(decide_path_state.SILENT_TTLS, schedule.SILENT_TTLS)
GONE_ROUNDS = has_stopped.MIN_ABSENT_ROUNDS
TOO_FEW = one(conclude.ROUNDS_NEEDED, conclude.NEEDED[Confidence.LOW].rounds)
RARE, LOOKBACK = has_stopped.RARE, has_stopped.LOOKBACK
NO_HOST = sorted(message_findings._NO_HOST, reverse=True)
NEAR = f"/{router_owner._NEAR_BITS[4]}", f"/{router_owner._NEAR_BITS[6]}"
WAYS = {kind.__name__ for kind in ev.WayShown.__subclasses__()}  # made anew with slots, each is there twice

FINDINGS = [
    "within a minute of the silence leaves another path",
    "is of the day before the silence, or later",
    f"same rounds (p < {SIGNIFICANT}), and nothing came late",
    f"in {word(len(WAYS))} ways today",
    "silent within one round",
    f"*A control in the same {NEAR[0]}* (IPv6 {NEAR[1]})",
    f"at {dead_branch.UNLIKELY} or less a dead branch is ruled out",
    f"for {codes(NO_HOST[:2])[1]} and {codes(NO_HOST[:2])[0]} (v6 {codes(NO_HOST[2:])[1]}, "
    f"{codes(NO_HOST[2:])[0]})",
    f'"host unreachable" ({codes(message_findings._HOST_UNREACHABLE)[0]}, '
    f"v6 {codes(message_findings._HOST_UNREACHABLE)[1]}) only "
    f"lanes to the same address, or in the same {NEAR[0]}, show",
    f"in its {NEAR[0]} (IPv6 {NEAR[1]}), its prefix or its AS",
    f"since the silence began, {word(TOO_FEW)} at least",
    f"has the endpoint's address or is in its {NEAR[0]}, ICMP",
    f"or shows {word(all_paths._MIN_ADDRESSES)} addresses there: two in a row may",
    "for less than a minute, routing may be converging",
    f"shows {word(least(E.ENDPOINT_ANSWERS, hops_behind, OUT))} hops more behind the router",
    f"shows {word(least(E.BOX_ANSWERS, hops_behind, LEFT))} hop more",
    f"goes on by {word(least(E.BOX_ANSWERS, routers_behind, LEFT))} routers",
    f"lies in it, or in {word(conclude._MAX_NAMED)} at a border",
    f"{MEDIUM.rounds} rounds over {MEDIUM.seconds} s, longer than",
    f"; p < {SIGNIFICANT} over the same rounds",
    f"{HIGH.rounds} rounds over {HIGH.seconds // 60} minutes; a witness",
    f"or {word(conclude._MIN_VANTAGES_EACH)} that stop at different routers in it and "
    f"{word(conclude._MIN_VANTAGES_EACH)} elsewhere that reach",
    f"(`reachable`, `closed_port`, `local_problem`) is high after {conclude.SAID_HIGH} rounds",
    f"since the silence began and for {one(TOO_FEW, ev.MIN_ROUNDS)} rounds or more",
    f"in {one(TOO_FEW, ev.MIN_ROUNDS)} rounds or more, and in most",
    f"in {one(TOO_FEW, ev.MIN_ROUNDS)} rounds or more, of which none comes",
    f"gone only after {GONE_ROUNDS} rounds, when its silence has less than one chance in {word(1 / CHANCE)}",
    f"keeps {OUTCOMES_KEPT} rounds of a lane",
    f"and only for {service_evidence.MAX_AGE.seconds // 60} minutes",
    f"fewer than {TOO_FEW} complete rounds, or routers answer up to",
    f"all that is left lies in one AS, or in {word(conclude._MAX_NAMED)}",
    f"clearly less often than in {answer_rate.STEADY:.0%} of rounds".replace("%", " %"),
]
PATH_STATES = [
    f"from its last {word(window.WINDOW)} complete rounds",
    f"at least {word(SILENT_TTLS)} TTLs past the last responsive hop, all probed, in all "
    f"{word(window.WINDOW)} rounds",
    f"fewer than {word(one(TOO_FEW, window.WINDOW))} complete rounds, or no end found yet",
    f"The window is the last {word(window.WINDOW)}. So a state follows a change within "
    f"{word(window.WINDOW)} rounds",
    f"the last outage: {word(GONE_ROUNDS)} unanswered rounds or more",
    f"not gone silent because {word(GONE_ROUNDS)} rounds in a row miss it",
    f"(less than one in {word(1 / CHANCE)})",
    f"in the {word(LOOKBACK)} rounds around it",
    f"in no more than one round of {word(1 / RARE)} is as good as silent",
    "`3/3` (ICMPv6 `1/4`) from the endpoint's own address counts as reached",
]

SAYS_NO_CONSTANT = {
    "findings.md": [
        '"TCP/25 and ICMP to A go silent after 195.34.53.162 (hop 4, AS8359 MTS)',
        "so a hundred rounds of one flow are one draw",
        "and two lanes share no L by them",
        "says the first two",
        "that shows only two addresses",
    ],
    "path-states.md": [],
}
"""Passages whose numbers count things in the sentence itself, or in an example."""


def page(name):
    """A page without its worked example, its lines joined but for those of tables and lists."""
    text = (DOCS / name).read_text(encoding="utf-8")
    text = re.sub(r"\n## Example.*?(?=\n## )", "", text, flags=re.DOTALL)
    return re.sub(r"\n *(?![ \n|*#]|\d+\. )", " ", text)


def rows(name, heading):
    """The cells of the table whose first heading this is."""
    lines = iter((DOCS / name).read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            break
    next(lines)
    found = []
    for line in lines:
        if not line.startswith("|"):
            return found
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


PAGES = [("findings.md", FINDINGS), ("path-states.md", PATH_STATES)]


@pytest.mark.parametrize(("name", "said"), PAGES, ids=[name for name, _ in PAGES])
def test_numbers_are_those_of_the_code(name, said):
    text = page(name)
    assert [passage for passage in said if passage not in text] == []


@pytest.mark.parametrize(("name", "said"), PAGES, ids=[name for name, _ in PAGES])
def test_no_number_is_left_unchecked(name, said):
    text = page(name)
    for passage in (*said, *SAYS_NO_CONSTANT[name]):
        text = text.replace(passage, " … ")
    text = re.sub(r"\bL\+1\b|^\d\. ", "", text, flags=re.MULTILINE)
    found = [text[max(0, at.start() - 40) : at.end() + 30] for at in NUMBER.finditer(text)]
    assert found == []


def test_the_ways_are_counted():
    assert re.findall(r"^\d+\. \*(.*?)\*", page("findings.md"), re.MULTILINE) == [
        "Seen before",
        f"A control in the same {NEAR[0]}",
        "Both crosses",
    ]
    assert {"SeenBefore", "NeighbourPasses", "CrossesPass"} == WAYS


def test_the_formula_of_flows_is_the_one_computed():
    (formula,) = re.findall(r"at most\s+(\(k/\(k\+m\)\)\^k \(m/\(k\+m\)\)\^m), times", page("findings.md"))
    for k, m in [(1, 1), (1, 11), (4, 4), (2, 40)]:
        said = eval(formula.replace(")^k (", ")**k * (").replace("^", "**"), {"k": k, "m": m})
        assert said == pytest.approx(dead_branch._chance(k, m))


def test_a_minute_and_a_day_of_bgp():
    assert timedelta(minutes=1) == bgp_evidence.UPDATE_NEAR
    assert timedelta(days=1) == bgp_evidence.MAX_AGE


def test_a_loop_may_be_passing_for_a_minute():
    assert message_findings._MIN_LOOP_S == 60


def test_what_this_machine_says_is_high_after_so_many_rounds():
    made = load("local-firewall")
    for rounds in (1, conclude.SAID_HIGH - 1, conclude.SAID_HIGH):
        found = {one.kind: one.confidence for one in run(made, rounds=rounds).findings}
        assert (found[FindingKind.LOCAL_PROBLEM] is Confidence.HIGH) == (rounds >= conclude.SAID_HIGH)


@pytest.mark.parametrize("kind", ["reachable", "closed_port"])
def test_what_an_endpoint_says_is_high_after_so_many_rounds(kind):
    made = load("closed-port")
    for rounds in (conclude.SAID_HIGH - 1, conclude.SAID_HIGH):
        found = {one.confidence for one in run(made, rounds=rounds).findings if one.kind == kind}
        assert (found == {Confidence.HIGH}) == (rounds >= conclude.SAID_HIGH)


# Explanations


EVIDENCE = {
    "another vantage reaches the endpoint through L": ev.ReachedElsewhere,
    "another vantage reaches it through L+1": ev.ReachedElsewhere,
    "it is reached from elsewhere": ev.ReachedElsewhere,
    "the path is shown": ev.WayShown,
    f"routers beyond answer a control in the same rounds (p < {SIGNIFICANT}), and nothing came late": (
        ev.RoutersAnswerControl
    ),
    "routers beyond answer a control": ev.RoutersAnswerControl,
    "flows": ev.FlowsSplit,
    "its services answer connections": ev.ServiceAnswers,
    "another vantage stops at L too": ev.StopsElsewhere,
    "it answered nearer before": ev.AnsweredNearer,
    "the way back passes": ev.ReverseTrace,
    "probes arrive": ev.ProbesArrive,
    "answers leave": ev.ProbesArrive,
    "no answer leaves": ev.ProbesArrive,
    "answers leave, or none does": ev.ProbesArrive,
    "no probe arrives": ev.NoProbeArrives,
    "what is sent from there arrives": ev.OtherWayArrivals,
    "BGP shows the next AS": ev.SameNextAs,
    "it delivers what the router before hands it": ev.SameNextAs,
}
"""What the page calls the evidence that its table names."""

SILENCE = {
    "dropped at L, after its TTL check": E.DROPPED_AT_LAST,
    "dropped at L+1, before its TTL check": E.DROPPED_BEYOND,
    "dropped at the first router of the next AS of the BGP path, before its TTL check": E.DROPPED_IN_NEXT_AS,
    "the path after L differs from the control's": E.OTHER_WAY,
    "the endpoint, its firewall or CPE is silent behind routers that do not answer": E.ENDPOINT_SILENT,
    "routers beyond answer rarely or late": E.RARE_OR_LATE,
    "answers are lost on the way back": E.LOST_ON_RETURN,
    "a dead branch of a load balancer takes these flows": E.DEAD_BRANCH,
    "our own filter or first network": E.OWN_FILTER,
    "the endpoint is farther than the TTLs probed": E.TOO_FAR,
}
PLACES = {"the endpoint": ENDPOINT, "here": HERE, "nobody": NOBODY, "unknown": UNKNOWN}
OF_ROUTERS = {E.DROPPED_AT_LAST, E.DROPPED_BEYOND, E.DROPPED_IN_NEXT_AS, E.DEAD_BRANCH}

LEAVES = {
    (E.OTHER_WAY, ev.RoutesDiffer): "and another path is left, whatever else shows the path",
    (E.LOST_ON_RETURN, ev.ProbesArrive): "leaves answers lost on the way back even where the path is shown",
    (E.OTHER_WAY, ev.PrefixUpdated): "leaves another path, where only *seen before* shows it",
}
"""Evidence beside which an explanation of silence is left again, as the text below the table says."""

SAID_OF_OTHERS = {
    (E.HOST_OFF, LEFT, ev.NothingBehind): "from a router behind which no other shows, the host is off",
    (E.HOST_OFF, OUT, ev.PassesRouter): "from a router behind which no other shows, the host is off",
    (
        E.HOST_OFF,
        OUT,
        ev.ReverseTrace,
    ): "a vantage that traces from the very address rules out that the host is off",
    (E.ENDPOINT_ANSWERS, OUT, ev.GoesFarther): "shows two hops more behind the router",
    (E.ENDPOINT_ANSWERS, OUT, ev.OwnProbesGoFarther): "where Time Exceeded comes from farther away",
    (E.ENDPOINT_ANSWERS, OUT, ev.AnsweredTwice): "one probe is answered twice by what cannot be one sender",
    (E.BOX_ANSWERS, LEFT, ev.GoesFarther): "shows one hop more",
    (E.BOX_ANSWERS, LEFT, ev.OwnProbesGoFarther): "where Time Exceeded comes from there",
    (E.BOX_ANSWERS, LEFT, ev.AnsweredTwice): "where probes are answered twice",
    (E.BOX_ANSWERS, LEFT, ev.PrefixesAnswerBehind): "answer right behind one router of none of them",
    (E.BOX_ANSWERS, LEFT, ev.ControlFarther): "a control of the same AS goes on by two routers",
}
OTHERS = {
    E.ROUTER_REFUSES: "the router that says so refuses",
    E.FORGED_MESSAGE: "somebody forged the message (strained)",
    E.HOST_OFF: "the host is off",
    E.BOX_ANSWERS: "else it is strained",
    E.ENDPOINT_ANSWERS: "by a box, or by the endpoint",
    E.ONLY_PROBES: "probes are treated differently from connections",
    E.ROUTERS_LOOP: "the owners of all routers in the turn",
    E.PASSING_LOOP: "routing may be converging",
}


def done(column, state):
    """(explanation, state, evidence) of the table's cells of one column."""
    return {
        (SILENCE[name], state, EVIDENCE[each])
        for name, _, *cells in rows("findings.md", "explanation")
        for each in filter(None, cells[column].split("; "))
    }


def test_the_table_of_silence_is_the_rules():
    table = done(0, OUT) | done(1, STRAINED)
    assert table == {
        (rule.explanation, rule.state, rule.evidence)
        for rule in evidence_rules.RULES
        if rule.explanation in SILENCE.values() and rule.state is not LEFT
    }
    unless = {
        (rule.explanation, rule.evidence, rule.unless)
        for rule in evidence_rules.RULES
        if rule.unless is not None
    }
    assert unless == {
        (E.RARE_OR_LATE, ev.RoutersAnswerControl, ev.LateReplies),  # "and nothing came late"
        (E.RARE_OR_LATE, ev.NoProbeArrives, ev.LateReplies),
        (E.RARE_OR_LATE, ev.ProbesArrive, ev.LateReplies),
        (E.OTHER_WAY, ev.PrefixUpdated, (ev.NeighbourPasses, ev.CrossesPass)),
        (E.ENDPOINT_SILENT, ev.WayShown, ev.ProbesArrive),
        (E.LOST_ON_RETURN, ev.WayShown, ev.ProbesArrive),
    }


def test_what_leaves_an_explanation_of_silence_is_said_below_the_table():
    left = [rule for rule in evidence_rules.RULES if rule.state is LEFT]
    assert set(LEAVES) == {
        (rule.explanation, rule.evidence) for rule in left if rule.explanation in SILENCE.values()
    }
    text = page("findings.md")
    assert [said for said in LEAVES.values() if said not in text] == []


def test_the_table_of_silence_has_every_explanation_and_its_place():
    table = {SILENCE[name]: place for name, place, *_ in rows("findings.md", "explanation")}
    way = ev.SameNextAs(
        samples.MTS, samples.LLNW, samples.ROUTED, samples.GUIDE, samples.ROUTED, True, True, True
    )
    places = silence_places(None, (way,))
    assert list(table) == list(places)
    assert set(places) - set(silence_places(None, ())) == {E.DROPPED_IN_NEXT_AS}
    for kind, place in table.items():
        assert kind in OF_ROUTERS or PLACES[place] == places[kind]
    assert table[E.DROPPED_AT_LAST] == "owners of L"
    assert table[E.DROPPED_BEYOND].startswith("owners of L+1, to the end of a label-switched path")
    assert table[E.DEAD_BRANCH] == "L to where the branches meet, else unknown"


def test_what_is_said_of_messages_and_answers_is_the_rules():
    assert set(SAID_OF_OTHERS) == {
        (rule.explanation, rule.state, rule.evidence)
        for rule in evidence_rules.RULES
        if rule.explanation not in SILENCE.values()
    }
    (text,) = re.findall(r"### Messages and answers\n(.*?)\n##", page("findings.md"), re.DOTALL)
    assert [said for said in (*SAID_OF_OTHERS.values(), *OTHERS.values()) if said not in text] == []
    assert {*OTHERS, *SILENCE.values()} == set(E)
    assert {E.BOX_ANSWERS, E.FORGED_MESSAGE} == evidence_rules.SELDOM


# Kinds and states


def test_every_kind_and_state_has_its_row():
    kinds = [name for kind, _ in rows("findings.md", "kind") for name in re.findall(r"`(\w+)`", kind)]
    assert sorted(kinds) == sorted(kind.value for kind in FindingKind)
    named = [re.findall(r"`(\w+)`", state) for state, *_ in rows("path-states.md", "state")]
    assert sorted(name for names in named for name in names) == sorted(state.value for state in PathState)

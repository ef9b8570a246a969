"""Traces of other tools as measurements of a lane."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.imports import MADE, RTT_NS, imported
from analysis.trace_text import ENDPOINT, address
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.analysis.rounds.imported_rounds import lane_trace, responder_addresses
from tracetui.model import FlowKind, Lane, PathState, ProbeProtocol, ReplyKind
from tracetui.model.imported_trace import (
    HopFigures,
    ImportedHop,
    ImportedReply,
    ImportedResponder,
    ImportedTrace,
    Provenance,
    Untold,
    is_stand_in,
)
from tracetui.model.moment import unix_ns
from tracetui.model.trace import OUTCOMES_KEPT

UDP = Lane(ENDPOINT, ENDPOINT, ENDPOINT, ProbeProtocol.UDP, 33434, imported="GW-Core-R3")


def measured(trace: ImportedTrace, lane: Lane = UDP, number: int = 1):
    provenance = Provenance(trace.tool, "a.txt", trace.vantage, untold=trace.untold)
    return lane_trace(trace, lane, provenance, number)


def test_the_nth_probe_of_each_hop_is_part_of_round_n():
    found = measured(imported("1 a a a; 2 b * c; 3 * * *"))
    assert found.rounds == 3
    assert [outcome.path for outcome in found.outcomes] == [
        (address("a"), address("b")),
        (address("a"),),
        (address("a"), address("c")),
    ]
    assert [outcome.probed for outcome in found.outcomes] == [0b1110] * 3
    assert found.outcomes[0].rtts_us == (RTT_NS // 1000,) * 2
    assert [outcome.number for outcome in found.outcomes] == [1, 2, 3]


def test_a_star_is_a_lost_probe_and_a_ttl_that_is_left_out_was_not_looked_at():
    found = measured(imported("1 a; 3 * *; 4 c"))
    first, left_out, silent, last = found.hops
    assert (first.sent, first.lost, left_out.sent, silent.sent, silent.lost) == (1, 0, 0, 2, 2)
    assert last.responders[0].address == address("c")
    assert found.outcomes[1].probed == 1 << 3
    assert not found.outcomes[0].was_probed(2)


def test_the_targets_address_is_the_endpoints_own_answer_of_a_kind_by_the_protocol():
    trace = imported("1 a; 2 END", protocol=ProbeProtocol.UDP)
    assert measured(trace).endpoint is ReplyKind.PORT_UNREACHABLE
    assert measured(replace(trace, protocol=ProbeProtocol.ICMP)).endpoint is ReplyKind.ECHO_REPLY
    assert measured(replace(trace, protocol=ProbeProtocol.TCP)).endpoint is ReplyKind.ANSWER
    assert measured(replace(trace, protocol=None)).endpoint is ReplyKind.ANSWER
    untold = measured(replace(trace, untold=frozenset({Untold.MESSAGES})))
    assert untold.endpoint is ReplyKind.ANSWER
    assert (untold.destination_ttl, len(untold.hops)) == (2, 2)
    assert path_verdict(untold).state is PathState.REACHED


def test_a_name_without_an_address_is_the_endpoint_only_if_it_was_asked_for():
    trace = imported(
        "1 =gw.example; 2 =Mail.Example", target="mail.example", untold=frozenset({Untold.ADDRESSES})
    )
    assert measured(trace).destination_ttl == 2
    assert measured(replace(trace, target="other.example")).destination_ttl is None


def test_unreachables_refuse_but_for_a_port_unreachable_of_the_endpoint():
    refused = measured(imported("1 a a; 2 3/13:b *"))
    verdict = path_verdict(refused)
    assert (verdict.state, verdict.icmp_code, verdict.last_responsive) == (
        PathState.UNREACHABLE,
        13,
        address("b"),
    )
    assert measured(imported("1 a; 2 3/3:END")).endpoint is ReplyKind.PORT_UNREACHABLE
    by_router = imported("1 a")
    port = ImportedHop(
        2, (ImportedReply(ImportedResponder(address("b")), None, ReplyKind.PORT_UNREACHABLE, 3, 3),)
    )
    assert measured(replace(by_router, hops=(*by_router.hops, port))).endpoint is None


def test_three_probes_are_too_few_for_silence_and_five_are_enough():
    few = path_verdict(measured(imported("1 a a a; 2-8 * * *")))
    assert (few.state, few.last_responsive_ttl) == (PathState.INSUFFICIENT, 1)
    five = imported("1 a a a a a; 2-8 * * * * *")
    assert path_verdict(measured(five)).state is PathState.SILENT_AFTER
    cut = replace(five, untold=frozenset({Untold.END}))
    assert measured(cut).may_go_on
    assert path_verdict(measured(cut)).state is PathState.INSUFFICIENT


def test_a_hop_without_an_address_gets_a_word_that_no_other_trace_or_ttl_has():
    trace = imported("1 AS57681; 2 AS8359; 3 AS8359 =core.example")
    one, other = measured(trace, number=1), measured(trace, number=2)
    words = [responder.address for hop in (*one.hops, *other.hops) for responder in hop.responders]
    assert all(map(is_stand_in, words))
    assert len(set(words)) == len(words) == 8
    named = responder_addresses(trace, UDP, 1)
    assert [(one.asns, one.name) for one in named.values()] == [
        ((57681,), ""),
        ((8359,), ""),
        ((8359,), ""),
        ((), "core.example"),
    ]
    assert set(named) == set(words[:4])


def test_no_round_is_of_the_same_time_as_one_of_another_lane():
    trace = imported("1 a a a")
    spans = [
        [outcome.monotonic_ns for outcome in measured(trace, number=number).outcomes] for number in (1, 2, 3)
    ]
    assert all(time < 0 for span in spans for time in span)
    day_ns = 86_400 * 10**9
    assert spans[0][0] - spans[1][-1] > day_ns
    assert 0 - spans[0][-1] > day_ns
    assert measured(trace).outcomes[0].started_ns == unix_ns(MADE)
    assert measured(replace(trace, started_at=None)).outcomes[0].started_ns == 0


def test_sums_become_hops_without_rounds():
    figures = HopFigures(10, 2, (ImportedResponder(address("b")),), 5, 3, 4, 9, 2)
    hops = (ImportedHop(1, figures=figures), ImportedHop(2, figures=HopFigures(10, 10)))
    found = measured(imported("1 a", hops=hops))
    assert (found.rounds, found.outcomes) == (0, ())
    hop, silent = found.hops
    assert (hop.sent, hop.received, hop.lost, hop.loss_percent) == (10, 8, 2, 20.0)
    assert hop.rtt is not None
    assert (hop.rtt.count, hop.rtt.last_ns, hop.rtt.best_ns, hop.rtt.mean_ns, hop.rtt.worst_ns) == (
        8,
        5,
        3,
        4,
        9,
    )
    assert (silent.answered, silent.rtt) == (False, None)
    verdict = path_verdict(found)
    assert (verdict.state, verdict.last_responsive) == (PathState.INSUFFICIENT, address("b"))


def test_sums_up_to_the_endpoint_reach_it():
    end = HopFigures(10, 0, (ImportedResponder(ENDPOINT),), mean_ns=7)
    found = measured(imported("1 a", hops=(ImportedHop(3, figures=end),)))
    assert path_verdict(found).state is PathState.REACHED
    assert (found.destination_ttl, found.endpoint) == (3, ReplyKind.ANSWER)
    assert found.hops[2].rtt is not None
    assert found.hops[2].rtt.best_ns is None


def test_a_flow_is_fixed_only_where_the_output_says_so():
    assert measured(imported("1 a")).flow is FlowKind.PER_HOP
    assert measured(imported("1 a", flow_id="source port 33434")).flow is FlowKind.FIXED


def test_only_the_last_rounds_are_kept_and_all_are_counted():
    found = measured(imported(f"1 {'a ' * 1500}"))
    assert (found.rounds, len(found.outcomes), found.hops[0].sent) == (1500, OUTCOMES_KEPT, 1500)
    assert found.outcomes[-1].number == 1500


def test_one_more_try_at_a_high_ttl_is_no_hop_and_no_distance():
    found = measured(imported("1 a a; 2-6 * *; 255 END END", protocol=ProbeProtocol.ICMP))
    assert [hop.ttl for hop in found.hops] == [1, 2, 3, 4, 5, 6]
    verdict = path_verdict(found)
    assert (verdict.state, verdict.destination_ttl) == (PathState.REACHED, None)
    assert path_verdict(measured(imported("1 a a; 2-6 * *; 255 * *"))).state is PathState.INSUFFICIENT


WORDS = st.sampled_from(
    ["*", "a", "b", "END", "AS8359", "=x.example", "=mail.example", "3/1:c", "3/3:END", "3/3:b"]
)


@given(
    st.dictionaries(st.integers(0, 999), st.lists(WORDS, max_size=6), max_size=8),
    st.sampled_from([None, *ProbeProtocol]),
    st.frozensets(st.sampled_from(Untold)),
)
@pytest.mark.filterwarnings("error")
def test_whatever_was_read_is_judged(hops, protocol, untold):
    text = "; ".join(f"{ttl} {' '.join(words)}" for ttl, words in sorted(hops.items())) or "1 a"
    found = measured(imported(text, protocol=protocol, untold=untold, target="mail.example"))
    path_verdict(found)
    for outcome in found.outcomes:
        assert len(outcome.path) == len(outcome.kinds) == len(outcome.rtts_us) <= 255
    assert all(hop.ttl == place for place, hop in enumerate(found.hops, start=1))
    assert sum(hop.sent for hop in found.hops) <= sum(len(words) for words in hops.values()) or not hops

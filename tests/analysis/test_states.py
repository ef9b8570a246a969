"""One table a state: each row is a trap, with what must be said of it."""

import random
from dataclasses import replace

import pytest

from analysis.trace_text import ICMP, TCP, TCP443, address, hop, reply, times, trace
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.model import FlowKind, PathState, ReplyKind

S = PathState


def state(*rounds, siblings=(), **options):
    return path_verdict(trace(*rounds, **options), siblings)


# Reached


@pytest.mark.parametrize(
    ("rounds", "ttl", "proof"),
    [
        pytest.param(times(5, "1 a, 2 b, 3 SA"), 3, ReplyKind.SYN_ACK, id="plain"),
        pytest.param(["1 a, 2 b, 3 SA"], 3, ReplyKind.SYN_ACK, id="one round is proof"),
        pytest.param(times(5, "1 a, 2 b, 3 RST"), 3, ReplyKind.RST, id="closed port"),
        pytest.param(times(5, "1 a, 2 b, 3 PU"), 3, ReplyKind.PORT_UNREACHABLE, id="endpoint's own 3/3"),
        pytest.param(times(5, "1 a, 2 *, 3 *, 4 ECHO"), 4, ReplyKind.ECHO_REPLY, id="silent hops"),
        pytest.param(
            times(5, "1 a, 2-6 *, 7 b, 8-9 *, 10 c, 11 d, 12 e, 13 f, 14 g, 15-23 *, 24 ECHO"),
            24,
            ReplyKind.ECHO_REPLY,
            id="nine silent hops in a row, and the endpoint answers",
        ),
        pytest.param(times(5, "1 SA"), 1, ReplyKind.SYN_ACK, id="next door"),
        pytest.param(
            [*times(4, "1 a, 2 b, 3 *, 4 *"), "1 a, 2 b, 3 SA"], 3, ReplyKind.SYN_ACK, id="once in the window"
        ),
        pytest.param(
            ["1 a, 2 b, 3 c, 4 SA", *times(4, "1 a, 2 b, 3 SA")], 3, ReplyKind.SYN_ACK, id="route got shorter"
        ),
        pytest.param(
            [*times(3, "1 a, 2 b, 3 RST"), *times(2, "1 a, 2 x, 3 y, 4 z, 5 RST")],
            3,
            ReplyKind.RST,
            id="closed port, route got longer: no early reset",
        ),
        pytest.param(
            [
                *times(2, "1 a, 2 b, 3 RST"),
                "1 a, 2 b, 3 RST, 4 z, 5 RST",
                *times(2, "1 a, 2 x, 3 y, 4 z, 5 RST"),
            ],
            3,
            ReplyKind.RST,
            id="closed port, route changed in the midst of a round",
        ),
    ],
)
def test_reached(rounds, ttl, proof):
    verdict = state(*rounds)
    assert (verdict.state, verdict.last_responsive_ttl, verdict.proof) == (S.REACHED, ttl, proof)
    assert verdict.last_responsive == TCP.address
    assert verdict.destination_ttl == ttl


def test_reached_before_the_first_round_is_complete():
    live = replace(trace("1 a, 2 b, 3 SA"), outcomes=(), rounds=0)
    verdict = path_verdict(live)
    assert (verdict.state, verdict.destination_ttl, verdict.rounds) == (S.REACHED, 3, 0)


def test_reached_again_after_five_silent_rounds_while_the_round_is_open():
    silent = trace(*times(5, "1 a, 2-7 *, 30 *"))
    verdict = path_verdict(replace(silent, endpoint=ReplyKind.SYN_ACK, destination_ttl=30))
    assert verdict.state is S.REACHED
    assert verdict.destination_ttl is None, "TTL 30 is where it was asked, not where it is"


def test_a_reply_to_the_farthest_probe_alone_gives_no_distance():
    verdict = state(*times(5, "1 a, 2 b, 3-7 *, 30 SA"))
    assert (verdict.state, verdict.destination_ttl, verdict.proof_ttl) == (S.REACHED, None, 30)


@pytest.mark.parametrize("seed", range(20))
def test_thirty_percent_loss_everywhere_is_still_reached(seed):
    dice = random.Random(seed)
    words = ["a", "b", "c", "d", "e", "f", "g", "RST", "RST"]
    siblings_words = [*words[:7], "ECHO", "ECHO"]

    def lossy(row):
        return ", ".join(
            f"{ttl} {'*' if dice.random() < 0.3 else word}" for ttl, word in enumerate(row, start=1)
        )

    sibling = trace(*(lossy(siblings_words) for _ in range(20)), lane=ICMP)
    own = trace(*(lossy(words) for _ in range(20)))
    assert path_verdict(own, [sibling]).state is S.REACHED
    assert path_verdict(sibling, [own]).state is S.REACHED


def test_the_latest_proof_is_named():
    verdict = state(*times(3, "1 a, 2 RST"), *times(2, "1 a, 2 SA"))
    assert (verdict.state, verdict.proof) == (S.REACHED, ReplyKind.SYN_ACK)


# Reset, answered early

FAR = "1 a, 2 b, 3 c, 4 d, 5 ECHO"
NEAR = "1 a, 2 b, 3 c, 4 RST"


@pytest.mark.parametrize(
    ("own", "sibling"),
    [
        pytest.param(times(5, NEAR), times(5, FAR), id="another lane reaches farther"),
        pytest.param([NEAR], [FAR], id="in the first round"),
        pytest.param(
            times(5, NEAR), times(5, "1 a, 2 b, 3 c, 4 d, 5-10 *"), id="another lane has a router farther"
        ),
        pytest.param(times(5, NEAR), times(5, "1 a, 2 b, 3 c, 4 *, 5 ECHO"), id="the next router is silent"),
        pytest.param(
            times(5, "1 a, 2 b, 3 *, 4 RST/62"),
            times(5, "1 a, 2 b, 3 *, 4 d, 5 ECHO/60"),
            id="the resetting router is silent; return ways differ",
        ),
        pytest.param(
            times(5, "1 *, 2 *, 3 *, 4 RST"),
            times(5, "1 *, 2 *, 3 *, 4 *, 5 e, 6 f, 7 ECHO"),
            id="no router in common, but far apart",
        ),
        pytest.param(
            times(5, NEAR),
            [*times(3, FAR), *times(2, "1 a, 2 b, 3 c, 4 *, 5 ECHO")],
            id="farther router loses some",
        ),
        pytest.param(
            times(5, "1 a, 2 y, 3 c, 4 RST"), times(5, FAR), id="parallel routers before a shared one"
        ),
    ],
)
def test_reset_by_a_sibling(own, sibling):
    verdict = path_verdict(trace(*own), [trace(*sibling, lane=ICMP)])
    assert (verdict.state, verdict.proof, verdict.proof_ttl) == (S.RESET, ReplyKind.RST, 4)


def test_reset_says_what_is_known():
    verdict = path_verdict(trace(*times(5, NEAR)), [trace(*times(5, FAR), lane=ICMP)])
    assert verdict.last_responsive_ttl == 3
    assert verdict.last_responsive == address("c"), "the last router that spoke in its own name"
    assert verdict.destination_ttl == 5


@pytest.mark.parametrize(
    ("own", "sibling"),
    [
        pytest.param(times(5, "1 a, 2 b, 3 RST"), times(5, "1 a, 2 b, 3 ECHO"), id="same distance"),
        pytest.param(
            times(5, "1 a, 2 b, 3 d, 4 RST"),
            times(5, "1 a, 2 c, 3 e, 4 d, 5 ECHO"),
            id="shorter branch of a load balancer: the shared router is nearer too",
        ),
        pytest.param(
            times(5, "1 a, 2 *, 3 *, 4 RST/60"),
            times(5, "1 a, 2 c, 3 e, 4 *, 5 ECHO/60"),
            id="branches of unequal length behind silence, same way back",
        ),
        pytest.param(
            [*times(2, "1 a, 2 b, 3 c, 4 RST"), *times(3, "1 a, 2 b, 3 c, 4 d, 5 RST")],
            [*times(2, "1 a, 2 b, 3 c, 4 ECHO"), *times(3, "1 a, 2 b, 3 c, 4 d, 5 ECHO")],
            id="both routes got longer",
        ),
        pytest.param(
            [*times(2, "1 a, 2 b, 3 c, 4 d, 5 RST"), *times(3, "1 a, 2 b, 3 c, 4 RST")],
            [*times(2, "1 a, 2 b, 3 c, 4 d, 5-9 *"), *times(3, "1 a, 2 b, 3 c, 4-9 *")],
            id="both routes got shorter, the other lane is never answered",
        ),
        pytest.param(times(5, NEAR), times(5, "1 a, 2 b, 3-9 *"), id="the other lane stops before"),
        pytest.param(times(5, NEAR), ["1 a, 2 b, 3 c, 4 *, 5 ECHO"], id="the other lane lost one reply"),
    ],
)
def test_closed_port_is_no_reset(own, sibling):
    assert path_verdict(trace(*own), [trace(*sibling, lane=ICMP)]).state is S.REACHED


def test_no_sibling_no_sign_is_a_closed_port():
    assert state(*times(5, NEAR)).state is S.REACHED


@pytest.mark.parametrize(
    "text",
    [
        "1 a, 2 b, 3 RST+c",
        "1 a, 2 b, 3 RST+SA",
        "1 a, 2 b, 3 c+RST, 4 RST",
        "1 a, 2 b, 3 RST, 4 d, 5 e, 6 RST",
    ],
)
def test_reset_by_its_own_probes(text):
    verdict = state(*times(5, text))
    assert (verdict.state, verdict.proof, verdict.proof_ttl) == (
        S.RESET,
        ReplyKind.RST,
        3 if "c+" not in text else 4,
    )


def test_one_odd_round_is_no_reset():
    assert state("1 a, 2 b, 3 RST+c", *times(4, "1 a, 2 b, 3 RST")).state is S.REACHED


def test_an_endpoint_that_gives_up_a_half_open_connection_once_is_reached():
    assert state("1 a, 2 b, 3 SA+RST").state is S.REACHED
    assert state(*times(2, "1 a, 2 b, 3 SA+RST")).state is S.RESET


def test_a_longer_branch_where_every_ttl_has_its_own_flow_is_no_reset():
    text = "1 a, 2 b, 3 RST, 4 d, 5 RST"
    assert state(*times(5, text), flow=FlowKind.PER_HOP).state is S.REACHED
    assert state(*times(5, text)).state is S.RESET


@pytest.mark.parametrize(("word", "lane"), [("SA", TCP443), ("ECHO", ICMP)])
def test_answered_early(word, lane):
    own = trace(*times(5, f"1 a, 2 b, 3 {word}"), lane=lane)
    sibling = trace(*times(5, "1 a, 2 b, 3 c, 4 SA"), lane=TCP)
    verdict = path_verdict(own, [sibling])
    assert (verdict.state, verdict.proof_ttl, verdict.destination_ttl) == (S.ANSWERED_EARLY, 3, 4)
    assert verdict.last_responsive == address("b")
    assert path_verdict(sibling, [own]).state is S.REACHED, "the farther lane is the one that reaches"


def test_early_before_the_first_round_is_complete():
    own = replace(trace(NEAR), outcomes=(), rounds=0)
    sibling = replace(trace(FAR, lane=ICMP), outcomes=(), rounds=0)
    assert path_verdict(own, [sibling]).state is S.RESET


# Unreachable


@pytest.mark.parametrize(
    ("rounds", "ttl", "router", "code"),
    [
        pytest.param(
            times(5, "1 a, 2 b, 3 c, 4 3/13:c"),
            3,
            address("c"),
            (3, 13),
            id="3/13 at n+1 by the router that expired n",
        ),
        pytest.param(["1 a, 2 b, 3 3/1:b"], 2, address("b"), (3, 1), id="one round is enough"),
        pytest.param(times(5, "1 a, 2 b, 3 3/1:c"), 3, address("c"), (3, 1), id="no Time Exceeded"),
        pytest.param(
            times(5, "1 a, 2 b, 3-5 *, 6 3/13:b"), 2, address("b"), (3, 13), id="its refusals nearer got lost"
        ),
        pytest.param(
            [*times(4, "1 a, 2-7 *"), "1 a, 2 3/0:a"], 1, address("a"), (3, 0), id="once in the window"
        ),
        pytest.param(
            ["1 a, 2 *, 3 *, 4 3/13:c", "1 a, 2 *, 3 3/13:b, 4 *"],
            3,
            address("b"),
            (3, 13),
            id="lowest TTL that got it",
        ),
        pytest.param(
            times(5, "1 a, 2 b, 3 3/10:END"), 3, TCP.address, (3, 10), id="the endpoint's own firewall"
        ),
        pytest.param(times(5, "1 a, 2 b, 3 PU:b"), 2, address("b"), (3, 3), id="a router's port unreachable"),
    ],
)
def test_unreachable(rounds, ttl, router, code):
    verdict = state(*rounds)
    assert verdict.state is S.UNREACHABLE
    assert (verdict.last_responsive_ttl, verdict.last_responsive) == (ttl, router)
    assert (verdict.icmp_type, verdict.icmp_code) == code


def test_a_reply_of_the_endpoint_outweighs_a_refusal():
    assert state("1 a, 2 b, 3 3/13:b, 4 SA").state is S.REACHED


def test_a_routers_port_unreachable_counts_for_nothing_before_its_round_is_complete():
    live = replace(trace("1 a, 2 b, 3 PU:b"), outcomes=(), rounds=0)
    assert path_verdict(live).state is S.INSUFFICIENT


# Loop


@pytest.mark.parametrize(
    ("rounds", "start", "turn"),
    [
        pytest.param(["1 a, 2 b, 3 c, 4 b, 5 c, 6 b, 7 c"], 2, "bc", id="two routers"),
        pytest.param(["1 a, 2 b, 3 c, 4 d, 5 b, 6 c, 7 d"], 2, "bcd", id="three routers"),
        pytest.param(["1 a, 2 b, 3 *, 4 b, 5 *, 6 b, 7 *"], 2, "b", id="one of the two is silent"),
        pytest.param(
            [
                "1 a, 2 b, 3-30 *",
                "1 a, 2 *, 3 c, 4-30 *",
                "1 a, 2-7 *, 8 b, 9-30 *",
                "1 a, 2-10 *, 11 c, 12 b",
            ],
            2,
            "bc",
            id="most replies missing",
        ),
        pytest.param(
            ["1 a, 4 b, 5-7 *, 8 b, 10 c, 12 b, 14 c, 18 c"], 4, "bc", id="period of four, half of it silent"
        ),
        pytest.param(times(5, "1 a, 2 a, 3 b, 4 c, 5 b, 6 c, 7 b"), 3, "bc", id="first router answers twice"),
    ],
)
def test_loop(rounds, start, turn):
    verdict = state(*rounds)
    assert (verdict.state, verdict.loop_ttl) == (S.LOOP, start)
    assert verdict.loop == tuple(address(word) for word in turn)
    last = verdict.last_responsive_ttl
    assert last is not None
    assert last >= start


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(times(5, "1 a, 2 b, 3 b, 4 c, 5-9 *"), id="zero-TTL forwarding"),
        pytest.param(
            times(5, "1 a, 2 b, 3 b, 4 b, 5 b, 6 b, 7-11 *"), id="a middlebox signs for all behind it"
        ),
        pytest.param(times(5, "1 a, 2 b, 3 c, 4 b, 5 d, 6 e, 7-11 *"), id="one router twice"),
        pytest.param(
            [*times(2, "1 a, 2 b, 3 c, 4-9 *"), *times(3, "1 a, 2 *, 3 *, 4 b, 5 c, 6-10 *")],
            id="route got longer by two silent hops",
        ),
        pytest.param(
            [*times(2, "1 a, 2 b, 3 c, 4-9 *"), *times(3, "1 a, 2 x, 3 y, 4 b, 5 c, 6-10 *")],
            id="route got longer by two",
        ),
        pytest.param(
            times(5, "1 a, 2 b, 3 c, 4 b, 5 d, 6 b, 7 e, 8-12 *"), id="a period that nothing else keeps"
        ),
    ],
)
def test_no_loop(rounds):
    assert state(*rounds).state is S.SILENT_AFTER


def test_an_endpoint_behind_a_former_loop_is_reached():
    assert state("1 a, 2 b, 3 c, 4 b, 5 c, 6 b", "1 a, 2 b, 3 d, 4 SA").state is S.REACHED


# Silent after


@pytest.mark.parametrize(
    ("rounds", "last", "router"),
    [
        pytest.param(times(5, "1 a, 2 b, 3 c, 4-8 *"), 3, "c", id="five silent TTLs"),
        pytest.param(times(5, "1 a, 2 *, 3 *, 4 d, 5-9 *"), 4, "d", id="silent hops before"),
        pytest.param(times(5, "1 a, 2 b, 3 c, 4-5 *"), 3, "c", id="up to the highest TTL probed"),
        pytest.param(
            ["1 a, 2 b, 3 c, 4 *, 5 *", "1 a, 2 b, 3 *, 6 *", *times(2, "1 a, 2 b, 3 c, 7 *"), "1 a, 8 *"],
            3,
            "c",
            id="TTLs beyond probed in some rounds only",
        ),
        pytest.param(
            [*times(4, "1 a, 2 b, 3 *, 4-9 *"), "1 a, 2 b, 3 c, 4-9 *"],
            3,
            "c",
            id="last router is rate-limited",
        ),
        pytest.param(times(5, "1-5 *, 30 *"), None, None, id="nothing answers"),
        pytest.param(
            [*times(9, "1 a, 2 SA"), *times(5, "1 a, 2 *")], 1, "a", id="was reached before the window"
        ),
        pytest.param(
            [*times(2, "1 a, 2 b, 3 y, 4-8 *"), *times(3, "1 a, 2 b, 3 x, 4-8 *")],
            3,
            "x",
            id="most frequent router",
        ),
    ],
)
def test_silent_after(rounds, last, router):
    verdict = state(*rounds)
    assert (verdict.state, verdict.last_responsive_ttl) == (S.SILENT_AFTER, last)
    assert verdict.last_responsive == (router and address(router))
    assert verdict.rounds == 5


# Insufficient, local failure


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param([], id="nothing yet"),
        pytest.param(times(4, "1 a, 2 b, 3-9 *"), id="four rounds"),
        pytest.param(times(5, "1 a, 2 b, 3 c"), id="no TTL beyond was probed"),
        pytest.param(times(5, "1 a, 2 b, 3 *, 4 *, 6-9 *"), id="a TTL beyond was left out"),
        pytest.param(times(5, ""), id="rounds in which nothing was sent"),
    ],
)
def test_insufficient(rounds):
    assert state(*rounds).state is S.INSUFFICIENT


def test_silence_at_the_end_of_a_trace_that_may_go_on_is_no_end():
    made = trace(*times(9, "1 a, 2 b, 3-9 *"))
    assert path_verdict(made).state is S.SILENT_AFTER
    assert path_verdict(replace(made, may_go_on=True)).state is S.INSUFFICIENT


def test_counts_alone_show_an_endpoint_but_no_silence():
    counts = replace(trace(*times(9, "1 a, 2 b, 3 SA")), outcomes=())
    assert (path_verdict(counts).state, path_verdict(counts).rounds) == (S.REACHED, 0)
    silent = replace(trace(*times(9, "1 a, 2 b, 3-9 *")), outcomes=())
    assert path_verdict(silent).state is S.INSUFFICIENT


def test_local_failure():
    words = "send: Network is unreachable"
    verdict = state(*times(2, ""), failure=words)
    assert (verdict.state, verdict.reason) == (S.LOCAL_FAILURE, words)
    assert state(failure=words).state is S.LOCAL_FAILURE
    assert state(*times(5, "1 a, 2 b, 3-9 *"), failure=words).state is S.SILENT_AFTER, (
        "replies are in the window"
    )


def test_a_hop_that_answered_before_any_round_is_complete_is_no_local_failure():
    live = replace(trace("1 a, 2 *"), outcomes=(), rounds=0, failure="send: Operation not permitted")
    assert path_verdict(live).state is S.INSUFFICIENT


def test_builder_agrees_with_itself():
    made = trace("1 a, 2 RST+b, 3 SA/60")
    assert made.outcomes[0].doubled == ((2, ReplyKind.RST, ReplyKind.TIME_EXCEEDED),)
    assert made.hops[0] == hop(1, [reply("a", TCP.address, 0)])

"""The details of a hop and of an endpoint: all that is known, at any width."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.color import Color

from tracetui.model import (
    Attribution,
    Confidence,
    Finding,
    FindingKind,
    LaneId,
    PathState,
    PathVerdict,
    Registration,
    ReplyKind,
    Role,
    safe_text,
)
from tracetui.model.finding import AnsweredFrom
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.panel_rows import PanelRows
from tracetui.tui.details.details_view import DetailsView
from tracetui.tui.details.hop_details import hop_rows
from tracetui.tui.details.hop_summary import summary
from tracetui.tui.details.lane_details import lane_rows
from tracetui.tui.details.rtt_rows import age_words, scale
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.words import headline_of
from tui.rounds import START_NS, with_rounds
from tui.scenes import CONTROL_PATH, DROPPED, SHARED, attribution, lane, snapshot
from tui.screens import text
from tui.test_details_view import Small

INK = Ink(lambda _role: Style.null(), Color(0, 0, 0), sixteen=False)
WIDTHS = [40, 58, 78, 118]
ROUNDS = 200
HOST, ADDRESS = "control.example.com", "156.154.64.10"
BRANCHES = [SHARED[2], "195.34.51.77"]


class Alone(InkedScreen):
    """Details as wide as the screen."""

    def compose(self):
        self.details = DetailsView()
        yield self.details


def busy(rounds=ROUNDS):
    """An endpoint whose third hop has all there is to say, whose seventh is silent, and which is reached."""
    path = [*SHARED[:2], BRANCHES, *CONTROL_PATH[3:]]
    lanes = [
        with_rounds(
            lane(HOST, ADDRESS, "TCP/25", path, rounds=rounds, losses={3: (rounds - 3, rounds - 70)})
        ),
        with_rounds(lane(HOST, ADDRESS, "ICMP", CONTROL_PATH, rounds=rounds), failures=(5,)),
    ]
    shown = snapshot(lanes, rounds=rounds)
    several = Attribution(
        (8359, 64500),
        "MTS",
        "195.34.32.0/19",
        "iptoasn.tsv",
        "2026-10-01",
        others=(Attribution((3216,), "Vimpelcom", "195.34.0.0/16", "plevin", "2026-09-01"),),
    )
    port = Attribution((), "MSK-IX", "195.34.51.0/24", "ixpfx.json", "2026-10-02", exchange=True, member=8359)
    found = Registration(
        SHARED[2], "MTS PJSC", "MTS-NET", "195.34.32.0 - 195.34.63.255", ("195.34.32.0/19",), "RU",
        ("abuse@mts.example",), "1997-11-03", "2023-05-06", "rdap.example",
    )  # fmt: skip
    answers = AnsweredFrom(ReplyKind.SYN_ACK, 9)
    return replace(
        shown,
        owners={**shown.owners, SHARED[2]: several, BRANCHES[1]: port},
        confirmations={SHARED[2]: True},
        registrations={SHARED[2]: found},
        addresses={HOST: (ADDRESS, "156.154.64.11", "2001:db8::10")},
        findings=(Finding(FindingKind.REACHABLE, Confidence.HIGH, (LaneId(lanes[0].id),), answers),),
    )


def plain(rows):
    return "\n".join("".join(text for text, _ in row.pieces).rstrip() for row in rows)


def hop_text(shown, ttl, width=78):
    return plain(hop_rows(shown.lanes, ttl, shown, INK, width))


def lane_text(shown, width=78):
    return plain(lane_rows(shown.lanes, shown, INK, width))


def flat(told):
    """One line, whatever the width made of it."""
    return " ".join(told.split())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ttl", [3, None], ids=["hop", "endpoint"])
async def test_details_on_the_screen(width, ttl, snapshot):
    shown = busy()
    app = Small(Alone())
    async with app.run_test(size=(width, 110)) as pilot:
        app.query_one(DetailsView).show(shown.lanes, ttl, shown)
        for _ in range(3):
            await pilot.pause()
        assert text(pilot) == snapshot


async def test_one_more_round_paints_only_what_it_changes(rows_painted):
    before, after = busy(), busy(ROUNDS + 1)
    app = Small(Alone())
    async with app.run_test(size=(78, 110)) as pilot:
        view = app.query_one(DetailsView)
        view.show(before.lanes, 2, before)
        for _ in range(3):
            await pilot.pause()
        painted, rows = rows_painted[view.rows], len(plain(view.rows._rows).splitlines())
        view.show(after.lanes, 2, after)
        await pilot.pause()
        assert 0 < rows_painted[view.rows] - painted < rows
        again = rows_painted[view.rows]
        same = replace(after)
        view.show(same.lanes, 2, same)
        await pilot.pause()
        assert rows_painted[view.rows] == again


@given(st.integers(20, 130), st.sampled_from([1, 2, 3, 5, 8, 9]), st.integers(1, 130))
def test_no_row_is_wider_than_its_panel(width, ttl, rounds):
    shown = busy(rounds if rounds > 70 else 71)
    for rows in (hop_rows(shown.lanes, ttl, shown, INK, width), lane_rows(shown.lanes, shown, INK, width)):
        ribbon_or_table = (row for row in rows if width >= 36 or "┤" in plain([row]))
        assert all(cell_len(plain([row])) <= width for row in ribbon_or_table)


@given(st.text(st.characters(codec="utf-8"), max_size=150).map(safe_text), st.integers(36, 90))
def test_what_strangers_call_themselves_stays_within_its_panel(name, width):
    shown = busy(71)
    owner = Attribution((64500,), name, "2001:db8::/32", name, name)
    shown = replace(shown, names=dict.fromkeys(shown.owners, name), owners=dict.fromkeys(shown.owners, owner))
    for rows in (hop_rows(shown.lanes, 3, shown, INK, width), lane_rows(shown.lanes, shown, INK, width)):
        assert all(cell_len(plain([row])) <= width for row in rows)


def test_parts_are_one_blank_row_apart():
    rows = plain(hop_rows(busy().lanes, 3, busy(), INK, 58)).split("\n")
    assert rows[0]
    assert rows[-1]
    assert all(one or other for one, other in pairwise(rows))


# Hops


def test_a_hop_names_all_who_answer_with_their_shares():
    told = hop_text(busy(), 3)
    assert "83%    332" in told
    assert "17%     66" in told
    assert "TCP/25 132 · ICMP 200" in told
    assert "B AS8359 MTS" in told
    assert "AS64500" in told
    assert "announced by 2 ASes (MOAS)" in told
    assert "disagrees: plevin of 2026-09-01 says AS3216 Vimpelcom" in told
    assert "m9-cr1.msk.mts.example.net (confirmed)" in told
    assert "port of AS8359" in told
    assert "exchange MSK-IX" in told
    assert "registered to MTS PJSC (MTS-NET), RU, says rdap.example" in told
    assert "MPLS labels 24005" in told
    assert "grade " in told


def test_a_hop_whose_owner_is_being_looked_up_says_so():
    shown = replace(busy(), owners={}, names={})
    assert "looking up who owns it" in hop_text(shown, 3)


def test_a_single_responder_has_no_bar():
    told = hop_text(busy(), 2)
    assert "400 replies" in told
    assert "100%" not in told.splitlines()[0]


def test_losses_of_windows_the_run_is_too_young_for_are_not_told():
    told = hop_text(busy(), 3, 40).splitlines()
    assert [row for row in told if row.startswith("all ")] == ["all            1%      0%"]
    losses = {row.split()[0] + row.split()[1]: row.split()[-2:] for row in told if " min " in row[:7]}
    assert losses == {"1min": ["2%", "0%"], "5min": ["–", "–"], "15min": ["–", "–"]}


def test_figures_stand_side_by_side_where_they_fit():
    narrow, wide = hop_text(busy(), 2, 40).splitlines(), hop_text(busy(), 2, 118).splitlines()
    assert [row.split()[0] for row in narrow if row[:4] in {"sent", "last", "p50 ", "p99 "}] == [
        "sent", "last", "p50", "p99",
    ]  # fmt: skip
    (row,) = [row for row in wide if row.startswith("sent")]
    assert row.split() == [
        "sent", "200", "200", "1", "min", "0%", "0%", "last", "2.24", "2.24", "p50", "2.40", "2.40",
    ]  # fmt: skip


def test_many_lanes_are_told_in_groups():
    lanes = [with_rounds(lane(HOST, ADDRESS, f"TCP/{port}", CONTROL_PATH)) for port in range(8000, 8007)]
    shown = snapshot(lanes)
    told = hop_text(shown, 2, 58)
    assert all(told.count(f"TCP/{port}") >= 3 for port in range(8000, 8007))
    assert told.count("Probes") == 2


def test_lost_probes_are_marked_below_the_dots():
    told = hop_text(busy(), 3, 78).splitlines()
    (row,) = [row for row in told if row.startswith("lost")]
    assert row.count("!") == 2
    assert "lost" not in hop_text(busy(), 2)


def test_changes_are_told_newest_first():
    told = hop_text(busy(), 3)
    assert "UTC, the last 5 of 19" in told
    assert "09:33:10  TCP/25" in told
    assert told.index("09:33:10") < told.index("09:33:00")
    assert f"{BRANCHES[0]} → {BRANCHES[1]}" in told
    assert "Changes" not in hop_text(busy(), 2)


def test_every_reply_is_told_with_its_meaning():
    each = with_rounds(lane("x.example", "185.70.40.1", "TCP/25", DROPPED))
    hops = list(each.trace.hops)
    responder = replace(
        hops[3].responders[0], replies={"unreachable_13": 40, "time_exceeded": 2}, reply_ttl=(244, 247)
    )
    hops[3] = replace(hops[3], responders=(responder,))
    each = replace(each, trace=replace(each.trace, hops=tuple(hops)), hops=hops)
    told = flat(hop_text(snapshot([each]), 4))
    assert "administratively prohibited (3/13) TCP/25 40" in told
    assert "a filter forbids this traffic, and says so" in told
    assert "Time Exceeded TCP/25 2" in told
    assert "reply TTL 244–247: about 9–12 hops back, 4 out: the paths may differ" in told
    assert "estimated from the nearest of" in told


def test_the_way_back_counts_from_where_a_router_first_answers():
    path = [*SHARED[:3], SHARED[2], SHARED[2]]
    each = with_rounds(lane("x.example", "185.70.40.1", "TCP/25", path))
    assert "as many out" not in hop_text(snapshot([each]), 5)  # its replies arrived with 250: six hops
    assert "3 out" in hop_text(snapshot([each]), 5)


def test_silence_is_told_for_the_lanes_that_are_silent():
    lanes = [
        with_rounds(lane(HOST, ADDRESS, "TCP/25", DROPPED)),
        with_rounds(lane(HOST, ADDRESS, "ICMP", CONTROL_PATH)),
    ]
    shown = snapshot(lanes)
    assert "TCP/25: no reply, and none from beyond" in hop_text(shown, 5)
    assert hop_text(snapshot(lanes[1:]), 8).startswith("forwards, but never answers itself: normal")
    assert "RTT" not in hop_text(snapshot(lanes[1:]), 8)
    assert hop_text(shown, 25) == "no probe sent yet"


def test_the_bottom_line_and_the_details_speak_of_the_same_hop():
    shown = busy()
    line = PanelRows().lines(shown.lanes, shown, Continuations(shown))[2]
    assert SHARED[2] in "".join(piece for piece, _ in summary(line, shown.lanes, shown, INK))
    assert hop_text(shown, line.ttl).startswith(SHARED[2])


# Endpoints


def test_an_endpoint_is_told_in_full():
    shown = busy()
    told = flat(lane_text(shown))
    assert f"host {HOST}" in told
    assert f"address {ADDRESS}" in told
    assert "role suspect" in told
    assert "source 95.220.0.10" in told
    assert "200 rounds · one flow" in told
    assert "reached at hop 9 (SYN/ACK)" in told
    assert f"{headline_of(shown.findings[0], shown)} high confidence" in told
    assert "reply TTL 55: about 10 hops back, 9 out" in told
    assert "Not traced 2 more addresses 156.154.64.11 2001:db8::10" in told
    assert "ICMP: 1 of 200 rounds, last: no route to host" in told
    assert "A 57681 MGTS ━ B 8359 MTS ━ C 22822 Limelight ━ D 19905 Neustar ●" in told


def test_a_lane_without_any_hop_has_no_path():
    dead = with_rounds(lane(HOST, ADDRESS, "ICMP", [None, None]))
    told = lane_text(snapshot([with_rounds(lane(HOST, ADDRESS, "TCP/25", CONTROL_PATH)), dead]))
    path = told[told.index("AS path") :].splitlines()[1:3]
    assert path[0] == "TCP/25"
    assert path[1].startswith("A 57681")
    assert "AS path" not in lane_text(snapshot([dead]))


def test_an_endpoint_that_never_answers_has_losses_and_no_times():
    each = with_rounds(lane("x.example", "185.70.40.1", "TCP/25", DROPPED, rounds=70))
    told = lane_text(snapshot([each], rounds=70))
    assert "rounds         70" in told
    assert "answered        0" in told
    assert "all          100%" in told
    assert "RTT" not in told
    assert "Way back" not in told


def test_answers_of_others_in_the_endpoints_name_are_called_so():
    verdict = PathVerdict(PathState.RESET, 4, SHARED[3], proof=ReplyKind.RST, proof_ttl=4)
    each = with_rounds(lane("x.example", "185.70.40.1", "TCP/25", DROPPED, verdict=verdict))
    assert "in the endpoint's name, not from it" in flat(lane_text(snapshot([each])))
    assert "in the endpoint's name" not in lane_text(busy())


def test_a_finding_that_compares_with_the_endpoint_is_named_too():
    shown = busy()
    finding = replace(shown.findings[0], lanes=("other",), controls=(shown.lanes[1].id,))
    assert "high confidence, compared with this" in lane_text(replace(shown, findings=(finding,)))
    assert "Findings" not in lane_text(replace(shown, findings=()))


def test_a_control_and_nothing_measured_yet():
    each = lane(HOST, ADDRESS, "ICMP", [], rounds=0, role=Role.CONTROL)
    shown = replace(snapshot([each]), owners={ADDRESS: attribution(ADDRESS)})
    told = lane_text(shown)
    assert "role      control" in told
    assert "0 rounds" in told
    assert lane_rows([], shown, INK, 40) == []


def test_rounds_that_are_no_longer_kept_are_counted():
    shown = busy()
    each = shown.lanes[0]
    each = replace(each, trace=replace(each.trace, outcomes=each.trace.outcomes[-100:]))
    shown = replace(shown, lanes=(each,))
    assert "the last 100 rounds are kept individually" in lane_text(shown)
    assert "p50 to p99 cover the last 100 answers" in hop_text(shown, 2)
    assert each.trace.outcomes[0].started_ns > START_NS


# Scale


@given(st.lists(st.floats(0, 60_000), min_size=1))
def test_a_scale_holds_nearly_all_values(values):
    bottom, top = scale(values)
    assert 0 <= bottom < top
    assert sum(bottom <= value <= top + 0.001 for value in values) >= 0.9 * len(values) - 1
    assert bottom <= min(values) + 0.001


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (0, 1)),
        ([20, 25, 29], (20, 30)),
        ([1, 25, 29], (0, 30)),
        ([*[20.0] * 300, 900], (19.9, 20)),
        ([0.04, 0.05], (0.04, 0.05)),
    ],
)
def test_scales_have_round_numbers(values, expected):
    bottom, top = scale(values)
    assert bottom == pytest.approx(expected[0], abs=0.11)
    assert top == pytest.approx(expected[1], abs=0.11)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "now"), (4, "now"), (42, "42 s ago"), (130, "2 min ago"), (900, "15 min ago"), (9000, "2 h ago")],
)
def test_ages(seconds, words):
    assert age_words(seconds * 1_000_000_000) == words

"""What is shown of a path that changed: rows since then, when lost hops answered last, since when."""

from dataclasses import replace
from datetime import timedelta

from rich.style import Style
from textual.color import Color

from tracetui.model import PathState, PathVerdict, Role
from tracetui.tui.board.column_widths import HostMode, column_widths
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.fold_silent_rows import row_count
from tracetui.tui.board.hop_line import Mark
from tracetui.tui.board.hop_paint import paint
from tracetui.tui.board.panel_rows import PanelRows
from tracetui.tui.board.panel_view import scale_of
from tracetui.tui.board.since_change import clock_words, since_words
from tracetui.tui.details.hop_details import hop_rows
from tracetui.tui.overview.lane_order import endpoint_loss_percent, endpoint_rtt_ns
from tracetui.tui.overview.overview_view import OverviewView
from tracetui.tui.paint.ink import Ink
from tui.scenes import CONTROL_PATH, DROPPED, START, FakeBoard, check, lane, snapshot
from tui.screens import shown, text
from tui.view_app import scene_of, viewed

INK = Ink(lambda _role: Style.null(), Color(0, 0, 0), sixteen=False)
HOST, ADDRESS = "control.example.com", "156.154.64.10"
SINCE_NS = round((START + timedelta(seconds=18)).timestamp() * 1e9)
LAST_REPLY = "09:30:00"
"""When responders of the scenes answer last."""


def fell_silent(label="TCP/25"):
    """A lane that was reached at hop 9, and since half a minute is silent after hop 4."""
    before = lane(HOST, ADDRESS, label, CONTROL_PATH)
    since = lane(HOST, ADDRESS, label, [*DROPPED[:4], *[None] * 5], rounds=24)
    verdict = PathVerdict(PathState.SILENT_AFTER, 4, DROPPED[3], rounds=24)
    trace = replace(before.trace, destination_ttl=9)
    return replace(before, trace=trace, verdict=verdict, hops=since.trace.hops, since_ns=SINCE_NS)


def rows(*lanes, beside=(), controls=()):
    made = snapshot([*lanes, *beside], controls=controls)
    return PanelRows().lines(lanes, made, Continuations(made))


def painted(line, width, lanes=1):
    columns = column_widths(width, lanes=lanes)
    pieces = paint(line, columns, INK, cursor=False, mode=HostMode.ADDRESS, scale_ns=10**7)
    return "".join(words for words, _ in pieces).rstrip()


def plain(found):
    return "\n".join("".join(words for words, _ in row.pieces) for row in found)


def test_a_lane_without_hops_of_its_own_shows_those_of_its_trace():
    each = lane(HOST, ADDRESS, "TCP/25", CONTROL_PATH)
    assert each.hops is each.trace.hops
    assert each.since_ns is None


def test_a_hop_that_was_lost_shows_no_figures_but_when_it_answered_last():
    found = rows(fell_silent())
    assert [line.mark for line in found[3:6]] == [Mark.LAST, Mark.SILENT, Mark.SILENT]
    assert (found[4].address, found[4].cells[0].rtt_ns, found[4].cells[0].loss_percent) == ("", None, None)
    assert painted(found[4], 78) == f"  5 ╱╱ silent · last answered {LAST_REPLY}"
    assert found[0].cells[0].loss_percent == 0
    assert len(found[0].cells[0].recent) == 24


def test_beside_a_control_the_time_stands_where_there_is_room():
    control = lane("near.example", "156.154.64.11", "TCP/25", CONTROL_PATH, role=Role.CONTROL)
    each = fell_silent()
    row = rows(each, beside=[control], controls=(check(each.id, control.id),))[4]
    assert painted(row, 98).endswith(f"┄ control: B 8359 MTS · last answered {LAST_REPLY}")
    assert painted(row, 46, 2).endswith("┄ control: B 8359 MTS")


def test_rows_that_answered_before_are_not_folded():
    each = fell_silent()
    found = rows(each)
    assert [line.ttl for line in found] == list(range(1, 10))
    assert not any(line.until for line in found)
    assert row_count(each) == 9
    assert found[7].last_answered == ""  # hop 8 never answered


def test_past_the_endpoint_nothing_answered_last():
    """The first sweep goes past an endpoint whose distance it does not know, and is answered there too."""
    swept = lane(HOST, ADDRESS, "TCP/25", [*CONTROL_PATH, ADDRESS, ADDRESS])
    since = lane(HOST, ADDRESS, "TCP/25", [*DROPPED[:4], *[None] * 7], rounds=24)
    each = replace(fell_silent(), trace=replace(swept.trace, destination_ttl=9), hops=since.trace.hops)
    answered = {line.ttl for line in rows(each) if line.last_answered}
    assert answered == {5, 6, 7, 9}


def test_the_scale_is_that_of_the_hops_since_the_change():
    before, after = rows(lane(HOST, ADDRESS, "TCP/25", CONTROL_PATH)), rows(fell_silent())
    assert scale_of(after) < scale_of(before)


def test_rows_are_kept_while_nothing_changes():
    each = fell_silent()
    made = snapshot([each])
    kept = PanelRows()
    first, second = (kept.lines([each], made, Continuations(made)) for _ in range(2))
    assert all(one is other for one, other in zip(first, second, strict=True))


def test_since_when_is_said_of_silent_lanes_only_and_with_the_day_where_it_is_another():
    each = fell_silent()
    made = snapshot([each])
    assert since_words(each, made) == "since 09:30:18 UTC"
    assert since_words(replace(each, since_ns=None), made) == ""
    reached = lane(HOST, ADDRESS, "TCP/25", CONTROL_PATH)
    assert since_words(replace(reached, since_ns=SINCE_NS), made) == ""
    assert clock_words(SINCE_NS, replace(made, created_at=START + timedelta(days=1))) == "2019-03-12 09:30:18"


async def test_the_head_of_a_panel_says_since_when_at_any_width():
    board = FakeBoard(snapshot([fell_silent()]))
    for size, words in (
        ((120, 40), "silent after hop 4 · last reply from AS8359 MTS · since 09:30:18 UTC"),
        ((60, 20), "silent after hop 4 · since 09:30:18 UTC"),
    ):
        async with shown(board, size) as pilot:
            assert words in text(pilot)


def test_overview_and_details_count_from_the_change_on():
    each = fell_silent()
    assert endpoint_loss_percent(each) == 100.0
    assert endpoint_rtt_ns(each) is None
    told = " ".join(plain(hop_rows([each], 5, snapshot([each]), INK, 78)).split())
    assert f"counted since 09:30:18 UTC, when the path changed; last answered {LAST_REPLY}" in told
    assert "received 0" in told
    first = " ".join(plain(hop_rows([each], 1, snapshot([each]), INK, 78)).split())
    assert "received 24" in first


async def test_the_overview_draws_a_lane_that_fell_silent():
    async with viewed(OverviewView, scene_of(snapshot([fell_silent()])), (120, 20)) as pilot:
        assert "100%" in text(pilot)

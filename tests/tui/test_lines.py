"""The pure half of the screen: values into cells."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.color import Color

from tracetui.config.settings import Figure
from tracetui.model import (
    Address,
    Asn,
    AutonomousSystem,
    Candidate,
    Confidence,
    ControlFit,
    Finding,
    FindingKind,
    LaneId,
    PathState,
    PathVerdict,
    Role,
    RttStatistics,
    Unresolved,
    as_colour,
    safe_text,
)
from tracetui.model.attribution import AS_COLOURS
from tracetui.model.finding import Loops
from tracetui.model.snapshot import KeptRounds
from tracetui.tui.board.arrangement import NARROW, SMALLEST, arrange
from tracetui.tui.board.as_path_line import as_path_lines, as_path_pieces
from tracetui.tui.board.column_widths import HostMode, column_widths
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.hop_line import Cell, HopLine, Mark
from tracetui.tui.board.hop_owner import Owner
from tracetui.tui.board.hop_paint import paint, paint_heading
from tracetui.tui.board.panel_rows import PanelRows
from tracetui.tui.board.panel_strip import Tab, strip_pieces
from tracetui.tui.board.panel_view import panel_name, panel_title, scale_of
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.dialogs.help import HelpDialog
from tracetui.tui.lines.key_bar import items_that_fit
from tracetui.tui.lines.legend import legend_pieces
from tracetui.tui.lines.progress import unresolved_lines
from tracetui.tui.lines.status_line import ViewState, elapsed_text, status_pieces
from tracetui.tui.paint.as_palette import _contrast, as_colour_on
from tracetui.tui.paint.fit import fit, fit_middle, fit_words, loss_text, rtt_text, wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.sparkline import BARS, LOST, spark
from tracetui.tui.view import ViewName
from tracetui.words import kept_words
from tui.scenes import CONTROL_PATH, DROPPED, SHARED, START, check, lane, protonmail, snapshot

INK = Ink(lambda _role: Style.null(), Color(0, 0, 0), sixteen=False)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60).map(safe_text)


def plain(pieces):
    return "".join(text for text, _ in pieces)


# Text into cells


@given(ANY_TEXT, st.integers(0, 40))
def test_fitted_text_is_exactly_as_wide_as_asked(text, width):
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, right=True)) == width


@given(st.text("0123456789abcdef:.", max_size=45), st.integers(1, 40))
def test_addresses_lose_their_middle(text, width):
    cut = fit_middle(text, width)
    assert cell_len(cut) == width
    if width >= 5 and len(text) > width:
        assert cut[0] == text[0]
        assert cut[-1] == text[-1]


@given(st.floats(0, 6e10))
def test_round_trips_take_four_cells(rtt_ns):
    assert len(rtt_text(rtt_ns)) <= 4


@pytest.mark.parametrize(
    ("rtt_ns", "text"),
    [
        (41_000, "0.04"),
        (400_000, "0.4"),
        (14_200_000, "14.2"),
        (142_000_000, "142"),
        (1_240_000_000, "1.2s"),
        (12e9, "12s"),
    ],
)
def test_round_trips_in_words(rtt_ns, text):
    assert rtt_text(rtt_ns) == text


@pytest.mark.parametrize(
    ("loss", "text"),
    [(None, ""), (0.0, "0%"), (0.2, "<1%"), (12.4, "12%"), (99.6, "99%"), (100.0, "100%")],
)
def test_no_loss_and_all_lost_are_said_only_when_exact(loss, text):
    assert loss_text(loss) == text


def test_wrapped_text_keeps_within_its_lines():
    rows = wrapped("one two three four five six seven eight nine ten", 20, most=2, indent=4)
    assert rows[0].startswith("    one")
    assert len(rows) == 2
    assert rows[1].endswith("…")


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**10)), max_size=40), st.integers(0, 30))
def test_a_sparkline_has_a_character_a_probe_newest_on_the_right(recent, width):
    drawn = spark(recent, width, 10**7)
    assert len(drawn) == width
    if recent and width:
        assert (drawn[-1] == LOST) == (recent[-1] is None)
    assert set(drawn) <= {*BARS, LOST, " "}


def test_one_outlier_does_not_flatten_the_rest():
    calm = HopLine(1, Mark.REPLY, cells=(Cell(Mark.REPLY, recent=(10**7,) * 10),))
    spike = HopLine(1, Mark.REPLY, cells=(Cell(Mark.REPLY, recent=(*(10**7,) * 9, 10**9)),))
    assert scale_of([calm]) == scale_of([spike])


# Columns


@given(
    width=st.integers(20, 220),
    lanes=st.integers(1, 6),
    mode=st.sampled_from(HostMode),
    family=st.sampled_from([4, 6]),
    tag=st.integers(1, 2),
    digits=st.integers(5, 10),
    figures=st.lists(st.sampled_from(Figure), max_size=8),
)
def test_columns_fill_their_width_and_no_more(width, lanes, mode, family, tag, digits, figures):
    columns = column_widths(
        width, lanes=lanes, figures=figures, tag=tag, asn_digits=digits, family=family, mode=mode
    )
    assert list(columns.figures) == figures[: len(columns.figures)]
    used = columns.before_lanes + columns.lanes * columns.lane
    assert used <= width or columns.lanes == 1
    assert columns.lanes >= 1


@given(name=ANY_TEXT, holder=ANY_TEXT, width=st.integers(30, 200), mode=st.sampled_from(HostMode))
def test_a_row_is_as_wide_as_its_panel_whatever_strangers_call_themselves(name, holder, width, mode):
    rtt = RttStatistics(7, 10**6, 10**5, 5.0e8, 9 * 10**10, 1.0e7, 1.0)
    owner = Owner(AutonomousSystem(4_200_000_000, "AB", holder, 39), more=1)
    cells = (
        Cell(Mark.REPLY, 10**6, rtt, 10**7, (10**6, None, 10**7), 33.0),
        Cell(Mark.LAST, 10**6, None, 3, (), 0.0),
    )
    line = HopLine(1, Mark.LAST, owner, "2001:db8::1", name, 3, "2001:db8::2", cells)
    columns = column_widths(width, lanes=2, figures=tuple(Figure), tag=2, asn_digits=10, family=6, mode=mode)
    pieces = paint(line, columns, INK, cursor=True, mode=mode, scale_ns=10**7)
    assert sum(cell_len(text) for text, _ in pieces) == width
    heading = paint_heading(["TCP/25", "ICMP"], columns, INK, mode)
    assert sum(cell_len(text) for text, _ in heading) <= width


def test_the_last_reply_keeps_its_figures_and_a_wide_panel_has_more_of_them():
    rtt = RttStatistics(7, 20_500_000, 19_900_000, 20_700_000.0, 31_000_000, 1_250_000.0, None)
    cell = Cell(Mark.LAST, 20_500_000, rtt, 8, (20_500_000,) * 8, 12.5)
    line = HopLine(
        4, Mark.LAST, Owner(AutonomousSystem(8359, "B", "MTS", 39)), "195.34.53.162", cells=(cell,)
    )
    wide = column_widths(120, lanes=1, figures=(Figure.SENT, Figure.MEAN, Figure.STDEV))
    drawn = plain(paint(line, wide, INK, cursor=False, mode=HostMode.ADDRESS, scale_ns=10**8))
    assert drawn.split()[-4:] == ["12%", "8", "20.7", "1.2"]
    assert "◀" in drawn
    assert "20.5" in drawn
    assert plain(paint_heading(["TCP/25"], wide, INK, HostMode.ADDRESS)).split()[-4:] == [
        "loss",
        "sent",
        "mean",
        "stdev",
    ]
    narrow = column_widths(58, lanes=1)
    drawn = plain(paint(line, narrow, INK, cursor=False, mode=HostMode.ADDRESS, scale_ns=10**8))
    assert "◀20.5" in drawn
    assert "12%" in drawn


# Panels


def two(role=Role.SUSPECT, vantage="192.0.2.10"):
    return [lane("mail.protonmail.ch", "185.70.40.101", "TCP/25", DROPPED, role=role, vantage=vantage)]


@pytest.mark.parametrize(
    ("width", "title"),
    [
        (80, "mail.protonmail.ch · 185.70.40.101 · from 192.0.2.10"),
        (46, "mail.proton… · 185.70.40.101 · from 192.0.2.10"),
        (40, "mail.protonmail.ch · from 192.0.2.10"),
        (30, "mail.proton… · from 192.0.2.10"),
    ],
)
def test_a_title_keeps_what_tells_panels_apart(width, title):
    assert panel_title(two(), vantage=True, width=width) == title


def test_titles_name_controls_and_say_addresses_once():
    assert panel_title(two(Role.CONTROL), vantage=False, width=60).startswith("control · mail.protonmail.ch")
    address = [lane("192.0.2.7", "192.0.2.7", "ICMP", SHARED)]
    assert panel_title(address, vantage=False, width=60) == "192.0.2.7"


def test_names_tell_vantages_apart_only_where_they_differ():
    assert panel_name(two(), vantage=False) == "mail.protonmail.ch"
    assert panel_name(two(), vantage=True) == "mail from 192.0.2.10"


def tabs(count, focused, name="mx{}.example.org", via=None):
    return [
        Tab("●", name.format(number), via and via.format(number), False, False, number == focused)
        for number in range(count)
    ]


@pytest.mark.parametrize("focused", [0, 7, 31, 63])
@pytest.mark.parametrize("width", [60, 80, 99])
def test_the_strip_names_the_focused_panel_however_many_there_are(focused, width):
    drawn = plain(strip_pieces(tabs(64, focused), INK, width))
    assert f"mx{focused}" in drawn
    assert cell_len(drawn) <= width
    assert ("‹" in drawn) == (focused > 2)


def test_the_strip_keeps_the_ends_of_vantages():
    drawn = plain(strip_pieces(tabs(6, 0, "mail from 95.47.236.{}"), INK, 80))
    assert all(f".{number} " in drawn for number in range(6))


@pytest.mark.parametrize(
    ("width", "name"), [(80, "place3"), (120, "ma…·place3"), (200, "mail.example…·place3")]
)
def test_the_strip_keeps_the_names_of_vantages(width, name):
    drawn = plain(strip_pieces(tabs(8, 0, "mail.example.org from place{}", "place{}"), INK, width))
    assert f" {name} " in drawn


@pytest.mark.parametrize("width", range(SMALLEST[0], 220, 7))
@pytest.mark.parametrize("count", [1, 2, 3, 8, 64])
def test_every_panel_can_be_reached_and_is_wide_enough(width, count):
    seen = set()
    for focused in range(count):
        found = arrange(width, 40, count=count, focused=focused)
        assert focused in found.shown
        seen.update(found.shown)
        assert width // found.columns >= min(48, width)
        if width < NARROW:
            assert len(found.shown) == 1
    assert seen == set(range(count))


# Lanes and rows


def continued(fit=ControlFit.VALID, *, marked=True, label="ICMP", ttl=4):
    """Return the rows of a lane that is silent after hop 4, with one check of one control."""
    passing = lane("control.example", "156.154.64.10", label, CONTROL_PATH, role=Role.CONTROL)
    suspect = lane("mail.example", "185.70.40.101", "TCP/25", DROPPED)
    found = check(suspect.id, passing.id, fit, marked=marked, ttl=ttl)
    shown = snapshot([suspect, passing], controls=(found,))
    return PanelRows().lines([suspect], shown, Continuations(shown))


def test_the_control_that_goes_on_is_the_one_that_is_shown():
    rows = continued()
    assert rows[4].control is not None
    assert rows[4].control.address == CONTROL_PATH[4]
    assert painted(rows[4], 78, 1).endswith("┄ control: B 8359 MTS")


def test_the_control_is_read_from_where_the_check_says():
    assert continued(ttl=5)[4].control.address == CONTROL_PATH[5]


@pytest.mark.parametrize("fit", [fit for fit in ControlFit if not fit.serves], ids=lambda fit: str(fit.value))
def test_a_control_that_does_not_serve_is_not_drawn(fit):
    assert all(row.control is None for row in continued(fit))


@pytest.mark.parametrize(
    ("fit", "label", "words"),
    [
        (ControlFit.OTHER_ORIGIN, "TCP/25", "another network's path"),
        (ControlFit.OTHER_SERVICE, "TCP/443", "over another port"),
        (ControlFit.OTHER_SERVICE, "ICMP", "over another protocol"),
    ],
)
def test_a_control_that_serves_in_part_says_so(fit, label, words):
    row = continued(fit, label=label)[4]
    assert painted(row, 78, 1).endswith(f"┄ {words}: B 8359 MTS")
    assert "B 8359 MTS" in painted(row, 46, 2)


def test_a_lane_that_is_no_control_is_not_called_one():
    assert "┄ another lane: B 8359 MTS" in painted(continued(marked=False)[4], 78, 1)


def test_of_several_controls_the_one_that_fits_is_drawn():
    near = lane("near.example", "156.154.64.11", "TCP/25", CONTROL_PATH, role=Role.CONTROL)
    far = lane("far.example", "68.142.88.99", "TCP/25", CONTROL_PATH[:7], role=Role.CONTROL)
    suspect = lane("mail.example", "185.70.40.101", "TCP/25", DROPPED)
    checks = (check(suspect.id, far.id, ControlFit.OTHER_ORIGIN), check(suspect.id, near.id))
    shown = snapshot([suspect, far, near], controls=checks)
    drawn = plain(as_path_pieces(as_path_lines([suspect], Continuations(shown)), shown, INK, 200))
    assert drawn.endswith("✖ ┄ C 22822 Limelight ┄ D 19905 Neustar")
    shown = replace(shown, controls=checks[:1])
    drawn = plain(as_path_pieces(as_path_lines([suspect], Continuations(shown)), shown, INK, 200))
    assert drawn.endswith("✖ ┄ C 22822 Limelight (another network's path)")


def test_rows_that_are_kept_are_those_that_would_be_made():
    suspect = lane("mail.example", "185.70.40.101", "TCP/25", DROPPED)
    control = lane("control.example", "156.154.64.10", "TCP/25", CONTROL_PATH, role=Role.CONTROL)
    lossy = lane("mail.example", "185.70.40.101", "TCP/25", DROPPED, losses={2: (41,)})
    turned = lane("mail.example", "185.70.40.101", "TCP/25", DROPPED, role=Role.CONTROL)
    loop = lane(
        "mail.example",
        "185.70.40.101",
        "TCP/25",
        DROPPED,
        verdict=PathVerdict(PathState.LOOP, loop=(SHARED[1],)),
    )
    base = snapshot([suspect, control])
    moved = replace(base.ases[1], tag="Z", colour=220)
    steps = [
        base,
        base,
        snapshot([suspect]),
        base,
        snapshot([lossy, control]),
        snapshot([turned, control]),
        snapshot([loop, control]),
        replace(base, names={SHARED[1]: "late.example"}),
        replace(base, owners={key: owner for key, owner in base.owners.items() if key != SHARED[1]}),
        replace(base, ases=(base.ases[0], moved, *base.ases[2:])),
        snapshot([lane("mail.example", "185.70.40.101", "TCP/25", [*SHARED, "185.70.40.101"]), control]),
        base,
    ]
    kept = PanelRows()
    for step in steps:
        mine = [each for each in step.lanes if each.lane.address == "185.70.40.101"]
        assert kept.lines(mine, step, Continuations(step)) == PanelRows().lines(
            mine, step, Continuations(step)
        )
    mine = [base.lanes[0]]
    first, second = (kept.lines(mine, base, Continuations(base)) for _ in range(2))
    assert all(one is other for one, other in zip(first, second, strict=True))


def test_several_responders_are_counted_and_another_router_is_named():
    path = [SHARED[0], [SHARED[1], "212.188.1.9", "212.188.1.13"], SHARED[2]]
    other = [SHARED[0], SHARED[1], "195.34.50.77"]
    lanes = [
        lane("x.example", "185.70.40.1", "TCP/25", path),
        lane("x.example", "185.70.40.1", "ICMP", other),
    ]
    shown = snapshot(lanes)
    rows = PanelRows().lines(lanes, shown, Continuations(shown))
    assert (rows[1].more, rows[1].other) == (2, "")
    assert (rows[2].more, rows[2].other) == (0, "195.34.50.77")
    assert rows[2].cells[1].differs


def painted(line, width, lanes):
    columns = column_widths(width, lanes=lanes)
    pieces = paint(line, columns, INK, cursor=False, mode=HostMode.ADDRESS, scale_ns=10**7)
    return "".join(text for text, _ in pieces).rstrip()


def test_beyond_the_end_of_one_lane_only_the_other_is_silent():
    lanes = [
        lane("x.example", "195.34.59.9", "TCP/25", DROPPED),
        lane("x.example", "195.34.59.9", "ICMP", CONTROL_PATH[:5]),
    ]
    shown = snapshot(lanes)
    rows = PanelRows().lines(lanes, shown, Continuations(shown))
    row = painted(rows[5], 78, 2)
    assert row.endswith("╱╱ silent")
    assert row.strip().startswith("6 to hop 12   ")
    assert row.index("╱╱") > 40
    both = PanelRows().lines(lanes[:1], shown, Continuations(shown))
    assert painted(both[4], 78, 1) == "  5 ╱╱ silent to hop 12"


def test_words_without_room_leave_their_sign():
    cells = tuple(Cell(Mark.SILENT if number % 2 else Mark.REPLY, 10**6) for number in range(7))
    line = HopLine(3, Mark.REPLY, address="192.0.2.1", cells=cells)
    row = painted(line, 118, 7)
    assert row.count("╱╱") == 3
    assert "…" not in row


def test_a_router_that_comes_again_is_marked_once():
    path = [SHARED[0], SHARED[1], SHARED[2], SHARED[1], SHARED[2], SHARED[1]]
    each = lane("x.example", "185.70.40.1", "ICMP", path, verdict=PathVerdict(PathState.LOOP, 6, SHARED[1]))
    places = (Candidate(2, Address(SHARED[1]), Asn(8359)), Candidate(3, Address(SHARED[2]), Asn(8359)))
    finding = Finding(
        FindingKind.ROUTING_LOOP, Confidence.HIGH, (LaneId(each.id),), Loops(places), candidates=places
    )
    shown = replace(snapshot([each]), findings=(finding,))
    rows = PanelRows().lines([each], shown, Continuations(shown))
    assert [row.ttl for row in rows if row.candidate] == [2, 3]


def test_ribbons_say_where_lanes_of_one_endpoint_part():
    reached = lane("x.example", "156.154.64.10", "ICMP", CONTROL_PATH)
    dropped = lane("x.example", "156.154.64.10", "TCP/25", DROPPED)
    shown = snapshot([reached, dropped])
    drawn = plain(as_path_pieces(as_path_lines([reached, dropped], Continuations(shown)), shown, INK, 200))
    assert drawn.startswith("TCP/25 A 57681 MGTS ━ B 8359 MTS ━ ✖")
    assert "ICMP A 57681 MGTS ━ B 8359 MTS ━ C 22822 Limelight ━ D 19905 Neustar ●" in drawn


def test_a_lane_that_only_loops_or_is_reset_has_stopped():
    for state in (PathState.LOOP, PathState.RESET, PathState.UNREACHABLE, PathState.LOCAL_FAILURE):
        each = lane("x.example", "185.70.40.1", "TCP/25", SHARED, verdict=PathVerdict(state, 4, SHARED[3]))
        shown = snapshot([each])
        assert plain(as_path_pieces(as_path_lines([each], Continuations(shown)), shown, INK, 80)).endswith(
            "✖"
        )


# Lines around the panels


@given(
    title=ANY_TEXT,
    width=st.integers(60, 200),
    behind=st.one_of(st.none(), st.integers(0, 10**6)),
    moment=st.one_of(st.none(), st.just(START)),
    kept=st.sampled_from([None, KeptRounds(959), KeptRounds(5, 640.0)]),
    words=st.one_of(st.just(""), ANY_TEXT),
    private=st.booleans(),
    window_s=st.sampled_from([None, 60.0, 900.0]),
)
def test_the_first_line_fits_and_always_says_that_it_is_not_now(
    title, width, behind, moment, kept, words, private, window_s
):
    state = ViewState(
        behind,
        moment,
        4000.0,
        kept if moment is not None else None,
        window_s,
        words,
        3,
        12,
        private=private,
        view=ViewName.TIMELINE,
    )
    drawn = plain(status_pieces(protonmail(), INK, width, title, state))
    assert cell_len(drawn) <= width
    if moment is not None:
        assert " 09:30:00 UTC · 1:06:40 ago " in drawn
        assert kept is None or kept_words(kept) in drawn
    elif behind is not None:
        assert " FROZEN · " in drawn
    if moment is None and behind is None:
        assert "FROZEN" not in drawn.replace(title, "").replace(words, "")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (42, "0:42"), (725, "12:05"), (11049, "3:04:09"), (-3, "0:00")]
)
def test_elapsed(seconds, text):
    assert elapsed_text(timedelta(seconds=seconds)) == text


@given(st.lists(ANY_TEXT, max_size=40), st.integers(60, 200))
def test_the_legend_fits_and_counts_what_it_leaves_out(holders, width):
    ases = tuple(
        AutonomousSystem(64500 + index, f"T{index}", holder, as_colour(index))
        for index, holder in enumerate(holders)
    )
    drawn = plain(legend_pieces(replace(protonmail(), ases=ases), INK, width))
    assert cell_len(drawn) <= width
    named = sum(f"T{index} {64500 + index}" in drawn for index in range(len(ases)))
    assert named == len(ases) or drawn.rstrip().endswith(f"+{len(ases) - named}")


def test_a_long_problem_leaves_room_for_the_key_that_dismisses_it():
    problem = Unresolved("nosuch.example", "nosuch.example: " + "no such name " * 20)
    (line,) = unresolved_lines((problem,), INK, 60)
    assert cell_len(plain(line)) <= 60
    assert plain(line).endswith("x dismisses")
    many = tuple(Unresolved(f"{number}.example", None) for number in range(9))
    assert plain(unresolved_lines(many, INK, 80)[-1]).endswith("and 6 more")


@pytest.mark.parametrize("view", ViewName)
@pytest.mark.parametrize("width", [60, 61, 80, 100, 109, 110, 120, 200])
def test_the_footer_fits_and_always_leads_on(width, view):
    items = items_that_fit(width, COMMANDS, view)
    actions = {command.id for item in items for command in item.commands}
    assert {"help", "quit_board"} <= actions
    ways = {"show_board", "show_paths", "show_timeline", "show_evidence"}
    assert len(ways & actions) >= 3
    assert "show_findings" in actions or view is ViewName.TIMELINE
    assert 1 + sum(item.width for item in items) - 2 <= width
    assert len({item.label for item in items}) == len(items)


def test_the_footer_says_what_enter_does_here():
    labels = {view: {item.label for item in items_that_fit(80, COMMANDS, view)} for view in ViewName}
    assert "Details" in labels[ViewName.BOARD]
    for view in (ViewName.OVERVIEW, ViewName.PATHS, ViewName.TIMELINE):
        assert "Hops" in labels[view]
        assert "Details" not in labels[view]


def test_the_help_names_every_command_once_a_group():
    drawn = [line.plain for line in HelpDialog(COMMANDS).lines(130)]
    for command in COMMANDS:
        assert sum(line.endswith(command.purpose) for line in drawn) == 1
    groups = [line for line in drawn if line and not line.startswith(" ")]
    assert len(groups) == len(set(groups))
    assert all(cell_len(line.plain) <= 50 for line in HelpDialog(COMMANDS).lines(50))


# Colours


@pytest.mark.parametrize(
    "paper", [Color(20, 22, 26), Color(0, 0, 0), Color(247, 247, 245), Color(255, 255, 255)]
)
def test_as_colours_stand_out_on_dark_and_light(paper):
    for entry in AS_COLOURS:
        assert _contrast(as_colour_on(entry, paper, sixteen=False), paper) >= 3


@pytest.mark.parametrize("sixteen", [True, False])
def test_the_twelve_colours_differ(sixteen):
    for paper in (Color(0, 0, 0), Color(255, 255, 255)):
        ink = Ink(lambda _role: Style.null(), paper, sixteen=sixteen)
        assert len({(ink.of_as(entry).color, ink.of_as(entry).bold) for entry in AS_COLOURS}) == 12


def test_what_a_control_sees_is_not_dimmed_to_white_on_sixteen_colours():
    ink = Ink(lambda _role: Style.null(), Color(0, 0, 0), sixteen=True)
    assert ink.faint_of_as(39) == ink.of_as(39)
    assert INK.faint_of_as(39).dim


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (21, "reached 10 echo reply"),
        (20, "reached 10 echo…"),
        (11, "reached 10…"),
        (8, "reached…"),
        (7, "reache…"),
    ],
)
def test_words_are_cut_whole(width, shown):
    assert fit_words("reached 10 echo reply", width) == shown

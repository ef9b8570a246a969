"""What a trace recorded of an address, in the details of a hop and of an endpoint."""

from dataclasses import replace

from rich.style import Style
from textual.color import Color

from tracetui.model import RecordedAs
from tracetui.tui.details.hop_details import hop_rows
from tracetui.tui.details.lane_details import lane_rows
from tracetui.tui.paint.ink import Ink
from tui.scenes import CONTROL_PATH, SHARED, attribution, lane, snapshot

INK = Ink(lambda _role: Style.null(), Color(0, 0, 0), sixteen=False)
LAST, ENDPOINT = str(SHARED[3]), str(CONTROL_PATH[-1])


def plain(rows):
    return " ".join("".join(text for text, _ in row.pieces).strip() for row in rows)


def replayed():
    made = snapshot([lane("control.example.com", ENDPOINT, "TCP/25", CONTROL_PATH)])
    said = {
        LAST: RecordedAs((8359,), "MTS", "2019", "trace"),
        ENDPOINT: RecordedAs((64500,), "Other", "2019-03-12", "trace"),
    }
    return replace(made, recorded=said)


def test_details_tell_what_was_recorded_and_what_is_known_today():
    shown = replayed()
    assert attribution(LAST).asns == (8359,)
    assert "8359 as recorded in 2019, 8359 today" in plain(hop_rows(shown.lanes, 4, shown, INK, 78))
    assert "as recorded" not in plain(hop_rows(shown.lanes, 3, shown, INK, 78))
    asn = attribution(ENDPOINT).asns[0]
    assert f"64500 as recorded on 2019-03-12, {asn} today" in plain(lane_rows(shown.lanes, shown, INK, 78))


def test_an_owner_that_is_still_looked_up_has_a_recorded_one_already():
    shown = replace(replayed(), owners={})
    told = plain(hop_rows(shown.lanes, 4, shown, INK, 78))
    assert "looking up who owns it … 8359 as recorded in 2019" in told
    assert "today" not in told


def test_what_no_source_knows_is_graded_as_recorded():
    shown = replayed()
    shown = replace(shown, owners={**shown.owners, LAST: shown.recorded[LAST].stand_in()})
    told = plain(hop_rows(shown.lanes, 4, shown, INK, 78))
    assert "grade recorded: stated by the trace itself, no source knows the address" in told
    assert "8359 as recorded in 2019, unknown today" in told

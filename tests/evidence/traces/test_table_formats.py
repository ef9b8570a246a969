"""Tables of mtr, WinMTR, MikroTik, NextTrace, Trippy, ttl, and output of Windows: hops as people read them.

`tables/` holds texts in these formats and, beside each, its hops as a person read them.
"""

import html
import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.cpu_time import scaled_seconds
from evidence.traces.hops_as_text import traces_as_text
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model import EvidenceError
from tracetui.model.imported_trace import Untold

_HERE = Path(__file__).parent
_TABLES = sorted((_HERE / "tables").glob("*.txt"))
_TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in _TABLES}
_EXPECTED = {path.stem: path.with_suffix(".hops").read_text(encoding="utf-8") for path in _TABLES}


@pytest.mark.parametrize("name", _TEXTS)
def test_hops_are_those_that_a_person_reads(name):
    assert traces_as_text(read_traces(_TEXTS[name]).traces) == _EXPECTED[name]


# What stands around them


@pytest.mark.parametrize("name", _TEXTS)
def test_windows_line_ends_change_nothing(name):
    text = _TEXTS[name].replace("\n", "\r\n")
    assert traces_as_text(read_traces(text).traces) == _EXPECTED[name]


@pytest.mark.parametrize("name", [name for name in _TEXTS if name not in {"winmtr_page", "tracert_german"}])
def test_mail_quoting_changes_nothing(name):
    text = "".join(f"> {line}\n" for line in _TEXTS[name].splitlines())
    assert _hops_alone(read_traces(text)) == _without_lines(_EXPECTED[name])


@pytest.mark.parametrize(
    "name", [name for name in _TEXTS if name not in {"winmtr_page", "mtr_machine", "tracert_notes"}]
)
def test_a_page_around_them_changes_nothing(name):
    text = f"<html><body><h1>Looking glass</h1><pre>{html.escape(_TEXTS[name])}</pre></body></html>"
    assert _hops_alone(read_traces(text)) == _without_lines(_EXPECTED[name])


def test_all_in_one_paste():
    names = [name for name in _TEXTS if name != "winmtr_page"]
    whole = "\n\n".join(_TEXTS[name] for name in names)
    expected = "\n".join(_EXPECTED[name] for name in names)
    assert _hops_alone(read_traces(whole)) == _without_lines(expected)


@pytest.mark.parametrize("encoding", ["utf-16", "cp866", "cp1251", "utf-8-sig"])
def test_encodings_of_windows(encoding):
    russian = "\n".join(_TEXTS["tracert_languages"].splitlines()[:11])
    [trace] = read_traces(russian.encode(encoding)).traces
    assert trace.address == "203.0.113.25"
    assert [(hop.ttl, hop.sent, hop.lost) for hop in trace.hops] == [(1, 3, 0), (2, 3, 3), (3, 1, 0)]


def _hops_alone(found):
    return _without_lines(traces_as_text(found.traces))


def _without_lines(text):
    """Leave out remarks: they name lines, which what stands around a trace moves."""
    return [line for line in text.splitlines() if line and not line.startswith("!")]


# What is not certain is said


def _only(text):
    [trace] = read_traces(text).traces
    return trace


@pytest.mark.parametrize(
    ("name", "last_row"),
    [
        ("winmtr", "198.51.100.25 - "),
        ("mtr_screen", " 5. mail"),
        ("ttl", "3,203.0.113.5,,10.0"),
        ("pathping", "  3  ---"),
        ("tracert_german", "  2     *     198"),
    ],
)
def test_row_that_is_cut_off_is_said_and_leaves_the_end_open(name, last_row):
    text = _TEXTS[name]
    cut = text[: text.rindex(last_row) + len(last_row)]
    trace = read_traces(cut).traces[-1]
    assert trace.lines[1] == cut.count("\n") + 1
    assert Untold.END in trace.untold
    assert any("was not understood" in remark for remark in trace.remarks)


def test_percentages_that_do_not_tell_the_number_of_lost_probes_are_said():
    table = (
        " # ADDRESS  LOSS SENT LAST AVG BEST WORST STD-DEV STATUS\n"
        " 1 192.0.2.1  1%  1000  1ms  1  1  1  0\n"
        " 2 192.0.2.2  0%  1000  1ms  1  1  1  0\n"
    )
    trace = _only(table)
    assert trace.hops[0].lost == 10
    assert "lost probes are computed from whole percentages" in trace.remarks


def test_columns_without_sent_probes_give_the_smallest_numbers_that_fit():
    trace = _only("HOST: a  Loss%  Avg\n  1.|-- 192.0.2.1  25.0%  1.5\n  2.|-- 192.0.2.2  0.0%  2.5\n")
    assert [(hop.lost, hop.sent) for hop in trace.hops] == [(1, 4), (0, 1)]
    assert any("smallest numbers" in remark for remark in trace.remarks)


def test_row_that_does_not_follow_is_no_hop():
    text = _TEXTS["mtr_screen"].replace(" 5. mail", " 3. mail")
    trace = read_traces(text).traces[0]
    assert [hop.ttl for hop in trace.hops] == [1, 2, 3, 4]
    assert any("looks like a hop" in remark for remark in trace.remarks)


def test_silent_row_of_trippy_may_name_nobody():
    trace = _only(
        "| Hop | IPs       | Addrs | Loss%  | Snt | Recv |\n"
        "|-----|-----------|-------|--------|-----|------|\n"
        "| 1   | 192.0.2.1 | gw    | 0.0%   | 10  | 10   |\n"
        "| 2   |           |       | 100.0% | 10  | 0    |\n"
    )
    assert [(hop.lost, hop.sent, hop.responders == ()) for hop in trace.hops] == [
        (0, 10, False),
        (10, 10, True),
    ]


def test_last_repaint_counts_unless_it_is_cut_off():
    head = " # ADDRESS  LOSS SENT LAST AVG BEST WORST STD-DEV STATUS\n"
    whole = head + " 1 192.0.2.1  0%  2  1ms 1 1 1 0\n 2 192.0.2.2  50%  2  1ms 1 1 1 0\n"
    cut = head + " 1 192.0.2.1  0%  3  1ms 1 1 1 0\n"
    assert [hop.sent for hop in _only(whole + cut + whole).hops] == [2, 2]
    trace = _only(whole + cut)
    assert [hop.ttl for hop in trace.hops] == [1, 2]
    assert any("shorter" in remark for remark in trace.remarks)


def test_name_without_address_is_said():
    trace = _only("  1     1 ms     1 ms     1 ms  redacted\n  2     1 ms     1 ms     1 ms  192.0.2.1\n")
    assert Untold.ADDRESSES in trace.untold
    assert "line 1 shows no address: 1 1 ms 1 ms 1 ms redacted" in trace.remarks


# Hostile input


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(_TEXTS)),
    seed=st.integers(0, 2**32),
    cuts=st.integers(0, 12),
)
def test_mutations_raise_nothing_but_evidence_errors(name, seed, cuts):
    chance = random.Random(seed)
    text = _TEXTS[name]
    pieces = [
        "",
        "\x00",
        "%",
        "999999999999",
        "||||",
        "\x1b[2J",
        "-",
        "*",
        "AS",
        "(",
        "[",
        "]",
        "\n",
        ",",
        "١٢",
        "²",
    ]
    for _ in range(cuts):
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(pieces) + text[place + chance.randrange(20) :]
    _read_or_refuse(text)


@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from(sorted(_TEXTS)),
    lines=st.lists(st.text(max_size=80), max_size=10),
    seed=st.integers(0, 2**32),
)
def test_foreign_lines_raise_nothing_but_evidence_errors(name, lines, seed):
    mixed = [*_TEXTS[name].splitlines(), *lines]
    random.Random(seed).shuffle(mixed)
    _read_or_refuse("\n".join(mixed))


def _read_or_refuse(text):
    try:
        found = read_traces(text)
    except EvidenceError as error:
        assert "\n" not in str(error)
        return
    for trace in found.traces:
        ttls = [hop.ttl for hop in trace.hops]
        assert ttls == sorted(set(ttls))
        assert all(0 < ttl < 256 for ttl in ttls)
        assert all(0 <= hop.lost <= hop.sent for hop in trace.hops)
        told = [trace.target, trace.vantage, *trace.remarks]
        told += [responder.name for hop in trace.hops for responder in hop.responders]
        assert all(text.isprintable() for text in told)


_HOSTILE = {
    "mtr header and rows": "HOST: a Loss% Snt Last Avg Best Wrst StDev\n"
    + "  1.|-- ??? 100.0 1 0 0 0 0 0\n" * 30000,
    "mtr headers": "HOST: a Loss% Snt Last Avg Best Wrst StDev\n" * 22000,
    "mtr titles": "                 My traceroute  [v0.95]\n" * 25000,
    "long header": "HOST: " + "Loss% " * 170000,
    "raw": "x 0 1\nh 0 192.0.2.1\np 0 1 1\n" * 35000,
    "raw responders": "".join(f"h 0 10.{n >> 16}.{n >> 8 & 255}.{n & 255}\n" for n in range(65000)),
    "xml": "<MTR SRC=a DST=b>\n" + "<HUB COUNT=1 HOST=a>" * 50000,
    "csv": "MTR.0.95,1795489517,OK,a,1,10.0.0.1,0.00,10,0,0,0,0,0,0\n" * 18000,
    "tracert": "  1     1 ms     1 ms     1 ms  10.0.0.1\n" * 25000,
    "tracert brackets": "a [10.0.0.1]\n" * 77000,
    "tracert open": "  1     1 ms     1 ms     1 ms  name [10.0.0.\n" * 22000,
    "pathping": "  0  a [10.0.0.1]\n  1  10.0.0.1\n" * 31000,
    "winmtr": "WinMTR statistics\n" * 58000,
    "winmtr bars": "|" * 1_000_000,
    "winmtr rows": "| Host - % | Sent | Recv | Best | Avrg | Wrst | Last |\n"
    + "| a - 0 | 1 | 1 | 1 | 1 | 1 | 1 |\n" * 30000,
    "mikrotik": "# ADDRESS LOSS SENT LAST AVG BEST WORST STD-DEV STATUS\n" * 19000,
    "mikrotik rows": "# ADDRESS LOSS SENT LAST\n" + " 1 10.0.0.1 0% 1 1ms 1 1 1 0\n" * 33000,
    "nexttrace": "NextTrace v1.0\n" * 70000,
    "nexttrace hops": "IP Geo Data Provider: x\n" + "1   10.0.0.1   AS64500  x\n      1 ms\n" * 28000,
    "nexttrace raw": "1|10.0.0.1|a|1.0|1|\n" * 50000,
    "trippy": "Target,TargetIp,Hop,IPs\n" * 40000,
    "trippy addresses": "a,10.0.0.1,1,"
    + ":" * 4000
    + ",b,0\n" * 1000
    + ("a,10.0.0.1,1," + "a:" * 300 + ",b,0,1,1\n") * 1500,
    "trippy frames": ("│ Hop ┆ IPs ┆ Addrs ┆ Loss% ┆ Snt │\n" + "│  ┆ a ┆ b ┆ c ┆ d │\n" * 3) * 10000,
    "stream": "ttl=1 addrs=10.0.0.1 exts= loss_pct=0.0 sent=1\n" * 21000,
    "ttl": "ttl report for a (10.0.0.1)\n" * 35000,
    "spaces": (" " * 4000 + "1\n") * 250,
    "stars": "* " * 500_000,
    "digits": "1 " * 500_000,
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_megabyte_of_hostile_text_takes_little_time(name):
    text = _HOSTILE[name]
    assert len(text) > 600_000
    assert scaled_seconds(lambda: _read_or_refuse(text), enough=1) < 1


@pytest.mark.parametrize("name", ["raw", "raw responders", "tracert", "winmtr bars", "mtr header and rows"])
def test_memory_stays_within_a_multiple_of_the_text(name):
    text = _HOSTILE[name][:100_000]
    tracemalloc.start()
    try:
        _read_or_refuse(text)
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()

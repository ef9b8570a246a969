"""Outputs of the traceroute family as tools write them, and with what people and programs put around them."""

import html
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.traces.shown_trace import hop_line, lines_of
from tracetui.evidence.traces.read_traces import read_traces

OUTPUTS = Path(__file__).with_name("router_outputs.txt").read_text(encoding="utf-8")


def outputs() -> dict[str, tuple[str, list[str]]]:
    """Return the text and what is read in it, by name."""
    found = {}
    for section in OUTPUTS.split("\n== ")[1:]:
        name, _, rest = section.partition("\n")
        text, _, expected = rest.partition("\n--\n")
        found[name] = (text, expected.strip().splitlines())
    return found


@pytest.mark.parametrize("name", outputs())
def test_an_output_is_read(name):
    text, expected = outputs()[name]
    (trace,) = read_traces(text).traces
    assert [*lines_of(trace), *(f"! {remark}" for remark in trace.remarks)] == expected


def quoted_mail(text: str) -> str:
    return (
        "On Tuesday Anna wrote:\n" + "".join(f">> {line}\n" for line in text.split("\n")) + ">\n> Regards\n"
    )


def page(text: str) -> str:
    return f"<html><body><h2>Looking glass</h2>\n<pre>{html.escape(text)}</pre>\n<a href='/'>back</a></body>"


def page_of_breaks(text: str) -> str:
    lines = (html.escape(line).replace("  ", "&nbsp;&nbsp;") for line in text.split("\n"))
    return "<div class=out>" + "<br>".join(lines) + "<br></div>"


def chat(text: str) -> str:
    return (
        "[12:04, 3/12/2019] Anna K.: look\n[12:05, 3/12/2019] Anna K.: "
        + text
        + "\n[12:06, 3/12/2019] Boris: ok"
    )


def irc(text: str) -> str:
    return "\n".join(f"12:04:05 <@anna> {line}" for line in text.split("\n"))


def stamped(text: str) -> str:
    return "\n".join(f"[2019-03-12 12:04:05] {line}" for line in text.split("\n"))


def fenced(text: str) -> str:
    return f"It stops here:\n\n```console\n{text}\n```\n\nWhat now?"


def coloured(text: str) -> str:
    return "\n".join(f"\x1b[1;32m{line}\x1b[0m\x1b[K\r" for line in text.split("\n"))


def indented(text: str) -> str:
    return "\n".join(f"        {line}" for line in text.split("\n"))


SURROUNDINGS = [quoted_mail, page, page_of_breaks, chat, irc, stamped, fenced, coloured, indented]


@pytest.mark.parametrize("around", SURROUNDINGS, ids=lambda around: around.__name__)
@pytest.mark.parametrize("name", outputs())
def test_what_stands_around_a_trace_changes_nothing(name: str, around: Callable[[str], str]):
    text, expected = outputs()[name]
    (trace,) = read_traces(around(text)).traces
    assert [*map(hop_line, trace.hops)] == [line for line in expected if line[0].isdigit()]


@pytest.mark.parametrize("name", outputs())
def test_the_numbers_of_a_pastebin_are_no_hops(name):
    text, expected = outputs()[name]
    numbered = "\n".join(f"{number:4}. {line}" for number, line in enumerate(text.split("\n"), start=7))
    if "header" in name or name.startswith(("tracepath", "LFT")):
        pytest.skip("its first line does not tell a line's number from a hop's")
    (trace,) = read_traces(numbered).traces
    assert [*map(hop_line, trace.hops)] == [line for line in expected if line[0].isdigit()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
def test_any_encoding(encoding):
    text, expected = outputs()["Linux: -A, several hosts on a line, prohibited"]
    (trace,) = read_traces(text.replace("\n", "\r\n").encode(encoding)).traces
    assert lines_of(trace) == expected


def test_several_traces_of_different_tools_in_one_paste():
    texts = {name: found for name, found in outputs().items() if "not understood" not in name}
    paste = "\n\nand another one:\n\n".join(text for text, _ in texts.values())
    traces = read_traces(paste).traces
    assert [[*map(hop_line, trace.hops)] for trace in traces] == [
        [line for line in expected if line[0].isdigit()] for _, expected in texts.values()
    ]
    assert [trace.tool for trace in traces] == [
        expected[0].partition(" >")[0] for _, expected in texts.values()
    ]


def test_lines_are_those_of_the_source():
    text, _ = outputs()["Huawei VRP: glued labels, a wrapped header, blank lines, hops left out"]
    (trace,) = read_traces("first\nsecond\n" + page_of_breaks(text).replace("<br>", "<br>\n")).traces
    assert trace.lines == (5, 13)


@pytest.mark.parametrize("width", [60, 72, 76])
def test_lines_that_a_mail_wrapped(width):
    text, expected = outputs()["Linux: -A, several hosts on a line, prohibited"]
    wrapped = "\n".join(piece for line in text.split("\n") for piece in wrap(line, width))
    (trace,) = read_traces(wrapped).traces
    assert [*lines_of(trace)] == expected


def wrap(line: str, width: int) -> list[str]:
    """Return the line in pieces, broken at spaces, as mail programs do."""
    pieces = []
    while len(line) > width:
        at = line.rfind(" ", 1, width)
        pieces.append(line[:at])
        line = line[at + 1 :]
    return [*pieces, line]

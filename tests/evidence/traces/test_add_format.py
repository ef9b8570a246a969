"""A format is one module in one place."""

import pytest

from tracetui.evidence.traces import formats, known_formats, line_traces
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.model import EvidenceError

MODULE = '''
"""Reads the traceroute of Example OS."""

import re

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD

FORMAT = text_format(
    Dialect("Example OS", re.compile(r"Path to (?P<target>[^ ]{1,60}):"), BSD),
    looks_for='a line "Path to NAME:"',
    start=r"Path to [^ ]{1,60}:",
)
'''
OUTPUT = "Path to www.example:\n 1  192.0.2.1  1 ms  2 ms  *\n 2  * * *\n"


@pytest.fixture
def example_format(tmp_path, monkeypatch):
    (tmp_path / "example_os.py").write_text(MODULE, encoding="utf-8")
    caches = (known_formats.known_formats, line_traces._formats_by_start, line_traces._any_start)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    for cache in caches:
        cache.cache_clear()
    yield
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("example_format")
def test_a_module_is_all_that_a_format_takes():
    (trace,) = read_traces(OUTPUT).traces
    assert (trace.tool, trace.target, len(trace.hops)) == ("Example OS", "www.example", 2)
    with pytest.raises(EvidenceError, match="Example OS"):
        read_traces("nothing")


def test_unknown_text_names_the_nearest_format_and_the_line():
    header = "traceroute to www.example (203.0.113.9), 30 hops max, 60 byte packets"
    with pytest.raises(EvidenceError) as error:
        read_traces(f"{header}\nand then nothing\n")
    assert str(error.value) == (
        "no trace found; nearest is traceroute "
        '(a line "traceroute to NAME (ADDRESS), N hops max, N byte packets"), '
        "but line 2 does not fit: 'and then nothing'"
    )

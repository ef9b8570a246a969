"""`tracetui import`: prints what is recognised in traces by other tools; reads them for other commands."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracetui.cli.arguments import Arguments
from tracetui.cli.output import ExitStatus, narrate, print_lines
from tracetui.cli.parser import UsageError
from tracetui.model import EvidenceError, safe_line

if TYPE_CHECKING:
    from tracetui.evidence.traces.read_traces import ReadTraces

STANDARD_INPUT: Final = "-"


def run(arguments: Arguments) -> int:
    """Print what each file holds, hop by hop; return the exit status."""
    if not arguments.words:
        raise UsageError("import: no file: give one or more, or - to read standard input")
    as_json = arguments.options.format == "json"
    found, failed = [], False
    for word in arguments.words:
        try:
            read = read_source(word)
        except EvidenceError as error:
            narrate(f"tracetui: {error}")
            failed = True
            continue
        if as_json:
            found.append(_as_dict(word, read))
        else:
            print_lines(_lines(word, read))
    if as_json:
        print_lines([json.dumps(found, ensure_ascii=False, indent=2)])
    return ExitStatus.NOT_REACHED if failed else ExitStatus.OK


def read_source(word: str) -> "ReadTraces":
    """Return the traces of a file, or of standard input for `-`. Raises EvidenceError that names the file."""
    from tracetui.evidence.source_file import read_source_file, read_source_stream
    from tracetui.evidence.traces.read_traces import read_traces

    if word == STANDARD_INPUT:
        data = read_source_stream(sys.stdin.buffer, source_name(word))
    else:
        data = read_source_file(Path(word))
    try:
        return read_traces(data)
    except EvidenceError as error:
        raise EvidenceError(f"{source_name(word)}: {error}") from None


def source_name(word: str) -> str:
    """Return what a source is called where its traces are shown: a file without its folder; safe text."""
    return "standard input" if word == STANDARD_INPUT else safe_line(Path(word).name)


def give_terminal_back() -> None:
    """Have the screen read keys from the terminal again, after standard input was a pipe with traces."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return  # whoever needs a terminal says that there is none
    os.dup2(terminal, sys.stdin.fileno())
    os.close(terminal)


def _lines(word: str, read: "ReadTraces") -> Iterator[str]:
    from tracetui.words import trace_lines

    if word != STANDARD_INPUT:
        yield f"{safe_line(word)}:"
    for number, trace in enumerate(read.traces, start=1):
        yield from trace_lines(trace, number)
    yield from (f"note: {remark}" for remark in read.remarks)


def _as_dict(word: str, read: "ReadTraces") -> dict[str, object]:
    from tracetui.report import trace_as_dict

    remarks: Sequence[str] = read.remarks
    return {
        "file": source_name(word),
        "traces": [trace_as_dict(trace) for trace in read.traces],
        "remarks": list(remarks),
    }

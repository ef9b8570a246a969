"""Reads table cells with totals per hop, as in mtr, WinMTR, MikroTik and Trippy.

They name the same columns differently and leave different ones out; what is said here holds for all of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.source_text import Line
from tracetui.model import safe_text
from tracetui.model.imported_trace import HopFigures, ImportedHop, ImportedResponder, Untold

MAX_TTL: Final = 255

_COLUMNS: Final = {
    "loss": "loss lossrate losspercent losspct loss_pct pct pl",
    "lost": "drop dropped lost err",
    "sent": "snt sent xmit total_sent",
    "received": "rcv rcvd recv received total_recv",
    "last": "last newest last_ms lastrtt cur",
    "mean": "avg avrg mean average avg_ms avgrtt",
    "best": "best min best_ms min_ms bestrtt",
    "worst": "wrst worst max worst_ms max_ms worstrtt",
    "stdev": "stdev stddev std-dev stddev_ms dev",
    "": "gmean jttr javg jmax jint jitter jinta jitter_ms jitter_avg_ms jitter_max_ms",
}
_COLUMN: Final = {title: column for column, titles in _COLUMNS.items() for title in titles.split()}

_TIME_PART: Final = re.compile(r"(\d{1,9}(?:[.,]\d{0,6})?)(ms|мс|us|µs|μs|s)?", re.IGNORECASE)
_UNITS_NS: Final = {"ms": 10**6, "мс": 10**6, "us": 10**3, "µs": 10**3, "μs": 10**3, "s": 10**9}
_NUMBER: Final = re.compile(r"\d{1,9}(?:[.,]\d{0,6})?")
_SILENT: Final = re.compile(
    r"(?:\?{3}|\*(?: \*){0,4}|-{1,3}|n/a|no response from host|request timed out\.?|no (?:route|reply)"
    r"|\(?(?:timeout|waiting for reply|no response|timed out|no route to host)\)?|)",
    re.IGNORECASE,
)
_AS: Final = re.compile(r"\[?AS(\d{1,10})\]?", re.IGNORECASE)
_UNKNOWN_AS: Final = re.compile(r"\[?AS(?:\?{2,5}|-)?\]?", re.IGNORECASE)


def column_named(title: str) -> str | None:
    """Return what a column is by its title, "" for one that is not kept, None for no title known."""
    return _COLUMN.get(title.strip().lower().strip("%").strip())


def trailing_columns(header: str) -> list[str]:
    """Return the columns at the end of a header, from left to right."""
    columns: list[str] = []
    for title in reversed(header.split()):
        column = column_named(title)
        if column is None:
            break
        columns.insert(0, column)
    return columns


@lru_cache(maxsize=4096)
def nanoseconds(text: str, *, unit_ns: int = 10**6) -> int | None:
    """Return a time such as `1.1ms`, `1s20ms`, `400us` or, in `unit_ns`, `1.2`; None where it is none."""
    text = text.strip().lstrip("<")
    total = done = 0
    for part in _TIME_PART.finditer(text):
        if part.start() != done:
            return None
        total += round(float(part[1].replace(",", ".")) * _UNITS_NS.get((part[2] or "").lower(), unit_ns))
        done = part.end()
    return total if done and done == len(text) else None


def responder_in(text: str) -> ImportedResponder | None:
    """Return who is named in a cell: `name (address)`, `AS64500 name`, `address`; None for nobody.

    Raises ValueError where an address was cut off.
    """
    text = text.strip()
    if _SILENT.fullmatch(text):
        return None
    asns: list[int] = []
    words: list[str] = []
    for word in text.split():
        found = _AS.fullmatch(word)
        if found is not None:
            asns += [int(found[1])] if int(found[1]) else []
        elif not _UNKNOWN_AS.fullmatch(word):
            words.append(word)
    last = words[-1] if words else ""
    if _SILENT.fullmatch(" ".join(words)) or (_SILENT.fullmatch(last) and not asns):
        return ImportedResponder(asns=tuple(asns[:8])) if asns else None
    bracketed = len(words) > 1 and last[0] in "(["
    address = address_of(last.strip("()[]"))
    name = words[-2] if bracketed else "" if address is not None else last
    if bracketed and address_of(name) is not None:
        # NextTrace and a few others write the address first.
        address, name = address_of(name), last.strip("()[]") if address is None else ""
    if address is None and (bracketed or _looks_like_address(name)):
        raise ValueError("its address was cut off")
    if not (address or name or asns):
        return None
    return ImportedResponder(address, safe_text(name), tuple(asns[:8]))


def _looks_like_address(word: str) -> bool:
    return ":" in word and not word.strip("0123456789abcdefABCDEF:.%")


def figures_in(
    cells: Mapping[str, str],
    responders: Sequence[ImportedResponder] = (),
    columns: Sequence[str] = (),
) -> HopFigures | None:
    """Return the figures in cells by column.

    None where they are no numbers, do not fit each other, or are not there for all `columns` of a table: such
    a row was cut off.
    """
    if any(column and column not in cells for column in columns):
        return None
    numbers = {
        column: _number(cells[column]) for column in ("sent", "received", "lost", "loss") if column in cells
    }
    if any(number is None or number > 10**9 for number in numbers.values()) or not numbers:
        return None
    sent, lost = _probes({column: number for column, number in numbers.items() if number is not None})
    times = {
        column: nanoseconds(cells[column]) if column in cells and sent > lost else None
        for column in ("last", "best", "mean", "worst", "stdev")
    }
    if not 0 <= lost <= sent:
        return None
    return HopFigures(
        sent,
        lost,
        tuple(responders),
        times["last"],
        times["best"],
        times["mean"],
        times["worst"],
        times["stdev"],
    )


def _number(text: str) -> float | None:
    text = text.strip().removesuffix("%").strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _probes(numbers: Mapping[str, float]) -> tuple[int, int]:
    """Return sent and lost probes, from what is there of sent, received, lost and percent lost."""
    sent, received, lost, loss = (numbers.get(name) for name in ("sent", "received", "lost", "loss"))
    if sent is None and received is not None and lost is not None:
        return int(received + lost), int(lost)
    if sent is None:
        ratio = Fraction(loss or 0).limit_denominator(1000) / 100
        if lost:
            ratio = Fraction(int(lost), max(int(lost), 1))
        small = ratio.limit_denominator(1000)
        return max(small.denominator, 1), small.numerator
    if received is not None and loss != 100:
        return int(sent), max(int(sent - received), 0)
    if lost is not None:
        return int(sent), int(lost)
    return int(sent), round(sent * (loss or 0) / 100)


def percent_is_exact(cells: Mapping[str, str], figures: HopFigures) -> bool:
    """Tell whether the number of lost probes follows from a rounded percentage without doubt."""
    text = cells.get("loss", "").strip().rstrip("%").replace(",", ".")
    if not text or "received" in cells or "lost" in cells or figures.lost in (0, figures.sent):
        return True
    step = 10.0 ** -len(text.partition(".")[2])
    return figures.sent * step < 100 and abs(100 * figures.lost / figures.sent - float(text)) <= step


def target_address(target: str, hops: Sequence[ImportedHop]) -> str | None:
    """Return the address of the target: itself, or that of the last responder where it bears its name."""
    ends = hops[-1].responders if hops and target else ()
    return address_of(target) or next((end.address for end in ends if end.name == target), None)


def left_open(hops: Iterable[ImportedHop]) -> set[Untold]:
    """Return what tables of sums leave open, as far as it shows in the hops."""
    hops = tuple(hops)
    untold = {Untold.MESSAGES}
    if any(hop.figures is not None for hop in hops):
        untold.add(Untold.PROBES)
    if any(responder.address is None for hop in hops for responder in hop.responders):
        untold.add(Untold.ADDRESSES)
    if hops and not hops[-1].responders:
        untold.add(Untold.END)
    return untold


def not_understood(line: Line) -> str:
    """Return the remark on a row that looks like a hop and could not be read."""
    return f"line {line.number} looks like a hop and was not understood: {safe_text(line.text, limit=80)}"

"""Finds all BGP routes in a text, whatever router or looking glass printed them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import islice
from typing import Final

from tracetui.evidence.bgp import formats
from tracetui.evidence.bgp.found_routes import ReadRoutes
from tracetui.evidence.bgp.route_format import Context, DocumentFormat, RouteReader, TextFormat
from tracetui.evidence.bgp.wanted_addresses import EVERYTHING, Wanted
from tracetui.evidence.declared_formats import declared_formats
from tracetui.evidence.json_documents import Json, json_documents
from tracetui.evidence.traces.source_text import MAX_SIZE, Line, clean_lines, decode
from tracetui.model import Asn, EvidenceError, ForeignText, safe_text
from tracetui.model.bgp_route import BgpRoute

MAX_ROUTES: Final = 5000
"""Routes taken from one text or file."""

MAX_HELD: Final = 4 * MAX_ROUTES
"""Routes held of one document or file before those that are there twice are dropped."""

_MAX_LINES: Final = 1_000_000
"""Of a text: a whole table has as many."""

_MAX_OBJECT: Final = 32 << 20
"""Characters of one JSON object: a router prints all it has as one."""

_LINES_BEFORE: Final = 4
"""Lines before an output that may hold the command."""

_MAX_REMARKS: Final = 20
_PROMPT: Final = re.compile(
    r"[\w.@:/()~-]{1,60}[>#$%\]] ?(?:(?:sh|show|display|bgpctl|birdc6?|vtysh|run|do|exit|quit)\b.*)?"
)
"""A prompt, alone or with a command: what was printed before is over."""

_MAX_GAP: Final = 30
"""Lines that are not understood, after which an output is over."""


def read_bgp_text(
    source: bytes | str,
    *,
    viewer: Asn | None = None,
    name: str = "",
    taken_at: datetime | None = None,
    wanted: Wanted = EVERYTHING,
) -> ReadRoutes:
    """Return all routes in a file or a paste; none where it has routes, but none that are `wanted`.

    `viewer`: the AS whose router printed it, where the user says so. `taken_at`: when, as far as that is
    known. Raises EvidenceError with one line when there is no route: what was looked for, the nearest
    format, and the line that did not fit.
    """
    if len(source) > MAX_SIZE:
        raise EvidenceError(f"more than {MAX_SIZE >> 20} MiB of text: give the routes alone")
    context = Context(viewer, ForeignText(safe_text(name)), taken_at, wanted)
    text = source if isinstance(source, str) else decode(source)
    found, remarks, rest = _in_documents(text, context)
    lines = clean_lines(rest, _MAX_LINES)
    outputs = _outputs(lines, context)
    for output in outputs:
        found += output.reader.routes()
        if len(found) > MAX_HELD:
            found = [route for route in found if wanted.covered_by(route.prefix)]
    if not found:
        raise EvidenceError(remarks[0] if remarks else _nothing_found(lines, outputs))
    missed = [line for output in outputs for line in output.missed]
    remarks += [f"line {line.number} was not understood: {safe_text(line.text, limit=80)}" for line in missed]
    return made_of(found, remarks, wanted)


def made_of(found: Sequence[BgpRoute], remarks: Sequence[str], wanted: Wanted) -> ReadRoutes:
    """Return what is wanted of routes, each once, updates by themselves."""
    kept = [route for route in dict.fromkeys(found) if wanted.covered_by(route.prefix)]
    left_out = len(kept) - MAX_ROUTES
    more = [f"{left_out} more routes were left out: {MAX_ROUTES} are read at once"] if left_out > 0 else []
    kept = kept[:MAX_ROUTES]
    updates = [route for route in kept if route.is_update]
    updates.sort(key=lambda route: route.last_updated.timestamp() if route.last_updated else 0)
    return ReadRoutes(
        (*(route for route in kept if not route.is_update), *_standing_after(updates)),
        tuple(updates),
        (*more, *remarks[:_MAX_REMARKS]),
    )


def _standing_after(updates: Sequence[BgpRoute]) -> Iterator[BgpRoute]:
    """Yield what the last update of each peer says of each prefix, with when it was first seen so."""
    last: dict[object, BgpRoute] = {}
    for route in updates:
        place = (route.prefix, route.source.peer, route.source.collector)
        before = last.get(place)
        same = before is not None and before.path == route.path
        seen = before.first_seen if before is not None and same else route.last_updated
        last[place] = replace(route, first_seen=seen, is_update=False)
    yield from last.values()


@cache
def known_formats() -> tuple[Sequence[TextFormat], Sequence[DocumentFormat]]:
    """Return every format that a module of `formats` declares as `FORMAT` or in `FORMATS`."""
    return declared_formats(formats, TextFormat), declared_formats(formats, DocumentFormat)


# Documents


def _in_documents(text: str, context: Context) -> tuple[list[BgpRoute], list[str], str]:
    """Return the routes in documents, what is wrong with them, and the text without them."""
    found: list[BgpRoute] = []
    problems: list[str] = []
    rest: list[str] = []
    done = 0
    for start, end, value in json_documents(text, _MAX_OBJECT):
        try:
            routes = _in_document(value, context)
        except ValueError as error:
            problems.append(safe_text(str(error)))
            routes = []
        if routes is not None:
            found += routes
            rest += (text[done:start], "\n" * text.count("\n", start, end))
            done = end
    return found, problems, "".join((*rest, text[done:]))


def _in_document(value: Json, context: Context) -> Sequence[BgpRoute] | None:
    for form in known_formats()[1]:
        try:
            found = form.read(value, context)
            if found is not None:
                return _held(iter(found), context.wanted)
        except ValueError as error:
            raise ValueError(f"{form.name}: {error}") from None
    return None


def _held(routes: Iterator[BgpRoute], wanted: Wanted) -> Sequence[BgpRoute]:
    """Return what is wanted, up to a limit, and the first route in any case: it tells that there are some."""
    first = tuple(islice(routes, 1))
    return first + tuple(islice((route for route in routes if wanted.covered_by(route.prefix)), MAX_HELD))


# Lines


@dataclass(slots=True)
class _Output:
    """What one command printed, as far as it is read."""

    format: TextFormat
    reader: RouteReader
    first: Line
    last: Line
    """The last line that was understood."""

    missed: list[Line]
    """Lines between its own that were not."""


@lru_cache(maxsize=1024)
def _begun_by(text: str) -> TextFormat | None:
    """Return the format whose output a line begins. A text of very many lines has the same ones often."""
    return next((form for form in known_formats()[0] if form.start.match(text)), None)


def _outputs(lines: Sequence[Line], context: Context) -> list[_Output]:
    """Return all outputs; every line is given to one reader, so the time is linear."""
    found: list[_Output] = []
    current: _Output | None = None
    waiting: list[Line] = []
    for place, line in enumerate(lines):
        if not line.text.strip():
            continue
        if current is not None and current.reader.take(line):
            current.missed += waiting[:_MAX_REMARKS]
            current.last, waiting = line, []
            continue
        if _PROMPT.fullmatch(line.text):
            waiting = []
            continue
        waiting.append(line)
        form = _begun_by(line.text)
        if form is not None:
            reader = form.reader(context, lines[max(0, place - _LINES_BEFORE) : place])
            if reader.take(line):
                current, waiting = _Output(form, reader, line, line, []), []
                found.append(current)
        elif len(waiting) > _MAX_GAP:
            current, waiting = None, []
    return found


def _nothing_found(lines: Sequence[Line], outputs: Sequence[_Output]) -> str:
    texts, documents = known_formats()
    known = ", ".join(dict.fromkeys([form.name for form in texts] + [form.name for form in documents]))
    near = next(((form, line) for line in lines if (form := _begun_by(line.text))), None)
    if not outputs and near is None:
        return f"no BGP route found: looked for the output of {known}"
    if not outputs and near is not None:
        form, line = near
        said = f"line {line.number} does not fit: {safe_text(line.text, limit=60)!r}"
        return f"no BGP route found; nearest is {form.name} ({form.looks_for}), but {said}"
    nearest = max(outputs, key=lambda output: output.last.number - output.first.number)
    number = nearest.missed[0].number - 1 if nearest.missed else nearest.last.number
    rest = next((line for line in lines if line.number > number and line.text.strip()), None)
    said = (
        f"line {rest.number} does not fit: {safe_text(rest.text, limit=60)!r}" if rest else "no route follows"
    )
    return f"no BGP route found; nearest is {nearest.format.name} ({nearest.format.looks_for}), but {said}"

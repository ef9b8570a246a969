"""The declaration of a format of BGP routes: how its output is recognised and read."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from tracetui.evidence.bgp.wanted_addresses import EVERYTHING, Wanted
from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.source_text import Line
from tracetui.model import Asn, ForeignText
from tracetui.model.bgp_route import AsPath, BgpRoute, OriginCode, RouteSource, RpkiState
from tracetui.model.reference import Address, Prefix


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a text: what is known besides its content."""

    viewer: Asn | None = None
    """The AS whose routes they are, where the user says so."""

    name: ForeignText = ForeignText("")  # noqa: RUF009  (frozen)
    """File or service."""

    taken_at: datetime | None = None
    """When the text was printed, as far as that is known; ages in it count back from then."""

    wanted: Wanted = EVERYTHING
    """Routes to other addresses are left out."""

    def source(self, tool: str, peer: str | None = None, collector: str = "") -> RouteSource:
        """Return where a route stood that `tool` printed."""
        return RouteSource(tool, self.name, collector, None if peer is None else Address(peer), self.taken_at)


@dataclass(slots=True)
class RouteDraft:
    """A route of which not all lines are read yet."""

    prefix: Prefix
    path: AsPath | None = None
    viewer: Asn | None = None
    """Where the output itself says so."""

    peer: str | None = None
    origin: OriginCode | None = None
    next_hop: str | None = None
    best: bool = False
    communities: list[str] = field(default_factory=list)
    rpki: RpkiState | None = None
    last_updated: datetime | None = None

    def finished(self, tool: str, context: Context) -> BgpRoute:
        """Return the route."""
        return BgpRoute(
            prefix=self.prefix,
            path=self.path,
            source=context.source(tool, self.peer),
            viewer=context.viewer if context.viewer is not None else self.viewer,
            origin=self.origin,
            next_hop=None if self.next_hop is None else Address(self.next_hop),
            best=self.best,
            communities=tuple(self.communities),
            rpki=self.rpki,
            last_updated=self.last_updated,
        )


class RouteReader(Protocol):
    """Reads the output of one command from line to line."""

    def take(self, line: Line) -> bool:
        """Take the next line that is not blank, the one that `start` matched first; False: not understood."""

    def routes(self) -> Iterable[BgpRoute]:
        """Return the routes that were read completely."""


class DraftReader:
    """What readers share whose outputs name a prefix, then its routes: a reader has `take` besides."""

    tool: ClassVar[str]

    def __init__(self, context: Context, _: Sequence[Line]) -> None:
        self._context = context
        self._drafts: list[RouteDraft] = []
        """Routes that are read as far as it matters."""

        self._prefix: Prefix | None = None
        self._route: RouteDraft | None = None
        """The last one, of which more lines may come."""

    def routes(self) -> Iterable[BgpRoute]:
        """Return the routes that were read completely."""
        return (draft.finished(self.tool, self._context) for draft in self._drafts)


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format of lines."""

    name: str
    """Of the tool, as people call it."""

    looks_for: str
    """What its output is recognised by, for error messages: `a line "BGP routing table entry for PREFIX"`."""

    start: re.Pattern[str]
    """Matches the beginning of the first line, and of no other format's. Linear in time."""

    reader: Callable[[Context, Sequence[Line]], RouteReader]
    """Makes the reader of one output; the lines are the few before it, with the command."""


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A format of JSON documents."""

    name: str
    looks_for: str
    read: Callable[[Json, Context], Iterable[BgpRoute] | None]
    """Returns the routes of one document, None where it is of another format. Raises ValueError with one line
    where it is of this format and broken."""

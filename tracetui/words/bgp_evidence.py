"""Evidence from BGP, each kind as a sentence without its full stop; and routes, for lists."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from tracetui.analysis.bgp_paths import ExpectedPath
from tracetui.model import Snapshot, counted
from tracetui.model.bgp_route import (
    HIDDEN_ASN,
    AnnouncedBy,
    Announcement,
    BgpQuestion,
    BgpRoute,
    OriginCode,
    RouteSource,
    RpkiState,
)
from tracetui.model.evidence import (
    Announced,
    BgpNotFollowed,
    BgpPath,
    PrefixUpdated,
    RoutesDiffer,
    SameNextAs,
)
from tracetui.model.reference import Prefix
from tracetui.words.names import asn_words, compared_words, listed

_RPKI: Final = {
    RpkiState.VALID: "RPKI valid",
    RpkiState.INVALID: "RPKI invalid",
    RpkiState.NOT_FOUND: "no ROA in RPKI",
}
_CODES: Final = {
    OriginCode.IGP: "origin IGP",
    OriginCode.EGP: "origin EGP",
    OriginCode.INCOMPLETE: "origin incomplete",
}


def bgp_path(one: BgpPath, snapshot: Snapshot) -> str:
    """The route of one AS to the suspect's prefix."""
    who = _viewer(one.viewer, snapshot)
    prefix = _prefix(one.prefix)
    if not one.announced:
        since = f", since {utc_words(one.last_updated)}" if one.last_updated is not None else ""
        return f"{who} has no BGP route to {prefix}{since} ({_told_by(one.source, one.at)})"
    more = [words for words in (_since(one.last_updated), rpki_words(one.rpki)) if words]
    also = f"; {', '.join(more)}" if more else ""
    said = f"{who} originates {prefix} itself"
    if one.path:
        said = f"the BGP path to {prefix} as seen by {who} goes through {_ases(one.path, snapshot)}"
    return f"{said} ({_told_by(one.source, one.at)}{also})"


def same_next_as(one: SameNextAs, snapshot: Snapshot) -> str:
    """That BGP leads the suspect's packets and a control's to the same next AS, and what that strains."""
    next_as = asn_words(one.next_as, snapshot)
    same = "" if one.prefix == one.control_prefix else f" and to {_prefix(one.control_prefix)}"
    hop = ", via the same next hop" if one.same_next_hop else ""
    said = (
        f"{asn_words(one.viewer, snapshot)} has BGP paths to {_prefix(one.prefix)}{same}, where "
        f"{compared_words(one.control, snapshot)} is, with the same next AS, {next_as}{hop}"
    )
    if one.next_is_strained:
        why = f"{next_as} delivers to this address elsewhere"
        if not one.delivers_elsewhere:
            why = f"one router leads to {next_as}"
        return f"{said}; the control's next router is inside {asn_words(one.viewer, snapshot)}, and {why}"
    return said


def routes_differ(one: RoutesDiffer, snapshot: Snapshot) -> str:
    """That BGP leads the suspect's packets to another AS than the control's."""
    route, via = "no BGP route", ""
    if one.next_as is not None:
        route, via = "a BGP path", f" via {asn_words(one.next_as, snapshot)}"
    return (
        f"{asn_words(one.viewer, snapshot)} has {route} to {_prefix(one.prefix)}{via}, but one to "
        f"{compared_words(one.control, snapshot)} via {asn_words(one.control_next, snapshot)}"
    )


def bgp_not_followed(one: BgpNotFollowed, snapshot: Snapshot) -> str:
    """That a control takes another path than BGP says."""
    viewer = asn_words(one.viewer, snapshot)
    return (
        f"{compared_words(one.control, snapshot)} goes on after {viewer} to an "
        f"address of {asn_words(one.seen, snapshot)}, but the BGP path of {viewer} names "
        f"{asn_words(one.told, snapshot)}: that path is from another router, or from another time"
    )


def prefix_updated(one: PrefixUpdated, _: Snapshot) -> str:
    """That the path may have changed in the minute of the silence."""
    gone = f" ({one.withdrawals} of them withdrawals)" if one.withdrawals else ""
    return (
        f"{counted(one.updates, 'BGP update')} of {_prefix(one.prefix)}{gone} came within a minute of the "
        f"moment it fell silent, the closest at {utc_words(one.at)}: the path may have changed"
    )


def announced(one: Announced, snapshot: Snapshot) -> str:
    """Whether anybody announces the address, who, since when."""
    as_of = f"according to {one.source} at {utc_words(one.at)}"
    if one.prefix is None:
        return f"nobody announces {one.address or 'the address'} in BGP, {as_of}"
    who = listed(asn_words(asn, snapshot) for asn in one.origins) or "a hidden AS"
    more = [words for words in (_since(one.since), rpki_words(one.rpki)) if words]
    also = f", {', '.join(more)}" if more else ""
    return f"{_prefix(one.prefix)} is announced by {who}{also}, {as_of}"


# Lists


def bare_route_words(route: BgpRoute) -> str:
    """Return a route as it was read: `185.70.40.0/24 by 57681 8359 22822 19905`."""
    if route.path is None:
        return f"no route to {route.prefix}"
    return f"{route.prefix} by {route.path}" if route.path.segments else f"{route.prefix}, local"


def route_words(route: BgpRoute, snapshot: Snapshot) -> str:
    """Return a route in one line, without its source: `185.70.40.0/24, seen by AS8359 MTS: 22822 19905`."""
    who = _viewer(route.viewer, snapshot)
    if route.path is None:
        return f"{_prefix(route.prefix)}, seen by {who}: no route"
    path = str(route.path) or "local"
    more = [
        *(["best"] if route.best else []),
        *([f"next hop {route.next_hop}"] if route.next_hop is not None else []),
        *([_CODES[route.origin]] if route.origin is not None else []),
        *([rpki_words(route.rpki)] if route.rpki is not None else []),
        *([f"first seen {utc_words(route.first_seen)}"] if route.first_seen is not None else []),
        *([_since(route.last_updated)] if route.last_updated is not None else []),
    ]
    also = f" ({', '.join(more)})" if more else ""
    return f"{_prefix(route.prefix)}, seen by {who}: {path}{also}"


def expected_words(expected: ExpectedPath, last: int, snapshot: Snapshot) -> str:
    """Return where a silent lane would go on: `after AS8359 MTS, BGP expects AS22822 (its own route)`."""
    whose = _viewer(expected.route.viewer, snapshot)
    own = "its own route" if expected.by_last else f"the route of {whose}"
    differ = counted(expected.others, "other route differs", "other routes differ")
    others = f"; {differ}" if expected.others else ""
    return (
        f"after {asn_words(last, snapshot)}, BGP expects {_ases(expected.path, snapshot)} ({own}{others}); "
        "no hop shows it"
    )


def update_words(update: BgpRoute, snapshot: Snapshot) -> str:
    """Return a change in one line, without its time: `AS8359 MTS withdrew 185.70.40.0/24`."""
    who = _viewer(update.viewer, snapshot)
    if update.path is None:
        return f"{who} withdrew {_prefix(update.prefix)}"
    return f"{who} announced {_prefix(update.prefix)}: {update.path}"


def source_words(source: RouteSource) -> str:
    """Return where a route stood, and when: `bgpdump, rib.gz, peer 192.0.2.1, 2019-03-12 12:00:00 UTC`."""
    peer = f"peer {source.peer}" if source.peer is not None else ""
    at = utc_words(source.taken_at) if source.taken_at is not None else "time unknown"
    when = at if source.is_stamped or source.taken_at is None else f"file of {at}"
    return ", ".join(part for part in (source.tool, source.collector, source.name, peer, when) if part)


def question_words(question: BgpQuestion, snapshot: Snapshot) -> Iterator[str]:
    """Yield what a service said about an address, or why it did not, one line per statement."""
    if question.problem:
        yield question.problem
    elif question.answer is None:
        yield "RIPEstat is being asked"
    else:
        yield from announcement_words(question.answer, snapshot)
    yield from (f"not known: {remark}" for remark in question.remarks)


def announcement_words(answer: Announcement, snapshot: Snapshot) -> Iterator[str]:
    """Yield who announces an address, one line per AS."""
    as_of = f"{answer.source}, {utc_words(answer.taken_at)}"
    if answer.prefix is None:
        yield f"not announced: nobody has a route ({as_of})"
    for origin in answer.origins:
        yield f"{_prefix(answer.prefix)} announced by {_origin_words(origin, snapshot)} ({as_of})"


def _origin_words(origin: AnnouncedBy, snapshot: Snapshot) -> str:
    more = [words for words in (_since(origin.since), rpki_words(origin.rpki)) if words]
    return ", ".join((asn_words(origin.asn, snapshot), *more))


def rpki_words(state: RpkiState | None) -> str:
    """Return `RPKI valid`; "" where it is unknown."""
    return "" if state is None else _RPKI[state]


def utc_words(moment: datetime) -> str:
    """Return `2019-03-12 12:04:05 UTC`: routes are rarely of the day of the investigation."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _since(moment: datetime | None) -> str:
    return "" if moment is None else f"since {utc_words(moment)}"


def _told_by(source: str, at: datetime | None) -> str:
    return source if at is None else f"{source}, {utc_words(at)}"


def _viewer(asn: int | None, snapshot: Snapshot) -> str:
    if asn is None:
        return "an AS that is not named"
    return "a hidden AS" if asn == HIDDEN_ASN else asn_words(asn, snapshot)


def _ases(path: Iterable[int], snapshot: Snapshot) -> str:
    return ", ".join("a hidden AS" if asn == HIDDEN_ASN else asn_words(asn, snapshot) for asn in path)


def _prefix(prefix: Prefix | None) -> str:
    return prefix or "the prefix"

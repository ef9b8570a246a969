"""Counts by AS how many of how many paths stop there, and tests whether chance explains it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

from tracetui.analysis.exact_tests import fisher_less
from tracetui.analysis.survey.as_draws import AsDraw
from tracetui.analysis.survey.facts import AsRow, ControlCount, Fate, Left, Share
from tracetui.analysis.survey.trace_end import Ending

MIN_STOPS: Final = 3
"""Vantages that stop in an AS, for it to be tested."""

P_LIMIT: Final = 0.01
_ALWAYS_LEFT: Final = (Left.INSIDE, Left.NEXT_NETWORK, Left.OTHER_WAY, Left.SOURCES, Left.WAY_BACK)


@dataclass(frozen=True, slots=True)
class ControlView:
    """What one vantage sees on its way to the controls."""

    reached: bool
    crossed: AbstractSet[int]
    """ASes that its paths enter, to controls in the endpoint's own AS."""

    passed: AbstractSet[int]
    """Of these, those behind which a router of another AS answers."""


def count_ases(
    draws: Sequence[AsDraw],
    controls: Mapping[int, ControlView],
    endpoint_asns: AbstractSet[int],
    names: Mapping[int, str],
) -> tuple[AsRow, ...]:
    """Return a row for each AS in which something stops, most stops first, tested against chance."""
    entered: dict[int, list[AsDraw]] = {}
    for draw in draws:
        if draw.works or draw.stop is not None:
            for asn in draw.crossed:
                entered.setdefault(asn, []).append(draw)
    last_in = {draw.stop.asn for draw in draws if draw.stop is not None and draw.stop.asn is not None}
    rows = [_row(asn, entered[asn], endpoint_asns, names) for asn in last_in]
    rows.sort(key=lambda row: (-row.stopped, row.asn))
    works_in = {draw.country for draw in draws if draw.works}
    return tuple(
        _with_reasons(row, _stops(row.asn, entered[row.asn]), controls, works_in) if row.significant else row
        for row in _tested(rows, draws, entered)
    )


def _stops(asn: int, entered: Iterable[AsDraw]) -> list[AsDraw]:
    return [draw for draw in entered if draw.stop is not None and draw.stop.asn == asn]


def _row(
    asn: int, entered: Sequence[AsDraw], endpoint_asns: AbstractSet[int], names: Mapping[int, str]
) -> AsRow:
    stops = [draw.stop for draw in entered if draw.stop is not None and draw.stop.asn == asn]
    endings = Counter(stop.ending for stop in stops)
    return AsRow(
        asn,
        names.get(asn, ""),
        entered=len(entered),
        stopped=len(stops),
        refused=endings[Ending.REFUSED],
        looped=endings[Ending.LOOP],
        working=sum(draw.works for draw in entered),
        routers=len({stop.router for stop in stops}),
        lone=sum(stop.lone for stop in stops),
        endpoint=asn in endpoint_asns,
    )


def _tested(
    rows: Sequence[AsRow], draws: Sequence[AsDraw], entered: Mapping[int, Sequence[AsDraw]]
) -> list[AsRow]:
    """Return the rows with p-values: the ASes on no working path, most stops first.

    Each is compared with the paths that do not enter it and stop in none of those found before it. The
    p-value is multiplied by the number of ASes at which something stops: it could have been any of them.
    """
    working = sum(draw.works for draw in draws)
    failing = sum(draw.stop is not None for draw in draws)
    found: set[int | None] = set()
    done: list[AsRow] = []
    for row in rows:
        if row.working or row.endpoint or row.stopped < MIN_STOPS:
            done.append(row)
            continue
        others = failing - sum(
            draw.stop is not None and draw.stop.asn not in found for draw in entered[row.asn]
        )
        p_value = min(1.0, len(rows) * fisher_less(0, row.stopped, working, working + others))
        significant = p_value <= P_LIMIT
        if significant:
            found.add(row.asn)
            failing -= row.stopped
        done.append(replace(row, p_value=p_value, significant=significant))
    return done


def _with_reasons(
    row: AsRow,
    stopped: Sequence[AsDraw],
    controls: Mapping[int, ControlView],
    works_in: AbstractSet[str],
) -> AsRow:
    seen = [controls[draw.vantage] for draw in stopped if draw.vantage in controls]
    asked = [view for view in seen if row.asn in view.crossed]
    passed = sum(row.asn in view.passed for view in asked)
    control = ControlCount(len(asked), passed) if controls else None
    left: tuple[Left, ...] = _ALWAYS_LEFT
    if fisher_less(0, row.stopped, passed, len(asked)) > P_LIMIT:
        left = (*left, Left.SILENT_ROUTERS)
    if row.lone == row.stopped:
        left = (*left, Left.NETWORK_BEFORE)
    return replace(row, control=control, left=left, country=_country(stopped, works_in))


def _country(stopped: Sequence[AsDraw], works_in: AbstractSet[str]) -> str:
    """Return the country that explains the stops as well as the AS does; "" for none."""
    countries = {draw.country for draw in stopped}
    return countries.pop() if len(countries) == 1 and not countries & {*works_in, ""} else ""


def shares(
    draws: Iterable[AsDraw], key: Callable[[AsDraw], str | int | None]
) -> tuple[tuple[Share, ...], int]:
    """Return the vantages by a key, most failing first, and how many have none."""
    fates: dict[str | int, Counter[Fate]] = {}
    stops: dict[str | int, Counter[int | None]] = {}
    without = 0
    for draw in draws:
        one = key(draw)
        if not one:
            without += 1
            continue
        fates.setdefault(one, Counter())[draw.fate] += 1
        if draw.stop is not None:
            stops.setdefault(one, Counter())[draw.stop.asn] += 1
    found = [
        Share(one, dict(counts), tuple(stops.get(one, Counter[int | None]()).most_common()))
        for one, counts in fates.items()
    ]
    found.sort(key=lambda share: (-share.stopped, -share.judged, str(share.key)))
    return tuple(found), without

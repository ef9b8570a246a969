"""Makes evidence and findings of how far imported traces get; such evidence rules nothing out.

A trace that somebody made with a few probes, at another time, may show where to look. It never raises
the confidence of a finding: no rule of `evidence_rules.py` knows these kinds.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Final

from tracetui.analysis.findings.next_steps import bgp_path
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import ObservedLane
from tracetui.analysis.rounds.lazy_hops import main_of
from tracetui.model import (
    Asn,
    Confidence,
    Evidence,
    Finding,
    FindingKind,
    ForeignText,
    PathState,
    StepKind,
)
from tracetui.model.evidence import ImportedGoesOn, ImportedReach, ImportedStop
from tracetui.model.finding import ImportTells
from tracetui.model.imported_trace import Provenance, is_stand_in

_MAX_TOLD: Final = 8
"""Imported traces to one endpoint listed in the evidence."""

_MAX_COMPARED: Final = 32
"""Imported traces that one is compared with."""

_MAX_GOING_ON: Final = 2
"""Of those, traces that go on, told beside one that stops."""

_ALSO_FOR_IMPORTS: Final = frozenset(
    {StepKind.BGP_PATH, StepKind.VANTAGE_INSIDE, StepKind.REVERSE_TRACE, StepKind.ASK_OPERATOR}
)
"""Steps that need no further probe of the same trace."""


def imported_evidence(observations: Observations, suspect: ObservedLane) -> Iterator[Evidence]:
    """Yield what imported traces to the endpoint of a lane show, over whatever protocol."""
    others = (one for one in observations.imported_to(suspect.lane.address) if one is not suspect)
    told = islice(others, _MAX_TOLD)
    yield from chain.from_iterable(_told(observations, other) for other in told)


def imported_finding(observations: Observations, observed: ObservedLane) -> Finding:
    """Return what an imported trace shows in so few rounds that no state follows from them."""
    shown = how_far(observations, observed)
    last = shown.last if isinstance(shown, ImportedStop) else None
    asn = last.asn if last is not None else None
    return Finding(
        kind=FindingKind.INSUFFICIENT,
        confidence=Confidence.LOW,
        lanes=(observed.id,),
        fact=ImportTells(shown),
        evidence=tuple(_compared(observations, observed, shown)),
        next_steps=(bgp_path(observations, observed, asn),) if asn is not None else (),
    )


def without_probing(finding: Finding) -> Finding:
    """Return a finding about imported lanes without steps that would probe, and without a time of rounds."""
    steps = tuple(step for step in finding.next_steps if step.kind in _ALSO_FOR_IMPORTS)
    return replace(finding, next_steps=steps, since=None)


def how_far(observations: Observations, observed: ObservedLane) -> ImportedReach | ImportedStop:
    """Return how far an imported trace gets."""
    verdict, hops, provenance = observed.verdict, observed.trace.hops, _provenance(observed)
    path = tuple(map(Asn, observed.snapshot.as_path))
    vantage, at = ForeignText(provenance.vantage), provenance.started_at
    if verdict.state is PathState.REACHED:
        ttl = verdict.destination_ttl or verdict.last_responsive_ttl
        end = hops[ttl - 1] if ttl is not None and ttl <= len(hops) else None
        answered, probes = (end.received, end.sent) if end is not None else (0, 0)
        return ImportedReach(observed.id, vantage, at, path, ttl, answered, probes)
    ttl = verdict.last_responsive_ttl
    beyond = [hop for hop in hops[ttl or 0 :] if hop.sent and not hop.answered]
    return ImportedStop(
        observed.id,
        vantage,
        at,
        path,
        None if ttl is None else observations.candidate(observed, ttl, verdict.last_responsive),
        silent_ttls=len(beyond),
        probes=sum(hop.sent for hop in beyond),
        open_end=observed.trace.may_go_on,
        icmp_type=verdict.icmp_type,
        icmp_code=verdict.icmp_code,
    )


def _told(observations: Observations, observed: ObservedLane) -> Iterator[Evidence]:
    shown = how_far(observations, observed)
    yield shown
    yield from _compared(observations, observed, shown)


def _compared(
    observations: Observations, observed: ObservedLane, shown: ImportedReach | ImportedStop
) -> Iterator[ImportedGoesOn]:
    """Yield traces from the same place to other addresses that go on where this one stops."""
    if not isinstance(shown, ImportedStop) or shown.last is None:
        return
    others = (
        other
        for other in observations.imported_from(observed.place)
        if other.lane.address != observed.lane.address
    )
    found = (_goes_on(observed, shown, other) for other in islice(others, _MAX_COMPARED))
    yield from islice((one for one in found if one is not None), _MAX_GOING_ON)


def _goes_on(observed: ObservedLane, stop: ImportedStop, other: ObservedLane) -> ImportedGoesOn | None:
    """Return that `other` passes the router where a trace stops; without addresses, that its ASes go on."""
    last = stop.last
    if last is None:
        return None
    made = ImportedGoesOn(
        observed.id,
        other.id,
        _provenance(other).started_at,
        last,
        tuple(map(Asn, other.snapshot.as_path)),
    )
    answers = main_of(other.trace.hops)
    if last.address is not None and not is_stand_in(last.address):
        place = answers.index(last.address) if last.address in answers else len(answers)
        return made if any(answers[place + 1 :]) else None
    farther = any(answers[last.ttl :])
    return replace(made, router=None) if farther and made.path[: len(stop.path)] == stop.path else None


def _provenance(observed: ObservedLane) -> Provenance:
    provenance = observed.trace.provenance
    if provenance is None:
        raise AssertionError(f"{observed.id} is no imported lane")
    return provenance

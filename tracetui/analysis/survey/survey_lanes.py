"""Makes the survey of an investigation's own lanes, live and imported, for the screen and its reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.cache import Cache, Remembered, reuse_equal
from tracetui.analysis.survey.collect import Collected, SurveyTrace, Vantage
from tracetui.analysis.survey.facts import Endpoint, Survey
from tracetui.analysis.survey.lane_end import lane_end
from tracetui.analysis.survey.make_survey import MIN_VANTAGES, make_survey
from tracetui.model import LaneSnapshot, ProbeProtocol, Role, Snapshot
from tracetui.model.remote_vantage import RemoteVantage

_HERE: Final = "here"


@dataclass(frozen=True, slots=True)
class LaneSurvey:
    """The survey of a snapshot's lanes, and which vantage is which."""

    survey: Survey
    origins: tuple[str | None, ...]
    """By number of a vantage, where its lanes start (`Lane.origin`)."""


def survey_of(snapshot: Snapshot) -> LaneSurvey:
    """Return the survey of a snapshot's lanes."""
    return LaneSurveys().of(snapshot)


def told_survey(snapshot: Snapshot) -> Survey | None:
    """Return the survey where a report has a section about it: enough vantages traced an endpoint."""
    places = {lane.lane.origin for lane in snapshot.lanes}
    if len(places) < MIN_VANTAGES:
        return None
    survey = survey_of(snapshot).survey
    enough = any(sum(one.fates.values()) >= MIN_VANTAGES for one in (*survey.endpoints, *survey.controls))
    return survey if enough else None


class LaneSurveys:
    """Makes surveys of one snapshot after another; what has not changed is not made again."""

    def __init__(self) -> None:
        self._lanes = Cache()
        self._traces: tuple[SurveyTrace, ...] = ()
        self._made: Remembered[LaneSurvey] = Remembered()

    def of(self, snapshot: Snapshot) -> LaneSurvey:
        """Return the survey of a snapshot's lanes; the same object where it is the same."""
        remote = {vantage.name: vantage for vantage in snapshot.vantages}
        self._lanes.next_generation()
        traces = tuple(
            [
                self._lanes.get(
                    lane.id,
                    (lane, remote.get(lane.lane.via or "")),
                    lambda lane=lane: _trace(lane, remote.get(lane.lane.via or "")),  # type: ignore[misc]
                )
                for lane in snapshot.lanes
            ]
        )
        self._traces = reuse_equal(traces, self._traces)
        roles = tuple([lane.lane.role for lane in snapshot.lanes])
        return self._made.get(
            (self._traces, snapshot.owners),
            lambda: _survey(snapshot, self._traces),
            equal=(roles, snapshot.as_sources),
        )


def _survey(snapshot: Snapshot, traces: Sequence[SurveyTrace]) -> LaneSurvey:
    collected = Collected()
    documents: dict[str, list[int]] = {}
    for place, lane in enumerate(snapshot.lanes):
        provenance = lane.trace.provenance
        documents.setdefault("" if provenance is None else provenance.text, []).append(place)
    origins: dict[int, str | None] = {}
    for places in documents.values():
        numbers = collected.add([traces[place] for place in places])
        for place, number in zip(places, numbers, strict=True):
            if number is not None:
                origins.setdefault(number, snapshot.lanes[place].lane.origin)
    controls = {lane.lane.address for lane in snapshot.lanes if lane.lane.role is Role.CONTROL}
    survey = make_survey(collected, snapshot.owners, sorted(controls), snapshot.as_sources)
    return LaneSurvey(survey, tuple(origins[number] for number in range(len(collected.vantages))))


def _trace(lane: LaneSnapshot, remote: RemoteVantage | None) -> SurveyTrace:
    one, provenance = lane.lane, lane.trace.provenance
    untold = one.protocol is ProbeProtocol.UNTOLD
    return SurveyTrace(
        Endpoint(one.address, None if untold else one.protocol, one.port),
        one.host,
        "" if provenance is None else provenance.tool,
        _vantage(lane, remote),
        None if provenance is None else provenance.started_at,
        lane_end(lane),
    )


def _vantage(lane: LaneSnapshot, remote: RemoteVantage | None) -> Vantage:
    trace, provenance = lane.trace, lane.trace.provenance
    if lane.lane.imported is not None and provenance is not None:
        source = trace.source if provenance.vantage else provenance.place
        return Vantage(provenance.vantage, source, provenance.source_asn, provenance.source_country)
    if remote is not None:
        return Vantage(remote.name, trace.source, remote.asn, remote.country)
    return Vantage(lane.lane.asked_start or _HERE, trace.source, None, "")

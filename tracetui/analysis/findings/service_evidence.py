"""Makes evidence of the checks of a lane's service: does it answer connections, in the same minutes?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import ObservedLane
from tracetui.model.evidence import CheckRow, ServiceAnswers, ServiceFails
from tracetui.model.moment import unix_ns
from tracetui.model.service_check import CheckStep, ServiceCheck, ServiceSeries

MAX_AGE: Final = timedelta(minutes=5)
"""Of the last check: an older one says nothing of now."""

_SPEAKS: Final = (CheckStep.BANNER, CheckStep.TLS, CheckStep.REQUEST, CheckStep.QUERY, CheckStep.CONNECT)
"""The steps in which a service speaks, the most telling first."""


def service_evidence(
    observations: Observations, observed: ObservedLane, since_ns: int | None = None
) -> Iterator[ServiceAnswers | ServiceFails]:
    """Yield what the last checks of a lane's service came to, unless the last began before `since_ns`."""
    snapshot = observations.snapshot
    for series in snapshot.outside.services:
        last = series.last
        if series.lane != observed.id or not series.service.over_tcp:
            continue
        if snapshot.created_at - last.started_at > MAX_AGE:
            continue
        if since_ns is None or unix_ns(last.started_at) >= since_ns:
            yield _evidence(observed, series, last)


def _evidence(
    observed: ObservedLane, series: ServiceSeries, last: ServiceCheck
) -> ServiceAnswers | ServiceFails:
    row = CheckRow(series.service, series.since, series.alike, series.total)
    if last.failure is not None:
        return ServiceFails(observed.id, row, last.failure)
    took = {one.step: one.took_ns for one in last.steps}
    step = next(step for step in _SPEAKS if step in took)
    code = last.smtp.banner.code if last.smtp is not None else None
    if last.http is not None:
        code = last.http.status
    verified = last.tls is not None and last.tls.verified
    return ServiceAnswers(observed.id, row, step, took[step], code, verified)

"""Evidence from connections to the service that a lane probes, made as a client would make them."""

from dataclasses import dataclass
from datetime import datetime

from tracetui.model.evidence_base import Evidence
from tracetui.model.reference import LaneId
from tracetui.model.service_check import (
    CheckFailure,
    CheckStep,
    FailureReason,
    Service,
)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The last checks of a service, which ended alike."""

    service: Service
    since: datetime
    """Start of the first of them."""

    alike: int
    """The number of these checks."""

    total: int
    """All checks of this service."""


@dataclass(frozen=True, slots=True)
class ServiceAnswers(Evidence):
    """Connections are answered."""

    lane: LaneId
    """The lane to the same address and port, from the same source."""

    row: CheckRow
    step: CheckStep
    """The first in which the service spoke; connecting, where it is asked nothing."""

    took_ns: int
    """How long that step took in the last check."""

    code: int | None
    """Of an SMTP banner or an HTTP response."""

    verified: bool
    """A valid certificate of the host was shown: whoever answers has the host's key."""

    @property
    def spoke(self) -> bool:
        """True where the service said something."""
        return self.step is not CheckStep.CONNECT


@dataclass(frozen=True, slots=True)
class ServiceFails(Evidence):
    """Connections fail, or are not answered as the service answers."""

    lane: LaneId
    row: CheckRow
    failure: CheckFailure
    """Of the last check."""

    @property
    def accepted(self) -> bool:
        """True where connections were accepted before they failed."""
        return self.failure.step is not CheckStep.CONNECT

    @property
    def heard(self) -> bool:
        """True where something answers in the endpoint's name, even with a RST."""
        refused = self.failure.reason is FailureReason.REFUSED and self.failure.icmp is None
        return self.accepted or refused

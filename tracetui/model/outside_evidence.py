"""What was not measured by the lanes of an investigation but speaks of its endpoints, kind by kind."""

from dataclasses import dataclass, replace
from datetime import datetime

from tracetui.model.mail_domain import MailDomain
from tracetui.model.service_check import ServiceSeries


@dataclass(frozen=True, slots=True)
class OutsideEvidence:
    """Everything known from elsewhere at one moment; a field for each kind."""

    services: tuple[ServiceSeries, ...] = ()
    """Connections to services of endpoints, in the order in which they were asked for."""

    mail_domains: tuple[MailDomain, ...] = ()

    def until(self, moment: datetime) -> "OutsideEvidence":
        """Return what was known at a moment."""
        series = (one.until(moment) for one in self.services)
        return replace(
            self,
            services=tuple(one for one in series if one is not None),
            mail_domains=tuple(one for one in self.mail_domains if one.asked_at <= moment),
        )


NOTHING_FROM_OUTSIDE = OutsideEvidence()
